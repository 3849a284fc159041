r"""Computation graphs as text that other tools draw: Mermaid, TikZ, and the chain rule as LaTeX.

Mermaid is what GitHub, many wikis and notebooks draw from a block of text. TikZ draws in LaTeX documents. All three
take any label as text, and know no rule: formulas are written by ``autograd.formula``.

>>> w, x = Value(0.5, "w"), Value(2.0, "x")
>>> y = w * x
>>> y.label = "y"
>>> y.backward()
>>> print(mermaid(y))
flowchart LR
    v0["w<br>data 0.5<br>grad 2"]:::leaf
    v1["x<br>data 2<br>grad 0.5"]:::leaf
    v2[["y<br>data 1<br>grad 1"]]:::root
    op2(("×")):::operation
    v0 -- "2" --> op2
    v1 -- "0.5" --> op2
    op2 --> v2
    classDef leaf fill:#fff4cc,stroke:#5c6670,color:#1a1a1a,stroke-width:3px
    classDef computed fill:#ffffff,stroke:#5c6670,color:#1a1a1a
    classDef root fill:#ffffff,stroke:#5c6670,color:#1a1a1a,stroke-width:3px
    classDef constant fill:#ffffff,stroke:#5c6670,color:#1a1a1a,stroke-dasharray:4
    classDef operation fill:#3b4856,stroke:#3b4856,color:#ffffff
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import reduce

from autograd import ops
from autograd.engine import Value
from autograd.formula import (
    ASSIGNMENT,
    LATEX,
    Written,
    format_number,
    made_from,
    name_values,
    rule,
    tex,
    tex_name,
    write,
)
from autograd.graph import Graph
from autograd.node import edges
from autograd.viz.draw import THEMES, UNPRINTABLE
from autograd.viz.layout import Edge, join_inputs, lay_out

MOST_EDGES = 500  # Mermaid draws no more, unless whoever shows the page tells it to
MOST_VALUES = 200  # what a page of TeX holds
MOST_PATHS = 50


def mermaid(root: Value, *, precision: int = 4, blank: bool = False) -> str:
    """The graph behind ``root`` as a Mermaid flowchart: data, gradients, and on the edges the local derivatives.

    Leaves are boxes, computed values have round corners, the root has double sides; constants are dashed.

    Args:
        root: the value whose graph is written.
        precision: how many significant digits numbers are given with.
        blank: whether there are question marks for what is to be worked out.

    Raises:
        ValueError: where there are more than 500 edges, of which Mermaid draws none.
    """
    graph = Graph(root)
    operands = join_inputs(list(graph), {})
    names = {node: f"v{i}" for i, node in enumerate(graph)}
    order = lay_out(root, operands, {}).order
    boxes, arrows = [], []
    for node in sorted(operands, key=order.__getitem__):
        parents = operands[node]
        data = "?" if blank and node.parents else format_number(node.data, precision)
        numbers = [f"data {data}", f"grad {'?' if blank else format_number(node.grad, precision)}"]
        text = "<br>".join([*_lines_for_mermaid(node.label), *numbers])
        if node.op is ops.constant:
            boxes.append(f'{names[node]}["{format_number(node.data, precision)}"]:::constant')
        elif node is root:
            boxes.append(f'{names[node]}[["{text}"]]:::root')
        elif node.op is None:
            boxes.append(f'{names[node]}["{text}"]:::leaf')
        else:
            boxes.append(f'{names[node]}("{text}"):::computed')
        if node.op is not None and node.parents:
            op = f"op{names[node][1:]}"
            boxes.append(f'{op}(("{"<br>".join(_lines_for_mermaid(node.op.symbol)) or " "}")):::operation')
            for i, (_, local_grad) in enumerate(edges(node)):
                local = "?" if blank else format_number(local_grad, precision)
                through = "" if parents[i].op is ops.constant else f'-- "{local}" '
                arrows.append(f"{names[parents[i]]} {through}--> {op}")
            arrows.append(f"{op} --> {names[node]}")
    if len(arrows) > MOST_EDGES:
        raise ValueError(
            f"a graph of {len(arrows):,} edges is more than Mermaid draws, which is {MOST_EDGES}: "
            "write a part of it, from an inner value, or draw it by draw_dot"
        )
    colors = THEMES["light"]
    styles = []
    for kind, fill, more in (
        ("leaf", "leaf", ",stroke-width:3px"), ("computed", "value", ""), ("root", "value", ",stroke-width:3px"),
        ("constant", "value", ",stroke-dasharray:4"),
    ):  # fmt: skip
        styles.append(f"classDef {kind} fill:{colors[fill]},stroke:{colors['line']},color:{colors['ink']}{more}")
    dark = colors["operation"]
    styles.append(f"classDef operation fill:{dark},stroke:{dark},color:{colors['symbol']}")
    return "\n    ".join(["flowchart LR", *boxes, *arrows, *styles])


def _lines_for_mermaid(text: str) -> list[str]:
    """Lines of text that come out as themselves: ASCII's signs by number."""
    lines = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text).replace("\t", " ").splitlines()
    return ["".join([c if c.isalnum() or c == " " or c > "~" else f"#{ord(c)};" for c in line]) for line in lines]


