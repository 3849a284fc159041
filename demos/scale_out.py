"""Past one machine (extra scale): networks compiled, and trained by a cluster that loses a worker on the way.

What to use when:

- `Value`, to learn and to try things out: every number can be looked at, and ``if`` and ``for`` work as ever.
- `Graph`, to train what is small: recorded once, then ``forward`` and ``backward`` over the same nodes.
- `compile` and NumPy, when there are many examples: one is recorded, and the program computes arrays of them.
- the same program under ``jax.jit``, to run it often on batches of one size; ``jax.vmap`` has a gradient for each
  example.
- the same program and Dask, when one process is too small or too slow. A program of a few lines takes Dask arrays as it
  stands. A long one, as here, is better run by ``map_blocks`` on the NumPy array that each partition is: the scheduler
  then has one task for a partition, and not one for every line.

What is here is the last. The gradient of a sum of losses is the sum of the gradients, so each partition gives its own,
and Dask adds them up, in an order that does not depend on who computed what: the sum is the same to the last bit with
one worker or two, or when a worker dies and what it had done is done again. None of that is written in this file.
"""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import nn
from autograd import Program, Value, compile
from demos import plots

try:
    import dask
    import dask.array as da
    import psutil
    from distributed import Client, LocalCluster
except ModuleNotFoundError as error:
    raise SystemExit(f'{error.name} is missing: python -m pip install -e ".[demos,scale]"') from error

NETWORKS = {"logistic regression": [1], "2-16-16-1 network": [16, 16, 1]}
COLORS = plots.BLUE, plots.ORANGE
WORKERS = 2
SHARE = 400_000_000  # bytes of memory that one worker may use
AGREEMENT = 1e-12  # of the largest gradient: how near the cluster's must be to those of one process


def record(model: nn.MLP) -> Program:
    """The loss of one example and its gradient: that x1 and x2 belong to class t."""
    x, t = [Value(0.0, "x1"), Value(0.0, "x2")], Value(0.0, "t")
    loss = nn.binary_cross_entropy_with_logits(model(x), t)
    loss.label = "L"
    return compile(loss, inputs=[*x, t, *model.parameters()], wrt=model.parameters())


def make_data(rows: int, partition: int) -> Any:
    """Points and the side of a wave that they are on, as a Dask array of x1, x2 and 0 or 1: made where it is needed."""
    noise = da.random.default_rng(0).standard_normal((rows, 3), chunks=(partition, 3))
    return noise.map_blocks(classify, dtype=float)


def classify(points: Any) -> Any:
    """The columns x1, x2 and noise become x1, x2 and the side, 0 or 1."""
    x1, x2, noise = points.T
    return np.stack([x1, x2, x2 + 0.2 * noise > np.sin(2 * x1)], axis=1)


def sum_over(partition: Any, program: Program, parameters: list[float]) -> Any:
    """The loss and its gradient, summed over the rows of a NumPy array, in a row."""
    losses, gradients = program(*partition.T, *parameters)
    return np.array([[losses.sum(), *gradients]])


def mean_over(data: Any, program: Program, parameters: list[float]) -> Any:
    """The loss and its gradient, averaged over the rows of a Dask array: what is to be computed, not yet computed."""
    sums = data.map_blocks(sum_over, program, parameters, chunks=(1, 1 + len(parameters)), dtype=float)
    return sums.sum(axis=0) / len(data)


def mean_in_one_process(data: Any, program: Program, parameters: list[float]) -> Any:
    """The same by a plain loop, here, one partition after the other."""
    partitions = (partition.compute(scheduler="synchronous") for partition in data.blocks)
    return sum(sum_over(partition, program, parameters)[0] for partition in partitions) / len(data)


