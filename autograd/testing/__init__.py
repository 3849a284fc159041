"""Is it right? Checks for functions, operations, derivations made by hand, backward passes, and engines.

`gradcheck` and `gradgradcheck` hold backpropagation to central differences. `assert_same_gradients` holds a backward
pass for scalars, and `check_backward` one for arrays, to backpropagation, and both say which slip it was that made it
wrong; `grade` makes points of that. ``autograd.testing.strategies``, which needs Hypothesis and is imported by whoever
wants it, draws the numbers and expressions to test an engine of one's own with.
"""

from autograd.testing.backward import check_backward
from autograd.testing.by_hand import assert_same_gradients
from autograd.testing.engines import check_engine
from autograd.testing.gradcheck import gradcheck, gradgradcheck
from autograd.testing.grading import Exercise, Grade, grade

__all__ = [
    "Exercise",
    "Grade",
    "assert_same_gradients",
    "check_backward",
    "check_engine",
    "gradcheck",
    "grade",
    "gradgradcheck",
]
