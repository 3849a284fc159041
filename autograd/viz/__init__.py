"""Computation graphs to look at: pictures (`draw`), text for other tools (`markup`), and a page to step through.

``autograd.viz.stepper(root)`` is that page in a notebook. The package of the same name, which writes it, is imported
from: ``from autograd.viz.stepper import write_stepper``.
"""

from autograd.viz.draw import draw_dot, write_picture
from autograd.viz.markup import latex, mermaid, tikz
from autograd.viz.notebook import stepper  # after the package `stepper` has been imported, whose name it takes

__all__ = ["draw_dot", "latex", "mermaid", "stepper", "tikz", "write_picture"]
