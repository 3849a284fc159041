"""What runs a program for the page: in its worker, and in the tests without one.

A program runs from the top in a namespace of its own. What it prints is streamed, what a line at the outermost level
gives is shown, as at Python's prompt, and so are the pictures and pages that it writes. Everything goes out as
messages, dicts of text and numbers, by the function given to `Session`.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib.abc
import io
import linecache
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import playground

Send = Callable[[dict[str, Any]], None]

PROGRAM = "program.py"
ABSENT = {
    "numpy": "NumPy", "matplotlib": "Matplotlib", "torch": "PyTorch", "jax": "JAX", "scipy": "SciPy",
    "pandas": "pandas", "tqdm": "tqdm", "rich": "rich", "mpmath": "mpmath", "dask": "Dask", "micrograd": "micrograd",
    "sklearn": "scikit-learn", "demos": "the package of demos", "IPython": "IPython",
}  # fmt: skip
INSTEAD = {"matplotlib": " For curves: from playground import plot."}
INTERVAL, MESSAGES, LINES = 0.05, 100, 2000  # how much text is sent: at most so much in a twentieth of a second


class Session:
    """Runs programs, one after another, and tells what comes of them by ``send``."""

    def __init__(self, send: Send) -> None:
        self.send = send
        playground.send = send
        random.seed()  # Python may have begun from a memory that was kept, with the numbers to come in it
        sys.meta_path.append(_Absent())

    def run(self, source: str) -> bool:
        """Run a program from the top. Whether it went through, rather than ended by an error."""
        playground.begin()
        main = sys.modules["__main__"] = ModuleType("__main__")
        main.__dict__["__show__"] = playground.show_result
        linecache.cache[PROGRAM] = (len(source), None, source.splitlines(keepends=True), PROGRAM)
        before = _written()
        with self._connected():
            ended_well = self._try(lambda: exec(_compile(source), main.__dict__))
            for path, when in _written().items():
                if before.get(path) != when:
                    playground.show_file(path)
        return ended_well

    def again(self) -> bool:
        """Call what `playground.repeat` was given once more. Whether it is to be called again."""
        step = playground.repeated
        if step is None:
            return False
        with self._connected():
            going_on = [False]
            self._try(lambda: going_on.__setitem__(0, not step()))
        return going_on[0]

    def _try(self, action: Callable[[], object]) -> bool:
        try:
            action()
        except SystemExit:
            return True
        except BaseException as error:
            sys.stdout.flush()
            self.send(_explain(error))
            return False
        return True

    @contextlib.contextmanager
    def _connected(self) -> Iterator[None]:
        out, err, ask = sys.stdout, sys.stderr, builtins.input
        sys.stdout, sys.stderr, builtins.input = _Stream(self.send, "out"), _Stream(self.send, "err"), _no_input
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            sys.stdout, sys.stderr, builtins.input = out, err, ask


def _compile(source: str) -> Any:
    """The program, with what stands alone on a line at the outermost level shown."""
    tree = ast.parse(source, PROGRAM)
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and not _is_docstring(statement, tree):
            show = ast.Name("__show__", ast.Load())
            statement.value = ast.copy_location(ast.Call(show, [statement.value], []), statement.value)
            ast.fix_missing_locations(statement)
    return compile(tree, PROGRAM, "exec", dont_inherit=True)


def _is_docstring(statement: ast.Expr, tree: ast.Module) -> bool:
    constant = statement.value
    return statement is tree.body[0] and isinstance(constant, ast.Constant) and isinstance(constant.value, str)


def _explain(error: BaseException) -> dict[str, Any]:
    """An error as a message: the lines of the program that led to it, and what it says."""
    report = traceback.TracebackException.from_exception(error)
    pending, seen = [report], []
    while pending:
        part = pending.pop()
        if part is None or part in seen:
            continue
        seen.append(part)
        frames = [
            (PROGRAM, frame.lineno or 0, frame.name, frame.line) for frame in part.stack if frame.filename == PROGRAM
        ]
        part.stack = traceback.StackSummary.from_list(frames)
        pending += [part.__cause__, part.__context__, *(part.exceptions or ())]  # type: ignore[list-item]
    line = report.stack[-1].lineno if report.stack else None
    if isinstance(error, SyntaxError) and error.filename == PROGRAM:
        line = error.lineno
    words = "".join(report.format_exception_only()).strip()
    return {"type": "error", "text": "".join(report.format()).strip(), "line": line, "message": words}


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("nobody can answer input() here: write the value into the program instead")


class _Stream(io.TextIOBase):
    """Text on its way to the page: at once, unless there is very much of it, of which the last lines are kept."""

    def __init__(self, send: Send, name: str) -> None:
        self._send, self._name = send, name
        self._parts: list[str] = []
        self._until, self._sent = 0.0, 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write takes text, got {type(text).__name__}")
        self._parts.append(text)
        now = time.monotonic()
        if now >= self._until:
            self._until, self._sent = now + INTERVAL, 0
            self.flush()
        elif self._sent < MESSAGES and text.endswith("\n"):
            self.flush()
        return len(text)

    def flush(self) -> None:
        text = "".join(self._parts)
        self._parts.clear()
        if text:
            self._sent += 1
            lines = text.count("\n")
            left_out = lines - LINES if lines > LINES else 0
            if left_out:
                text = text.split("\n", left_out)[-1]
            self._send({"type": "text", "stream": self._name, "text": text, "left_out": left_out})


class _Absent(importlib.abc.MetaPathFinder):
    """The last to be asked for a module: says what is missing here, and what there is."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name in ABSENT:
            words = (
                f"{ABSENT[name]} is not in the playground, which has Python, autograd, nn, hypothesis and graphviz."
                f"{INSTEAD.get(name, '')} To use it, install Python and glassgrad on your own machine."
            )
            raise ModuleNotFoundError(words, name=name)


def _written() -> dict[Path, int]:
    """The files in the program's folder, with the times of their last changes."""
    return {path: path.stat().st_mtime_ns for path in sorted(Path().iterdir()) if path.is_file()}
