"""Optimizers step where PyTorch's do, `fit` learns and stops when it is told to, and a nan is traced to its source."""

from __future__ import annotations

import asyncio
import builtins
import gc
import math
import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import nn
from autograd import Op, Value, detect_anomaly, exp, log, sqrt
from autograd.anomaly import check_finite
from nn.train import _fewer_collections

# Optimizers


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam])
def test_an_optimizer_takes_a_parameter_once(optimizer: Any) -> None:
    v, w = Value(1.0), Value(1.0, "w")
    optimizer([v, w], lr=0.1)
    with pytest.raises(ValueError, match=r"each parameter once, and would step Value\(.*label='w'\) 3 times"):
        optimizer([w, v, w, w], lr=0.1)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {}),
        ("SGD", {"weight_decay": 0.1}),
        ("SGD", {"momentum": 0.9}),
        ("SGD", {"momentum": 0.9, "weight_decay": 0.1}),
        ("SGD", {"momentum": 0.9, "nesterov": True}),
        ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        ("Adam", {}),
        ("Adam", {"betas": (0.5, 0.75), "eps": 1e-3}),
    ],
)
@pytest.mark.parametrize("lr", [0.001, 0.1])
def test_a_hundred_steps_of_an_optimizer_are_torchs(name: str, options: dict[str, Any], lr: float) -> None:
    torch = pytest.importorskip("torch", reason="the optimizers that are compared with")
    rng = random.Random(0)
    parameters = [Value(rng.gauss(0, 1)) for _ in range(5)]
    tensor = torch.tensor([p.data for p in parameters], dtype=torch.float64, requires_grad=True)
    ours, theirs = getattr(nn, name)(parameters, lr, **options), getattr(torch.optim, name)([tensor], lr, **options)
    for step in range(100):
        grads = [rng.gauss(0, 10.0**-i) if (step + i) % 7 else 0.0 for i in range(5)]
        tensor.grad = torch.tensor(grads, dtype=torch.float64)
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = grad
        ours.step()
        theirs.step()
        assert [p.data for p in parameters] == pytest.approx(tensor.tolist(), rel=1e-12, abs=1e-12)


