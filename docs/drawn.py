"""Graphs, drawn when the pages are built, so that a picture shows what the package does:

    ```{drawn} diamond_backward
    What the picture shows, for those who do not see it.
    ```

There are two of each, for light pages and for dark ones.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from autograd import Graph, Value, draw_dot


def diamond() -> Value:
    """Two paths, after the forward pass."""
    a = Value(2.0, "a")
    b = a * a
    c = b + a
    d = b * c
    b.label, c.label, d.label = "b", "c", "d"
    return d


def diamond_backward() -> Value:
    """After the backward pass."""
    d = diamond()
    d.backward()
    return d


def diamond_in_order() -> Value:
    """With each value's place in the topological order."""
    d = diamond()
    for place, value in enumerate(Graph(d), 1):
        value.label = f"{place}. {value.label}"
    return d


def product() -> Value:
    """A single operation, recorded."""
    w, x = Value(0.5, "w"), Value(2.0, "x")
    z = w * x
    z.label = "z"
    return z


def doubled() -> Value:
    """The smallest expression on which a walk that comes twice is wrong."""
    x = Value(1.0, "x")
    a = x + x
    f = a + a
    a.label, f.label = "a", "f"
    f.backward()
    return f


GRAPHS: dict[str, Callable[[], Value]] = {
    graph.__name__: graph for graph in (diamond, diamond_backward, diamond_in_order, product, doubled)
}


class Drawn(SphinxDirective):
    """A graph of this name; what stands in the directive is its text in words."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """What stands on the page."""
        name = self.arguments[0]
        if name not in GRAPHS or not self.content:
            raise self.error(f"the picture {name!r} needs words; there are {', '.join(GRAPHS)}")
        words = html.escape(" ".join(self.content))
        pictures = []
        for theme in ("light", "dark"):
            picture = base64.b64encode(draw_dot(GRAPHS[name](), theme=theme).pipe(format="svg")).decode()
            pictures.append(
                f'<img class="drawn only-{theme}" alt="{words}" src="data:image/svg+xml;base64,{picture}">\n'
            )
        return [nodes.raw("", "".join(pictures), format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Make this an extension of Sphinx."""
    app.add_directive("drawn", Drawn)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
