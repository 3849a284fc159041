"""Exercises in backpropagation: graphs to work by hand, with the answers, and what typical mistakes give.

A seed and a number of parameters decide everything: the same two, the same sheet. The numbers are whole or end in .5,
.25 or .75 and stay within 200, so nothing needs a calculator and nothing is rounded. In every graph a computed value is
used twice: gradients have to be added up, and a wrong order gives a wrong answer. With a single path there is none.

>>> exercise = make_exercise(seed=7, parameters=2)
>>> print(exercise.question)
a = −2, b = 3
c = a − b
d = b − c
e = c − d
L = e²
>>> exercise.answers
{'a': -52.0, 'b': 78.0}
>>> for mistake, answers in exercise.mistakes.items():
...     print(f"{answers} {mistake[:24]}…")
{'a': -26.0, 'b': 26.0} = in place of +=: of sev…
{'a': -26.0, 'b': 52.0} in a wrong order: each v…
{'a': 2.0, 'b': -3.0} a factor forgotten: ∂L/∂…
{'a': -52.0, 'b': -78.0} a sign lost: the second …
"""

from __future__ import annotations

import html
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from autograd import ops
from autograd.engine import Value
from autograd.formula import LATEX, TEXT, Style, Written, made_from, name_values, rule, tex, tex_name, write
from autograd.graph import Graph
from autograd.node import edges
from autograd.operation import is_number, number
from autograd.testing.answers import check_answers
from autograd.testing.slips import (
    NOT_ADDED,
    NOT_SUBTRACTED,
    TOO_SOON,
    Gradients,
    backpropagate,
    propagate_too_soon,
    slips,
    without_sign,
)
from autograd.viz.draw import draw_dot
from autograd.viz.markup import mermaid, tikz

NUMBERS = (-4.0, -3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 4.0, 5.0)
OPERATIONS = (ops.add, ops.subtract, ops.multiply, ops.multiply, ops.divide, ops.power)
LARGEST, PARTS = 200, 4  # how large a number may be, and how many parts a whole has
MOST_PARAMETERS = 8
USUAL_PARAMETERS = 4

TASK = (
    "Compute every value. Then propagate the gradient of L back to every parameter: from each value, once its own "
    "gradient is complete, add local derivative · grad to the grad of each value that it was made from."
)

