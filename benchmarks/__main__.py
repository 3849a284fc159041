"""``python -m benchmarks``: this engine beside its peers. Needs ``python -m pip install -e ".[benchmarks]"``.

Every engine computes the same gradients before anything is timed; then they take turns, each in a process of its own.
Writes results.md and results.svg beside this file. ``--quick`` is for a look: fewer rounds, smaller graphs, no files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from autograd._files import write_whole
from benchmarks import report
from benchmarks.measure import growth, steps
from benchmarks.peers import load
from benchmarks.work import GROWTH, WORK

HERE = Path(__file__).parent
GROWN = ("glassgrad", "glassgrad, plain Python", "micrograd", "PyTorch, scalar tensors", "XAD")
PATIENCE = 30.0  # seconds that a graph may take


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run, which writes no files")
    quick = parser.parse_args().quick
    engines, missing = load()
    for line in missing:
        note(line)
    results: dict[str, Any] = {}
    for work in WORK:
        chosen = [
            engine
            for engine in engines
            if work.suits(engine) and not (getattr(engine, "compiled", False) and (quick or work.name == "transformer"))
        ]
        note(f"{work.about}: {', '.join(engine.name for engine in chosen)}")
        training = {"demo": [100, 10_000]}.get(work.name, []) if not quick else []
        results[work.name] = steps(work, chosen, 3 if quick else 5, training)
    grown: dict[str, dict[str, dict[int, Any]]] = {shape: {} for shape in GROWTH}
    for shape, engine in ((shape, engine) for shape in GROWTH for engine in engines if engine.name in GROWN):
        note(f"{shape}s of growing size: {engine.name}")
        sizes = grown[shape][engine.name] = {}
        for exponent in range(3, 6 if quick else 8):
            sizes[10**exponent] = found = growth(engine, shape, 10**exponent)
            if isinstance(found, str) or found["ns"] * 10 ** (exponent + 1) > PATIENCE * 1e9:
                break
    table = report.markdown(results, grown, missing)
    print(table)
    if not quick:
        write_whole(HERE / "results.md", table.encode())
        write_whole(HERE / "results.svg", report.plot(results, grown))
        note(f"written: {HERE / 'results.md'}, {HERE / 'results.svg'}")


def note(line: str) -> None:
    print(f"[{line}]", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
