"""Is this backward pass, written for arrays, right? And if not, what is missing?

`check_backward` takes NumPy code as one writes it:

>>> import numpy as np
>>> def loss(X, y, w, b):
...     p = 1 / (1 + np.exp(-(X @ w + b)))
...     return np.mean((p - y) ** 2)
>>> def backward(X, y, w, b):
...     p = 1 / (1 + np.exp(-(X @ w + b)))
...     dz = 2 * (p - y) * p * (1 - p) / len(y)
...     return {"w": X.T @ dz, "b": dz.sum()}
>>> check_backward(loss, backward, {"X": ("n", "d"), "y": ("n",), "w": ("d",), "b": ()}, wrt=["w", "b"])

It is run on arrays of every shape from 1 to 4, and nothing is said where all is well. `diagnosis` looks for the reason
where it is not.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine import Value
from autograd.testing.differences import slopes
from autograd.testing.rounding import ROUNDINGS, SUBNORMAL, UNIT
from autograd.testing.rounding import sizes as sizes_of

if TYPE_CHECKING:
    from autograd.testing.examples import Example

LAYOUTS = ("contiguous", "transposed", "strided")
UNITS = {"float64": UNIT, "float32": 2.0**-24}
NOISE = 2.0**-26  # by so much, relatively, the numbers on the way are moved, to see how much their rounding matters
CAUTION = 64  # rounding may be that many times worse than was seen
CORNERS = (0.0, 1.0, -1.0, 0.5, 2.0, -2.0)
SEEN = 12  # so many examples a mistake is explained with


def check_backward(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Mapping[str, Any],
    wrt: Sequence[str] | None = None,
    *,
    reference: Callable[..., Any] | None = None,
    numbers: Any = None,
    sizes: Mapping[str, tuple[int, int]] | tuple[int, int] = (1, 4),
    layouts: Sequence[str] = LAYOUTS[:1],
    broadcast: Sequence[str] = (),
    dtypes: Sequence[str] = ("float64",),
    examples: int = 100,
) -> None:
    """Check that a backward pass for arrays gives the gradients of its forward pass, whatever the shapes and numbers.

    The forward pass is run on arrays of Values, and backpropagated. Where it does something that cannot be followed,
    central differences of it stand in, and the report says so. Hypothesis (the extra ``test``, which brings NumPy too)
    draws shapes and numbers; of what is wrong, the smallest shape is shown, and the reason as far as it is found.

    Where all is well it returns None and says nothing: each gradient of ``wrt`` had the right shape and numbers at all
    ``examples`` points but those where the forward pass is not finite, or at the edge between two slopes.

    Args:
        forward: from arrays, by the names or in the order of ``inputs``, to the loss or to an array of any shape.
        backward: takes the same arguments, and the upstream gradient where the output is no number. Returns the
            gradients by name, or as a tuple in the order of ``wrt``.
        inputs: for each argument its shape, a tuple of numbers and names, as in ``("n", 3)``: axes of one name are
            as long as each other. Or a strategy that draws the argument; or a function from axes' names to such a
            strategy, as ``lambda n, k: ...``; or the argument itself.
        wrt: what the gradients are to be returned of; all inputs of floats unless told otherwise.
        reference: another forward pass to derive, for one that cannot be followed.
        numbers: a strategy for the numbers in the arrays, or one for each name; generic ones from −2 to 2 and, every
            fourth time, corners such as 0 and 1 unless told otherwise.
        sizes: how long the axes with names are: from, to, both included; for all, or for each name.
        layouts: how arrays lie in memory: ``"contiguous"``, ``"transposed"`` (Fortran's), ``"strided"``.
        broadcast: the inputs whose axes may be 1 where others are longer.
        dtypes: ``"float64"`` and ``"float32"``, what the arrays are of when ``backward`` gets them.
        examples: how many to try.

    Raises:
        AssertionError: where a gradient is wrong, is not there, or has another shape than its input.
        ModuleNotFoundError: where Hypothesis or NumPy is missing.
        TypeError: where what is returned is no gradients at all, or a shape is no tuple.
        ValueError: where there is nothing to check, or a name that no input has.
    """
    __tracebackhide__ = True  # pytest shows who called
    found = examine(
        Check(forward, backward, inputs, wrt, reference),
        inputs,
        numbers=numbers,
        sizes=sizes,
        layouts=layouts,
        broadcast=broadcast,
        dtypes=dtypes,
        examples=examples,
    )
    if found.wrong:
        raise AssertionError("\n".join(found.report()))


class Findings(NamedTuple):
    """What came of a check: the names of what is wrong, counterexamples, and why it is."""

    wrong: list[str]
    shown: list[Outcome]
    reasons: dict[tuple[str, ...], list[str]]  #: for names that have one reason, the lines that say it
    cannot_follow: str

    def report(self) -> list[str]:
        """All of it, as lines of text."""
        return list(_report(self))


def examine(
    check: Check, inputs: Mapping[str, Any], *, numbers: Any = None, sizes: Any = (1, 4), layouts: Any = LAYOUTS[:1],
    broadcast: Any = (), dtypes: Any = ("float64",), examples: int = 100,
) -> Findings:  # fmt: skip
    """Try the check on many arguments, find the smallest that fail, and explain them."""
    from autograd.testing.strategies import repeatable  # isort: skip  (says what to install where Hypothesis is missing)
    from hypothesis import HealthCheck, find, given, settings
    from hypothesis.errors import NoSuchExample

    from autograd.testing.diagnosis import explain

    cases = _cases(inputs, numbers, sizes, layouts, broadcast, dtypes)
    quiet = settings(repeatable(examples), suppress_health_check=list(HealthCheck))
    with _silence():
        seen: list[Outcome] = []
        property_of: Any = given(cases)
        settings(quiet)(property_of(lambda case: seen.append(check(case))))()
        compared = [outcome for outcome in seen if outcome.compared]
        if not compared:
            raise ValueError(
                "nothing could be compared: at all points tried the forward pass is not finite, or at the edge between "
                "two slopes; say by numbers= where it is to be tried"
            )
        differing = {name for outcome in compared for name in outcome.wrong}
        wrong = [name for name in inputs if name in differing]
        shown: list[Outcome] = []
        left = list(wrong)
        while left:
            aim = set(left)
            most = max(compared, key=lambda outcome: len(aim & outcome.wrong.keys()))
            aim &= most.wrong.keys()
            try:
                case = find(cases, lambda case, aim=aim: aim <= check(case).wrong.keys(), settings=quiet)  # type: ignore[misc]
                shown.append(check(case))
            except NoSuchExample:
                shown.append(most)
            left = [name for name in left if name not in shown[-1].wrong]
        reasons = explain(wrong, _telling(seen, shown), {}) if wrong else {}
    return Findings(wrong, shown, reasons, check.reason)


class Case(NamedTuple):
    """Arguments to try."""

    dims: dict[str, int]
    arrays: dict[str, Any]  #: of 64 bits each, but for what is no float
    layout: str
    dtype: str
    generic: bool
    seed: int

    def laid_out(self, name: str) -> Any:
        """An argument as backward gets it."""
        import numpy as np

        x = self.arrays[name]
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            return x.copy() if isinstance(x, np.ndarray) else x
        x = x.astype(self.dtype)
        if not x.ndim:
            return x[()]
        if self.layout == "transposed":
            return np.asfortranarray(x)
        if self.layout == "strided":
            wide = np.full((*x.shape[:-1], 2 * x.shape[-1]), np.nan, x.dtype)
            wide[..., ::2] = x
            return wide[..., ::2]
        return x


class Outcome(NamedTuple):
    """What came of one case."""

    case: Case
    wrong: dict[str, str]  #: for each name with a wrong gradient, what is wrong with it
    compared: bool
    example: Example | None
    upstream: Any

    def point(self) -> Iterator[str]:
        """Where it is wrong: "at", and each argument as Python to paste."""
        case = self.case
        ordinary = case.layout == "contiguous" and case.dtype == "float64"
        yield "at" if ordinary else f"with arrays that are {case.layout}, of {case.dtype}, at"
        for name, x in case.arrays.items():
            yield f"{name} = {_printed(x)}"
        if self.upstream is not None:
            yield f"upstream = {_printed(self.upstream)}    # L is the sum of it times the output"


def _cases(inputs: Any, numbers: Any, sizes: Any, layouts: Any, broadcast: Any, dtypes: Any) -> Any:
    """A strategy for arguments of all the shapes, layouts and dtypes that are asked for."""
    import numpy as np
    from hypothesis import strategies as st

    _refuse_unknown(inputs, layouts, broadcast, dtypes)
    axes = _axes(inputs)

    def bounds(axis: str) -> tuple[int, int]:
        both: tuple[int, int] = sizes.get(axis, (1, 4)) if isinstance(sizes, Mapping) else sizes
        return both

    def filled(draw: Any, name: str, shape: tuple[int, ...], generic: bool, chance: Any) -> Any:
        strategy = numbers.get(name) if isinstance(numbers, Mapping) else numbers
        if strategy is None:
            return _generic(chance, shape) if generic else chance.choice(CORNERS, shape)
        count = math.prod(shape)
        return np.array([float(x) for x in draw(st.lists(strategy, min_size=count, max_size=count))]).reshape(shape)

    @st.composite
    def cases(draw: Any) -> Case:
        dims = {axis: draw(st.integers(*bounds(axis))) for axis in axes}
        generic = draw(st.sampled_from([True, True, True, False]))
        seed = draw(st.integers(0, 2**31))
        layout, dtype = draw(st.sampled_from(list(layouts))), draw(st.sampled_from(list(dtypes)))
        arrays: dict[str, Any] = {}
        for place, (name, source) in enumerate(inputs.items()):
            if isinstance(source, tuple):
                shape = tuple(dims[axis] if isinstance(axis, str) else axis for axis in source)
                if name in broadcast:
                    shape = tuple(1 if isinstance(axis, str) and draw(st.booleans()) else n
                                  for axis, n in zip(source, shape, strict=True))  # fmt: skip
                array = filled(draw, name, shape, generic, np.random.default_rng([seed, place]))
            elif isinstance(source, st.SearchStrategy):
                array = draw(source)
            elif callable(source):
                array = draw(source(*[dims[axis] for axis in inspect.signature(source).parameters]))
            else:
                array = source
            array = np.asarray(array)
            if array.dtype.kind == "f":
                array = array.astype(dtype).astype(float)
            arrays[name] = array if array.ndim or array.dtype.kind == "f" else source if source is array else array[()]
        return Case(dims, arrays, layout, dtype, generic, seed)

    return cases()


def _refuse_unknown(inputs: Any, layouts: Any, broadcast: Any, dtypes: Any) -> None:
    """Say which layout, dtype, input or shape is none."""
    for chosen, known, what in ((layouts, LAYOUTS, "layout"), (dtypes, tuple(UNITS), "dtype")):
        if isinstance(chosen, (str, bool)) or not chosen or set(chosen) - set(known):
            raise ValueError(f"{what}s are some of {', '.join(known)}, in a list, got {chosen!r}")
    if isinstance(broadcast, (str, bool)):
        raise TypeError(f"broadcast lists the inputs that may have axes of length 1, got {broadcast!r}")
    if unknown := set(broadcast) - set(inputs):
        raise ValueError(f"there is no input {sorted(unknown)} to broadcast; there are {list(inputs)}")
    for name, shape in inputs.items():
        if isinstance(shape, str) or (isinstance(shape, list) and any(isinstance(axis, str) for axis in shape)):
            axis = shape if isinstance(shape, str) else shape[0]
            raise TypeError(f"the shape of {name} is a tuple of axes: for one axis write ({axis!r},), got {shape!r}")


def _axes(inputs: Mapping[str, Any]) -> list[str]:
    """The names of axes, in the order in which they come."""
    from hypothesis import strategies as st

    axes: list[str] = []
    for shape in inputs.values():
        if isinstance(shape, tuple):
            axes += [axis for axis in shape if isinstance(axis, str)]
        elif callable(shape) and not isinstance(shape, st.SearchStrategy):
            axes += list(inspect.signature(shape).parameters)
    return list(dict.fromkeys(axes))


def _generic(chance: Any, shape: tuple[int, ...]) -> Any:
    """Numbers with two decimals, none of them 0."""
    import numpy as np

    return np.where(chance.random(shape) < 0.5, -1.0, 1.0) * np.round(chance.uniform(0.05, 2.0, shape), 2)


class Check:
    """Compares the two passes at one point."""

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        inputs: Mapping[str, Any],
        wrt: Sequence[str] | None,
        reference: Callable[..., Any] | None,
    ) -> None:
        self.forward, self.backward, self.reference = forward, backward, reference
        self.names, self.wrt = list(inputs), None if wrt is None else list(wrt)
        if isinstance(wrt, str):
            raise TypeError(f"wrt is a list of names, write [{wrt!r}]")
        whole = [name for name, x in inputs.items() if type(x) is int]  # as arguments may be, but no array's shape
        for name in whole if len(whole) == len(inputs) else [name for name in whole if name in (wrt or ())]:
            raise TypeError(f"the shape of {name} is a tuple of axes: write ({inputs[name]},), got {inputs[name]}")
        if unknown := set(self.wrt or ()) - set(self.names):
            raise ValueError(f"there is no input {sorted(unknown)} to check; there are {self.names}")
        if not self.names or (wrt is not None and not self.wrt):
            raise ValueError("there is nothing to check: inputs= names the arguments, and wrt= some of them")
        self.reason = ""  # why differences stand in
        self.steady = True  # as long as the forward pass gives the same when it is called again
        self.lenient = False  # whether a gradient that is not there is no more than a wrong one

    def __call__(self, case: Case) -> Outcome:
        """Both passes, and what is wrong with the second."""
        import numpy as np

        floats = [name for name in self.names if np.asarray(case.arrays[name]).dtype.kind == "f"]
        wrt = floats if self.wrt is None else self.wrt
        if others := [name for name in wrt or self.names if name not in floats]:
            raise ValueError(f"of {', '.join(others)} there is no gradient: write floats, as in np.array([1.0, 2.0])")
        output, again = self._output(case), self._output(case)
        same = output.shape == again.shape and np.allclose(output, again, rtol=1e-6, atol=1e-6, equal_nan=True)
        self.steady = self.steady and same  # found once, it is said at every point, or Hypothesis would call it flaky
        if not self.steady:
            raise ValueError(
                "the forward pass gives another result when it is called again: let it take what is random, such as "
                "the mask of a dropout, as an argument, or draw it from a generator that it makes anew"
            )
        takes = _extra(self.backward, self.names)
        if output.size != 1 and takes is False:
            raise TypeError(
                f"the forward pass returns an array of shape {output.shape}, so backward takes the upstream gradient, "
                "of the same shape, as one more argument"
            )
        upstream = None
        if takes or (takes is None and output.ndim):
            upstream = _generic(np.random.default_rng([case.seed, 99]), output.shape)
            upstream = upstream.astype(case.dtype).astype(float)
        oracle = self._oracle(case, wrt, output, upstream)
        if oracle is None:
            return Outcome(case, {}, False, None, upstream)
        right, tolerance, example = oracle
        hand, wrong = self._by_hand(case, wrt, right, upstream)
        there = [name for name in wrt if name not in wrong]
        if any(self._differ(hand[name], right[name], tolerance[name]).any() for name in there) and not self.reason:
            self._widen(case, wrt, output, upstream, right, tolerance)
            self._widen_by_hand(case, there, hand, right, upstream, tolerance)
        for name in wrt:
            if name in wrong:
                continue
            bad, off = self._differ(hand[name], right[name], tolerance[name]), np.abs(hand[name] - right[name])
            if bad.any():
                place = np.unravel_index(int(np.argmax(np.where(bad, np.nan_to_num(off, nan=np.inf), -1))), bad.shape)
                where = f"[{', '.join(map(str, map(int, place)))}]" if bad.ndim else ""
                by = "backpropagation" if not self.reason else "central differences"
                wrong[name] = (
                    f"∂L/∂{name}{where} is {float(hand[name][place])} by hand and {float(right[name][place])} by {by}"
                    + (f"; {int(bad.sum())} of {bad.size} numbers differ" if bad.size > 1 else "")
                )
        example.hand.update(hand)
        example.wrong = set(wrong)
        return Outcome(case, wrong, True, example, upstream)

    def _output(self, case: Case) -> Any:
        """What the forward pass computes of copies of the arguments."""
        import numpy as np

        arrays = {name: x.copy() if isinstance(x, np.ndarray) else x for name, x in case.arrays.items()}
        try:
            output = self._call(self.forward, arrays)
        except Exception as error:
            error.add_note(f"raised by the forward pass at {_shapes(case)}; sizes= says how long axes may be")
            raise
        if isinstance(output, tuple):
            raise TypeError(
                f"the forward pass is to return its result alone, an array or a number, got {len(output)} things: what "
                "backward needs it can store, or backward can compute it again"
            )
        return np.asarray(output, dtype=float)

    def _call(self, function: Callable[..., Any], arrays: Mapping[str, Any], *more: Any) -> Any:
        positional, named = _arguments(function, arrays, more)
        return function(*positional, **named)

    def _by_hand(
        self, case: Case, wrt: Sequence[str], right: Mapping[str, Any], upstream: Any
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The gradients that the backward pass returns, and what is wrong with their number or shapes."""
        import numpy as np

        more = () if upstream is None else (upstream.astype(case.dtype) if upstream.ndim else upstream[()],)
        self._output(case)  # what it stores for backward is of plain numbers then
        try:
            returned = self._call(self.backward, {name: case.laid_out(name) for name in self.names}, *more)
        except Exception as error:
            given = ", ".join([*self.names, *["upstream" for _ in more]])
            text = f"backward({given}) raised {type(error).__name__}: {error}"
            return {}, dict.fromkeys(wrt, text)
        hand: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        if self.lenient and isinstance(returned, dict):
            wrong = {name: f"∂L/∂{name} is not returned" for name in wrt if returned.get(name) is None}
            returned = {name: returned[name] for name in wrt if name not in wrong}
            wrt = list(returned)
        gradients = named_gradients(returned, wrt, self.names)
        for name in wrt:
            given = gradients[name]
            try:
                hand[name] = np.asarray(given, dtype=float)
            except (TypeError, ValueError):
                hand[name] = np.array(math.nan)
                wrong[name] = f"∂L/∂{name} came as {type(given).__name__} {given!r:.60}, an array of numbers was wanted"
                continue
            if hand[name].shape != right[name].shape:
                wrong[name] = f"∂L/∂{name} has the shape {hand[name].shape} by hand, and {name} has {right[name].shape}"
        return hand, wrong

    def _oracle(
        self, case: Case, wrt: Sequence[str], output: Any, upstream: Any
    ) -> tuple[dict[str, Any], dict[str, Any], Example] | None:
        """The right gradients, how far off others may be, and what a mistake is explained with."""
        import numpy as np

        if not np.isfinite(output).all():
            return None
        if not self.reason:
            try:
                traced = self._traced(case, wrt, output, upstream)
            except _LostError as lost:
                self.reason = str(lost)
            else:
                return traced
        right, tolerance = self._differences(case, wrt, upstream)
        from autograd.testing.examples import Example

        example = Example([], None, upstream, dict(case.dims), case.generic, right, {}, tolerance)
        return right, tolerance, example

    def _traced(
        self, case: Case, wrt: Sequence[str], output: Any, upstream: Any
    ) -> tuple[dict[str, Any], dict[str, Any], Example] | None:
        import numpy as np

        from autograd.testing.examples import Example

        trace, leaves, root, result = self._run(case, output, upstream, 0.0)
        right = {name: _each(leaves[name], lambda v: v.grad) for name in wrt}
        if not all(np.isfinite(g).all() for g in right.values()):
            return None
        sizes = sizes_of(root) if root is not None else {}
        paths = {name: _each(leaves[name], lambda v: sizes.get(v, 0.0)) for name in wrt}
        longest = max([1, *(n for node in trace.nodes for n in node.shape)])
        part = CAUTION * longest * UNITS[case.dtype]
        # Where every path is closed, what came by hand may be the rounding of numbers that are not there.
        most = max((sizes.get(v, 0.0) for leaf in leaves.values() for v in leaf.flat), default=0.0)
        tolerance = {x: part * np.where(paths[x] > 0, paths[x], most) + SUBNORMAL for x in wrt}
        if trace.tie:  # as in a shift by the maximum, which cancels, or at the edge between two slopes
            try:
                other = self._run(case, output, upstream, 0.0, turn=-1)[1]
            except _LostError:  # a jump
                return None
            if any(self._differ(_each(other[x], lambda v: v.grad), right[x], tolerance[x]).any() for x in wrt):
                return None
        nodes = trace.nodes if trace.whole and result is not None else []
        return right, tolerance, Example(
            nodes, result if nodes else None, upstream, dict(case.dims), case.generic, right, {}, tolerance
        )  # fmt: skip

    def _widen(
        self, case: Case, wrt: Sequence[str], output: Any, upstream: Any, right: Any, tolerance: dict[str, Any]
    ) -> None:
        """Allow for what the rounding of the numbers on the way does: what moving them a little does, scaled down.

        Never more than a thousandth of what the paths add up to, and nothing where they cannot be moved.
        """
        import numpy as np

        moved = 1.0
        unit = UNITS[case.dtype]
        for seed in (0, 1):
            try:
                other = self._run(case, output, upstream, NOISE, seed)[1]
            except _LostError:
                return
            for name in wrt:
                change = np.abs(_each(other[name], lambda v: v.grad) - right[name])
                path = tolerance[name] - SUBNORMAL  # CAUTION units of what the paths add up to
                part = np.divide(change / NOISE, path, out=np.zeros_like(change), where=path > 0) * CAUTION * unit
                moved = max(moved, float(np.max(part, initial=0.0)))
        for name in wrt:
            most = tolerance[name] / (CAUTION * unit) * 1e-3
            tolerance[name] = np.maximum(tolerance[name], np.minimum(tolerance[name] * moved, most))

    def _widen_by_hand(
        self, case: Case, wrt: Sequence[str], hand: Any, right: Any, upstream: Any, tolerance: dict[str, Any]
    ) -> None:
        """Allow for the rounding within the backward pass, as 1 − a has it where a is next to 1.

        In single precision it is 2²⁹ times as large, and can be seen.
        """
        import numpy as np

        other = "float32" if case.dtype == "float64" else "float64"
        again, wrong = self._by_hand(case._replace(dtype=other), wrt, right, upstream)
        unit = UNITS[case.dtype] / max(UNITS[case.dtype], UNITS[other])
        for name in wrt:
            if name in again and name not in wrong:
                seen = np.abs(again[name] - hand[name])
                part = np.divide(seen, tolerance[name], out=np.zeros_like(seen), where=tolerance[name] > SUBNORMAL)
                part = np.where(np.isfinite(part), part, 0.0)
                grown = tolerance[name] * min(float(np.max(part, initial=0.0)) * unit * CAUTION, 1e8)
                tolerance[name] = np.maximum(tolerance[name], grown)

    @staticmethod
    def _differ(hand: Any, right: Any, tolerance: Any) -> Any:
        import numpy as np

        return ~(np.abs(hand - right) <= tolerance) & ~np.isnan(tolerance)

    def _run(self, case: Case, output: Any, upstream: Any, noise: float, seed: int = 0, turn: int = 1) -> Any:
        """The forward pass on Values, backpropagated: the trace, the leaves by name, the root, the result's node."""
        import numpy as np

        from autograd.testing.arrays import Array, Trace, data, run

        function = self.reference or self.forward
        trace = Trace(noise, seed, turn)
        inputs = {
            name: trace.input(name, x) if np.asarray(x).dtype.kind == "f" else x for name, x in case.arrays.items()
        }
        leaves = {name: x.values.copy() for name, x in inputs.items() if isinstance(x, Array)}
        positional, named = _arguments(function, inputs, ())
        try:
            result = run(function, positional, named)
        except Exception as error:
            raise _LostError(trace.reason or f"{type(error).__name__}: {error}") from error
        values = result.values if isinstance(result, Array) else np.asarray(result, dtype=object)
        numbers = data(values)
        same = numbers.shape == output.shape and np.allclose(numbers, output, rtol=1e-6, atol=1e-6)
        if not noise and not same:
            if self.reference is not None:
                raise AssertionError(f"reference gives {numbers}, and the forward pass {output}, at {_shapes(case)}")
            raise _LostError("on arrays of Values it gives other numbers: it may write into a view of an array")
        root: Any = 0.0
        seeds = np.ones(values.shape) if upstream is None else upstream
        for value, g in zip(values.flat, seeds.flat, strict=True):
            root = root + value * float(g) if upstream is not None else root + value
        if not isinstance(root, Value):
            root = None
        else:
            root.backward()
        return trace, leaves, root, result.node if isinstance(result, Array) else None

    def _differences(self, case: Case, wrt: Sequence[str], upstream: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The slopes that the forward pass itself has."""
        import numpy as np

        right: dict[str, Any] = {}
        tolerance: dict[str, Any] = {}
        for name in wrt:
            x = case.arrays[name]
            right[name], tolerance[name] = np.zeros(x.shape), np.zeros(x.shape)
            for place in np.ndindex(*x.shape):

                def along(t: float, name: str = name, place: Any = place) -> float:
                    moved = {key: np.array(y) for key, y in case.arrays.items()}
                    moved[name][place] = t
                    out = np.asarray(self._call(self.forward, moved), dtype=float)
                    return float(out.sum() if upstream is None else (out * upstream).sum())

                here = along(float(x[place]))
                found = slopes(along, float(x[place]), ROUNDINGS * UNIT * (abs(here) + 1.0))
                best = found.best()
                if best is None or found.kink() or found.jump():
                    right[name][place], tolerance[name][place] = 0.0, math.nan
                    continue
                unit = math.sqrt(UNITS[case.dtype])
                right[name][place] = best.slope
                tolerance[name][place] = 4 * best.error + unit * abs(best.slope)
        return right, tolerance


class _LostError(Exception):
    """The forward pass could not be followed."""


def named_gradients(returned: Any, wrt: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """What a backward pass returned, by name.

    Raises:
        AssertionError: where something that is wanted is not there.
        TypeError: where it is neither a dict nor a tuple.
    """
    wanted = ", ".join(wrt)
    if isinstance(returned, Mapping):
        missing = [name for name in wrt if name not in returned or returned[name] is None]
        if missing:
            came = ", ".join(map(str, returned)) or "{}"
            what = "is None" if any(name in returned for name in missing) else "is not there"
            raise AssertionError(
                f"backward returns the gradients of {wanted} as a dict; that of {', '.join(missing)} {what}: "
                f"it returned {came}"
            )
        if unknown := [name for name in returned if name not in names]:
            raise AssertionError(f"backward returned gradients of {unknown}; there are the inputs {list(names)}")
        return {name: returned[name] for name in wrt}
    if isinstance(returned, (tuple, list)):
        order = wrt if len(returned) == len(wrt) else names
        if len(returned) != len(order):
            raise AssertionError(
                f"backward returned a tuple of {len(returned)}; wanted are {len(wrt)}: the gradients of {wanted}"
            )
        found = dict(zip(order, returned, strict=True))
        if missing := [name for name in wrt if found[name] is None]:
            raise AssertionError(f"backward returned None for {', '.join(missing)}; a gradient was wanted")
        return {name: found[name] for name in wrt}
    if len(wrt) == 1 and returned is not None:
        return {wrt[0]: returned}
    raise TypeError(
        f"backward returns the gradients of {wanted} as a dict by name or a tuple in this order, got "
        f"{type(returned).__name__} {returned!r:.60}"
    )


def _extra(function: Callable[..., Any], names: Sequence[str]) -> bool | None:
    """Whether it takes an upstream gradient as well; None where its signature does not say."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return None
    return len([p for p in parameters if p.kind is not p.VAR_KEYWORD and p.default is p.empty]) > len(names)


def _arguments(
    function: Callable[..., Any], arrays: Mapping[str, Any], more: Sequence[Any]
) -> tuple[list[Any], dict[str, Any]]:
    """How it is called: by name where it has parameters of these names, else in order."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return [*arrays.values(), *more], {}
    if more and "upstream" in parameters and parameters["upstream"].kind is inspect.Parameter.KEYWORD_ONLY:
        return [*arrays.values()], {"upstream": more[0]}
    kinds = {p.kind for p in parameters.values()}
    if inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        return [], {**arrays, **({"upstream": more[0]} if more else {})}
    if set(arrays) <= parameters.keys() and all(
        p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) for p in parameters.values()
    ):
        others = [name for name in parameters if name not in arrays]
        return [], {**arrays, **dict(zip(others, more, strict=False))}
    return [*arrays.values(), *more], {}


def _each(values: Any, f: Callable[[Value], float]) -> Any:
    import numpy as np

    return np.array([f(v) for v in values.flat], dtype=float).reshape(values.shape)


def _shapes(case: Case) -> str:
    import numpy as np

    return ", ".join(f"{name} {np.shape(x)}" for name, x in case.arrays.items())


def _telling(seen: Sequence[Outcome], shown: Sequence[Outcome]) -> list[Example]:
    """Examples to explain a mistake with: those shown, of many shapes, generic ones first."""

    def worth(outcome: Outcome) -> tuple[bool, bool, int]:
        case = outcome.case
        dims = list(case.dims.values())
        return not outcome.wrong, not case.generic, -len(set(dims)) - (min(dims, default=1) > 1)

    usable = [outcome for outcome in seen if outcome.example is not None]
    first = sorted([outcome for outcome in usable if outcome.wrong], key=worth)
    numeric = [outcome for outcome in first if outcome.example is not None and outcome.example.hand]
    right = sorted([outcome for outcome in usable if not outcome.wrong], key=worth)
    corners = [outcome for outcome in numeric if not outcome.case.generic]
    chosen = numeric[:SEEN] + corners[:3] + right[:4] + [outcome for outcome in shown if outcome.example is not None]
    return [outcome.example for outcome in chosen if outcome.example is not None]


def _report(found: Findings) -> Iterator[str]:
    """What is said of a wrong backward pass."""
    told: set[str] = set()
    for outcome in found.shown:
        yield from dict.fromkeys(text for name, text in outcome.wrong.items() if name not in told)
        told |= outcome.wrong.keys()
        head, *numbers = outcome.point()
        yield from (head, *[f"    {line}" for line in numbers])
    if found.cannot_follow:
        yield f"held to central differences of the forward pass, which cannot be followed: {found.cannot_follow}"
    for lines in found.reasons.values():
        yield from lines


def _printed(x: Any) -> str:
    """Python to paste."""
    import numpy as np

    x = np.asarray(x)
    if not x.ndim:
        return repr(x.item())
    if not x.size:
        return f"np.zeros({x.shape})"
    return f"np.array({x.tolist()})"


@contextmanager
def _silence() -> Iterator[None]:
    """No warnings of NumPy's: at corners there is overflow, and division by 0."""
    import numpy as np

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
