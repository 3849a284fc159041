"""Points for a backward pass that somebody hands in, and for each point lost the reason.

>>> import numpy as np
>>> def loss(X, y, w, b):
...     return np.mean((X @ w + b - y) ** 2)
>>> exercise = Exercise(loss, {"X": ("n", "d"), "y": ("n",), "w": ("d",), "b": ()}, points={"w": 2, "b": 1})
>>> grade('''
... def backward(X, y, w, b):
...     r = X @ w + b - y
...     return {"w": 2 * X.T @ r / len(y), "b": 2 * r.sum()}
... ''', exercise)
2 of 3 points
w  2 of 2
b  0 of 1  ∂L/∂b is -0.22299999999999986 by hand and -0.11149999999999993 by backpropagation
           at X = np.array([[0.13], [-0.08]]), y = np.array([1.61, 1.92]), w = np.array([-0.83]), b = 1.73
           b: by hand it is n times too large: the mean over n is forgotten
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, NoReturn

from autograd.operation import text
from autograd.testing.backward import Check, examine

RUNNER = Path(__file__).with_name("_submission.py")


class Exercise(NamedTuple):
    """What is to be handed in: the backward pass of a forward pass.

    Attributes:
        forward: the forward pass, as in `check_backward`.
        inputs: its arguments, as there.
        points: what the gradient of each input is worth; those that are not named need not be returned.
        function: the name of the function to hand in. It takes the inputs in their order, and the upstream gradient
            where the output is no number.
        options: further arguments of `check_backward`, such as ``sizes`` and ``numbers``.
    """

    forward: Callable[..., Any]
    inputs: Mapping[str, Any]
    points: Mapping[str, float]
    function: str = "backward"
    options: Mapping[str, Any] = {}


class Part(NamedTuple):
    """What one gradient gave, out of what it is worth, and why not all of it.

    Attributes:
        slip: of the reason, the slip and the first wrong gradient: the same for all gradients that one slip costs.
    """

    points: float
    out_of: float
    reason: str
    slip: str = ""


class Grade(NamedTuple):
    """Points, and the reason for each one lost."""

    parts: dict[str, Part]

    @property
    def points(self) -> float:
        """All points together."""
        return sum(part.points for part in self.parts.values())

    @property
    def out_of(self) -> float:
        """What they could have been."""
        return sum(part.out_of for part in self.parts.values())

    def json(self) -> str:
        """The same for programs."""
        parts = {name: part._asdict() for name, part in self.parts.items()}
        return json.dumps({"points": self.points, "out_of": self.out_of, "parts": parts}, ensure_ascii=False)

    def __str__(self) -> str:
        width = max(map(len, self.parts))
        lines = [f"{self.points:g} of {self.out_of:g} points"]
        for name, part in self.parts.items():
            head = f"{name:{width}}  {part.points:g} of {part.out_of:g}"
            first = next(other for other, earlier in self.parts.items() if earlier.reason == part.reason)
            reason = part.reason if first == name or not part.reason else f"as for {first}"
            reason = reason.replace("\n", "\n" + " " * (len(head) + 2))
            lines.append(f"{head}  {reason}".rstrip())
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def grade(submission: str | Path, exercise: Exercise, *, seconds: float = 20.0, memory: int = 4 << 30) -> Grade:
    """Points for a submission, parameter by parameter.

    It runs in a process of its own, without this one's environment variables, in an empty folder: what it prints goes
    nowhere, what it raises is a reason, and when its time is up it is ended. It hands gradients back as JSON, which are
    compared here. That keeps accidents away; it is no sandbox against those who mean harm.

    Args:
        submission: the text of a Python file, or its path: a ``pathlib.Path``, or one line that ends in ``.py``.
        exercise: what is asked.
        seconds: how long it may take in all.
        memory: how many bytes it may use, where the system has such a limit (Windows and macOS have none).

    Raises:
        OSError: where there is no file at the path.
        ValueError: where the exercise has points for something that is no input.
    """
    is_path = isinstance(submission, Path) or (text(submission).endswith(".py") and len(submission.splitlines()) == 1)
    source = Path(submission).read_text("utf-8") if is_path else text(submission)
    file = Path(submission).name if is_path else "submission"
    points = {name: float(worth) for name, worth in exercise.points.items()}
    wrt = list(points)
    task = {"source": source, "file": file, "function": exercise.function, "wrt": wrt, "memory": memory}
    runner = _Runner(task, seconds)
    try:
        runner.load()
        check = Check(exercise.forward, runner, exercise.inputs, wrt, None)
        check.lenient = True
        found = examine(check, exercise.inputs, **exercise.options)
    except _EndedError:
        pass
    finally:
        runner.end()
    if runner.ended:
        return Grade({name: Part(0.0, worth, runner.ended) for name, worth in points.items()})
    texts: dict[str, str] = {}
    for outcome in found.shown:
        at, *numbers = outcome.point()
        texts = {name: f"{text}\n{at} {', '.join(numbers)}" for name, text in outcome.wrong.items()} | texts
    parts = {}
    for name, worth in points.items():
        if name not in found.wrong:
            parts[name] = Part(worth, worth, "")
            continue
        why = [line for names, lines in found.reasons.items() if name in names for line in lines[:2]]
        why = [line for line in why if not line.startswith("right is ")]
        parts[name] = Part(0.0, worth, "\n".join([texts[name], *why]), "\n".join(why))
    return Grade(parts)


class _EndedError(Exception):
    """The submission did not get as far as to return gradients."""


class _Runner:
    """A submission in its process, called like the function that it is."""

    def __init__(self, task: Mapping[str, Any], seconds: float) -> None:
        self.task, self.left, self.seconds = task, seconds, seconds
        self.ended = ""  # why it returns no more gradients
        self.folder = tempfile.TemporaryDirectory()
        kept = {key: x for key, x in os.environ.items() if key.upper() in ("PATH", "SYSTEMROOT", "TEMP", "TMP")}
        threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder.name,
            env=kept | threads,
            encoding="utf-8",
            start_new_session=True,
        )
        self.answers: queue.Queue[str] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def load(self) -> None:
        """Have it loaded."""
        if problem := self._ask(self.task)["problem"]:
            self._stop(problem)

    def _stop(self, why: str) -> NoReturn:
        self.ended = why
        raise _EndedError(why)

    def __call__(self, *arrays: Any) -> Any:
        import numpy as np

        arguments = []
        for x in map(np.asarray, arrays):
            arguments.append({"shape": x.shape, "dtype": str(x.dtype), "data": x.ravel().tolist()})
        answer = self._ask(arguments)
        if "raised" in answer:
            raise type(str(answer["raised"]), (Exception,), {})(answer["text"])
        return {name: np.array(x["data"], dtype=float).reshape(x["shape"]) for name, x in answer["returned"].items()}

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put("")

    def _ask(self, question: Any) -> Any:
        assert self.process.stdin is not None
        if self.ended:
            self._stop(self.ended)
        with contextlib.suppress(OSError):  # its process has ended, and so has its output
            self.process.stdin.write(json.dumps(question) + "\n")
            self.process.stdin.flush()
        asked = monotonic()
        try:
            line = self.answers.get(timeout=max(0.0, self.left))
        except queue.Empty:
            self._stop(f"it took longer than {self.seconds:g} seconds")
        self.left -= monotonic() - asked
        if not line:
            self._stop("its process ended before it returned gradients")
        try:
            return json.loads(line)
        except ValueError:
            self._stop("what it handed back is not JSON")

    def end(self) -> None:
        """End the process, and those that it started."""
        with contextlib.suppress(OSError):  # there is none left
            getattr(os, "killpg", os.kill)(self.process.pid, 9)  # SIGKILL; Windows has neither
        with contextlib.suppress(OSError), self.process:  # which closes its pipes
            self.listener.join()
        self.folder.cleanup()