def test_an_optimizer_clears_its_parameters_gradients_and_no_others() -> None:
    mine, other = Value(1.0), Value(1.0)
    mine.grad = other.grad = 1.0
    nn.SGD([mine], 0.1).zero_grad()
    assert (mine.grad, other.grad) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.SGD([], 0.1), ValueError, "at least one parameter, got none"),
        (lambda: nn.Adam([1.0], 0.1), TypeError, r"as network.parameters\(\) gives them, got float"),  # type: ignore[list-item]
        (lambda: nn.SGD([Value(1.0)], "0.1"), TypeError, "expected a real number, got str '0.1'"),  # type: ignore[arg-type]
        (lambda: nn.SGD([Value(1.0)], 0.1, nesterov=True), ValueError, "ahead along the momentum, got momentum=0.0"),
    ],
)
def test_an_optimizer_refuses_what_it_cannot_step_with(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


# Schedules


@pytest.mark.parametrize(
    ("ours", "theirs", "options"),
    [
        (nn.schedules.linear(0.5, 0.05, 10), "LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 10}),
        (nn.schedules.cosine(0.5, 0.05, 15), "CosineAnnealingLR", {"T_max": 15, "eta_min": 0.05}),
        (nn.schedules.exponential(0.5, 0.9), "ExponentialLR", {"gamma": 0.9}),
    ],
)
def test_a_schedule_is_torchs(ours: Any, theirs: str, options: dict[str, float]) -> None:
    torch = pytest.importorskip("torch", reason="the schedules that are compared with")
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.5)
    schedule = getattr(torch.optim.lr_scheduler, theirs)(optimizer, **options)
    for epoch in range(15):
        assert ours(epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("schedule", [nn.schedules.linear(1.0, 0.25, 3), nn.schedules.cosine(1.0, 0.25, 3)])
def test_a_schedule_stays_at_its_end(schedule: Any) -> None:
    assert schedule(0) == 1.0
    assert [schedule(epoch) for epoch in (3, 4, 100)] == [0.25] * 3


# fit


LINE = [([x], 2 * x + 1) for x in (-1.0, -0.5, 0.0, 0.5, 1.0)]


def line() -> nn.MLP:
    return nn.MLP(1, [1], rng=random.Random(0))


def fit_line(model: nn.MLP, lr: float = 0.1, **options: Any) -> nn.History:
    usual: dict[str, Any] = {"data": LINE, "epochs": 5, "progress": False}
    optimizer = nn.SGD(model.parameters(), lr)
    return nn.fit(model, loss=nn.mean_squared_error, optimizer=optimizer, **usual | options)


def test_an_epoch_over_all_the_data_is_one_step_down_its_mean_loss() -> None:
    fitted, by_hand = line(), line()
    history = fit_line(fitted, epochs=1)
    loss: Any = sum(nn.mean_squared_error(by_hand(x), t) for x, t in LINE) / len(LINE)
    loss.backward()
    nn.SGD(by_hand.parameters(), 0.1).step()
    assert history.loss == pytest.approx([loss.data], rel=1e-15)
    assert list(fitted.state_dict().values()) == pytest.approx(list(by_hand.state_dict().values()), rel=1e-14)


@given(seed=st.integers(0, 1000), batch_size=st.integers(1, 6))
def test_a_seed_decides_the_batches_and_every_example_is_seen_once_an_epoch(seed: int, batch_size: int) -> None:
    def run() -> tuple[list[float], list[float]]:
        seen: list[float] = []
        model = line()

        def watched(x: list[float]) -> Any:
            seen.append(x[0])
            return model(x)

        nn.fit(
            watched, LINE, nn.mean_squared_error, nn.SGD(model.parameters(), 0.1),
            epochs=2, batch_size=batch_size, seed=seed, progress=False,
        )  # fmt: skip
        return seen, [p.data for p in model.parameters()]

    seen, parameters = run()
    assert sorted(seen[:5]) == sorted(seen[5:]) == [x for (x,), _ in LINE]
    assert run() == (seen, parameters)


def test_without_a_seed_the_module_random_draws_the_batches() -> None:
    def run(seed: int) -> dict[str, float]:
        random.seed(seed)
        model = line()
        fit_line(model, batch_size=2)
        return model.state_dict()

    assert run(1) == run(1) != run(2)


def test_the_history_has_the_losses_and_the_rates_of_every_epoch() -> None:
    history = fit_line(line(), schedule=lambda epoch: 0.1 / (epoch + 1), validation=[([3.0], 7.0)])
    assert history.lr == [0.1, 0.05, 0.1 / 3, 0.025, 0.02]
    assert len(history.loss) == len(history.validation_loss) == 5
    assert history.loss == sorted(history.loss, reverse=True)
    assert fit_line(line()).validation_loss == []


def test_patience_stops_and_goes_back_to_the_best_parameters() -> None:
    model = line()
    # The validation target pulls away from the data, so that every step makes it worse, the first one least.
    history = fit_line(model, epochs=50, validation=[([3.0], -20.0)], patience=3)
    assert len(history.loss) == 4
    assert history.validation_loss == sorted(history.validation_loss)
    after_one_epoch = line()
    fit_line(after_one_epoch, epochs=1)
    assert model.state_dict() == after_one_epoch.state_dict()


class Counter(nn.Module):
    """A model whose parameter is the number of steps that it was trained for."""

    def __init__(self) -> None:
        self.steps = Value(0.0)

    def __call__(self, x: Any) -> Value:
        return self.steps


@given(st.lists(st.floats() | st.integers(-2, 2).map(float), min_size=1, max_size=12), st.integers(1, 4))
@example([math.nan, 3.0, 2.0, 1.0], 2)
@example([math.nan] * 9, 3)
@example([math.inf, math.nan, 1.0, math.nan, 0.0], 4)
def test_patience_waits_for_a_number_below_the_lowest_and_nan_is_none(losses: list[float], patience: int) -> None:
    model, validation = Counter(), iter(losses)

    def loss(steps: Value, target: str) -> Value:
        return -steps if target == "training" else Value(next(validation))

    history = nn.fit(
        model, [(0, "training")], loss, nn.SGD(model.parameters(), lr=1.0), epochs=len(losses),
        validation=[(0, "validation")], patience=patience, progress=False,
    )  # fmt: skip

    best: int | None = None
    for epoch, number in enumerate(losses):
        if not math.isnan(number) and number != math.inf and (best is None or number < losses[best]):
            best = epoch
        if epoch - (-1 if best is None else best) == patience:
            break
    assert len(history.validation_loss) == epoch + 1
    assert model.steps.data == (epoch if best is None else best) + 1


def test_patience_begins_anew_with_every_improvement() -> None:
    model = line()
    history = fit_line(model, epochs=50, validation=[([1.0], 3.0)], patience=1)
    assert len(history.loss) == 50
    assert nn.mean_squared_error(model([1.0]), 3.0).data == history.validation_loss[-1]


def test_every_callback_sees_the_history_and_any_can_stop() -> None:
    epochs: list[int] = []

    def stop(history: nn.History) -> bool:
        return len(history.loss) == 3

    def count(history: nn.History) -> None:
        epochs.append(len(history.loss))

    assert len(fit_line(line(), callbacks=[stop, count]).loss) == 3
    assert epochs == [1, 2, 3]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"data": []}, ValueError, r"len\(data\) of at least 1, got 0"),
        ({"epochs": 0}, ValueError, "epochs of at least 1, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size of at least 1, got 0"),
        ({"patience": 0, "validation": LINE}, ValueError, "patience of at least 1, got 0"),
        ({"patience": 1}, ValueError, "there is no validation data"),
        (
            {"data": ([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0])},
            TypeError,
            r"as list\(zip\(inputs, targets\)\) makes them",
        ),
        ({"data": [1.0, 2.0]}, TypeError, "got float 1.0"),
    ],
)
def test_fit_refuses_what_it_cannot_train_on(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        fit_line(line(), **options)


def test_an_optimizer_of_another_network_is_refused() -> None:
    model, other = line(), line()
    optimizer = nn.SGD(other.parameters(), 0.1)
    with pytest.raises(ValueError, match="the optimizer has none of the model's parameters: make it anew"):
        nn.fit(model, [([1.0], 2.0)], lambda y, t: (y - t) ** 2, optimizer, epochs=1)


def test_a_loss_that_is_a_plain_number_is_refused() -> None:
    model = line()
    with pytest.raises(TypeError, match=r"a loss is a Value, got float 4.0: did the model lose its gradient"):
        nn.fit(lambda x: 0.0, [([1.0], 2.0)], lambda y, t: (y - t) ** 2, nn.SGD(model.parameters(), 0.1), epochs=1)


# A loss that is not finite


def test_fit_stops_at_a_loss_that_is_not_finite_and_names_where_it_began() -> None:
    w = Value(1.0, "w")
    with pytest.raises(FloatingPointError, match=r"the result is nan, .* is log\(w=-9\.0\) = nan") as caught:
        nn.fit(lambda x: log(w) * x, [(10.0, 0.0)], lambda y, t: y + t, nn.SGD([w], 1.0), epochs=3, progress=False)
    assert w.data == -9.0
    assert "Value" not in str(caught.value)


def test_fit_stops_at_a_gradient_that_is_not_finite_before_it_steps() -> None:
    w = Value(0.0, "w")
    with pytest.raises(FloatingPointError, match=r"sqrt\(w=0.0\) = 0.0 has the derivative inf with respect to w=0.0"):
        nn.fit(lambda x: sqrt(w), [(1.0, 0.0)], lambda y, t: y + t, nn.SGD([w], 1.0), epochs=3, progress=False)
    assert w.data == 0.0


def test_fit_stops_at_a_gradient_that_is_not_finite_only_once() -> None:
    w = Value(0.0, "w")
    calls: list[float] = []

    def model(x: float) -> Value:
        calls.append(x)
        return sqrt(w) if len(calls) == 1 else w * x

    with pytest.raises(FloatingPointError, match="the model is not the same twice"):
        nn.fit(model, [(1.0, 0.0)], lambda y, t: y + t, nn.SGD([w], 1.0), epochs=1, progress=False)
    assert w.data == 0.0


def test_check_finite_names_a_gradient_that_overflows_as_a_sum() -> None:
    w = Value(0.0, "w")
    with pytest.raises(FloatingPointError, match=r"a gradient is inf: multiply\(w=0.0, 1.7e\+308\) = 0.0 has"):
        check_finite(w * 1.7e308 + w * 1.7e308)


def test_check_finite_is_silent_where_all_is_finite() -> None:
    x = Value(0.5)
    check_finite(log(x) * sqrt(x))


def test_check_finite_passes_over_infinities_that_do_no_harm() -> None:
    check_finite(exp(Value(-math.inf)) + 1.0)


def test_check_finite_names_an_input_that_was_wrong_from_the_start() -> None:
    with pytest.raises(FloatingPointError, match="the result is nan, and so was what went in: x=nan"):
        check_finite(Value(math.nan, "x") * 2.0)
    with pytest.raises(FloatingPointError, match="the result is inf, and so was what went in: inf, which has no label"):
        check_finite(Value(2.0) * math.inf)


def test_check_finite_names_the_first_of_many_and_the_users_own_operation() -> None:
    bad = Op("reciprocal", "1/x", lambda x: math.inf if x == 0 else 1 / x, (lambda out, x: -out * out,))
    x, y = Value(0.0, "x"), Value(3.0)
    z = bad(x)
    z.label = "z"
    with pytest.raises(FloatingPointError, match=r"the result is nan, .* is z = reciprocal\(x=0.0\) = inf"):
        check_finite(z * y - z)


def test_detect_anomaly_knows_the_gradient_that_backward_starts_from() -> None:
    x = Value(2.0, "x")
    with detect_anomaly():
        (3 * x).backward(1e300)
        with pytest.raises(FloatingPointError, match="the gradient 1e\\+308 arrives there"):
            (3 * x).backward(1e308)
    assert x.grad == 3e300


def test_detect_anomaly_checks_every_backward_inside_it_and_none_after_it() -> None:
    w = Value(-1.0, "w")
    with detect_anomaly():
        (w * w).backward()
        with pytest.raises(FloatingPointError, match=r"log\(w=-1.0\) = nan"):
            log(w).backward()
        assert w.grad == -2.0
    log(w).backward()


def test_detect_anomaly_is_for_the_thread_and_the_task_that_asked_for_it() -> None:
    def spoil() -> None:
        log(Value(-1.0)).backward()

    async def look() -> None:
        with detect_anomaly():
            await asyncio.sleep(0)
            with pytest.raises(FloatingPointError):
                spoil()
            await asyncio.sleep(0)

    async def both() -> None:
        async def others() -> None:
            for _ in range(4):
                spoil()
                await asyncio.sleep(0)

        await asyncio.gather(look(), others(), look())

    asyncio.run(both())
    with detect_anomaly(), ThreadPoolExecutor(1) as pool:
        with detect_anomaly():
            pool.submit(spoil).result()
            pool.submit(asyncio.run, look()).result()
        pool.submit(spoil).result()
        with pytest.raises(FloatingPointError):
            spoil()
    spoil()


# What fit leaves behind, and what it does without


@pytest.fixture
def thresholds() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


def test_fit_sets_the_garbage_collector_back_whatever_happens(thresholds: tuple[int, int, int]) -> None:
    during: list[int] = []
    fit_line(line(), callbacks=[lambda history: during.append(gc.get_threshold()[0])])
    assert gc.get_threshold() == thresholds
    assert set(during) == ({100_000} if gc.is_tracked(Value(0.0)) else {thresholds[0]})

    def interrupt(history: nn.History) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_line(line(), callbacks=[interrupt])
    assert gc.get_threshold() == thresholds


# Not the 100,000 that fit itself sets: of that nobody can say who set it.
collector_thresholds = st.tuples(st.sampled_from([0, 1, 700, 99_999, 200_000]), st.just(10), st.just(0))


@given(st.data(), collector_thresholds)
def test_trainings_that_overlap_leave_the_collector_as_somebody_else_set_it_last(
    data: st.DataObject, set_last: tuple[int, int, int]
) -> None:
    before = gc.get_threshold()
    running: list[Any] = []
    actions = data.draw(st.lists(st.one_of(st.sampled_from(["begin", "end"]), collector_thresholds), max_size=12))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "is_tracked", lambda thing: True)  # as in plain Python, in the compiled build too
        try:
            gc.set_threshold(*set_last)
            for action in [*actions, *["end"] * len(actions)]:
                if action == "begin":
                    found = gc.get_threshold()[0]
                    running.append(_fewer_collections())
                    running[-1].__enter__()
                    assert gc.get_threshold()[0] == (max(found, 100_000) if found else 0)
                elif action == "end" and running:
                    running.pop(data.draw(st.integers(0, len(running) - 1))).__exit__(None, None, None)
                elif isinstance(action, tuple) and action != gc.get_threshold():
                    gc.set_threshold(*(set_last := action))
                if not running:
                    assert gc.get_threshold() == set_last
        finally:
            while running:
                running.pop().__exit__(None, None, None)
            gc.set_threshold(*before)


