"""Expressions on the command line: their values, their gradients, pictures of them.

>>> _ = main(["w * x + 1", "w=0.5", "x=4"])
name  made from  value  name.grad
w     given      0.5    4.0
x     given      4.0    0.5
v1    w · x      2.0    1.0
L     v1 + 1     3.0    1.0

Statements name what is computed on the way, to use it more than once:

>>> _ = main(["b = a*a; c = b + a; d = b*c", "a=2"])
name  made from  value  name.grad
a     given      2.0    44.0
b     a · a      4.0    10.0
c     b + a      6.0    4.0
d     b · c      24.0   1.0
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import sys
import unicodedata
from collections.abc import Sequence

from autograd import Graph, Value, compile, draw_dot, ops, write_stepper
from autograd._files import write_whole
from autograd.cli.exercise import write_exercise
from autograd.cli.expression import AS_TYPED, FUNCTIONS, SIGNED, ParsedExpression
from autograd.formula import made_from, name_values, write
from autograd.testing import gradcheck

EXAMPLES = """\
examples:
  python -m autograd "(sigmoid(w*x + b) - t)**2 / 2" w=0.4 b=0.3 x=0.5 t=1 --check
  python -m autograd "(sigmoid(w*x + b) - t)**2 / 2" w=0.4 b=0.3 x=0.5 t=1 --html step.html --svg graph.svg
  python -m autograd "b = a*a; c = b + a; d = b*c" a=2 --html step.html
  python -m autograd exercise --seed 7 --parameters 4        a sheet to work by hand; exercise --help tells more
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 1 where a check fails, 2 where the command cannot be done."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["exercise"]:
        return write_exercise(words[1:])
    parser = _parser()
    # An expression may begin with a minus, which argparse would take for an option.
    words = [
        f" {word}" if word.startswith("-") and word[1:2] not in ("-", "") and word != "-h" else word for word in words
    ]
    options = parser.parse_intermixed_args(words)
    try:
        expression = ParsedExpression(options.expression)
        point = _point(expression, options.values)
        return _run(expression, point, options)
    except (ValueError, OSError, ImportError, RuntimeError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograd",
        description="Compute an expression and the gradient of all that it is made from.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    functions, operators = " ".join(sorted(FUNCTIONS)), SIGNED.replace("%", "%%")  # of % argparse makes its own
    parser.add_argument(
        "expression",
        metavar="EXPR",
        help=f"numbers, names, {operators}, parentheses and {functions}; a power is written **, and in pictures ^; "
        "before it, statements: name = EXPR;",
    )
    parser.add_argument("values", metavar="name=value", nargs="*", help="a number for each name in the expression")
    parser.add_argument("--json", action="store_true", help='print JSON; what is not finite is "nan", "inf" or "-inf"')
    parser.add_argument("--svg", metavar="FILE", help="write a picture of the graph as SVG")
    parser.add_argument("--png", metavar="FILE", help="write a picture of the graph as PNG")
    parser.add_argument("--html", metavar="FILE", help="write a page that steps through backpropagation")
    parser.add_argument("--source", metavar="FILE", help="write the value and its gradients as a Python function")
    parser.add_argument("--check", action="store_true", help="compare the gradients with central differences")
    return parser


def _point(expression: ParsedExpression, words: Sequence[str]) -> list[float]:
    """The numbers for the expression's names, in order, from words like ``x=0.5``."""
    given = dict(expression.defaults)
    for word in words:
        name, _, text = word.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())  # as Python reads names
        try:
            number = float(text.translate(AS_TYPED))
        except ValueError:
            advice = ", with a decimal point" if {",", "/"} & {*text} else "" if text else ", without spaces"
            raise ValueError(f"{word.strip()!r} gives no name a number: write name=number, as x=0.5{advice}") from None
        if name in given:
            raise ValueError(f"{name} has two values, {given[name]} and {number}")
        if expression.computes(name):
            raise ValueError(f"{name} is computed by the expression: it is given no number")
        if name not in expression.names:
            raise ValueError(
                f"there is no {name} in the expression; it has {', '.join(expression.names) or 'no names'}"
            )
        given[name] = number
    missing = [name for name in expression.names if name not in given]
    if missing:
        advice = " ".join(f"{name}=NUMBER" for name in missing) + "; a power of e is written exp(x)" * ("e" in missing)
        raise expression.error(f"no value for {', '.join(missing)}: add {advice}", missing[0])
    return [given[name] for name in expression.names]


def _run(expression: ParsedExpression, point: Sequence[float], options: argparse.Namespace) -> int:
    leaves = [Value(number, name) for name, number in zip(expression.names, point, strict=True)]
    root = expression(*leaves)
    if not isinstance(root, Value):
        root = Value(root)
    graph = Graph(root)
    names = name_values(graph)
    root.label = names[root]
    graph.backward()
    rows = [(name, write(made_from(value), names) or "given", value.data, value.grad) for value, name in names.items()]
    if options.json:
        keys = ("name", "made_from", "value", "gradient")
        values = [dict(zip(keys, (*row[:2], *map(_json_number, row[2:])), strict=True)) for row in rows]
        print(json.dumps({"value": _json_number(root.data), "values": values}, ensure_ascii=False, indent=2))
    else:
        _print_table([("name", "made from", "value", "name.grad"), *rows])
    for name, made, number, _ in rows:
        if math.isnan(number) and made != "given":
            print(f"{name} = {made} is nan: it is no number here", file=sys.stderr)
            break
    for format, path in (("svg", options.svg), ("png", options.png)):
        if path:
            write_whole(path, draw_dot(root).pipe(format=format))
            print(f"written: {path}", file=sys.stderr)
    if options.html:
        write_stepper(root, options.html)
        print(f"written: {options.html}: open it in a browser", file=sys.stderr)
    if options.source:
        write_whole(options.source, _module(compile(root, leaves).source).encode())
        print(f"written: {options.source}", file=sys.stderr)
    if options.check:
        try:
            gradcheck(expression, point)
        except AssertionError as error:
            print(error, file=sys.stderr)
            return 1
        print("the gradients agree with central differences", file=sys.stderr)
    return 0


def _module(source: str) -> str:
    """A program's source with what it imports, so that the file runs as it is."""
    used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    imports = [
        f"from {module} import {', '.join(names)}\n"
        for module, known in (("math", ["inf", "nan"]), ("autograd.ops", ops.__all__))
        if (names := sorted(used.intersection(known)))
    ]
    return "\n".join([*imports, "", source, ""]).lstrip()


def _print_table(rows: Sequence[Sequence[object]]) -> None:
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _json_number(number: float) -> float | str:
    return number if math.isfinite(number) else str(number)
