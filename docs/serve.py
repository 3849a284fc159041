"""Serves the documentation, playground included, on this machine, to try it before it goes anywhere:

    python -m sphinx docs docs/_build && python docs/serve.py

Any server of files will do; a page opened as a file will not, since browsers let it load no module and no WebAssembly.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
from pathlib import Path

FOLDER = Path(__file__).parent / "_build"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files by their right types, whatever this machine's own table of them says."""

    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css",
        ".html": "text/html",
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        """Every answer's last headers."""
        self.send_header("Cache-Control", "no-cache")  # ask each time whether a file has changed
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def make_server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of a folder on this machine alone; port 0 takes one that is free."""
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there: build it first, with python -m sphinx docs docs/_build")
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), functools.partial(Handler, directory=str(folder)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="what is served; docs/_build")
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    with make_server(arguments.folder, arguments.port) as server:
        print(f"http://127.0.0.1:{server.server_port}/  (playground/ for the playground; Ctrl+C ends it)")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
