"""Which build of the engine runs: its source compiled to C, or the same files as plain Python.

The compiler leaves its products beside the source, where an editable install imports them in the source's place. Edits
to the source would then do nothing at all, and say nothing; so what was compiled is compared with what is there now.
"""

from __future__ import annotations

import os
import zlib

from autograd import arithmetic, engine, ops, walk

MODULES = (arithmetic, engine, ops)
FOLDER = os.path.dirname(__file__)
ORIGIN = engine.__file__  #: the file that the engine was loaded from

COMPILED = not ORIGIN.endswith(".py")


def _checksum() -> int:
    checksum = 0
    for module in (*MODULES, walk):
        for suffix in (".py", ".pxd"):
            with open(os.path.join(FOLDER, module.__name__.rpartition(".")[2] + suffix), "rb") as source:
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
