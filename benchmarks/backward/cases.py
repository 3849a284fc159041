"""Backward passes with one mistake each, and right ones: what a checker of backward passes should tell apart.

A mistake is planted in the right backward pass of a model by replacing a piece of its source.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

# In the environment of another checker this is a module beside the script.
models: Any = importlib.import_module("benchmarks.backward.models" if __package__ else "models")

SHAPES: dict[str, dict[str, Any]] = {
    "network": {"X": ("n", "d"), "Y": ("n", "k"), "W1": ("d", "h"), "b1": ("h",), "W2": ("h", "k"), "b2": ("k",)},
    "layers": {"x": ("d",), "y": ("k",), "W1": ("h", "d"), "W2": ("k", "h")},
    "classifier": {
        "X": ("n", "d"),
        "labels": lambda n, k: st.lists(st.integers(0, k - 1), min_size=n, max_size=n).map(np.array),
        "W1": ("d", "h"),
        "b1": ("h",),
        "W2": ("h", "k"),
        "b2": ("k",),
    },
    "softmax": {"S": ("n", "k")},
    "layer_norm": {"X": ("n", "d"), "gamma": ("d",), "beta": ("d",)},
    "attention": {"Q": ("n", "d"), "K": ("m", "d"), "V": ("m", "v")},
    "convolution": {"x": (6,), "k": ("j",), "b": ()},
    "centred": {"X": ("n", "d"), "w": ("d",)},
    "recurrent": {"X": ("t", "d"), "W": ("h", "h"), "U": ("d", "h")},
    "ridge": {"X": ("n", "d"), "y": ("n",), "w": ("d",), "b": ()},
    "embedding": {
        "table": (3, "d"),
        "words": lambda n: st.lists(st.integers(0, 2), min_size=n, max_size=n).map(np.array),
        "w": ("d",),
    },
    "pooled": {"X": ("n", "d"), "w": ("d",)},
}
WRT: dict[str, list[str]] = {
    "network": ["W1", "b1", "W2", "b2"],
    "layers": ["W1", "W2"],
    "classifier": ["W1", "b1", "W2", "b2"],
    "softmax": ["S"],
    "layer_norm": ["X", "gamma", "beta"],
    "attention": ["Q", "K", "V"],
    "convolution": ["x", "k", "b"],
    "centred": ["X", "w"],
    "recurrent": ["W", "U"],
    "ridge": ["w", "b"],
    "embedding": ["table", "w"],
    "pooled": ["X", "w"],
}


class Case(NamedTuple):
    """A backward pass.

    Attributes:
        model: of which forward pass.
        name: what is wrong with it, in a few words.
        old: what stands in the right backward pass.
        new: what stands there in this one; as long as it is the same, the pass is right.
        says: a regular expression for what the report has to say.
    """

    model: str
    name: str
    old: str = ""
    new: str = ""
    says: str = ""

    @property
    def right(self) -> bool:
        """Whether there is no mistake in it."""
        return not self.says

    @property
    def forward(self) -> Callable[..., Any]:
        """The forward pass."""
        return getattr(models, self.model)  # type: ignore[no-any-return]

    @property
    def backward(self) -> Callable[..., Any]:
        """The backward pass, with the mistake in it."""
        function = getattr(models, f"{self.model}_backward")
        source = inspect.getsource(function)
        for old, new in zip(self.old.split(" ; "), self.new.split(" ; "), strict=True):
            assert old in source, (self, old)
            source = source.replace(old, new)
        scope = dict(vars(models))
        exec(source, scope)
        return scope[function.__name__]  # type: ignore[no-any-return]

    @property
    def options(self) -> dict[str, Any]:
        """Of `check_backward`."""
        return {"sizes": {"j": (1, 3)}} if self.model == "convolution" else {}

    @property
    def inputs(self) -> dict[str, Any]:
        """The shapes of its inputs."""
        return SHAPES[self.model]

    @property
    def wrt(self) -> list[str]:
        """What gradients are taken of."""
        return WRT[self.model]


WRONG = [
    Case("network", "σ′ of the output left out", "dP * P * (1 - P)", "dP", r"W1, b1, W2 and b2: .*lacks the factor ∂P/∂Z2 = σ′\(Z2\)"),
    Case("network", "tanh′ left out", " * (1 - A1**2)", "", r"W1 and b1: .*lacks the factor ∂A1/∂Z1 = tanh′\(Z1\)"),
    Case("network", "mean forgotten", "(P - Y) / n", "(P - Y)", r"W1, b1, W2 and b2: .*lacks the factor 1/n"),
    Case("network", "mean taken twice", "(P - Y) / n", "(P - Y) / n / n", r"once too often the factor 1/n"),
    Case("network", "wrong sign", "(P - Y) / n", "(Y - P) / n", r"W1, b1, W2 and b2: .*has the wrong sign"),
    Case("network", "twice, for ½ was forgotten", "(P - Y) / n", "2 * (P - Y) / n", r"is twice too large"),
    Case("network", "W2 not transposed", "W2.T", "W2", r"W1 and b1: .*W2 where W2 transposed belongs"),
    Case("network", "gradient of W1 transposed", "dW1 = X.T @ dZ1", "dW1 = dZ1.T @ X", r"W1: .*is transposed"),
    Case("network", "tanh′ of z for a", "(1 - A1**2)", "(1 - Z1**2)", r"1 − Z1² in the place of ∂A1/∂Z1 = tanh′\(Z1\)"),
    Case("network", "σ′ for tanh′", "(1 - A1**2)", "A1 * (1 - A1)", r"A1·\(1 − A1\) in the place of ∂A1/∂Z1"),
    Case("network", "z·(1 − z) for σ′", "dP * P * (1 - P)", "dP * Z2 * (1 - Z2)", r"Z2·\(1 − Z2\) in the place of ∂P/∂Z2"),
    Case("network", "x for h", "A1.T @", "X.T @", r"W2: .*X in the place of A1"),
    Case("network", "bias's gradient times h", "db2 = dZ2.sum(axis=0)", "db2 = (dZ2 * P).sum(axis=0)", r"b2: .*multiplied by P"),
    Case("network", "bias summed over the wrong axis", "db1 = dZ1.sum(axis=0)", "db1 = dZ1.sum(axis=1)", r"b1: .*summed over the wrong axis"),
    Case("network", "bias not summed over the batch", "db1 = dZ1.sum(axis=0)", "db1 = dZ1", r"b1: .*not summed over the axis along which b1"),
    Case("network", "bias averaged over the batch", "db2 = dZ2.sum(axis=0)", "db2 = dZ2.mean(axis=0)", r"b2: .*averaged where it should be summed"),
    Case("network", "bias forgotten within tanh′", "(1 - A1**2)", "(1 - np.tanh(X @ W1) ** 2)", r"tanh′\(X @ W1\) in the place of ∂A1/∂Z1"),
    Case("network", "bias forgotten in the forward pass", "Z1 = X @ W1 + b1", "Z1 = X @ W1", r"forward pass without b1"),
    Case("network", "σ′ left out and mean forgotten", "dP * P * (1 - P) ; (P - Y) / n", "dP ; (P - Y)", r"lacks the factor ∂P/∂Z2 = σ′\(Z2\) and .*1/n|1/n and .*lacks the factor ∂P/∂Z2 = σ′\(Z2\)"),
    Case("layers", "the delta of another loss", "(a2 - y) * a2 * (1 - a2)", "a2 - y", r"W1 and W2: .*lacks the factor ∂a2/∂z2 = σ′\(z2\)"),
    Case("layers", "W2 as printed", "W2.T @ d2", "W2 @ d2", r"W1: .*W2 where W2 transposed belongs"),
    Case("layers", "outer product the wrong way round", "np.outer(d2, a1)", "np.outer(a1, d2)", r"W2: .*is transposed"),
    Case("classifier", "softmax's gradient times p·(1 − p)", "dS = dS / n", "dS = dS / n * P * (1 - P)", r"once too often the diagonal of ∂P/∂S"),
    Case("classifier", "relu's mask left out", " * (Z1 > 0)", "", r"W1 and b1: .*lacks the factor ∂H/∂Z1 = relu′\(Z1\)"),
    Case("classifier", "relu's mask includes 0", "Z1 > 0", "Z1 >= 0", r"W1 and b1: .*slope of 1 where Z1 is 0"),
    Case("classifier", "relu's mask of the gradient", "(Z1 > 0)", "(dH > 0)", r"mask taken of the gradient"),
    Case("classifier", "mean forgotten", "dS = dS / n", "dS = dS", r"W1, b1, W2 and b2: .*1/n"),
    Case("classifier", "the label's 1 not subtracted", "dS[np.arange(n), labels] -= 1", "pass", r"P / n in the place of \(P − one-hot\) / n: the target is forgotten"),
    Case("softmax", "the diagonal alone", "P * (upstream - (upstream * P).sum(axis=1, keepdims=True))", "upstream * P * (1 - P)", r"diagonal of"),
    Case("softmax", "the sum's path left out", "P * (upstream - (upstream * P).sum(axis=1, keepdims=True))", "upstream * P", r"lacks the path through sum\(E, axis=1\)"),
    Case("softmax", "sum over the wrong axis", "(upstream * P).sum(axis=1, keepdims=True)", "(upstream * P).sum(axis=0, keepdims=True)", r"wrong axis"),
    Case("softmax", "upstream gradient ignored", "    E = np.exp", "    upstream = np.ones_like(S)\n    E = np.exp", r"ignores the upstream gradient"),
    Case("layer_norm", "the mean's path left out", "dX = dD + dmu / d", "dX = dD", r"X: .*lacks the path through mu"),
    Case("layer_norm", "the variance's path left out", "dD = dN / s + dv * 2 * D / d", "dD = dN / s", r"X: .*lacks the path through (v|s|D)"),
    Case("layer_norm", "gamma forgotten", "dN = upstream * gamma", "dN = upstream", r"X: .*lacks the factor .*gamma"),
    Case("layer_norm", "gamma's gradient with x", "(upstream * N).sum", "(upstream * X).sum", r"gamma: .*X in the place of N"),
    Case("layer_norm", "beta summed over the wrong axis", "dbeta = upstream.sum(axis=0)", "dbeta = upstream.sum(axis=1)", r"beta: .*wrong axis"),
    Case("attention", "scale forgotten", "dQ = dS @ K / c ; dK = dS.T @ Q / c", "dQ = dS @ K ; dK = dS.T @ Q", r"Q and K: .*lacks the factor"),
    Case("attention", "K's gradient transposed the wrong way", "dS.T @ Q", "dS @ Q", r"K: .*transposed"),
    Case("attention", "softmax's diagonal alone", "A * (dA - (dA * A).sum(axis=1, keepdims=True))", "A * dA * (1 - A)", r"Q and K: .*diagonal of"),
    Case("attention", "A for its transpose", "A.T @ upstream", "A @ upstream", r"V: .*A where A transposed belongs"),
    Case("convolution", "off by one", "dk[j] = (x[j : j + m]", "dk[j] = (np.roll(x, -1)[j : j + m]", r"k: .*off by one"),
    Case("convolution", "overwritten", "dx[j : j + m] +=", "dx[j : j + m] =", r"x: .*overwritten"),
    Case("convolution", "bias not summed", "upstream.sum()}", "upstream}", r"b: .*not summed"),
    Case("centred", "the mean's path left out", "dC - dC.sum(axis=0) / n", "dC", r"X: .*lacks the path through M"),
    Case("centred", "the mean forgotten within the mean", "dC.sum(axis=0) / n", "dC.sum(axis=0)", r"X: .*1/n"),
    Case("recurrent", "tanh′ left out at every step", " * (1 - states[t + 1] ** 2)", "", r"W and U: .*lacks the factor .*tanh′"),
    Case("recurrent", "the last step alone", "dU += np.outer(X[t], dz)", "dU = np.outer(X[t], dz)", r"U: .*overwritten"),
    Case("ridge", "weight decay forgotten", " + 0.2 * w", "", r"w: .*lacks the path through"),
    Case("ridge", "weight decay half as large", "0.2 * w", "0.1 * w", r"w: .*half of what it should be"),
    Case("ridge", "2 forgotten", "2 * r / len(y)", "r / len(y)", r"is half of what it should be on the path|half of what it should be"),
    Case("embedding", "rows overwritten", "np.add.at(dtable, words, dE)", "dtable[words] = dE", r"table: .*overwritten"),
    Case("pooled", "all of a column", "dX[X.argmax(axis=0), np.arange(X.shape[1])] = dM", "dX[:] = dM", r"X: .*lacks the mask of M"),
    Case("pooled", "max over the wrong axis", "dX[X.argmax(axis=0), np.arange(X.shape[1])] = dM", "dX[:] = (X == X.max(axis=1, keepdims=True)) * dM", r"X: .*wrong axis"),
]  # fmt: skip
RIGHT = [Case(model, "as one writes it") for model in SHAPES] + [
    Case("network", "(1 − a)·(1 + a)", "(1 - A1**2)", "(1 - A1) * (1 + A1)"),
    Case("network", "1/cosh²", " * (1 - A1**2)", " / np.cosh(Z1) ** 2"),
    Case("network", "by einsum", "A1.T @ dZ2", "np.einsum('nh,nk->hk', A1, dZ2)"),
    Case("network", "ones times δ", "dZ2.sum(axis=0)", "np.ones(n) @ dZ2"),
    Case("network", "p − p²", "dP * P * (1 - P)", "dP * (P - P**2)"),
    Case("network", "transposed twice", "dZ2 @ W2.T", "np.dot(W2, dZ2.T).T"),
    Case("network", "example by example", "X.T @ dZ1", "sum(np.outer(X[i], dZ1[i]) for i in range(n))"),
    Case("network", "a tuple", '{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}', "dW1, db1, dW2, db2"),
    Case("layers", "σ′ of z", "(a2 - y) * a2 * (1 - a2)", "(a2 - y) / (2 + np.exp(z2) + np.exp(-z2))"),
    Case("layers", "a column times a row", "np.outer(d1, x)", "d1[:, None] * x"),
    Case("layers", "from the left", "W2.T @ d2", "d2 @ W2"),
    Case("classifier", "the mask of h", "(Z1 > 0)", "(H > 0)"),
    Case("classifier", "by where", "dH * (Z1 > 0)", "np.where(Z1 > 0, dH, 0)"),
    Case("classifier", "in place", "dS = dS / n", "dS /= n"),
    Case("classifier", "without the shift", "P.copy()", "np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)"),
    Case(
        "softmax",
        "the Jacobian of each row",
        "P * (upstream - (upstream * P).sum(axis=1, keepdims=True))",
        "np.array([(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(P, upstream)])",
    ),
    Case(
        "layer_norm",
        "in closed form",
        "dX = dD + dmu / d",
        "dX = (dN - dN.mean(axis=1, keepdims=True) - N * (dN * N).mean(axis=1, keepdims=True)) / s",
    ),
    Case("attention", "scaled before", "dS @ K / c", "(dS / c) @ K"),
    Case("attention", "by einsum", "dS.T @ Q / c", "np.einsum('nm,nd->md', dS, Q) / c"),
    Case("convolution", "by dot", "(x[j : j + m] * upstream).sum()", "np.dot(x[j : j + m], upstream)"),
    Case("convolution", "ones times the upstream", "upstream.sum()}", "np.ones(m) @ upstream}"),
    Case("centred", "less its mean", "dC - dC.sum(axis=0) / n", "dC - dC.mean(axis=0)"),
    Case("centred", "a column times a row", "np.outer(dz, w)", "dz[:, None] * w"),
    Case("recurrent", "from the right", "dh = dz @ W.T", "dh = W @ dz"),
    Case("ridge", "from the left", "X.T @ g + 0.2 * w", "g @ X + 0.2 * w"),
    Case("ridge", "Python's sum", "g.sum()", "sum(g)"),
    Case(
        "embedding",
        "row by row",
        "np.add.at(dtable, words, dE)",
        "for word, row in zip(words, dE): dtable[word] += row",
    ),
    Case("pooled", "by a mask", "dX[X.argmax(axis=0), np.arange(X.shape[1])] = dM", "dX = (X == M) * dM"),
]
