"""How wrong a prediction is, as one Value: what backpropagation starts from.

Each loss takes ``(prediction, target)``: a network's output and what it should have been, or a list of outputs and a
list as long of targets. They are written as in a textbook wherever that is also sound in floating point.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, TypeAlias, cast

from autograd.engine import Value
from autograd.ops import maximum, relu, softplus, xlogy

Prediction: TypeAlias = Value | Sequence[Value]
Target: TypeAlias = float | Value | Sequence[float | Value]


def half_squared_error(prediction: Prediction, target: Target) -> Value:
    """½(y − t)², summed over the outputs; its derivative is y − t.

    >>> half_squared_error(Value(3.0), 1.0).data
    2.0
    """
    return _sum([0.5 * (y - t) ** 2 for y, t in _pairs(prediction, target)])


def mean_squared_error(prediction: Prediction, target: Target) -> Value:
    """(y − t)², averaged over the outputs.

    >>> mean_squared_error([Value(3.0), Value(1.0)], [1.0, 1.0]).data
    2.0
    """
    return _mean([(y - t) ** 2 for y, t in _pairs(prediction, target)])


def binary_cross_entropy(prediction: Prediction, target: Target) -> Value:
    """−(t·log p + (1 − t)·log(1 − p)), averaged over the outputs: p is the probability that t is 1.

    Where p is exactly 0 or 1 and right, the loss is 0; where it is wrong, infinite, for nothing could be worse. From
    z = 37 on a sigmoid rounds to 1, so train a network that may be that sure on its last weighted sum, by
    `binary_cross_entropy_with_logits`.

    Raises:
        ValueError: where an output is no probability.

    >>> print(f"{binary_cross_entropy(Value(0.25), 1):.4f}")      # log 4
    1.3863
    """
    pairs = _pairs(prediction, target)
    for p, _ in pairs:
        if p < 0 or p > 1:
            raise ValueError(
                f"binary_cross_entropy takes probabilities, from 0 to 1, got an output of {p!r:.80}: let the network "
                "end in a sigmoid, or take binary_cross_entropy_with_logits"
            )
    return _mean([-(xlogy(t, p) + xlogy(1 - t, 1 - p)) for p, t in pairs])


def binary_cross_entropy_with_logits(prediction: Prediction, target: Target) -> Value:
    """The binary cross-entropy of p = σ(z), from z: −(t·log σ(z) + (1 − t)·log σ(−z)), averaged over the outputs.

    −log σ(z) is softplus(−z), and never overflows: finite for every z, and no digit is lost, however sure it is.

    >>> binary_cross_entropy_with_logits(Value(800.0), 0).data
    800.0
    """
    return _mean([t * softplus(-z) + (1 - t) * softplus(z) for z, t in _pairs(prediction, target)])


def hinge(prediction: Prediction, target: Target) -> Value:
    """max(0, 1 − t·y), averaged over the outputs, for targets of −1 and 1: 0 once right by a margin of 1.

    >>> hinge(Value(0.25), 1).data, hinge(Value(0.25), -1).data
    (0.75, 1.25)
    """
    return _mean([relu(1 - t * y) for y, t in _pairs(prediction, target)])


def softmax_cross_entropy(logits: Sequence[Value], target: int) -> Value:
    """−log pₜ, where p = softmax(z) are the probabilities of the classes and t, counted from 0, is the right one.

    That is log Σ exp(zᵢ − m) − (zₜ − m) for every m; with the largest logit for m, no exp overflows. Since m makes no
    difference, its gradient is 0, but for rounding.

    >>> print(f"{softmax_cross_entropy([Value(0.0), Value(0.0)], 1):.4f}")      # log 2
    0.6931
    """
    if not hasattr(logits, "__len__"):
        raise TypeError(f"a list of logits is wanted, one for each class, got {type(logits).__name__} {logits!r:.80}")
    if not hasattr(target, "__index__") or not 0 <= target < len(logits):
        raise ValueError(f"the target is the index of one of {len(logits)} classes, got {target!r}")
    largest = reduce(maximum, logits)
    shifted = [logit - largest for logit in logits]
    return _sum([z.exp() for z in shifted]).log() - shifted[target]


def _pairs(prediction: Any, target: Any) -> list[tuple[Any, Any]]:
    """Each output with its target."""
    outputs, targets = (x if hasattr(x, "__len__") and not isinstance(x, str) else [x] for x in (prediction, target))
    if len(outputs) != len(targets) or not len(outputs):
        raise ValueError(f"a loss takes a target for each output, got {len(outputs)} and {len(targets)}")
    return list(zip(outputs, targets, strict=True))


def _sum(terms: list[Any]) -> Value:
    return cast(Value, sum(terms[1:], terms[0]))


def _mean(terms: list[Any]) -> Value:
    return _sum(terms) / len(terms) if len(terms) > 1 else cast(Value, terms[0])
