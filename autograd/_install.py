"""What is installed: which build of the engine runs, and whether HIPS autograd lies in the same folder.

The engine is its source compiled to C, or the same files as plain Python. The compiler leaves its products beside the
source, where an editable install imports them in the source's place. Edits to the source would then do nothing at all,
and say nothing; so what was compiled is compared with what is there now.

HIPS autograd has the same import name, so both are installed into one folder, and that breaks the one or the other.
Installing either overwrites the other's ``__init__.py``; uninstalling either deletes it. Where HIPS autograd came last,
nothing of this package runs before somebody imports `nn`, which says so then.
"""

from __future__ import annotations

import os
import warnings
import zlib

from autograd import ahead, arithmetic, descent, engine, graph, node, operation, tape

MODULES = (ahead, arithmetic, descent, engine, graph, node, operation, tape)
FOLDER = os.path.dirname(__file__)
ORIGIN = engine.__file__  #: the file that the engine was loaded from

COMPILED = not ORIGIN.endswith(".py")


def _checksum() -> int:
    names = [module.__name__.rpartition(".")[2] + ".py" for module in MODULES]
    checksum = 0
    for name in sorted([*names, *[name for name in os.listdir(FOLDER) if name.endswith(".pxd")]]):
        with open(os.path.join(FOLDER, name), "rb") as source:
            checksum = zlib.crc32(source.read(), checksum)
    return checksum


if COMPILED:
    try:
        unchanged = engine.compiled_from() == _checksum()  # type: ignore[attr-defined]
    except FileNotFoundError:  # installed without its source
        pass
    else:
        if not unchanged:
            raise ImportError(
                f"{ORIGIN} was compiled from another version of the source beside it. Compile it again,\n\n"
                "    python -m pip install -e .\n\n"
                "or, with AUTOGRAD_PURE=1 before the command, have it removed and the source run as plain Python."
            )
        for module in MODULES:  # inspect.getsource, debuggers and doctest look here for the source
            module.__file__ = os.path.join(FOLDER, module.__name__.rpartition(".")[2] + ".py")


def warn_of_hips_autograd(folder: str) -> None:
    """Warn where a file that only HIPS autograd has lies in this package's folder."""
    if os.path.exists(os.path.join(folder, "tracer.py")):
        warnings.warn(
            f"HIPS autograd, which has the same import name, is installed into {folder} too. It no longer works, and "
            "uninstalling it will break glassgrad. Keep them in two environments; to have glassgrad alone in this one: "
            "python -m pip uninstall --yes autograd glassgrad && python -m pip install glassgrad",
            RuntimeWarning,
            stacklevel=3,
        )
