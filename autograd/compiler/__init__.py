"""A recorded graph as equations, and what runs them: Python source, arrays of any library, PyTorch."""
