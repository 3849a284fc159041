"""A cluster of two processes gives the gradients of one, also when one of the two is killed on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

import nn

pytest.importorskip("dask", reason="the cluster (extra: scale)")
distributed = pytest.importorskip("distributed", reason="the cluster (extra: scale)")
pytest.importorskip("matplotlib", reason="the demo's picture (extra: train)")
np = pytest.importorskip("numpy", reason="arrays")

from demos import scale_out  # noqa: E402 (it ends the program where dask is missing)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with scale_out.start_cluster() as cluster, distributed.Client(cluster) as client:
        yield client


def test_the_gradients_of_the_cluster_are_those_of_one_process(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    data = scale_out.make_data(rows=5000, partition=1000)
    models = {name: (nn.MLP(2, layers, rng=random.Random(0)), data) for name, layers in scale_out.NETWORKS.items()}
    seconds = scale_out.time_gradients(models, client, repeats=1)  # which checks them
    assert [len(times) for times in seconds.values()] == [3, 3]
    rows = data.compute(scheduler="synchronous")
    for model, _ in models.values():
        program, parameters = scale_out.record(model), [parameter.data for parameter in model.parameters()]
        losses, gradients = program(*rows.T, *parameters)
        at_once = np.array([losses.mean(), *gradients]) / np.array([1, *[len(rows)] * len(gradients)])
        by_cluster = scale_out.mean_over(data, program, parameters).compute()
        np.testing.assert_allclose(by_cluster, at_once, rtol=0, atol=1e-12 * np.abs(at_once).max())


def test_a_worker_killed_half_way_does_not_change_a_bit_of_what_is_learned(client: Any) -> None:
    client.cluster.scale(2)
    client.wait_for_workers(2)
    model = nn.MLP(2, [16, 16, 1], rng=random.Random(0))
    data = scale_out.make_data(rows=40_000, partition=4000)
    start = model.state_dict()
    losses = scale_out.train(model, data, steps=2)
    learned = model.state_dict()
    model.load_state_dict(start)
    assert scale_out.train_with_a_death(model, data, 2, client, delay=0.03) == losses
    assert model.state_dict() == learned
    assert losses[1] < losses[0]
