"""Expressions that a user types, read without running them.

Python's own parser takes the text apart, and every piece is held against a list of what is allowed: numbers, names,
``+ - * / // % **`` (also − × ·), parentheses and the functions below. Nothing is evaluated as Python, so that an
expression from anywhere can do no harm. Statements name what is computed on the way, so that it can be used more than
once:

>>> from autograd import Value
>>> expression = ParsedExpression("sigmoid(w * x)")
>>> expression.names
('w', 'x')
>>> expression(Value(0.5), Value(0.0)).data
0.5
>>> ParsedExpression("b = a * a; b * (b + a)")(Value(2.0)).data
24.0
>>> ParsedExpression("w * x & 2")
Traceback (most recent call last):
autograd.cli.expression.ExpressionError: & is not among the operators + - * / // % **
  w * x & 2
        ^
"""

from __future__ import annotations

import ast
import inspect
import warnings
from typing import Any

from autograd import ops
from autograd.engine import Value
from autograd.formula import SIGNS, columns_of
from autograd.operation import Op

OPERATORS = {
    ast.Add: ops.add, ast.Sub: ops.subtract, ast.Mult: ops.multiply, ast.Div: ops.divide, ast.Pow: ops.power,
    ast.FloorDiv: ops.floor_divide, ast.Mod: ops.remainder,
}  # fmt: skip
SIGNED = "+ - * / // % **"
HINTS = {"invalid decimal literal": "a product is written *, as in 2*x", "'²'": "a square is written **2"}
ELSEWHERE = {"ln": "log", "σ": "sigmoid"}  # what functions are called on paper
AS_TYPED = str.maketrans("−×·", "-**")  # signs as they are written, and as this package writes them
FUNCTIONS = {"abs" if op is ops.absolute else op.name: op for op in ops.TABLE[1:] if op not in SIGNS}


class ExpressionError(ValueError):
    """What is wrong with an expression, with the place marked by a caret below it."""

    def __init__(self, message: str, text: str, column: int) -> None:
        start = max(0, column - 50)
        excerpt = text[start : start + 76]
        before = excerpt[: column - start]
        super().__init__(f"{message}\n  {excerpt}\n  {' ' * columns_of(before)}^")