STYLE = """\
body { font: 1rem/1.5 system-ui, Arial, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
body { color: #1a1a1a; background: #fff; }
svg { display: block; max-width: 100%; height: auto; margin: 1rem 0; }
pre { white-space: pre-wrap; }
td, th { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ccc; }
td:first-child { min-width: 14rem; }
.line { display: inline-block; width: 20rem; border-bottom: 1px solid; }
@media screen { #show:not(:checked) ~ section { display: none; } }
@media print {
  #show, #show + label { display: none; }
  section { break-before: page; }
  svg, table { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""


class Exercise(NamedTuple):
    """A graph to work by hand; see `make_exercise`."""

    seed: int
    root: Value
    parameters: list[Value]
    answers: dict[str, float]  #: the gradient of each parameter, by its name
    mistakes: dict[str, dict[str, float]]  #: what each mistake gives, where that is wrong
    single_path: bool = False  #: whether every value is used once

    @property
    def title(self) -> str:
        """What names the sheet: its seed, and what else is to be asked for to get it again.

        >>> make_exercise(7).title
        'Exercise 7'
        >>> make_exercise(7, parameters=2, single_path=True).title
        'Exercise 7, with 2 parameters and a single path'
        """
        count = len(self.parameters)
        special = [f"{count} parameter{'s' * (count > 1)}"] * (count != USUAL_PARAMETERS)
        special += ["a single path"] * self.single_path
        return f"Exercise {self.seed}" + ", with " * bool(special) + " and ".join(special)

    @property
    def question(self) -> str:
        """The parameters, and what is computed from them, line by line."""
        return "\n".join(self.given(TEXT))

    def check(self, **answers: object) -> None:
        """Check gradients that were worked by hand, by the names of the values that they are of.

        >>> make_exercise(seed=1, parameters=2).check(c=3)      # doctest: +ELLIPSIS
        Traceback (most recent call last):
        AssertionError: c.grad is not 3
        likely cause: d is not 2: work d = c − b = 4 − (−2) out first, before any gradient
        or c lacks what it gets from d
        or = in place of +=: of several contributions, only the last is left. More than one contribution comes ...

        Raises:
            AssertionError: where one is wrong, no number or not there, with the mistake that gives it where one does.
            ValueError: where a name is not in the exercise.
        """
        __tracebackhide__ = True  # pytest shows the exercise, not this
        values = {value.label: value for value in Graph(self.root) if value.op is not ops.constant}
        if unknown := answers.keys() - values.keys():
            raise ValueError(f"there is no {', '.join(sorted(unknown))} in the exercise; it has {', '.join(values)}")
        follow = self._that_follow(answers)
        try:
            check_answers(
                {f"{name}.grad": answer for name, answer in answers.items() if name not in follow},
                {f"{name}.grad": value.grad for name, value in values.items()},
                [
                    (text, {f"{value.label}.grad": x for value, x in given.items()})
                    for text, given in [*self._forward_slips(), *slips(self.root)]
                ],
                {f"{name}.grad": _hint(self.root, value, answers.keys()) for name, value in values.items()},
            )
        except AssertionError as error:
            if not follow:
                raise
            names = ", ".join(f"{name}.grad" for name in follow)
            raise AssertionError(f"{error}\n{names} follow{'s' * (len(follow) == 1)} from that") from None

    def _forward_slips(self) -> Iterator[tuple[str, Gradients]]:
        """Each slip in the forward pass, and the gradients that come of it in a backward pass without one."""
        for value, line in zip(self._computed(), self.forward(), strict=True):
            for wrong in set(_slips_of(value)) - {value.data}:
                work = line.rpartition(" = ")[0]
                yield (
                    f"{value.label} is not {TEXT.number(wrong)}: work {work} out first, before any gradient",
                    self._gradients_from(value, wrong),
                )

    def _gradients_from(self, mistaken: Value, wrong: float) -> Gradients:
        """The gradients, were one value this number."""
        graph = Graph(self.root)
        data: dict[Value, float] = {}
        local_grads: dict[Value, Sequence[float]] = {}
        for value in graph:
            inputs = [data[parent] for parent in value.parents]
            data[value] = value.op(*inputs) if value.op and inputs else value.data
            local_grads[value] = value.op.local_grads(data[value], inputs) if value.op and inputs else ()
            if value is mistaken:
                data[value] = wrong
        return backpropagate(graph, lambda value, i, _: local_grads[value][i])

    def _that_follow(self, answers: Mapping[str, object]) -> list[str]:
        """Of what is wrong, what was worked rightly from a gradient that is wrong already."""
        if not all(map(is_number, answers.values())):
            return []
        graph, follow = Graph(self.root), []
        grads = dict.fromkeys(graph, 0.0) | {self.root: 1.0}
        for value in reversed(list(graph)):
            if value.label in answers:
                answer = number(answers[value.label])
                if answer == grads[value] != value.grad:
                    follow.append(value.label)
                grads[value] = answer
            for parent, local_grad in edges(value):
                grads[parent] += local_grad * grads[value]
        return follow

    def check_order(self, order: object) -> None:
        """Check an order in which the computed values are to propagate, the first one first.

        >>> make_exercise(seed=7, parameters=2).check_order(["L", "d", "e", "c"])
        Traceback (most recent call last):
        AssertionError: d comes too soon: e is made from it, and has not propagated yet, so d.grad is not complete

        Raises:
            AssertionError: where it is not one, saying which value comes too soon.
        """
        __tracebackhide__ = True  # pytest shows the exercise, not this
        if order is ...:
            raise AssertionError('fill in the blank: a list of names, as ["L", "…"], goes where the three dots are')
        computed = self._computed()
        names = sorted(value.label for value in computed)
        leaves = [leaf.label for leaf in self.parameters]
        if isinstance(order, (list, tuple)) and (given := [name for name in leaves if name in order]):
            raise AssertionError(
                f"leave out {', '.join(given)}: what is given was made from nothing, and has nothing to propagate to"
            )
        if not isinstance(order, (list, tuple)) or sorted(map(str, order)) != names:
            raise AssertionError(f"the order is to be a list of {', '.join(names)}, each once, and it is {order!r:.80}")
        for value in sorted(computed, key=lambda value: order.index(value.label)):
            for user in computed:
                if value in user.parents and order.index(user.label) > order.index(value.label):
                    raise AssertionError(
                        f"{value.label} comes too soon: {user.label} is made from it, and has not propagated yet, "
                        f"so {value.label}.grad is not complete"
                    )

    def given(self, style: Style) -> list[str]:
        """The same, in another style."""
        parameters = ", ".join(f"{_name(leaf, style)} = {style.number(leaf.data)}" for leaf in self.parameters)
        return [parameters, *[f"{_name(value, style)} = {_formula(value, style)}" for value in self._computed()]]

    def forward(self, style: Style = TEXT) -> list[str]:
        """The forward pass: each value by its formula, in numbers, and what comes out."""
        lines = []
        for value in self._computed():
            assert value.op is not None
            numbers = style.apply(value.op, [style.literal(parent.data) for parent in value.parents])
            steps = [_name(value, style), _formula(value, style), write(numbers.parts, {}), style.number(value.data)]
            lines.append(" = ".join(steps))
        return lines

    def backward(self, style: Style = TEXT) -> list[str]:
        """The backward pass, one contribution after another: the rule, the numbers, and what has been added up."""
        lines = [f"{_grad(self.root, style)} = 1"]
        totals: dict[Value, float] = {}
        steps = Graph(self.root).steps()
        for value in reversed(list(Graph(self.root))):
            for i, parent in enumerate(value.parents):
                if parent.op is ops.constant:
                    continue
                step = next(steps)
                names = {node: _name(node, style) for node in (value, *value.parents)} | {value: _name(value, style)}
                upstream = Written((_grad(value, style),))
                in_symbols = style.apply(ops.multiply, [upstream, rule(value, i, style)])
                in_numbers = style.apply(ops.multiply, [style.literal(step.upstream), style.literal(step.local_grad)])
                line = f"{_grad(parent, style)} += {write(in_symbols.parts, names)} = {write(in_numbers.parts, {})}"
                line += f" = {style.number(step.contribution)}"
                if parent in totals:
                    total = [style.literal(totals[parent]), style.literal(step.contribution)]
                    line += f"{_so(style)}{_grad(parent, style)} = {write(style.apply(ops.add, total).parts, {})}"
                    line += f" = {style.number(step.grad)}"
                totals[parent] = step.grad
                lines.append(line)
        return lines

    def _computed(self) -> list[Value]:
        computed = [value for value in Graph(self.root) if value.parents]
        return sorted(computed, key=lambda value: (value is self.root, value.label))  # as they were made

    def _table(self, style: Style) -> list[list[str]]:
        """The answers, right and wrong: a head and rows."""
        head = ["", *[_grad(leaf, style) for leaf in self.parameters]]
        rows = [("right", self.answers), *self.mistakes.items()]
        return [head, *[[name, *[style.number(x) for x in answers.values()]] for name, answers in rows]]

    def markdown(self, *, solution: bool = True) -> str:
        """The sheet as Markdown, with its pictures in Mermaid."""
        head, *rows = self._table(TEXT)
        table = "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---", *["---:"] * (len(head) - 1)], *rows])
        sheet = f"""# {self.title}

