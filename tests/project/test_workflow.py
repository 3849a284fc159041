"""The workflow of the public host is one that it can read, and runs what is here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

pytestmark = pytest.mark.skipif(not WORKFLOWS, reason="no checkout: the workflows are not here")


def lint(workflow: Path) -> subprocess.CompletedProcess[str]:
    pytest.importorskip("check_jsonschema", reason="the linter of workflows (extra: dev)")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_keeps_the_hosts_schema_and_the_linter_notices_where_one_does_not(
    workflow: Path, tmp_path: Path
) -> None:
    result = lint(workflow)
    assert result.returncode == 0, result.stdout + result.stderr
    broken = tmp_path / "broken.yml"
    broken.write_text(workflow.read_text("utf-8").replace("runs-on:", "run-on:"), "utf-8")
    assert lint(broken).returncode == 1


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_runs_is_here(workflow: Path) -> None:
    yaml: Any = pytest.importorskip("yaml", reason="what reads workflows (extra: dev)")
    steps = [step for job in yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values() for step in job["steps"]]
    words = [word for step in steps for word in step.get("run", "").partition("#")[0].split()]
    paths = [word for word in words if word.startswith((".ci/", "tests/"))]
    assert {".ci/run", "tests/core"} <= set(paths)
    for path in paths:
        assert (ROOT / path).exists(), path