class ParsedExpression:
    """An expression of numbers, names, operators and functions, which is called with a value for each of its names.

    Before it there may be statements, ``name = expression;``, each of which names what it computes; the last may be the
    result. A name that is given a plain number, as in ``a = 2;``, is one of the names, and the number its default.

    Attributes:
        names: the names in it, in the order of their first appearance, which is the order of the arguments.
        defaults: the numbers that it gives some of them.

    Raises:
        ExpressionError: where the text is not an expression, or has in it what is not allowed.
    """

    def __init__(self, text: str) -> None:
        self._text = " ".join(text.splitlines()).strip().translate(AS_TYPED)
        self.defaults: dict[str, float] = {}
        self._columns: dict[str, int] = {}  # where a name stands first
        self._steps: list[tuple[ast.expr, float | str | Op, list[ast.expr]]] = []
        self._labels: dict[int, str] = {}  # what a statement names, by the identity of its expression
        named: dict[str, ast.expr] = {}
        used: set[str] = set()
        statements = self._parse()
        for i, statement in enumerate(statements):
            expression, target = self._take_apart(statement, last=i == len(statements) - 1)
            pieces = [piece for piece in ast.walk(expression) if isinstance(piece, ast.expr)]
            functions = {id(piece.func) for piece in pieces if isinstance(piece, ast.Call)}
            # A walk comes to a piece before the pieces of that piece: backwards, to operands before operators.
            steps = [(piece, *self._read(piece)) for piece in pieces if id(piece) not in functions][::-1]
            names = [piece for piece in pieces if isinstance(piece, ast.Name) and id(piece) not in functions]
            for name in sorted(names, key=lambda name: name.col_offset):
                used.add(name.id)
                if name.id not in named:
                    self._columns.setdefault(name.id, self._column(name))
            if target is not None:
                self._check_target(target, named)
                number = self._number(steps)
                if number is not None and i < len(statements) - 1:
                    self._columns[target.id] = self._column(target)
                    self.defaults[target.id] = number
                    continue
                named[target.id] = expression
                if len(steps) > 1 or number is not None:
                    self._labels[id(expression)] = target.id  # b = a is one more name for a, and a keeps its own
            for piece, what, operands in steps:
                self._steps.append((piece, what, operands))
        for target in [target for statement in statements[:-1] for target in self._targets(statement)]:
            if target.id not in used:
                raise self._error(f"{target.id} is computed, and nothing uses it", target)
        self._named = {name: id(expression) for name, expression in named.items()}
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
            elif isinstance(what, str):
                result = results[self._named[what]] if what in self._named else given[what]
            else:
                result = what
            if id(piece) in self._labels and isinstance(result, Value):
                result.label = self._labels[id(piece)]
            results[id(piece)] = result
        return result

    def error(self, message: str, name: str) -> ExpressionError:
        """An error that points at the first place where the name stands."""
        return ExpressionError(message, self._text, self._columns[name])

    def computes(self, name: str) -> bool:
        """Whether a statement computes what goes by this name."""
        return name in self._named

    def _parse(self) -> list[ast.stmt]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                warnings.simplefilter("ignore", DeprecationWarning)
                statements = ast.parse(self._text).body
        except SyntaxError as error:
            column = error.offset - 1 if error.offset else len(self._text)
            hint = next((f"; {hint}" for part, hint in HINTS.items() if part in error.msg), "")
            raise ExpressionError(f"this is not an expression: {error.msg}{hint}", self._text, column) from None
        except (RecursionError, MemoryError):
            message = (
                "this expression is too long or too deep: compute it in Python, which has no such limit on a graph"
            )
            raise ExpressionError(message, self._text, len(self._text)) from None
        except ValueError as error:  # a null character, or half a character
            raise ExpressionError(f"this is not an expression: {error}", self._text, 0) from None
        if not statements:
            raise ExpressionError("this is not an expression: it is empty", self._text, len(self._text))
        return statements

    def _take_apart(self, statement: ast.stmt, last: bool) -> tuple[ast.expr, ast.Name | None]:
        """A statement's expression, and the name that it gives to it."""
        match statement:
            case ast.Expr(value=expression) if last:
                return expression, None
            case ast.Expr():
                raise self._error("only the last expression can do without a name: write name = …", statement)
            case ast.Assign(targets=[ast.Name() as target], value=expression):
                return expression, target
        raise self._error("only statements of the kind name = expression can stand here", statement)

    @staticmethod
    def _targets(statement: ast.stmt) -> list[ast.Name]:
        return [x for x in getattr(statement, "targets", []) if isinstance(x, ast.Name)]

    def _check_target(self, target: ast.Name, named: dict[str, ast.expr]) -> None:
        name = target.id
        if name in FUNCTIONS:
            raise self._error(f"{name} is a function, and cannot name a value", target)
        if name in named or name in self.defaults:
            raise self._error(f"{name} has a value already: every name is given once", target)
        if name in self._columns:
            raise self._error(f"{name} is used before it is computed", target)

    @staticmethod
    def _number(steps: list[tuple[ast.expr, float | str | Op, list[ast.expr]]]) -> float | None:
        """The number that an expression is, if it is a plain one: 2 or −2."""
        match [what for _, what, _ in steps]:
            case [float() as number]:
                return number
            case [float() as number, ops.negative]:
                return -number
        return None

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
                    raise ExpressionError(f"{sign} is not among the operators {SIGNED}{hint}", self._text, column)
                return OPERATORS[type(operator)], [left, right]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ops.negative, [operand]
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords):
                if name in ELSEWHERE:
                    raise self._error(f"{name} is {ELSEWHERE[name]} here: write {ELSEWHERE[name]}(…)", piece)
                if name not in FUNCTIONS:
                    raise self._error(f"{name} is not among the functions {', '.join(sorted(FUNCTIONS))}", piece)
                if len(arguments) != (takes := len(FUNCTIONS[name].partials)) or keywords:
                    count, example = ("one input", "x") if takes == 1 else (f"{takes} inputs", ", ".join("xyz"[:takes]))
                    raise self._error(f"{name} takes {count}, as {name}({example})", piece)
                return FUNCTIONS[name], arguments
        raise self._error(f"only numbers, names, {SIGNED}, parentheses and functions can stand in an expression", piece)

    def _column(self, piece: ast.expr | ast.stmt) -> int:
        """Where a piece begins, in letters; Python counts bytes."""
        return len(self._text.encode()[: piece.col_offset].decode())

    def _error(self, message: str, piece: ast.expr | ast.stmt) -> ExpressionError:
        return ExpressionError(message, self._text, self._column(piece))