Name: {"_" * 40}

{TASK}

{_block(self.question)}

{_block(mermaid(self.root, blank=True), language="mermaid")}
"""
        if not solution:
            return sheet
        return f"""{sheet}
## Solution of {self.title}

Forward:

{_block(*self.forward())}

Backward:

{_block(*self.backward())}

{_block(mermaid(self.root), language="mermaid")}

## Right and wrong in {self.title}

{table}
"""

    def latex(self, *, solution: bool = True) -> str:
        """The sheet as a LaTeX document, with its pictures in TikZ."""
        head, *rows = self._table(LATEX)
        cells = [[tex(row[0]), *[f"${x}$" for x in row[1:]]] for row in [head, *rows]]
        table = " \\\\\n".join(" & ".join(row) for row in cells)
        solved = rf"""\newpage
\section*{{Solution of {self.title}}}
{_align(self.forward(LATEX))}
{_align(self.backward(LATEX))}
{_fit(tikz(self.root))}
\section*{{Right and wrong in {self.title}}}
\begin{{tabular}}{{p{{0.5\textwidth}}{"r" * len(self.parameters)}}}
{table}
\end{{tabular}}
"""
        return rf"""\documentclass{{article}}
\usepackage[a4paper, margin=2cm]{{geometry}}
\usepackage[utf8]{{inputenc}}
\usepackage{{amsmath, tikz}}
\begin{{document}}
\section*{{{self.title}}}
Name: \rule{{8cm}}{{0.4pt}}

