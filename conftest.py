"""Every test run says at its head which build of the engine it tests."""

from __future__ import annotations

import os

import autograd
from autograd import engine

os.environ["PY_IGNORE_IMPORTMISMATCH"] = "1"  # engine.py's doctests are those of what was compiled from it


def pytest_report_header() -> str:
    return f"autograd: {'compiled' if autograd.COMPILED else 'plain Python'}, {engine.__file__}"
