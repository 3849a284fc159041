"""Expressions that a user types, read without running them.

Python's own parser takes the text apart, and every piece is held against a list of what is allowed: numbers, names,
``+ - * / **``, parentheses and the functions below. Nothing is evaluated as Python, so that an expression from anywhere
can do no harm:

>>> from autograd import Value
>>> expression = ParsedExpression("sigmoid(w * x)")
>>> expression.names
('w', 'x')
>>> expression(Value(0.5), Value(0.0)).data
0.5
>>> ParsedExpression("w * x % 2")
Traceback (most recent call last):
autograd.cli.expression.ExpressionError: % is not among the operators + - * / **
  w * x % 2
        ^
"""

from __future__ import annotations

import ast
import inspect
import warnings
from typing import Any

from autograd import ops
from autograd.formula import columns_of
from autograd.ops import Op

OPERATORS = {
    ast.Add: ops.add, ast.Sub: ops.subtract, ast.Mult: ops.multiply, ast.Div: ops.divide, ast.Pow: ops.power,
}  # fmt: skip
FUNCTIONS = {"abs": ops.absolute} | {
    op.name: op
    for op in [
        ops.exp, ops.log, ops.sqrt, ops.sin, ops.cos, ops.tan, ops.tanh, ops.sigmoid, ops.relu, ops.softplus,
    ]
}  # fmt: skip


class ExpressionError(ValueError):
    """What is wrong with an expression, with the place marked by a caret below it."""

    def __init__(self, message: str, text: str, column: int) -> None:
        start = max(0, column - 50)
        excerpt = text[start : start + 76]
        before = excerpt[: column - start]
        super().__init__(f"{message}\n  {excerpt}\n  {' ' * columns_of(before)}^")


class ParsedExpression:
    """An expression of numbers, names, operators and functions, which is called with a value for each of its names.

    Attributes:
        names: the names in it, in the order of their first appearance, which is the order of the arguments.

    Raises:
        ExpressionError: where the text is not an expression, or has in it what is not allowed.
    """

    def __init__(self, text: str) -> None:
        self._text = " ".join(text.splitlines()).strip()
        pieces = [piece for piece in ast.walk(self._parse()) if isinstance(piece, ast.expr)]
        functions = {id(piece.func) for piece in pieces if isinstance(piece, ast.Call)}
        # A walk comes to a piece before the pieces of that piece: backwards, to operands before operators.
        self._steps = [(piece, *self._read(piece)) for piece in pieces if id(piece) not in functions][::-1]
        names = [piece for piece in pieces if isinstance(piece, ast.Name) and id(piece) not in functions]
        self._columns: dict[str, int] = {}
        for name in sorted(names, key=lambda name: name.col_offset):
            self._columns.setdefault(name.id, self._column(name))
        self.names = tuple(self._columns)
        self.__signature__ = inspect.Signature(
            [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in self.names]
        )  # by which gradcheck knows what its arguments are called

    def __call__(self, *values: Any) -> Any:
        """The expression's value: a Value where one of the arguments is one, else a plain number."""
        if len(values) != len(self.names):
            raise TypeError(f"the expression takes {len(self.names)} value(s), for {', '.join(self.names)}")
        given = dict(zip(self.names, values, strict=True))
        results: dict[int, Any] = {}
        result: Any = None
        for piece, what, operands in self._steps:
            if isinstance(what, Op):
                result = what(*[results[id(operand)] for operand in operands])
            else:
                result = given[what] if isinstance(what, str) else what
            results[id(piece)] = result
        return result

    def error(self, message: str, name: str) -> ExpressionError:
        """An error that points at the first place where the name stands."""
        return ExpressionError(message, self._text, self._columns[name])

    def _parse(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                return ast.parse(self._text, mode="eval").body
        except SyntaxError as error:
            column = error.offset - 1 if error.offset else len(self._text)
            raise ExpressionError(f"this is not an expression: {error.msg}", self._text, column) from None
        except (RecursionError, MemoryError):
            message = (
                "this expression is too long or too deep: compute it in Python, which has no such limit on a graph"
            )
            raise ExpressionError(message, self._text, len(self._text)) from None
        except ValueError as error:  # a null character, or half a character
            raise ExpressionError(f"this is not an expression: {error}", self._text, 0) from None

    def _read(self, piece: ast.expr) -> tuple[float | str | Op, list[ast.expr]]:
        """What a piece is: a number, a name, or an operation and its operands."""
        match piece:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                try:
                    return float(number), []
                except OverflowError:
                    raise self._error("a number this large is inf in double precision", piece) from None
            case ast.Name(id=name):
                if name in FUNCTIONS:
                    raise self._error(f"{name} is a function: write {name}(…)", piece)
                return name, []
            case ast.BinOp(left=left, op=operator, right=right):
                if type(operator) not in OPERATORS:
                    after = self._text.encode()[left.end_col_offset :].decode().lstrip(" )")
                    column = len(self._text) - len(after)
                    hint = "; a power is written **" if after.startswith("^") else ""
                    sign = after[:2] if after[:2] in ("//", "<<", ">>") else after[:1]
                    raise ExpressionError(f"{sign} is not among the operators + - * / **{hint}", self._text, column)
                return OPERATORS[type(operator)], [left, right]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ops.negative, [operand]
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
                if name not in FUNCTIONS:
                    raise self._error(f"{name} is not among the functions {', '.join(sorted(FUNCTIONS))}", piece)
                if len(arguments) != 1 or keywords:
                    raise self._error(f"{name} takes one input, as {name}(x)", piece)
                return FUNCTIONS[name], arguments
        raise self._error(
            "only numbers, names, + - * / **, parentheses and functions can stand in an expression", piece
        )

    def _column(self, piece: ast.expr) -> int:
        """Where a piece begins, in letters; Python counts bytes."""
        return len(self._text.encode()[: piece.col_offset].decode())

    def _error(self, message: str, piece: ast.expr) -> ExpressionError:
        return ExpressionError(message, self._text, self._column(piece))
