"""The command line: ``python -m demos [NAME] [--quick]``."""

from __future__ import annotations

import argparse
import ast
import sys
import textwrap
from importlib import import_module
from pathlib import Path

WORKED_EXAMPLES = ("one_two_one", "one_one_one")


def find_demos() -> dict[str, str]:
    """The name of every demo, and what the first line of its docstring says that it shows."""
    demos = {}
    for path in sorted(Path(__file__).parent.glob("[!_]*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in tree.body):
            demos[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return demos


def _listed(name: str, shows: str, width: int) -> str:
    """A demo in the list, within 80 columns."""
    return textwrap.fill(shows, 78, initial_indent=f"  {name:{width}}  ", subsequent_indent=" " * (width + 4))


def main() -> None:
    """Run what the command line asks for."""
    demos = find_demos()
    width = max(map(len, demos))
    parser = argparse.ArgumentParser(
        prog="python -m demos",
        description="Run a demo, or, where none is named, the two worked examples.",
        epilog="\n".join(["demos:", *[_listed(name, shows, width) for name, shows in demos.items()]]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of the demos below")
    parser.add_argument("--quick", action="store_true", help="do less, where a demo would take long")
    arguments = parser.parse_args()
    if arguments.name and arguments.name not in demos:
        parser.error(f"there is no demo {arguments.name!r}; there are {', '.join(demos)}")
    out = Path("pictures")
    out.mkdir(exist_ok=True)
    for name in [arguments.name] if arguments.name else WORKED_EXAMPLES:
        try:
            demo = import_module(f"demos.{name}")
        except ModuleNotFoundError as error:
            if "pip install" in str(error):
                sys.exit(str(error))
            install = 'python -m pip install -e ".[demos]"'
            sys.exit(f"The demo {name} needs the package {error.name}, which is missing: {install}")
        demo.main(arguments.quick, out)


if __name__ == "__main__":
    main()
