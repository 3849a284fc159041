"""How arrays, local derivatives and gradients are written where a backward pass is explained."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd.formula as formula
import autograd.ops as ops
from autograd.engine import Value
from autograd.operation import Op
from autograd.testing.arrays import ELEMENTWISE
from autograd.testing.examples import View, slope_of


def write(node: Any, depth: int = 2) -> str:
    """The name of an array, or the call that it came from."""
    if not hasattr(node, "op"):
        if isinstance(node, _Number):
            return node.text
        x = np.asarray(node)
        return f"{x.item():.6g}" if x.size == 1 else "a constant"
    if node.name:
        return str(node.name)
    if node.op == "constant":
        return write(node.value)
    if "text" in node.settings:
        return str(node.settings["text"])
    if depth < 0:
        return "…"
    sign = {"add": " + ", "subtract": " − ", "multiply": " · ", "divide": " / ", "matmul": " @ ", "power": " ** "}
    inner = [write(x, depth - 1) for x in node.operands if x is not None and not isinstance(x, (tuple, dict, str))]
    tied = [_tied(x) for x in inner]
    if node.op in sign and len(inner) == 2:
        return sign[node.op].join(inner if node.op in ("add", "subtract") else tied)
    if node.op == "negative":
        return f"−{tied[0]}"
    if node.op == "transpose" and len(inner) == 1:
        return f"{tied[0]}.T"
    if node.op == "getitem":
        return f"{tied[0]}[…]"
    if node.op in ("sum", "mean", "max", "min"):
        whole = len(node.settings["axes"]) == len(node.parents[0].shape)
        axis = "" if whole else f", axis={', '.join(map(str, node.settings['axes']))}"
        return f"{node.op}({inner[0]}{axis})"
    return f"{node.op}({', '.join(inner)})"


def write_atom(node: Any) -> str:
    """The same, in parentheses where it is a sum, say."""
    return _tied(write(node))


def _tied(text: str) -> str:
    """In parentheses, unless it is one thing already."""
    return f"({text})" if _is_loose(text) else text


def _is_loose(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == " " and not depth:
            return True
    return text.startswith("−")


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def probabilities(x: Any, axis: int | None) -> Any:
    """The softmax along an axis; the sigmoid of each number where there is none."""
    if axis is None:
        return 1 / (1 + np.exp(-x))
    powers = np.exp(x - x.max(axis, keepdims=True, initial=-math.inf))
    return powers / powers.sum(axis, keepdims=True)


def alike(x: Any, y: Any) -> bool:
    """Whether two arrays are the same but for rounding."""
    return np.shape(x) == np.shape(y) and np.allclose(x, y, rtol=1e-9, atol=1e-9)


def softmax_axes(node: Any) -> list[int]:
    """Along which axes these are probabilities."""
    if node.value.min() <= 0:
        return []
    return [i for i, length in enumerate(node.shape) if length > 1 and np.allclose(node.value.sum(axis=i), 1)]


# Names for what has none: a sigmoid that is written out, and numbers that are others in every example.


def name_parts(view: View) -> None:
    """Write a quotient that is one as σ(z) or softmax(z), and numbers by the lengths of axes that they change with."""

    def is_number(x: Any) -> bool:
        return not hasattr(x, "op") and isinstance(x, (int, float, np.number, np.ndarray)) and np.size(x) == 1

    for node in view.nodes:
        for i, x in enumerate(node.operands):
            if not is_number(x) or isinstance(x, (bool, _Number)):
                continue

            def numbers(v: View, site: Any = node.site, i: int = i) -> list[float]:
                return [_number_of(y) for n in v.at(site) for y in n.operands[i : i + 1] if is_number(y)]

            if len({number for sibling in view.siblings for number in numbers(sibling)}) > 1:
                named = _Number(_number_of(x))
                named.text = _symbol(view, numbers) or named.text
                node.operands = (*node.operands[:i], named, *node.operands[i + 1 :])
    for node in view.active:
        if node.op != "divide":
            continue
        if (z := before_activation(view, node)) and z not in node.parents:
            node.settings.setdefault("text", f"{activation(z.value, node.value)}({write(z)})")
        for axis in softmax_axes(node):
            before = (x for x in view.active if x.shape == node.shape and x is not node)
            if z := next((x for x in before if alike(node.value, probabilities(x.value, axis))), None):
                node.settings.setdefault("text", f"softmax({write(z)})")


class _Number(float):
    """A number of the forward pass that is another one in another example, as it is written."""

    text = "…"


def _symbol(view: View, numbers: Callable[[View], Sequence[float]]) -> str:
    """A number that is another one in every example, by the lengths of axes: 1/n, 2·n, √d, n·k; empty where it is none.

    What is said of a mistake is shown beside another example than the one it was thought up at.
    """
    of_some_length = [sibling for sibling in view.siblings if all(sibling.lengths().values())]
    found = [(number, sibling.lengths()) for sibling in of_some_length for number in numbers(sibling)]
    if len({number for number, _ in found}) < 2 or not all(np.isfinite(number) and number for number, _ in found):
        return ""
    named = itertools.chain.from_iterable(itertools.combinations(view.dims, count) for count in (1, 2, 3))
    others = [(axis,) for axis in view.lengths() if all(axis in lengths for _, lengths in found)]
    for axes in (*named, *others):
        for power in (-1.0, 1.0, -0.5, 0.5):
            ratios = [number / math.prod(lengths[axis] for axis in axes) ** power for number, lengths in found]
            if np.allclose(ratios, ratios[0], rtol=1e-12, atol=0):
                product = "·".join(axes)
                root = f"√({product})" if "·" in product else f"√{product}"
                return _ratio(ratios[0], root if abs(power) < 1 else product, power < 0)
    return ""


def _ratio(factor: float, length: str, below: bool) -> str:
    """A number times a length, or divided by it."""
    if factor < 0:
        return f"−{_ratio(-factor, length, below)}"
    above, times = f"{factor:.6g}", f"{1 / factor:.6g}"
    if not below:
        return length if above == "1" else f"{above}·{length}"
    if times.isdigit():
        above, length = "1", length if times == "1" else f"{times}·{length}"
    return f"{above}/({length})" if "·" in length else f"{above}/{length}"


def write_length(view: View, node: Any, k: int) -> str:
    """A local derivative that is one number, by the lengths of axes; empty where it is something else."""

    def slopes(v: View) -> list[float]:
        all_of = [slope_of(other, k) for other in v.at(node.site)]
        return [x.flat[0] if x.size and np.ptp(x) <= 1e-12 * abs(x.flat[0]) else math.nan for x in all_of]

    return _symbol(view, slopes)


def write_count(view: View, node: Any) -> str:
    """Over how many numbers a mean or a sum is."""
    [parent], axes = node.parents, node.settings["axes"]
    if text := write_total(view, lambda v: [n.parents[0].value.size // max(1, n.value.size) for n in v.at(node.site)]):
        return text
    whole = len(axes) == len(parent.shape)
    return f"{write_atom(parent)}.size" if whole else "·".join(f"{write_atom(parent)}.shape[{axis}]" for axis in axes)


def write_total(view: View, counts: Callable[[View], Sequence[float]]) -> str:
    """How many they are, by the lengths of axes where they are not always as many; empty where nothing is known."""
    found = {count for sibling in view.siblings for count in counts(sibling)}
    symbol = f"{found.pop()}" if len(found) == 1 else _symbol(view, counts)
    return f"({symbol})" if "·" in symbol else symbol


def _size_of(x: Any) -> int:
    return int(np.size(x.value if hasattr(x, "value") else x))


def _number_of(x: Any) -> float:
    return float(np.ravel(x.value if hasattr(x, "value") else x)[0])


# Local derivatives and gradients.


def write_factor(node: Any, k: int) -> str:
    """∂node/∂parent, with what it is as far as that is short."""
    if "local" in node.settings:
        return str(node.settings["local"][k])
    parent = node.parents[k]
    known = activation(parent.value, node.value) if len(node.parents) == 1 and parent.shape == node.shape else ""
    left = f"∂{write_atom(node)}/∂{write_atom(parent)}"
    if known:
        return f"{left} = {known}′({write(parent)})"
    if node.op == "multiply":
        alone = len(node.parents) == 1
        others = [x for i, x in enumerate(node.operands) if x is not parent or not (alone or i == k)]
        return f"{left} = {write(others[0])}" if len(others) == 1 else left
    if node.op == "divide" and node.operands and node.operands[0] is parent:
        return f"{left} = 1/{write(node.operands[1])}"
    return left


def right_line(view: View, node: Any) -> str:
    """How the gradient of an array is computed from those of what was made from it."""
    if (end := _activated(view, node)) is not None:
        up = _upstream(view, end, 4)
        rule = _rule(activation(node.value, end.value), node, end)
        return f"∂L/∂{write_atom(node)} = {_product(up, rule)}"
    terms = [_term(view, consumer, k, 4) for consumer, k in view.consumers.get(node, [])]
    if not terms or len(terms) > 3 or "" in terms:
        return ""
    return f"∂L/∂{write_atom(node)} = {' + '.join(terms)}"


def _upstream(view: View, node: Any, depth: int) -> str:
    """The gradient of an array: by its name, or by how it is computed where it has none."""
    if node is view.root:
        return "1" if view.example.upstream is None else "upstream"
    if node.name or depth < 0:
        return f"∂L/∂{write_atom(node)}"
    terms = [_term(view, consumer, k, depth - 1) for consumer, k in view.consumers[node]]
    if len(terms) != 1 or not terms[0]:
        return f"∂L/∂{write_atom(node)}"
    return terms[0]


def _term(view: View, node: Any, k: int, depth: int) -> str:
    """What one consumer adds to the gradient of its k-th parent, as one writes it."""
    parent = node.parents[k]
    up = _upstream(view, node, depth)
    up_atom = _tied(up)
    if node.elementwise:
        slope = slope_of(node, k)
        known = node.settings["rule"][k] if "rule" in node.settings else None  # a factor may be 1 here, and not be 1
        if slope.size and np.all(slope == 1.0) and known in (None, "1"):
            text = up
        elif slope.size and np.all(slope == -1.0) and known in (None, "−1", "(−1)"):
            text = f"−{up_atom}"
        else:
            text = _product(up, write_length(view, node, k) or _rule_of(node, k))
        if parent.shape != node.shape:
            axes = len(node.shape) - len(parent.shape)
            over = ", ".join(map(str, range(axes))) if axes else "the broadcast axis"
            text = f"sum({text}, axis={over})" if axes else f"sum of {text} over {over}"
        return text
    if node.op == "matmul" and len(node.operands) == 2:
        place = 0 if node.operands[0] is parent and k == 0 else 1
        other = _tied(write(node.operands[1 - place]))
        if len(node.shape) < 2 or len(parent.shape) < 2:
            shapes = [len(np.shape(x.value if hasattr(x, "value") else x)) for x in node.operands]
            if place == 1 and shapes == [2, 1]:
                return f"{other}.T @ {up_atom}"
            if place == 0 and shapes == [2, 1]:
                return f"outer({up}, {other})"
            return f"{up_atom} · {other}" if shapes == [1, 1] else ""
        turned = f"{other}.T" if len(parent.shape) == 2 else f"{other}.mT"
        return f"{up_atom} @ {turned}" if place == 0 else f"{turned} @ {up_atom}"
    if node.op == "transpose" and len(node.shape) == 2:
        return f"{up_atom}.T"
    if node.op == "mean":
        return f"{up_atom} / {write_count(view, node)}"
    if node.op == "sum":
        return up
    return ""


def _rule(known: str, parent: Any, node: Any) -> str:
    """The derivative of an activation, by the formula printer."""
    z = Value(0.5, write(parent))
    out = ACTIVATIONS[known](z)
    out.label = node.name or f"{known}({write(parent)})"
    return formula.write(formula.derivative(out, 0), {z: z.label, out: out.label})


def _product(up: str, factor: str) -> str:
    """The chain rule, written: parentheses where a factor is a sum or a quotient."""

    def inside(text: str) -> str:
        return f"({text})" if _is_loose(text.replace(" · ", "·")) else text

    return factor if up == "1" else inside(up) if factor == "1" else f"{inside(up)} · {inside(factor)}"


def _rule_of(node: Any, k: int) -> str:
    """∂node/∂parent of one elementwise operation, by the formula printer."""
    if "rule" in node.settings:
        return str(node.settings["rule"][k])
    masked = any(isinstance(x, np.ndarray) and x.dtype.kind == "b" for x in node.operands)  # Z * (Z > 0), which is relu
    if node.op in ELEMENTWISE and len(node.operands) <= 2 and not masked:
        places = [i for i, x in enumerate(node.operands) if any(x is parent for parent in node.parents)]
        operands = [
            Value(0.5, write(x)) if i in places or isinstance(x, _Number) or _size_of(x) != 1 else _number_of(x)
            for i, x in enumerate(node.operands)
        ]
        wanted, out = operands[places[k]], ELEMENTWISE[node.op](*operands)
        if isinstance(out, Value) and wanted in out.parents:
            out.label = node.name or write(node)
            names = {x: _tied(x.label) for x in (*operands, out) if isinstance(x, Value)}
            names |= {x: f"{x.data:.6g}" for x in out.parents if x not in names}
            return formula.write(formula.derivative(out, out.parents.index(wanted)), names)
    factor = write_factor(node, k)
    return factor.split(" = ")[1] if " = " in factor else factor


# Activations, of one operation or of several.

ACTIVATIONS: dict[str, Op] = {
    "σ": ops.sigmoid, "tanh": ops.tanh, "relu": ops.relu, "softplus": ops.softplus, "exp": ops.exp, "log": ops.log,
    "sqrt": ops.sqrt, "sin": ops.sin, "cos": ops.cos, "abs": ops.absolute,
}  # fmt: skip


def activation(x: Any, y: Any) -> str:
    """Which function it is that takes one array to the other."""
    if not np.size(x):
        return ""
    for name, op in ACTIVATIONS.items():
        if np.allclose(_apply(op, x), y, rtol=1e-9, atol=1e-12, equal_nan=True):
            return name
    return ""


def before_activation(view: View, node: Any) -> Any:
    """The array that this one is a known function of, such as σ, by one operation or by several; None where none is."""
    behind = [node]
    for _ in range(8):
        parents = dict.fromkeys(parent for x in behind if x.elementwise for parent in x.parents)
        behind = [parent for parent in parents if parent in view.on and parent.shape == node.shape]
        if found := next((x for x in behind if activation(x.value, node.value)), None):
            return found
    return None


def _activated(view: View, node: Any) -> Any:
    """The array that is a known function of this one, where several operations make it and nothing else is made."""
    ahead = [consumer for consumer, _ in view.consumers.get(node, [])]
    for _ in range(8):
        if not ahead or not all(other.elementwise and other.shape == node.shape for other in ahead):
            return None
        if (
            len(set(ahead)) == 1
            and ahead[0] not in [x for x, _ in view.consumers[node]]
            and activation(node.value, ahead[0].value)
        ):
            return ahead[0]
        ahead = [consumer for other in dict.fromkeys(ahead) for consumer, _ in view.consumers[other]]
    return None


def derivative(op: Op, x: Any) -> Any:
    """Of an activation, at each number."""
    found = [op.partials[0](op.forward(float(v)), float(v)) for v in np.ravel(x)]
    return np.array(found, dtype=float).reshape(np.shape(x))


def _apply(op: Op, x: Any) -> Any:
    return np.array([op.forward(float(v)) for v in np.ravel(x)]).reshape(np.shape(x))
