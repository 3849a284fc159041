"""Builds the playground: a folder of files that any server of files can serve, and that asks no other for anything.

    python docs/playground/build.py FOLDER

The documentation's own build does the same, into the folder ``playground``. It takes npm, which fetches Pyodide,
Graphviz and the editor in the versions of ``package-lock.json``, and pip, which fetches the wheels in
``requirements.txt`` and builds the wheel of this checkout.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = HERE / "node_modules"
PLATFORM = ["--python-version", "3.14", "--implementation", "cp", "--platform", "pyemscripten_2026_0_wasm32"]
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def build(out: Path) -> None:
    """Build the playground into a folder, which is emptied first.

    Raises:
        FileNotFoundError: where there is no npm.
        subprocess.CalledProcessError: where npm or pip fails; what they say is on standard error.
    """
    npm = _find("npm")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    lock = HERE / "package-lock.json"
    installed = MODULES / ".package-lock.json"  # written by npm, when it is done
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], HERE)
    for name in ("index.html", "frame.html", "page.css"):
        shutil.copy(HERE / name, out)
    with tempfile.TemporaryDirectory() as scratch:
        menu = Path(scratch, "menu.json")
        menu.write_text(json.dumps(read_menu(), ensure_ascii=False), "utf-8")
        for source in ("main.js", "worker.js"):
            _bundle(HERE / source, out / source, menu)
        wheels = _collect_wheels(Path(scratch, "wheels"))
        for wheel in wheels:
            shutil.copy(wheel, out)
    _write_session(out / "session.zip")
    (out / "wheels.json").write_text(json.dumps([*(wheel.name for wheel in wheels), "session.zip"]), "utf-8")
    _copy_pyodide(out / "pyodide")


def _find(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise FileNotFoundError(f"the playground is built with {program}, which is missing: install Node.js")
    return path


def read_menu() -> list[dict[str, str]]:
    """The examples, in the menu's order, each with its name, title and program."""
    examples: list[dict[str, str]] = tomllib.loads((HERE / "menu.toml").read_text("utf-8"))["example"]
    for example in examples:
        example["program"] = (HERE / "examples" / f"{example['name']}.py").read_text("utf-8")
    return examples


def _bundle(source: Path, target: Path, menu: Path) -> None:
    """Put a script and the packages that it imports into one file."""
    esbuild = MODULES / ".bin" / ("esbuild.cmd" if os.name == "nt" else "esbuild")
    options = ["--bundle", "--format=esm", "--minify", "--charset=utf8", "--legal-comments=eof", "--log-level=warning"]
    _run([str(esbuild), str(source), f"--outfile={target}", f"--alias:menu={menu}", *options], HERE)


def _collect_wheels(folder: Path) -> list[Path]:
    """The wheel of this checkout, in plain Python, and those that it is used with."""
    wanted = ["--only-binary=:all:", "--require-hashes", "-r", str(HERE / "requirements.txt"), *PLATFORM]
    _run([*PIP, "download", "--no-deps", *wanted, "-d", str(folder)])
    compiled = shutil.ignore_patterns("*.so", "*.pyd", "*.c", "__pycache__")
    with tempfile.TemporaryDirectory() as scratch:  # a copy, so that nothing of an earlier build gets in
        for name in ("autograd", "nn"):
            shutil.copytree(ROOT / name, Path(scratch, name), ignore=compiled)
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, scratch)
        _run([*PIP, "wheel", "--no-deps", scratch, "-w", str(folder)], AUTOGRAD_PURE="1")
    return sorted(folder.glob("*.whl"))


def _write_session(path: Path) -> None:
    """What runs programs, and the module that they import to show something."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("session.py", "playground.py"):
            file.write(HERE / name, name)


def _copy_pyodide(folder: Path) -> None:
    """CPython in WebAssembly, without the list of packages that it would fetch from elsewhere."""
    package = MODULES / "pyodide"
    folder.mkdir()
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copyfile(package / name, folder / name)
    lock = json.loads((package / "pyodide-lock.json").read_text("utf-8"))
    (folder / "pyodide-lock.json").write_text(json.dumps({**lock, "packages": {}}), "utf-8")
    _run([_find("node"), "snapshot.mjs", str(folder / "snapshot.bin")], HERE)


def _run(command: list[str], folder: Path | None = None, **environment: str) -> None:
    subprocess.run(command, cwd=folder, env=os.environ | environment, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/playground/build.py FOLDER")
    build(Path(sys.argv[1]).resolve())
