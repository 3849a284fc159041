"""Files are written whole or not at all: whoever reads one never finds half of it, nor loses the one before."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write ``content`` to a new file beside ``path``, and move it to its place when it is complete.

    A link stays a link. What is there and is no file, as ``/dev/null``, is written to as it is. An OSError names the
    path.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_whole(f"{folder}/x.txt", b"all of it")
    ...     print(os.listdir(folder))
    ['x.txt']
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        place.write_bytes(content)
        return
    part = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(place)
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None  # which is the file that was asked for
    finally:
        part.unlink(missing_ok=True)