def test_what_a_callback_sets_the_collector_to_stays(thresholds: tuple[int, int, int]) -> None:
    fit_line(line(), callbacks=[lambda history: gc.set_threshold(500, 5)])
    assert gc.get_threshold()[:2] == (500, 5)


def test_fit_leaves_a_collector_that_is_switched_off_as_it_is(thresholds: tuple[int, int, int]) -> None:
    gc.set_threshold(0)
    during: list[int] = []
    fit_line(line(), callbacks=[lambda history: during.append(gc.get_threshold()[0])])
    assert set(during) == {0}


def test_a_progress_bar_shows_the_loss_and_the_rate_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tqdm", reason="the progress bar")
    fit_line(line(), progress=True)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    fit_line(line(), epochs=20, progress=True)
    shown = capsys.readouterr().err
    assert "20/20" in shown
    assert "loss=" in shown
    assert "lr=0.1" in shown


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """As if a package were not installed."""
    real = builtins.__import__

    def find(name: str, *args: Any) -> Any:
        if name.split(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", find)


def test_without_tqdm_training_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "tqdm")
    assert len(fit_line(line(), progress=True).loss) == 5


def test_without_matplotlib_a_history_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "matplotlib")
    with pytest.raises(ModuleNotFoundError, match=r'python -m pip install "glassgrad\[train\]"'):
        nn.History().plot()


def test_a_history_plots_its_losses_over_the_epochs() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot", reason="plotting")
    pyplot.switch_backend("agg")
    history = fit_line(line(), validation=LINE)
    ax = history.plot()
    training, validation = ax.lines
    assert (list(training.get_xdata()), list(training.get_ydata())) == ([1, 2, 3, 4, 5], history.loss)
    assert list(validation.get_ydata()) == history.validation_loss
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    pyplot.close(ax.figure)
    own = pyplot.figure().gca()
    assert nn.History(loss=[1.0]).plot(own) is own
    pyplot.close(own.figure)
