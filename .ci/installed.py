"""What an installed glassgrad does, with the packages that are there: ``python installed.py compiled|plain``.

Run by ``release-check`` in bare virtual environments, outside the checkout.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import autograd
import nn
from autograd import Value

folder = Path(tempfile.mkdtemp())
assert "site-packages" in autograd.__file__, autograd.__file__
assert {True: "compiled", False: "plain"}[autograd.COMPILED] == sys.argv[1], autograd.engine.__file__
assert autograd.__version__ == version("glassgrad")

network = nn.one_one_one()
loss = nn.half_squared_error(network([Value(0.5, "x")]), 1.0)
loss.backward()
nn.SGD(network.parameters(), lr=0.1).step()
assert [p.data for p in network.parameters()] == [
    0.4006445672678901, 0.3012891345357802, 0.7048779400938787, 0.20783656031705777,
]  # fmt: skip
table = subprocess.run([sys.executable, "-m", "autograd", "w*x", "w=2", "x=3"], capture_output=True, check=True)
assert b"6.0" in table.stdout

USES = [
    ("graphviz", "draw", lambda: autograd.draw_dot(loss).pipe("svg")),
    ("graphviz", "draw", lambda: autograd.write_stepper(loss, folder / "page.html")),
    ("hypothesis", "test", lambda: importlib.import_module("autograd.testing.strategies")),
    ("matplotlib", "train", lambda: nn.History([1.0, 0.5]).plot()),
    ("torch", "torch", lambda: autograd.to_torch(loss)),
]
worked, missing = [], []
for package, extra, use in USES:
    if find_spec(package):
        use()
        worked.append(package)
    else:
        try:
            use()
        except ImportError as error:
            assert f'python -m pip install "glassgrad[{extra}]"' in str(error), error
            missing.append(package)
        else:
            raise AssertionError(f"did without {package}")
print(f"{sys.argv[1]}, {Path(autograd.engine.__file__).name}; worked: {worked}, said what is missing: {missing}")