\bigskip\noindent
{tex(TASK)}
{_align(self.given(LATEX))}
{_fit(tikz(self.root, blank=True))}
{solved * solution}\end{{document}}
"""

    def html(self, *, solution: bool = True) -> str:
        """The sheet as a page of HTML, with its pictures in SVG.

        On a screen the solution is behind a click. In print it is there, and begins on a page of its own.

        Raises:
            ImportError, RuntimeError: as `draw_dot` does.
        """
        head, *rows = self._table(TEXT)

        def row(cells: Sequence[str], tag: str) -> str:
            return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"

        table = "\n".join([row(head, "th"), *[row(cells, "td") for cells in rows]])
        solved = f"""<input type="checkbox" id="show"> <label for="show">Show the solution</label>
<section>
<h2>Solution of {self.title}</h2>
<pre>{_escaped(self.forward())}</pre>
<pre>{_escaped(self.backward())}</pre>
{_svg(self.root)}
<h2>Right and wrong in {self.title}</h2>
<table>
{table}
</table>
</section>
"""
        return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{self.title}</title>
<style>
{STYLE}</style>
</head>
<body>
<h1>{self.title}</h1>
<p>Name: <span class="line"></span></p>
<p>{html.escape(TASK)}</p>
<pre>{html.escape(self.question)}</pre>
{_svg(self.root, blank=True)}
{solved * solution}</body>
</html>
"""


def make_exercise(seed: int, parameters: int = USUAL_PARAMETERS, *, single_path: bool = False) -> Exercise:
    """An exercise with so many parameters, 1 to 8. The same arguments give the same one, whatever the machine.

    Args:
        seed: which one.
        parameters: how many it has.
        single_path: every value is used once, so that one path leads from L to each parameter and nothing has to be
            added up.

    Raises:
        ValueError: where there are to be none, or more than 8.
    """
    if not 1 <= parameters <= MOST_PARAMETERS:
        raise ValueError(f"an exercise has 1 to {MOST_PARAMETERS} parameters, not {parameters}")
    rng = random.Random(f"{seed} {parameters}")
    while True:
        leaves = [Value(rng.choice(NUMBERS), name) for name in "abcdefgh"[:parameters]]
        root = _draw_graph(leaves, rng, single_path)
        exercise = None if root is None else _solve(seed, root, leaves, single_path)
        if exercise is not None:
            return exercise


def _draw_graph(leaves: list[Value], rng: random.Random, single_path: bool) -> Value | None:
    """A random expression of all these leaves; None where one was left over, or as many paths lead to it as may not."""
    values, unused = list(leaves), list(leaves)
    uses: dict[Value, int] = {}
    names = "bcdefghijkmnopqrstuvw"[len(leaves) - 1 :]
    count = len(leaves) + rng.choice((1, 2)) + (len(leaves) == 1)
    for left, name in zip(range(count - 1, -1, -1), names, strict=False):
        op = rng.choice(OPERATIONS)
        operands = [rng.choice(unused if rng.random() < 0.7 or left < len(unused) else values) for _ in op.partials]
        if op is ops.power:
            operands[1] = 2.0  # type: ignore[call-overload]  # a square
        elif operands[0] is operands[1] and op is not ops.multiply:
            return None
        value: Value = op(*operands)
        for operand in operands:
            if isinstance(operand, Value):
                uses[operand] = uses.get(operand, 0) + 1
        unused = [other for other in unused if other not in uses] + [value]
        values.append(value)
        value.label = name if left else "L"
        if not _is_easy([value.data, *value.local_grads[: 1 if op is ops.power else 2]]):
            return None
    fits = (
        all(times == 1 for times in uses.values())
        if single_path
        else any(value.parents and times > 1 for value, times in uses.items())
    )
    return values[-1] if unused == [values[-1]] and fits else None


