"""The first document's loss, and its backward pass as its code has it: one factor of the chain rule is missing.

Its text derives ∂L/∂w1 = ∂L/∂y · ∂y/∂z3 · ∂z3/∂h1 · ∂h1/∂z1 · ∂z1/∂w1, and its code computes
``(dL_dy @ dz2_da1) * da1_dz1``: ∂y/∂z3 = σ′(z3) is left out on the way to the hidden layer (the code calls z2 what its
text calls z3). It prints ±0.036545 for ±0.009124. The output layer is right.
"""

from __future__ import annotations

from autograd import Value, sigmoid


def loss(x: Value, t: Value, w1: Value, w2: Value, w3: Value, w4: Value) -> Value:
    """The forward pass of the 1-2-1 network, with labels on what the derivation has names for."""
    h1, h2 = (w1 * x).sigmoid(), (w2 * x).sigmoid()
    z3 = w3 * h1 + w4 * h2
    y = z3.sigmoid()
    h1.label, h2.label, z3.label, y.label = "h1", "h2", "z3", "y"
    return 0.5 * (y - t) ** 2


def backward_as_printed(x: float, t: float, w1: float, w2: float, w3: float, w4: float) -> dict[str, float]:
    """∂L/∂ each weight as the document's code computes them, **wrong** for w1 and w2.

    >>> print({w: f"{g:.6f}" for w, g in backward_as_printed(1, 0, 0.5, -0.5, 0.3, -0.3).items()})
    {'w1': '0.036545', 'w2': '-0.036545', 'w3': '0.080556', 'w4': '0.048860'}
    """
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    y = sigmoid(w3 * h1 + w4 * h2)

    dL_dy = y - t
    dy_dz3 = y * (1 - y)
    return {
        "w1": dL_dy * w3 * h1 * (1 - h1) * x,  # · dy_dz3 is missing
        "w2": dL_dy * w4 * h2 * (1 - h2) * x,  # here too
        "w3": dL_dy * dy_dz3 * h1,
        "w4": dL_dy * dy_dz3 * h2,
    }
