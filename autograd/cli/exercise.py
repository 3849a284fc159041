"""Exercise sheets on the command line: ``python -m autograd exercise --seed 7 --parameters 4``.

>>> _ = write_exercise(["--seed", "7", "--parameters", "9"])        # on standard error, what is wrong
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from autograd._files import write_whole
from autograd.testing.exercise import USUAL_PARAMETERS, Exercise, make_exercise

FORMATS = {".md": Exercise.markdown, ".tex": Exercise.latex, ".html": Exercise.html}


def write_exercise(arguments: Sequence[str]) -> int:
    """Write a sheet and return the exit code: 2 where it cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd exercise",
        description="Write a graph to backpropagate by hand, with its solution and what typical mistakes give.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="which exercise: with the same options, a seed gives the same sheet"
    )
    parser.add_argument(
        "--parameters", type=int, default=USUAL_PARAMETERS, help="how many parameters it has, 1 to 8; 4 unless told"
    )
    parser.add_argument("--single-path", action="store_true", help="use every value once: nothing is to be added up")
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="the file to write, whose name ends in .md (Markdown with Mermaid), .tex (LaTeX with TikZ) or .html; "
        "without it, Markdown is printed",
    )
    parser.add_argument("--no-solution", action="store_true", help="leave the solution out: a sheet to hand out")
    options = parser.parse_args(arguments)
    try:
        exercise = make_exercise(options.seed, options.parameters, single_path=options.single_path)
        if options.out is None:
            print(exercise.markdown(solution=not options.no_solution), end="")
            return 0
        suffix = Path(options.out).suffix
        if suffix not in FORMATS:
            raise ValueError(f"{options.out} does not say the format: end it with {', '.join(FORMATS)}")
        write_whole(options.out, FORMATS[suffix](exercise, solution=not options.no_solution).encode())
        print(f"written: {options.out}", file=sys.stderr)
    except (ValueError, OSError, ImportError, RuntimeError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0