def tikz(root: Value, *, precision: int = 4, blank: bool = False) -> str:
    r"""The graph behind ``root`` as a ``tikzpicture``, for a document with ``\usepackage{tikz}``.

    A wide one fits the page within ``\resizebox{\textwidth}{!}{…}``. Letters of scripts other than Latin and Greek
    need LuaLaTeX or XeLaTeX, and a font that has them.

    Args:
        root: the value whose graph is written.
        precision: how many significant digits numbers are given with.
        blank: whether there are question marks for what is to be worked out.

    Raises:
        ValueError: where there are more than 200 values, for which no page has room.

    >>> x = Value(3.0, "x")
    >>> print(tikz(x * x).splitlines()[-3])
      \draw (v0) to[bend left=20] node[local] {$3$} (op1);
    """
    graph = Graph(root)
    if len(graph) > MOST_VALUES:
        raise ValueError(
            f"a graph of {len(graph):,} values is too large for a page of LaTeX, the limit being {MOST_VALUES}: "
            "write a part of it, from an inner value"
        )
    operands = join_inputs(list(graph), {})
    columns, order, _ = lay_out(root, operands, {})
    names = {node: f"v{i}" for i, node in enumerate(graph)}

    def number(x: float, known: bool = not blank) -> str:
        return "?" if not known else f"${LATEX.number(float(f'{x:.{precision}g}'))}$"

    lines = []
    rows = _rows(operands, columns, order)
    for node, row in rows.items():
        parents = operands[node]
        kind = "constant" if node.op is ops.constant else "leaf" if node.op is None else "computed"
        text = number(node.data, not (blank and node.parents))
        if node.op is not ops.constant:
            heading = [rf"\textbf{{{tex(line)}}}" for line in node.label.splitlines()]
            text = r"\\".join([*heading, f"data {text}", f"grad {number(node.grad)}"])
        double = ", double" if node is root else ""
        lines.append(rf"\node[{kind}{double}] ({names[node]}) at ({columns[node]},{row:g}) {{{text}}};")
        if node.op is not None and node.parents:
            op = f"op{names[node][1:]}"
            lines.append(rf"\node[operation] ({op}) at ({columns[node] - 1.2:g},{row:g}) {{{tex(node.op.symbol)}}};")
            lines.append(rf"\draw ({op}) -- ({names[node]});")
    for node in rows:
        parents = operands[node]
        twice = len(set(parents.values())) < len(parents)
        for i, (_, local_grad) in enumerate(edges(node)):
            far = columns[node] - columns[parents[i]] > 3
            bend = f"[bend {'right' if i else 'left'}=20]" if twice or far else ""
            local = "" if parents[i].op is ops.constant else f"node[local] {{{number(local_grad)}}} "
            lines.append(rf"\draw ({names[parents[i]]}) to{bend} {local}(op{names[node][1:]});")
    box = "draw, align=center, font=\\footnotesize"
    head = [
        r"\begin{tikzpicture}[x=14mm, y=-17mm, ->, >=latex,",
        f"  leaf/.style={{{box}, very thick, fill=yellow!20}}, computed/.style={{{box}, rounded corners}},",
        f"  constant/.style={{{box}, dashed}}, local/.style={{fill=white, inner sep=1pt, font=\\scriptsize}},",
        r"  operation/.style={circle, fill=darkgray, text=white, inner sep=2pt, font=\footnotesize}]",
    ]
    return "\n".join([*head, *[f"  {line}" for line in lines], r"\end{tikzpicture}"])


def _rows(
    operands: Mapping[Value, Mapping[int, Value]],
    columns: Mapping[Value | Edge, int],
    order: Mapping[Value | Edge, int],
) -> dict[Value, float]:
    """How far down each value is, in the order of reading: a leaf in a row of its own, others amid their operands."""
    uses = Counter(parent for parents in operands.values() for parent in parents.values())
    rows: dict[Value, float] = {}
    taken: set[tuple[int, float]] = set()
    leaves = 0
    for node in sorted(operands, key=order.__getitem__):
        if node.op is ops.constant and uses[node] == 1:
            continue  # above or below the operation that it goes into, which has no place yet
        beside = [rows[parent] for parent in operands[node].values() if parent in rows]
        row = sum(beside) / len(beside) if beside else float(leaves)
        leaves += not beside
        row = round(2 * row) / 2
        while {(columns[node], row), (columns[node], row + 0.5), (columns[node], row - 0.5)} & taken:
            row += 0.5
        rows[node] = row
        taken.add((columns[node], row))
        for i, parent in operands[node].items():
            if parent not in rows:
                rows[parent] = row + (0.6 if i else -0.6)
    return rows


