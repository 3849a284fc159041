"""Files are written whole or not at all: whoever reads one never finds half of it, nor loses the one before."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write ``content`` to a new file beside ``path``, and move it to its place when it is complete.

    A file keeps its mode, and a link stays a link. What is there and is no file, as ``/dev/null`` or a pipe, is written
    to as it is, and so is what standard output goes to. An OSError names the path.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(f"{folder}/x.txt", b"all of it")
    ...     print(os.listdir(folder))
    ['x.txt']
    """
    try:
        there = _status(path)
        if there is not None and _is_standard_output(there):
            sys.stdout.flush()  # what was printed before comes before
            with open(1, "wb", closefd=False) as output:
                output.write(content)
        elif there is not None and not stat.S_ISREG(there.st_mode):
            Path(path).write_bytes(content)
        else:
            place = Path(os.path.realpath(path))
            # In a folder that nobody else can reach, so that no link waits there, and no one reads a secret meanwhile.
            with TemporaryDirectory(dir=place.parent, prefix=".") as folder:
                part = Path(folder) / "part"
                part.write_bytes(content)
                if there is not None:
                    part.chmod(there.st_mode & 0o777)
                part.replace(place)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None  # which is the file that was asked for


def _status(path: str | os.PathLike[str]) -> os.stat_result | None:
    """What is known of the file; None where there is none yet."""
    with suppress(FileNotFoundError):
        return os.stat(path)
    return None


def _is_standard_output(there: os.stat_result) -> bool:
    """Whether this is the file, pipe or terminal that standard output goes to, whatever its path: /dev/stdout."""
    with suppress(OSError):  # standard output is closed
        return bool(there.st_ino) and os.path.samestat(there, os.fstat(1))  # Windows gives what is no file the number 0
    return False
