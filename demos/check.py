"""Property-based testing of a derivation: both documents' slips, found, explained, corrected."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from autograd import sigmoid
from autograd.testing import assert_same_gradients
from demos import transposed
from demos.slip import backward_as_printed, loss
from demos.worked import console


def backward_corrected(x: float, t: float, w1: float, w2: float, w3: float, w4: float) -> dict[str, float]:
    """The document's backward pass, with ∂y/∂z3 put back on the way to the hidden layer."""
    h1, h2 = sigmoid(w1 * x), sigmoid(w2 * x)
    y = sigmoid(w3 * h1 + w4 * h2)

    dL_dy = y - t
    dy_dz3 = y * (1 - y)
    return {
        "w1": dL_dy * dy_dz3 * w3 * h1 * (1 - h1) * x,
        "w2": dL_dy * dy_dz3 * w4 * h2 * (1 - h2) * x,
        "w3": dL_dy * dy_dz3 * h1,
        "w4": dL_dy * dy_dz3 * h2,
    }


def main(quick: bool, out: Path) -> None:
    """Check the backward passes of both documents, and print what comes of it."""
    examples = 200 if quick else 2000
    check_the_code(examples)
    check_the_matrices(examples)


def check_the_code(examples: int) -> None:
    """The first document's code: a factor is missing."""
    console.rule("Is this derivation right?")
    console.print("\nThe forward pass, from which the engine derives its gradients:\n")
    console.print(_code(loss), markup=False)
    for title, backward in (
        ("The backward pass as the document's code has it:", backward_as_printed),
        ("With the factor put back:", backward_corrected),
    ):
        console.print(f"{title}\n")
        console.print(_code(backward), markup=False)
        console.print(f"    assert_same_gradients(loss, {backward.__name__}, examples={examples})\n")
        try:
            assert_same_gradients(loss, backward, examples=examples)
        except AssertionError as error:
            _print_indented(f"Rejected.\n{error}\n")
        else:
            console.print(f"  Accepted: at {examples:,} points it gives the engine's gradients.\n")


def check_the_matrices(examples: int) -> None:
    """The second document's equations for whole layers: one of the two passes has its matrices transposed."""
    console.rule("Are these matrices the right way round?")
    console.print("\nThe other document's forward and backward pass, for layers of any width:\n")
    console.print(_code(transposed.forward_as_printed), markup=False)
    console.print(_code(transposed.backward_as_printed), markup=False)
    for sizes in ((1, 1, 1), (2, 3, 2), (2, 2, 2)):
        name = "-".join(map(str, sizes))
        found = transposed.counterexample(sizes, (), examples)
        if found is None:
            console.print(f"  Accepted on a {name} network, at {examples:,} points.\n")
            continue
        numbers = ", ".join(f"{name}={value.round(6).tolist()}" for name, value in found._asdict().items())
        _print_indented(f"Rejected on a {name} network:\n{transposed.wrong(found)}\nat {numbers}\n")
        right = transposed.what_to_transpose(sizes, examples)
        console.print(f"  Of 16 ways to transpose them, {len(right)} are right at all {examples:,} points:")
        for places in right:
            console.print(f"  - {', '.join(places)} transposed, the rest as printed", markup=False)
        console.print()


def _print_indented(text: str) -> None:
    """Text, within the terminal's width, or 80 columns where there is none."""
    console.print(Padding(Text(text), (0, 0, 0, 2), expand=False))


def _code(function: Callable[..., object]) -> str:
    """The body of a function, as it stands in its file, without the docstring."""
    lines = inspect.getsource(function).splitlines(keepends=True)
    [definition] = ast.parse("".join(lines)).body
    assert isinstance(definition, ast.FunctionDef)
    return "".join(lines[definition.body[1].lineno - 1 :])