def latex(root: Value, wrt: Value) -> str:
    r"""The gradient of ``root`` with respect to ``wrt`` as the chain rule over all paths, in symbols, then in numbers.

    An ``align*`` environment, for a document with ``\usepackage{amsmath}``. Before it comes what the values on the
    paths are made from. Nothing in the graph changes, and gradients that it already holds do not matter.

    Raises:
        ValueError: where ``root`` was not made from ``wrt``, or there are more than 50 paths between them.

    >>> w, x = Value(0.5, "w"), Value(2.0, "x")
    >>> y = (w * x).tanh()
    >>> print(latex(y, wrt=w))
    \begin{align*}
    v_{1} &= w \cdot x = 1 \\
    L &= \operatorname{tanh}(v_{1}) = 0.761594 \\
    \frac{\partial L}{\partial w} &= \frac{\partial L}{\partial v_{1}} \cdot \frac{\partial v_{1}}{\partial w} \\
    &= (1 - L \cdot L) \cdot x \\
    &= 0.419974 \cdot 2 \\
    &= 0.839949
    \end{align*}
    """
    graph = Graph(root)
    ways = dict.fromkeys(graph, 0)
    if wrt not in ways:
        raise ValueError(f"the root was not made from {wrt!r}, so there is no path, and the gradient is 0")
    ways[wrt] = 1
    for node in graph:
        if node is not wrt:
            ways[node] = sum(ways[parent] for parent in node.parents)
    if ways[root] > MOST_PATHS:
        raise ValueError(
            f"there are {ways[root]:,} paths from {wrt!r} to the root, more than one writes out, the limit being "
            f"{MOST_PATHS}: write the gradient of an inner value"
        )
    names = {value: tex_name(name) for value, name in name_values(graph).items()}
    paths = list(_paths(root, wrt, ways))
    told = {node for path in paths for node, _ in path}
    told |= {parent for node in told for parent in node.parents if not parent.label and made_from(parent)}
    lines = [
        f"{names[node]} &= {write(made_from(node, LATEX), names)} = {LATEX.number(node.data)}"
        for node in graph
        if node in told
    ]

    def sum_of(factors: list[list[Written]]) -> str:
        """A sum of products, each product but the first on a line of its own."""
        products = [reduce(lambda x, y: LATEX.apply(ops.multiply, [x, y]), path) for path in factors]
        return " \\\\\n&\\quad + ".join(write(LATEX.inside(product, ASSIGNMENT), names) for product in products)

    gradient = rf"\frac{{\partial {names[root]}}}{{\partial {names[wrt]}}}"
    if root is wrt:
        return f"\\begin{{align*}}\n{gradient} &= 1\n\\end{{align*}}"
    total = [step.grad for step in graph.steps() if step.parent is wrt][-1]
    symbols = [
        [Written((r"\frac{\partial ", node, r"}{\partial ", node.parents[i], "}")) for node, i in path]
        for path in paths
    ]
    rules = [[rule(node, i, LATEX) for node, i in path] for path in paths]
    numbers = [[LATEX.literal(node.local_grads[i]) for node, i in path] for path in paths]
    lines.append(f"{gradient} &= {sum_of(symbols)}")
    for factors in (rules, numbers):
        lines.append(f"&= {sum_of(factors)}")
    if len(paths) > 1 or len(paths[0]) > 1:
        lines.append(f"&= {LATEX.number(total)}")
    body = " \\\\\n".join(lines)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def _paths(root: Value, wrt: Value, ways: dict[Value, int]) -> Iterator[list[tuple[Value, int]]]:
    """Every path from the root back to ``wrt``, as its edges (node, number of the operand)."""
    path: list[tuple[Value, int]] = []
    found: list[tuple[Value, int, int]] = [(root, 0, 0)]  # a value, the operand to try next, how long the path is there
    while found:
        node, i, length = found.pop()
        del path[length:]
        if node is wrt:
            yield list(path)
        elif i < len(node.parents):
            found.append((node, i + 1, length))
            if ways[node.parents[i]]:
                path.append((node, i))
                found.append((node.parents[i], 0, length + 1))