def train(model: nn.MLP, data: Any, steps: int, at_step: Callable[[int], None] = lambda step: None) -> list[float]:
    """Gradient descent (Adam's) on the whole data set, by the cluster; returns the losses."""
    program, optimizer = record(model), nn.Adam(model.parameters(), lr=0.1)
    losses = []
    for step in tqdm(range(steps), unit="step", leave=False):
        at_step(step)
        loss, *gradients = mean_over(data, program, [parameter.data for parameter in model.parameters()]).compute()
        for parameter, gradient in zip(model.parameters(), gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
        losses.append(float(loss))
    return losses


def start_cluster() -> LocalCluster:
    """Worker processes on this machine, one to begin with; dask-jobqueue, dask-kubernetes and so on have others."""
    # glibc asks the system for every array above this size anew, and gives it back. The arrays of a program live for
    # microseconds: keeping those below 32 MB, its largest setting, makes the workers two to three times as fast.
    dask.config.set({"distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 2**25})
    return LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        memory_limit=SHARE,
        dashboard_address="127.0.0.1:0",  # any free port
        silence_logs=logging.CRITICAL,  # a worker will die, on purpose
    )


def time_gradients(models: dict[str, tuple[nn.MLP, Any]], client: Client, repeats: int) -> dict[str, list[float]]:
    """The seconds that each gradient takes one process, one worker and two, at best; checked to be the same."""
    gradients: dict[str, list[Any]] = {name: [] for name in models}
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for workers in range(WORKERS + 1):
        if workers:
            client.cluster.scale(workers)
            client.wait_for_workers(workers)
        for name, (model, data) in models.items():
            program, parameters = record(model), [parameter.data for parameter in model.parameters()]
            tries = []
            for _ in range(repeats):
                start = time.perf_counter()
                if workers:
                    gradient = mean_over(data, program, parameters).compute()
                else:
                    gradient = mean_in_one_process(data, program, parameters)
                tries.append(time.perf_counter() - start)
            seconds[name].append(min(tries))
            gradients[name].append(gradient)
            difference = np.abs(gradient - gradients[name][0]).max() / np.abs(gradients[name][0]).max()
            where = f"{workers} worker{'s' * (workers > 1)}" if workers else "one process"
            print(f"{name:20}  {where:11}  {seconds[name][-1]:6.2f} s  relative difference {difference:.0e}")
            if not difference <= AGREEMENT:
                raise SystemExit(f"that is more than {AGREEMENT}")
    return seconds


def train_with_a_death(model: nn.MLP, data: Any, steps: int, client: Client, delay: float) -> list[float]:
    """`train`, with a worker killed in the middle step, so many seconds into it, by the operating system."""
    worker = psutil.Process(min(client.run(os.getpid).values()))
    timer = threading.Timer(delay, worker.kill)
    losses = train(model, data, steps, lambda step: timer.start() if step == steps // 2 else None)
    timer.join()
    if worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE:
        raise SystemExit(f"the worker {worker} was to be killed, and lives")
    return losses


def main(quick: bool, out: Path) -> None:
    """Compare gradients and times, train, train again with a worker killed half-way, and draw it."""
    sizes = [(1_000_000, 250_000), (100_000, 10_000)] if quick else [(18_000_000, 250_000), (500_000, 20_000)]
    models = {
        name: (nn.MLP(2, layers, rng=random.Random(0)), make_data(rows, partition))
        for (name, layers), (rows, partition) in zip(NETWORKS.items(), sizes, strict=True)
    }
    for name, (model, data) in models.items():
        lines = record(model).source.count(" = ")
        print(f"{name}: {len(model.parameters())} parameters, a program of {lines} lines")
        print(f"  {len(data):,} examples in {data.npartitions} partitions, {data.nbytes / 1e6:,.0f} MB, and on the way")
        print(f"  {lines * len(data) * 8 / 1e6:,.0f} MB, where a worker may use {SHARE / 1e6:,.0f} MB")
    figure, (times, curves) = plots.new_figure(2)
    with start_cluster() as cluster, Client(cluster) as client:
        seconds = time_gradients(models, client, repeats=1 if quick else 3)
        for name, (model, data) in models.items():
            start, steps = model.state_dict(), 4 if quick else 6
            losses = train(model, data, steps)
            trained = model.state_dict()
            model.load_state_dict(start)
            again = train_with_a_death(model, data, steps, client, delay=seconds[name][-1] / 2)
            difference = max(abs(weight - trained[key]) for key, weight in model.state_dict().items())
            print(f"{name}: loss {losses[0]:.4f} to {losses[-1]:.4f} in {steps} steps; with a worker killed in step")
            print(f"  {steps // 2 + 1}, parameters that differ by at most {difference:.0e}")
            if difference > AGREEMENT:
                raise SystemExit(f"that is more than {AGREEMENT}")
            color = COLORS[list(models).index(name)]
            curves.plot(range(1, steps + 1), losses, color=color)
            curves.plot(range(1, steps + 1), again, "o", color=color)
    for index, (name, bars) in enumerate(seconds.items()):
        times.bar([x + 0.4 * index for x in range(len(bars))], bars, 0.36, color=COLORS[index], label=name)
    times.set_xticks([x + 0.2 for x in range(WORKERS + 1)], ["one process", "1 worker", "2 workers"])
    times.set(title="One gradient of all the examples", ylabel="seconds")
    curves.set(title="Training; dots: with a worker killed half-way", xlabel="step", ylabel="mean loss")
    figure.legend(loc="outside lower center", ncols=2)
    plots.save(figure, out / "scale_out.png")
