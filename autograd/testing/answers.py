"""Answers of a learner: are they right, and if not, which mistake gives them?

>>> check_answers(
...     {"a.grad": 10},
...     right={"a.grad": 44},
...     mistakes=[("only one of two paths was counted", {"a.grad": 10})],
... )
Traceback (most recent call last):
AssertionError: a.grad is not 10
likely cause: only one of two paths was counted

A blank that was not filled in is found, in numbers and in functions, before it can do harm:

>>> def slope(f, x):
...     return ...  # your line
>>> check_filled(slope)
Traceback (most recent call last):
AssertionError: fill in the blank in `slope`: your line goes where the three dots are
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd.operation import number

MOST = 3  # of so many mistakes that give the same numbers is told


def check_filled(*functions: Callable[..., Any]) -> None:
    """Check that no function has three dots left where a line is to be written.

    Raises:
        AssertionError: naming the function.
    """
    __tracebackhide__ = True  # pytest shows the exercise, not this
    for function in functions:
        if Ellipsis in function.__code__.co_consts:
            raise AssertionError(f"fill in the blank in `{function.__name__}`: your line goes where the three dots are")


def check_answers(
    answers: Mapping[str, object],
    right: Mapping[str, float],
    mistakes: Iterable[tuple[str, Mapping[str, float]]] = (),
    hints: Mapping[str, str] | None = None,
    precision: float = 1e-6,
) -> None:
    """Check numbers by their names. The right ones are not given away.

    Args:
        answers: what the learner says; three dots where nothing was said.
        right: the right numbers, of these names and maybe of others.
        mistakes: what is done wrong, and what comes of it for these names; the likely ones first.
        hints: what is said of a number that is wrong for no reason that is known.
        precision: how far a number may be off, relatively.

    Raises:
        AssertionError: where an answer is missing, no number or wrong, with the reason where there is one.
    """
    __tracebackhide__ = True  # pytest shows the exercise, not this
    blank = [name for name, answer in answers.items() if answer is ...]
    if blank:
        missing = ", ".join(blank).replace(".grad", "_grad")  # as the file has it
        raise AssertionError(
            f"fill in the blank{'s' * (len(blank) > 1)}: {missing}. Your answer goes where the three dots are"
        )
    numbers: dict[str, float] = {}
    for name, answer in answers.items():
        try:
            numbers[name] = number(answer)
        except TypeError:
            advice = ": write a decimal point, not a comma" if isinstance(answer, tuple) else ""
            raise AssertionError(f"{name} is to be a number, and it is {answer!r:.80}{advice}") from None

    def same(x: float, y: float) -> bool:
        return math.isclose(x, y, rel_tol=precision, abs_tol=precision)

    wrong = [name for name, x in numbers.items() if not same(x, right[name])]
    if not wrong:
        return
    known = [(text, {**right, **given}) for text, given in mistakes]
    everywhere = [text for text, given in known if all(same(given[name], x) for name, x in numbers.items())]
    reasons: dict[str, list[str]] = {}  # what is said, of these
    for name in wrong:
        found = everywhere or [text for text, given in known if same(given[name], numbers[name])]
        likely = "\nor ".join(list(dict.fromkeys(found))[:MOST])
        told = f"likely cause: {likely}" if found else (hints or {}).get(name, "")
        reasons.setdefault(told, []).append(name)
    lines = []
    for told, names in reasons.items():
        lines.append(", ".join(f"{name} is not {_write(numbers[name])}" for name in names))
        lines += [told] * bool(told)
    raise AssertionError("\n".join(lines))


def tell(check: Callable[[], object], right: str) -> None:
    """Run a check and print what a learner is told: *Right* and a sentence, or *Not yet* and the reason.

    >>> tell(lambda: check_answers({"2 + 2": 4}, right={"2 + 2": 4}), "one more than three.")
    Right: one more than three.

    Where what the learner wrote raises something else, it is what Python says, and where.
    """
    try:
        check()
    except AssertionError as reason:
        print(f"Not yet: {reason}")
    except ImportError:
        raise  # what is missing is no mistake of theirs
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[1:]
        last = [frame for frame in frames if frame.filename == frames[0].filename][-1]
        line = f"line {last.lineno}" + f", `{last.line}`" * bool(last.line)
        print(f"Not yet: Python stops at {line}\n{type(error).__name__}: {error}{_as_python(str(error))}")
    else:
        print(f"Right: {right}")


def _as_python(error: str) -> str:
    """What to write in the place of what is no Python but looks like it."""
    if "for ^" in error:
        return "; a power is written **"
    if error in ("'int' object is not callable", "'float' object is not callable"):
        return "; a product is written *"
    return ""


def _write(x: float) -> str:
    return f"{x:.10g}".replace("-", "−")
