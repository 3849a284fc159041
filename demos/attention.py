"""Attention: the smallest slice of a GPT, one head that looks at two tokens, as a page to step through.

Everything that `demos.names` does for each letter is here once: a token's query meets the keys of the tokens so far,
their softmax weighs the tokens' values, and the cross-entropy says how wrong the guess at the next token is. Vectors
have one component each, so that every product is in sight.
"""

from __future__ import annotations

from pathlib import Path

from autograd import Value, write_stepper


def attend() -> Value:
    """The loss: how surprised the head is by token 0 after it has seen the tokens x1 and x2.

    >>> print(f"{attend():.6f}")
    0.438071
    """
    x1, x2 = Value(1.0, "x1"), Value(-0.5, "x2")  # the two tokens
    wq, wk, wv = Value(0.8, "wq"), Value(-0.6, "wk"), Value(1.2, "wv")
    u0, u1 = Value(0.9, "u0"), Value(-0.4, "u1")  # what each token that may come next is compared with

    q = wq * x2  # the query of the last token
    k1, k2 = wk * x1, wk * x2
    v1, v2 = wv * x1, wv * x2
    e1, e2 = (q * k1).exp(), (q * k2).exp()
    e = e1 + e2
    p1, p2 = e1 / e, e2 / e  # how much it looks at each token
    h = p1 * v1 + p2 * v2

    f0, f1 = (u0 * h).exp(), (u1 * h).exp()
    y0 = f0 / (f0 + f1)  # how probable token 0 is next
    L = -y0.log()
    for name, value in {
        "q": q, "k1": k1, "k2": k2, "v1": v1, "v2": v2, "e1": e1, "e2": e2, "e": e, "p1": p1, "p2": p2,
        "h": h, "f0": f0, "f1": f1, "y0": y0, "L": L,
    }.items():  # fmt: skip
        value.label = name
    return L


def write(page: Path) -> None:
    """Write the page."""
    loss = attend()
    loss.backward()
    write_stepper(loss, page)


def main(quick: bool, out: Path) -> None:
    """Write the page, and say where it is."""
    page = out / "attention.html"
    write(page)
    print(f"{page} shows every step of the backpropagation of one head of attention.")
