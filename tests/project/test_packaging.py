"""What is installed: all of the package and nothing else, quick to import, with a clear word about what is missing.

What takes long is in ``.ci/release-check``: building, installing what was built, and type-checking a user's program.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
from autograd import Value
from autograd._install import warn_of_hips_autograd
from tests.helpers.markdown import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]


def run_python(code: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run code in a new interpreter that looks for packages in this folder first."""
    begin = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    return subprocess.run([sys.executable, "-I", *options, "-c", begin + code], capture_output=True, text=True)


def test_every_package_is_installed() -> None:
    packages = {
        folder.relative_to(ROOT).as_posix().replace("/", ".")
        for top in ("autograd", "nn")
        for folder in [ROOT / top, *(ROOT / top).rglob("*/")]
        if (folder / "__init__.py").exists()
    }
    assert packages <= set(PYPROJECT["tool"]["setuptools"]["packages"])


def test_every_file_of_a_package_is_installed() -> None:
    patterns = [
        pattern for patterns in PYPROJECT["tool"]["setuptools"]["package-data"].values() for pattern in patterns
    ]
    for top in ("autograd", "nn"):
        for file in (ROOT / top).rglob("*.*"):
            if file.suffix not in (".py", ".pyc", ".so", ".pyd"):
                assert any(file.match(pattern) for pattern in patterns), file


def test_importing_takes_nothing_but_the_standard_library_along() -> None:
    result = run_python(
        "import autograd, nn\n"
        "own = {'autograd', 'nn', 'cython_runtime', 'coverage', '$coverage'}\n"  # the last where coverage is measured
        "names = {name.partition('.')[0] for name in sys.modules} - own - sys.stdlib_module_names\n"
        "print(sorted(name for name in names if not name.startswith(('_', 'sitecustomize', 'usercustomize'))))",
        ROOT,
    )
    assert result.stdout.strip() == "[]", result.stderr or result.stdout


def write_picture(folder: Path) -> None:
    autograd.draw_dot(Value(1.0))


def write_page(folder: Path) -> None:
    autograd.write_stepper(Value(1.0) * 2, folder / "page.html")


def import_strategies(folder: Path) -> None:
    importlib.reload(importlib.import_module("autograd.testing.strategies"))


def leave_for_torch(folder: Path) -> None:
    autograd.to_torch(Value(1.0) * 2)


def plot_a_history(folder: Path) -> None:
    nn.History([1.0, 0.5]).plot()


@pytest.mark.parametrize(
    ("use", "package", "extra"),
    [
        (write_picture, "graphviz", "draw"),
        (write_page, "graphviz", "draw"),
        (import_strategies, "hypothesis", "test"),
        (leave_for_torch, "torch", "torch"),
        (plot_a_history, "matplotlib", "train"),
    ],
)
def test_what_needs_an_extra_that_is_missing_names_it(
    use: Callable[[Path], None], package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importlib.import_module("autograd.testing.strategies")
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError) as error:
        use(tmp_path)
    assert f'python -m pip install "glassgrad[{extra}]"' in str(error.value)
    assert any(requirement.startswith(package) for requirement in resolve(extra))
    assert not list(tmp_path.iterdir())


def resolve(extra: str) -> list[str]:
    """The requirements of an extra, those of the extras that it names included."""
    found = []
    for requirement in EXTRAS[extra]:
        if requirement.startswith("glassgrad["):
            for name in requirement.removeprefix("glassgrad[").removesuffix("]").split(","):
                found += resolve(name)
        else:
            found.append(requirement)
    return found


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="this is no clone")
@pytest.mark.parametrize(
    "made", ["docs/_build/index.html", "dist/x.whl", "build/x", "x.egg-info/y", "autograd/engine.c"]
)
def test_what_the_documented_commands_make_is_no_part_of_a_commit(made: str) -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", made], cwd=ROOT).returncode == 0


def test_hips_autograd_in_the_same_folder_is_told_of(tmp_path: Path, recwarn: Any) -> None:
    warn_of_hips_autograd(str(tmp_path))
    assert not recwarn
    (tmp_path / "tracer.py").touch()
    with pytest.warns(
        RuntimeWarning, match="pip uninstall --yes autograd glassgrad && python -m pip install glassgrad"
    ):
        warn_of_hips_autograd(str(tmp_path))


def test_nn_tells_of_hips_autograd_in_the_place_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "autograd").mkdir()
    shutil.copytree(ROOT / "nn", tmp_path / "nn")
    for there in ("an empty folder, as uninstalling it leaves", "its __init__.py"):
        result = run_python("import nn", tmp_path, "-S")
        assert "ImportError: the package autograd that Python finds is not glassgrad's" in result.stderr, there
        assert "python -m pip uninstall --yes autograd glassgrad && python -m pip install glassgrad" in result.stderr
        (tmp_path / "autograd" / "__init__.py").write_text("def elementwise_grad(): ...")
    monkeypatch.delattr(autograd, "Value")
    with pytest.raises(ImportError, match="is not glassgrad's"):
        importlib.reload(nn)
