"""Which build of the engine runs: `engine.py` compiled to C, or the same file as plain Python.

The compiler leaves its product beside the source, where an editable install imports it in the source's place. Edits to
the source would then do nothing at all, and say nothing; so what was compiled is compared with what is there now.
"""

from __future__ import annotations

import os
import zlib

from autograd import engine

COMPILED = not engine.__file__.endswith(".py")


def _checksum(folder: str) -> int:
    checksum = 0
    for module in ("arithmetic", "engine", "ops"):
        for suffix in (".py", ".pxd"):
            with open(os.path.join(folder, module + suffix), "rb") as source:
                checksum = zlib.crc32(source.read(), checksum)
    return checksum


if COMPILED:
    try:
        unchanged = engine.compiled_from() == _checksum(os.path.dirname(engine.__file__))  # type: ignore[attr-defined]
    except FileNotFoundError:  # installed without its source
        unchanged = True
    if not unchanged:
        raise ImportError(
            f"{engine.__file__} was compiled from another version of the source beside it. Compile it again,\n\n"
            "    python -m pip install -e .\n\n"
            "or, with AUTOGRAD_PURE=1 before the command, have it removed and the source run as plain Python."
        )
