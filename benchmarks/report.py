"""The results as Markdown, with the bars that this engine is held to, and as a plot."""

from __future__ import annotations

import datetime
import importlib.metadata
import io
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks.work import WORK

PACKAGES = ("glassgrad", "micrograd", "torch", "xad", "casadi", "ddx-ad", "numpy", "scipy")
OURS, REPLAYED, PLAIN = "glassgrad", "glassgrad, replayed", "glassgrad, plain Python"
CASADI, NUMPY, TORCH = "CasADi Function", "NumPy, by hand", "PyTorch, scalar tensors"

#: work, ours, theirs, and the largest part of their time that ours may take
BARS = [
    ("demo", OURS, "micrograd", 60),
    ("demo", OURS, "XAD", 4),
    ("demo", OURS, TORCH, 50),
    ("demo", PLAIN, "micrograd", 10),
    ("demo", REPLAYED, CASADI, 1),
    ("demo", REPLAYED, "ddx-ad, interpreted", 1),
    ("1-2-1", OURS, NUMPY, 5),
    ("1-2-1", REPLAYED, NUMPY, 15),
]


def markdown(results: dict[str, Any], grown: dict[str, Any], missing: list[str]) -> str:
    lines = ["# Benchmarks", "", setting(), ""]
    lines += [f"- {line}" for line in missing] + [""] * bool(missing)
    for work in WORK:
        lines += [f"## {work.about[0].upper()}{work.about[1:]}", ""]
        lines += table(
            ["", "one step", "glassgrad takes, of that", "before the first step"],
            [
                [
                    name,
                    duration(result["step"]),
                    part(ours(results[work.name], name) / result["step"]),
                    duration(result["build"]) if result["build"] > 0.001 else "–",
                ]
                for name, result in sorted(results[work.name].items(), key=lambda item: item[1]["step"])
            ],
        )
    counts = sorted({count for result in results["demo"].values() for count in result["training"]})
    if counts:
        rows = {name: result["training"] for name, result in results["demo"].items() if result["training"]}
        lines += ["## Training micrograd's demo from nothing, recording and compiling included", ""]
        lines += table(
            ["", *(f"{count:,} steps" for count in counts)],
            [
                [name, *(("" if found[count][1] else "≈ ") + duration(found[count][0]) for count in counts)]
                for name, found in sorted(rows.items(), key=lambda item: item[1][counts[0]][0])
            ],
        )
        lines += ["≈: worked out from the time of a step, for it would have taken too long.", ""]
    for shape, engines in grown.items():
        sizes = sorted({size for found in engines.values() for size in found})
        lines += [f"## A {shape} of so many nodes: nanoseconds a node to record, go back and free; bytes a node", ""]
        lines += table(
            ["", *(f"10^{len(str(size)) - 1}" for size in sizes)],
            [[name, *(cell(found.get(size), size) for size in sizes)] for name, found in engines.items()],
        )
    lines += ["## The bars", ""]
    lines += table(["", "allowed", "measured", ""], bars(results, grown))
    return "\n".join(lines)


def setting() -> str:
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return (
        f"{datetime.date.today()}, CPython {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{processor()}, {os.cpu_count()} cores; {', '.join(versions)}. Processor seconds; medians of turns taken one "
        "engine after another, each in its own process, the garbage collector on. Before anything is timed, all "
        "engines' gradients are compared. Trust the ratios more than the times."
    )


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def ours(results: dict[str, Any], name: str) -> float:
    """What to compare an engine with: ours that replays, for those that record once; for others, ours that records."""
    replays = "replayed" in name or name.startswith(("CasADi", "ddx"))
    seconds: float = results.get(REPLAYED if replays else OURS, results[PLAIN])["step"]
    return seconds


def bars(results: dict[str, Any], grown: dict[str, Any]) -> list[list[str]]:
    rows = []
    for work, one, other, limit in BARS:
        found = results[work]
        if one in found and other in found:
            ratio = found[one]["step"] / found[other]["step"]
            rows.append([f"{work}: {one} / {other}", part(1 / limit), part(ratio), verdict(ratio <= 1 / limit)])
    trained = {name: result["training"][100][0] for name, result in results["demo"].items() if result.get("training")}
    if trained:
        least = min(trained, key=trained.__getitem__)
        rows.append(["demo: 100 training steps from nothing", "the least", least, verdict(least.startswith(OURS))])
    chain = grown["chain"].get(OURS, {})
    if 10**7 in chain and not isinstance(chain[10**7], str):
        ratio = chain[10**7]["ns"] / chain[10**5]["ns"]
        rows.append(["chain: time a node at 10^7 / at 10^5", "1.5", f"{ratio:.2f}", verdict(ratio <= 1.5)])
        held = chain[10**7]["bytes"]
        rows.append(["chain of 10^7: bytes a node", "130", f"{held:.0f}", verdict(held <= 130)])
    return rows


def part(ratio: float) -> str:
    return "1" if ratio == 1 else f"1/{1 / ratio:.3g}" if ratio < 1 else f"{ratio:.3g}"


def verdict(met: bool) -> str:
    return "met" if met else "**not met**"


def duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{seconds * 1e9:.3g} ns"


def cell(found: dict[str, float] | str | None, size: int) -> str:
    if found is None:
        return "–"
    if isinstance(found, str):
        return found
    return f"{found['ns']:.0f} ns" + (f", {found['bytes']:.0f} B" if size >= 10**6 else "")


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    rule = ["---", *("---:" for _ in header[1:])]
    return [*(f"| {' | '.join(row)} |" for row in (header, rule, *rows)), ""]


def plot(results: dict[str, Any], grown: dict[str, Any]) -> bytes:
    """A step of micrograd's demo by each engine, and the cost of a node as the graph grows, as SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams |= {"svg.hashsalt": "glassgrad", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", width_ratios=(3, 2))
    demo = sorted(results["demo"].items(), key=lambda item: -item[1]["step"])
    names = [name for name, _ in demo]
    milliseconds = [result["step"] * 1e3 for _, result in demo]
    bars = left.barh(names, milliseconds, color=["C0" if name.startswith(OURS) else "0.75" for name in names])
    left.bar_label(bars, [duration(t / 1e3) for t in milliseconds], padding=3)
    left.set(xscale="log", xlabel="milliseconds", title="One step of micrograd's demo network")
    left.margins(x=0.12)
    for name, found in grown["chain"].items():
        sizes = [size for size in sorted(found) if not isinstance(found[size], str)]
        right.plot(sizes, [found[size]["ns"] for size in sizes], "o-", label=name, markersize=4)
    right.set(xscale="log", yscale="log", xlabel="nodes in a chain", ylabel="nanoseconds a node")
    right.set(ylim=(30, 3e5), title="Record, go back, free")
    right.legend(frameon=False, loc="upper left")
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()
