"""Time, fairly: every engine in a process of its own, in turns, the median of several rounds.

Seconds are those of the processor, so that what else the machine does counts as little as may be. A process of its own,
because the garbage collector would have one engine pay for what another holds.
"""

from __future__ import annotations

import importlib
import json
import math
import multiprocessing
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from time import process_time
from typing import Any

from benchmarks.work import GROWTH, WORK, Work

TURN = 0.3  # seconds that a turn takes at least
LONGEST = 10.0  # seconds of training that are run; what takes longer is worked out


class Worker:
    """An engine in its own process: calls to it are calls to an `Experiment` over there."""

    def __init__(self, engine: Any, work: Work) -> None:
        context = multiprocessing.get_context("spawn")
        self.name = engine.name
        self.pipe, there = context.Pipe()
        self.process = context.Process(
            target=_serve, args=(there, type(engine).__module__, engine.name, work.name), daemon=True
        )
        self.process.start()

    def __call__(self, method: str, *args: Any) -> Any:
        self.pipe.send((method, args))
        result = self.pipe.recv()
        if isinstance(result, Exception):
            raise SystemExit(f"{self.name} failed: {result!r}")
        return result

    def stop(self) -> None:
        self.pipe.send(None)
        self.process.join()


def _serve(pipe: Connection, module: str, name: str, work: str) -> None:
    experiment = Experiment(_engine(module, name), next(w for w in WORK if w.name == work))
    while (call := pipe.recv()) is not None:
        method, args = call
        try:
            pipe.send(getattr(experiment, method)(*args))
        except Exception as error:
            pipe.send(error)


def _engine(module: str, name: str) -> Any:
    return next(engine for engine in importlib.import_module(module).ENGINES if engine.name == name)


class Experiment:
    def __init__(self, engine: Any, work: Work) -> None:
        self.engine, self.work = engine, work

    def build(self) -> float:
        """The seconds before the first step: recording and compiling, for those that do it once."""
        start = process_time()
        self.model = self.engine.model(self.work.loss, self.work.start)
        return process_time() - start

    def gradients(self) -> list[float] | None:
        self.model.step()
        return self.model.gradients() if hasattr(self.model, "gradients") else None

    def calibrate(self) -> None:
        self.count, seconds = 3, self.turn(3)
        while seconds * self.count < TURN:
            self.count = max(2 * self.count, int(TURN / max(seconds, 1e-9)))
            seconds = self.turn(self.count)

    def turn(self, count: int = 0, trained: bool = False) -> float:
        """Seconds a step, over as many as make a turn, after one to warm the caches that the others have used.

        A step that is ``trained`` has its step of gradient descent after it, of length 0, so that all work stays equal.
        """
        step, repetitions = self._step_and_descend if trained else self.model.step, range(count or self.count)
        step()
        start = process_time()
        for _ in repetitions:
            step()
        return (process_time() - start) / len(repetitions)

    def _step_and_descend(self) -> None:
        self.model.step()
        self.model.descend(0.0)

    def tape(self) -> float | None:
        """Seconds to make a tape, for what replays on one."""
        if not hasattr(self.model, "make_tape"):
            return None
        times = []
        for _ in range(9):
            start = process_time()
            self.model.make_tape()
            times.append(process_time() - start)
        return statistics.median(times)

    def train(self, count: int) -> float:
        """The seconds of so many steps from nothing."""
        start = process_time()
        model = self.engine.model(self.work.loss, self.work.start)
        for _ in range(count):
            model.step()
            model.descend(0.01)
        return process_time() - start


def check(work: Work, gradients: dict[str, list[float]]) -> None:
    """All engines must find the same gradient, before anything is timed."""
    (first, expected), *others = gradients.items()
    scale = max(map(abs, expected))
    for name, found in others:
        for i, (a, b) in enumerate(zip(expected, found, strict=True)):
            if not math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12 * scale):
                raise SystemExit(
                    f"{work.name}: ∂loss/∂parameter {i} is {a!r} by {first}, {b!r} by {name}: nothing is timed"
                )


def steps(work: Work, engines: Sequence[Any], rounds: int, training: Sequence[int]) -> dict[str, dict[str, Any]]:
    """For each engine: seconds to ``build``, for a ``tape``, a ``step``, a ``trained`` one, so many of ``training``.

    Where training would take too long it is worked out from the two before, and ``run`` says False.
    """
    workers = [Worker(engine, work) for engine in engines]
    results = {worker.name: {"build": worker("build")} for worker in workers}
    found = {worker.name: worker("gradients") for worker in workers}
    check(work, {name: gradients for name, gradients in found.items() if gradients})
    for worker in workers:
        worker("calibrate")
    turns = [[worker("turn") for worker in workers] for _ in range(rounds)]
    for worker, *times in zip(workers, *turns, strict=True):
        result = results[worker.name]
        result["step"] = statistics.median(times)
        result["training"] = {}
        result["tape"] = worker("tape")
        if training and found[worker.name]:
            result["trained"] = statistics.median(worker("turn", 0, True) for _ in range(rounds))
        for count in training if found[worker.name] else ():
            seconds = result["build"] + count * result["step"]
            run = seconds < LONGEST
            result["training"][count] = worker("train", count) if run else seconds, run
    for worker in workers:
        worker.stop()
    return results


def growth(engine: Any, shape: str, size: int) -> dict[str, float] | str:
    """Nanoseconds and bytes a node for a graph of that size, in a process of its own; or what was raised there."""
    call = f"grow({type(engine).__module__!r}, {engine.name!r}, {shape!r}, {size})"
    command = [sys.executable, "-c", f"from benchmarks.measure import grow; {call}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        return (run.stderr.strip().splitlines() or [f"exit {run.returncode}"])[-1].partition(":")[0]
    result: dict[str, float] = json.loads(run.stdout)
    return result


def grow(module: str, name: str, shape: str, size: int) -> None:
    """What `growth` runs: record, go back and free, once."""
    engine = _engine(module, name)
    engine.model(GROWTH[shape](1000), [1.0]).step()
    model = engine.model(GROWTH[shape](size), [1.0])
    before = _peak()
    start = process_time()
    model.step()
    held = _peak() - before
    del model
    seconds = process_time() - start
    print(json.dumps({"ns": seconds / size * 1e9, "bytes": held / size}))


def _peak() -> int:
    """The most bytes that this process has had in memory so far."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:  # getrusage would count what the parent had
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
