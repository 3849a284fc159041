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
FUSED, WALKED = "glassgrad, fused", " node by node"
CASADI, DDX, LLVM = "CasADi Function", "ddx-ad, interpreted", "ddx-ad, through LLVM"
NUMPY, MATRICES, TORCH = "NumPy, by hand", "PyTorch, tensors", "PyTorch, scalar tensors"
RECORDING = (OURS, FUSED, PLAIN, "micrograd", "XAD", TORCH, "plain floats, value only")  # anew at each step

#: work, ours, theirs, and how many times as long theirs is to take at least
BARS = [
    ("demo", OURS, "micrograd", 60),
    ("demo", OURS, "XAD", 4),
    ("demo", OURS, TORCH, 50),
    ("demo", FUSED, "micrograd", 600),
    ("demo", FUSED, "XAD", 15),
    ("demo", PLAIN, "micrograd", 10),
    ("demo", REPLAYED, DDX, 6),
    ("demo", REPLAYED, LLVM, 3),
    ("demo", REPLAYED, CASADI, 10),
    ("demo", REPLAYED, NUMPY, 1.5),
    ("demo", REPLAYED, MATRICES, 3),
    ("demo", f"{PLAIN}, replayed", f"{PLAIN}, replayed{WALKED}", 2.5),
    ("transformer", REPLAYED, DDX, 3),
    ("transformer", REPLAYED, CASADI, 5),
    ("1-2-1", OURS, NUMPY, 5),
    ("1-2-1", REPLAYED, NUMPY, 15),
    ("1-2-1", REPLAYED, CASADI, 1 / 0.9),
    ("1-2-1", f"{PLAIN}, replayed", f"{PLAIN}, replayed{WALKED}", 1 / 1.05),
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
            ["", "one step and its step of SGD", *(f"{count:,} steps" for count in counts)],
            [
                [
                    name,
                    duration(results["demo"][name]["trained"]),
                    *(("" if found[count][1] else "≈ ") + duration(found[count][0]) for count in counts),
                ]
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
    lines += ["## The bars", "", "What we ask of it, and whether this run met it.", ""]
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
    name = OURS if name in RECORDING else REPLAYED
    seconds: float = results.get(name, results[PLAIN])["step"]
    return seconds


def bars(results: dict[str, Any], grown: dict[str, Any]) -> list[list[str]]:
    rows = []
    for work, one, other, limit in BARS:
        found = results[work]
        if one in found and other in found:
            ratio = found[one]["step"] / found[other]["step"]
            rows.append([f"{work}: {one} / {other}", part(1 / limit), part(ratio), verdict(ratio <= 1 / limit)])
    if REPLAYED in results["demo"] and "trained" in results["demo"].get(NUMPY, {}):
        ratio = results["demo"][REPLAYED]["trained"] / results["demo"][NUMPY]["trained"]
        rows.append([f"demo, with a step of SGD: {REPLAYED} / {NUMPY}", "1", part(ratio), verdict(ratio <= 1)])
    replayed, walked = (results["demo"].get(name) for name in (REPLAYED, REPLAYED + WALKED))
    if replayed and walked:
        saved = replayed["tape"] / (walked["step"] - replayed["step"])
        rows.append(["demo: making the tape, in replays that save as much", "25", f"{saved:.1f}", verdict(saved <= 25)])
    recorded = {name: found["training"] for name, found in results["demo"].items() if name not in (NUMPY, MATRICES)}
    for count in sorted({count for found in recorded.values() for count in found}):
        least = min((name for name in recorded if recorded[name]), key=lambda name: recorded[name][count][0])
        about = f"demo: {count:,} training steps from nothing, of all that record"
        rows.append([about, "the least", least, verdict(least.startswith(OURS))])
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

    mpl.rcParams |= {"svg.hashsalt": "glassgrad", "svg.fonttype": "none", "font.size": 9}  # text stays text
    mpl.rcParams |= {"axes.spines.top": False, "axes.spines.right": False}
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
