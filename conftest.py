"""Every test run says at its head which build of the engine it tests; examples with a library that is missing skip."""

from __future__ import annotations

import importlib.util

import pytest

from autograd import _install


def pytest_report_header() -> str:
    return f"autograd: {'compiled' if _install.COMPILED else 'plain Python'}, {_install.ORIGIN}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [name for name in ("jax", "torch") if importlib.util.find_spec(name) is None]
    for item in items:
        if isinstance(item, pytest.DoctestItem) and item.dtest is not None:
            for name in missing:
                if any(example.source == f"import {name}\n" for example in item.dtest.examples):
                    item.add_marker(pytest.mark.skip(reason=f"an example with {name}"))


@pytest.fixture(autouse=True)
def _elsewhere(request: pytest.FixtureRequest) -> None:
    """What an example writes, it writes in a folder of its own."""
    if isinstance(request.node, pytest.DoctestItem):
        request.getfixturevalue("monkeypatch").chdir(request.getfixturevalue("tmp_path"))
