"""Every test run says at its head which build of the engine it tests."""

from __future__ import annotations

from autograd import _install


def pytest_report_header() -> str:
    return f"autograd: {'compiled' if _install.COMPILED else 'plain Python'}, {_install.ORIGIN}"
