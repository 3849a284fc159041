"""Is it right? Checks for functions, operations, derivations made by hand, and engines.

`gradcheck` and `gradgradcheck` hold backpropagation to central differences, and `assert_same_gradients` a backward pass
written by hand to backpropagation. ``autograd.testing.strategies``, which needs Hypothesis and is imported by whoever
wants it, draws the numbers and expressions to test an engine of one's own with.
"""

from autograd.testing.by_hand import assert_same_gradients
from autograd.testing.gradcheck import gradcheck, gradgradcheck

__all__ = ["assert_same_gradients", "gradcheck", "gradgradcheck"]
