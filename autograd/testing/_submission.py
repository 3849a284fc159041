"""Runs somebody's backward pass in a process of its own: arguments in, gradients out, a line of JSON each.

A script, and apart from the package: what it runs may print, raise, loop or use up memory. See `grade`.
"""

from __future__ import annotations

import contextlib
import json
import os
import traceback
from typing import Any

LARGEST = 20_000_000  # so many bytes of an answer, and no more, are handed back


def main() -> None:
    """Read what to run, and then arguments, line by line, until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)  # what the submission prints is not an answer
    os.dup2(nowhere, 2)
    lines = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(nowhere, 0)
    task = json.loads(lines.readline())
    scope: dict[str, Any] = {"__name__": "submission"}
    problem = ""
    try:
        import numpy as np

        limit(task["memory"])
        exec(compile(task["source"], task["file"], "exec"), scope)
        if not callable(scope.get(task["function"])):
            problem = f"there is no function {task['function']} in it"
    except BaseException as error:
        problem = f"it cannot be loaded: {type(error).__name__}: {error}{where(error, task['file'])}"
    answer(answers, {"problem": problem})
    for line in lines:
        try:
            arguments = [np.array(x["data"], x["dtype"]).reshape(x["shape"])[()] for x in json.loads(line)]
            returned = scope[task["function"]](*arguments)
            answer(answers, {"returned": plain(returned, task["wrt"])})
        except BaseException as error:
            answer(answers, {"raised": type(error).__name__, "text": str(error)[:500] + where(error, task["file"])})


def where(error: BaseException, file: str) -> str:
    """The last line of the submission that led to the error, as Python says where a SyntaxError is."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == file]
    return f" ({file}, line {lines[-1]})" if lines else ""


def plain(returned: Any, wrt: list[str]) -> Any:
    """The gradients by name, as lists of numbers with their shapes."""
    import numpy as np

    if isinstance(returned, (tuple, list)) and len(returned) == len(wrt):
        returned = dict(zip(wrt, returned, strict=True))
    if not isinstance(returned, dict):
        if len(wrt) != 1 or returned is None:
            wanted = f"a dict by name or a tuple of {len(wrt)}"
            raise TypeError(f"wanted are the gradients of {', '.join(wrt)}, {wanted}, got {type(returned).__name__}")
        returned = {wrt[0]: returned}
    found = {}
    for name in wrt:
        if returned.get(name) is not None:
            array = np.asarray(returned[name], dtype=float)
            found[name] = {"shape": array.shape, "data": array.ravel().tolist()}
    return found


def answer(answers: Any, what: dict[str, Any]) -> None:
    """One line of JSON."""
    line = json.dumps(what)
    if len(line) > LARGEST:
        line = json.dumps({"raised": "MemoryError", "text": "the gradients are too large to be handed back"})
    answers.write(line + "\n")
    answers.flush()


def limit(memory: int) -> None:
    """No more memory than that, where the system has such a limit."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    main()
