"""The cases at one point, as plain functions of arrays: for checkers that take no shapes."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

LENGTHS = {"n": 4, "d": 3, "h": 5, "k": 2, "m": 3, "v": 2, "j": 2, "t": 3}
INDICES = {"labels": np.array([0, 1, 1, 0]), "words": np.array([0, 2, 2, 1])}


class Number(float):
    """A float with the methods and the operators of a Value, and no graph."""

    label = ""

    def sigmoid(self) -> Number:
        return Number(1 / (1 + math.exp(-self)))

    def tanh(self) -> Number:
        return Number(math.tanh(self))

    def log(self) -> Number:
        return Number(math.log(self))


for name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "neg"):
    method = getattr(float, f"__{name}__")
    setattr(Number, f"__{name}__", lambda *x, method=method: Number(method(*x)))


class Point(NamedTuple):
    """A case at one point.

    Attributes:
        forward: from the arrays that are differentiated to the output.
        backward: from these and the upstream gradient to their gradients.
        arrays: the point.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Sequence[Any]]
    arrays: list[Any]


def of_arrays(forward: Any, backward: Any, inputs: dict[str, Any], wrt: Sequence[str]) -> Point:
    chance = np.random.default_rng(3)
    whole = {
        name: chance.uniform(0.2, 1.5, [LENGTHS.get(n, n) for n in shape]) * chance.choice([-1.0, 1.0])
        if isinstance(shape, tuple)
        else INDICES[name]
        for name, shape in inputs.items()
    }

    def placed(arrays: Any) -> list[Any]:
        given = dict(zip(wrt, map(np.asarray, arrays), strict=True))
        return [given.get(name, x) for name, x in whole.items()]

    takes = len(inspect.signature(backward).parameters) > len(inputs)

    def gradients(arrays: Any, upstream: Any) -> list[Any]:
        returned = backward(*placed(arrays), *([np.asarray(upstream)] if takes else []))
        found = returned if isinstance(returned, dict) else dict(zip(wrt, returned, strict=True))
        return [np.asarray(found[name]) * (1.0 if takes else np.asarray(upstream)) for name in wrt]

    return Point(lambda *x: np.asarray(forward(*placed(x)), dtype=float), gradients, [whole[name] for name in wrt])


def of_scalars(forward: Any, backward: Any, wrt: Sequence[str]) -> Point:
    chance = np.random.default_rng(3)
    names = list(inspect.signature(forward).parameters)
    whole = {name: float(chance.uniform(0.2, 0.9)) for name in names}

    def placed(numbers: Any) -> dict[str, Number]:
        return {name: Number(x) for name, x in {**whole, **dict(zip(wrt, map(float, numbers), strict=True))}.items()}

    def gradients(arrays: Any, upstream: Any) -> list[Any]:
        returned = backward(**{name: float(x) for name, x in placed(arrays).items()})
        return [np.asarray(returned[name] * float(upstream)) for name in wrt]

    return Point(lambda *x: np.asarray(float(forward(**placed(x)))), gradients, [np.array(whole[name]) for name in wrt])


def points() -> list[Point]:
    """All cases: those planted here, those planted by somebody else, and right ones."""
    from cases import RIGHT, WRONG
    from planted import PLANTED

    found = [of_arrays(case.forward, case.backward, case.inputs, case.wrt) for case in WRONG]
    for p in PLANTED:
        scalar = p["kind"] == "scalar"
        found.append(
            of_scalars(p["forward"], p["backward"], p["wrt"])
            if scalar
            else of_arrays(p["forward"], p["backward"], p["inputs"], p["wrt"])
        )
    return found + [of_arrays(case.forward, case.backward, case.inputs, case.wrt) for case in RIGHT]