def _solve(seed: int, root: Value, leaves: list[Value], single_path: bool) -> Exercise | None:
    """The answers; None where a number on the way is not easy, a gradient is 0, or a wrong order does no harm."""
    graph = Graph(root)
    if not _is_easy([x for step in graph.steps() for x in (step.contribution, step.grad)]):
        return None
    graph.backward()
    answers = {leaf.label: leaf.grad for leaf in leaves}
    names = name_values(graph)
    factors = [
        (value, i)
        for value in reversed(list(graph))
        for i, (parent, local_grad) in enumerate(edges(value))
        if parent.op is not ops.constant and local_grad not in (0, 1, -1)
    ]
    if not factors:
        return None
    forgotten, i = factors[0]
    factor = f"∂{names[forgotten]}/∂{names[forgotten.parents[i]]}"

    def without_factor(value: Value, j: int, local_grad: float) -> float:
        return 1.0 if (value, j) == (forgotten, i) else local_grad

    wrong = {
        NOT_ADDED: backpropagate(graph, add=False),
        TOO_SOON: propagate_too_soon(root),
        f"a factor forgotten: {factor} = {_formula_of_rule(forgotten, i)} left out": backpropagate(
            graph, without_factor
        ),
        NOT_SUBTRACTED: backpropagate(graph, without_sign),
    }
    of_leaves = {text: {leaf.label: grads[leaf] for leaf in leaves} for text, grads in wrong.items()}
    mistakes = {name: given for name, given in of_leaves.items() if given != answers}
    harmful = (single_path or {NOT_ADDED, TOO_SOON} <= mistakes.keys()) and all(answers.values())
    easy = _is_easy([x for given in mistakes.values() for x in given.values()])
    return Exercise(seed, root, leaves, answers, mistakes, single_path) if harmful and easy else None


def _hint(root: Value, value: Value, asked: Collection[str]) -> str:
    """Where to look again: whose gradients a value's own is made of, without those that are asked for."""
    consumers = [other for other in reversed(list(Graph(root))) if value in other.parents]
    if not consumers:
        return "the gradient of the result with respect to itself is 1"
    given = [f"{other.label}.grad is {TEXT.number(other.grad)}" for other in consumers if other.label not in asked]
    known = f" ({', '.join(given)})" if given else ""
    if len(consumers) == 1 and consumers[0].parents.count(value) == 1:
        (user,) = consumers
        return (
            f"{value.label} is used by {user.label}{known}: multiply {user.label}.grad by ∂{user.label}/∂{value.label}"
        )
    names = " and ".join(other.label + " twice" * (other.parents.count(value) > 1) for other in consumers)
    return (
        f"{value.label} is used by {names}{known}: for each use multiply its grad by the local derivative, and add up"
    )


def _slips_of(value: Value) -> list[float]:
    """What comes of its operation where a sign, the order or the operation is mistaken."""
    x, y = (parent.data for parent in value.parents)
    if value.op is ops.power:
        return [2 * x, -x * x] if x < 0 else [2 * x]
    if value.op is ops.subtract:
        return [x + y] * (y < 0) + [y - x] * (x < y)
    if value.op is ops.add:
        return [x - y, y - x] if min(x, y) < 0 else []
    return [-value.data] if min(x, y) < 0 else []


def _is_easy(numbers: Sequence[float]) -> bool:
    """Whether all of these can be worked with by hand."""
    return all(abs(x) <= LARGEST and (PARTS * x) % 1 == 0 for x in numbers)


def _name(value: Value, style: Style) -> str:
    return tex_name(value.label) if style is LATEX else value.label


def _grad(value: Value, style: Style) -> str:
    return rf"{value.label}.\mathrm{{grad}}" if style is LATEX else f"{value.label}.grad"


def _so(style: Style) -> str:
    return r", \quad " if style is LATEX else ", so "


def _formula(value: Value, style: Style) -> str:
    return write(made_from(value, style), {parent: _name(parent, style) for parent in value.parents})


def _formula_of_rule(value: Value, i: int) -> str:
    return write(rule(value, i, TEXT).parts, {node: node.label for node in (value, *value.parents)})


def _block(*lines: str, language: str = "") -> str:
    return "\n".join([f"```{language}", *lines, "```"])


def _escaped(lines: Sequence[str]) -> str:
    return html.escape("\n".join(lines))


def _align(lines: Sequence[str]) -> str:
    body = " \\\\\n".join("&" + line.replace("+=", r"\mathrel{+}=") for line in lines)  # which TeX would set apart
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _fit(picture: str) -> str:
    return f"\\noindent\\resizebox{{\\textwidth}}{{!}}{{%\n{picture}%\n}}"


def _svg(root: Value, blank: bool = False) -> str:
    """The picture, to stand within a page."""
    text: str = draw_dot(root, blank=blank).pipe(format="svg", encoding="utf-8")
    return text[text.index("<svg") :]
