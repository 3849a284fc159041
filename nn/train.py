"""The training loop: over and over, how wrong is the network, which way is better, one step that way.

Gradients add up over `backward` calls, so the gradient of a mean loss needs no graph of the whole batch: `fit` builds
and backpropagates one example at a time, each graph gone before the next. That keeps memory to one example, and in
plain Python it also spares most of what the garbage collector costs, since small graphs die before it looks at them.
"""

from __future__ import annotations

import gc
import math
import random
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from autograd.anomaly import check_finite
from autograd.descent import all_grads_finite
from autograd.engine import Value
from nn.optim import Optimizer
from nn.replay import Replays


@dataclass
class History:
    """How a training went, a number for each epoch: ``history.loss[-1]`` is the last loss."""

    loss: list[float] = field(default_factory=list)  #: the mean over the epoch's examples, each before its step
    validation_loss: list[float] = field(default_factory=list)  #: the mean after the epoch; empty without validation
    lr: list[float] = field(default_factory=list)  #: the learning rate

    def plot(self, ax: Any = None) -> Any:
        """Draw the losses over the epochs, on Matplotlib axes ``ax`` or on new ones, and return the axes.

        Raises:
            ModuleNotFoundError: without Matplotlib, which the extra ``train`` brings.
        """
        if ax is None:
            try:
                from matplotlib import pyplot
            except ModuleNotFoundError as error:
                raise ModuleNotFoundError(
                    'plotting a history takes Matplotlib; install it with: python -m pip install "glassgrad[train]"'
                ) from error
            ax = pyplot.figure(figsize=(6, 4)).gca()
        epochs = range(1, len(self.loss) + 1)
        ax.plot(epochs, self.loss, label="training")
        if self.validation_loss:
            ax.plot(epochs, self.validation_loss, label="validation", linestyle="--")
            ax.legend(frameon=False)
        ax.set(xlabel="epoch", ylabel="loss")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)
        return ax


def fit(
    model: Callable[[Any], Any],
    data: Iterable[tuple[Any, Any]],
    loss: Callable[[Any, Any], Value],
    optimizer: Optimizer,
    epochs: int,
    *,
    batch_size: int | None = None,
    schedule: Callable[[int], float] | None = None,
    validation: Iterable[tuple[Any, Any]] = (),
    patience: int | None = None,
    callbacks: Sequence[Callable[[History], object]] = (),
    seed: int | None = None,
    progress: bool = True,
    replay: bool = False,
) -> History:
    """Train a model by gradient descent on the mean of its losses.

    Args:
        model: a network, or any function from an input to a prediction.
        data: pairs of an input and its target.
        loss: from ``(prediction, target)`` to a Value.
        optimizer: what steps, with the parameters to train.
        epochs: how often to go over the data.
        batch_size: how many examples go into a step; None for all of them. Batches are drawn anew in every epoch.
        schedule: from the epoch, counted from 0, to its learning rate; None to leave the optimizer's as it is.
        validation: pairs like the data's, to measure the loss on after every epoch.
        patience: stop after this many epochs without a validation loss below the lowest so far; the parameters end
            as they were when it was lowest. A loss of inf or nan is never the lowest; where all are, the parameters
            stay as the last epoch left them.
        callbacks: called with the history after every epoch; one that returns True ends the training.
        seed: decides how batches are drawn; None for the module ``random``.
        progress: whether to show a progress bar; it takes tqdm and a terminal, and training goes on without.
        replay: whether to record the loss once for each shape of example and to replay it from then on: the same
            numbers, many times as fast, for a model that does the same to every example. An example's floats come to
            the model as Values; its ints, its text and the lengths of its lists are its shape. Whether the model would
            still be recorded as it was is looked at for every example in the first epoch, for one drawn at random in
            each later epoch, and for each new shape.

    Returns:
        The history, with the loss of every epoch, and a picture of it by ``history.plot()``. The parameters are left
        with the gradients of the last step.

    Raises:
        FloatingPointError: where a loss or a gradient is not finite, naming the first value that was not; the
            parameters are then as before that step.
        TypeError: where the data is not pairs.
        ValueError: where the optimizer has none of the model's parameters, where there is no data, where ``epochs``,
            ``batch_size`` or ``patience`` is not at least 1, or for patience without validation; for ``replay``, where
            the model does not do the same to every example of a shape, naming the first difference.

    >>> import nn
    >>> line = nn.MLP(1, [1], rng=random.Random(0))
    >>> data = [([x], 2 * x + 1) for x in (-1.0, 0.0, 1.0)]
    >>> history = fit(line, data, nn.mean_squared_error, nn.SGD(line.parameters(), lr=0.1), epochs=200)
    >>> [round(p.data, 3) for p in line.parameters()]
    [2.0, 1.0]
    """
    examples, validation = _pairs(data), _pairs(validation)
    batch_size = len(examples) if batch_size is None else batch_size
    _check(examples, validation, epochs, batch_size, patience)
    _check_optimizer(optimizer, model)
    rng: Any = random if seed is None else random.Random(seed)
    record = partial(_loss, model, loss)
    replays = Replays(record, optimizer.parameters) if replay else None
    checks = random.Random(seed)  # apart from rng, so that batches are drawn as without a replay
    history, best = History(), _Best(optimizer.parameters)

    with _fewer_collections(), _progress_bar(epochs * math.ceil(len(examples) / batch_size), progress) as show:
        for epoch in range(epochs):
            if schedule is not None:
                optimizer.lr = schedule(epoch)
            if batch_size < len(examples):
                examples = rng.sample(examples, len(examples))
            if epoch:
                _check_replays(replays, [checks.choice(examples)])
            total = 0.0
            for start in range(0, len(examples), batch_size):
                batch = examples[start : start + batch_size]
                if not epoch:
                    _check_replays(replays, batch)
                batch_total = _step(batch, record, optimizer, replays)
                total += batch_total
                show(batch_total / len(batch), optimizer.lr)
            history.loss.append(total / len(examples))
            history.lr.append(optimizer.lr)
            if validation:
                if not epoch:
                    _check_replays(replays, validation)
                history.validation_loss.append(_mean_loss(validation, record, replays))
                best.see(history.validation_loss[-1])
            stops = [callback(history) is True for callback in callbacks]
            if any(stops) or (patience is not None and best.age >= patience):
                break
    if patience is not None:
        best.restore()
    return history


def _pairs(data: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    pairs = list(data)
    for pair in pairs:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise TypeError(
                "data is pairs of an input and its target, as list(zip(inputs, targets)) makes them; "
                f"got {type(pair).__name__} {pair!r:.80}"
            )
    return pairs


def _check(examples: list[Any], validation: list[Any], epochs: int, batch_size: int, patience: int | None) -> None:
    """Refuse what nothing can be trained with."""
    counts = {"len(data)": len(examples), "epochs": epochs, "batch_size": batch_size, "patience": patience}
    for name, count in counts.items():
        if count is not None and count < 1:
            raise ValueError(f"training takes {name} of at least 1, got {count}")
    if patience is not None and not validation:
        raise ValueError("patience watches the validation loss, and there is no validation data")


def _check_optimizer(optimizer: Optimizer, model: Any) -> None:
    """Refuse an optimizer that was made for another network."""
    own = {id(parameter) for parameter in getattr(model, "parameters", tuple)()}
    if own and own.isdisjoint(map(id, optimizer.parameters)):
        raise ValueError("the optimizer has none of the model's parameters: make it anew, of model.parameters()")


class _Best:
    """The parameters as they were when the validation loss was lowest."""

    def __init__(self, parameters: Sequence[Value]) -> None:
        self.parameters = parameters
        self.lowest, self.age = math.inf, 0  # how many epochs ago that was
        self.data: list[float] = []  # empty as long as no loss was finite

    def see(self, loss: float) -> None:
        """Take note of the loss after an epoch."""
        self.age += 1
        if loss < self.lowest:
            self.lowest, self.age = loss, 0
            self.data = [parameter.data for parameter in self.parameters]

    def restore(self) -> None:
        """Give the parameters that data again, if there is any."""
        for parameter, data in zip(self.parameters, self.data, strict=False):
            parameter.data = data


Record: TypeAlias = Callable[[Any, Any], Value]  # from an example and its target to the loss


def _check_replays(replays: Replays | None, examples: list[tuple[Any, Any]]) -> None:
    """Whether the model would still be recorded as it was, for each of these."""
    if replays is not None:
        for x, target in examples:
            replays.check(x, target)


def _mean_loss(examples: list[tuple[Any, Any]], record: Record, replays: Replays | None) -> float:
    losses = [(record(x, target) if replays is None else replays(x, target).root).data for x, target in examples]
    return sum(losses) / len(losses)


def _step(batch: list[tuple[Any, Any]], record: Record, optimizer: Optimizer, replays: Replays | None) -> float:
    """One step down the mean loss of a batch. Returns the sum of the losses before it."""
    optimizer.zero_grad()
    total = 0.0
    for x, target in batch:
        graph = None if replays is None else replays(x, target)
        value = record(x, target) if graph is None else graph.root
        if not math.isfinite(value.data):
            check_finite(value)
        if graph is None:
            (value / len(batch)).backward()
        else:
            graph.backward(1 / len(batch))
        total += value.data
    if not all_grads_finite(optimizer.parameters):
        for x, target in batch:  # nothing has moved yet, so once more, to see where it began
            check_finite(record(x, target))
        raise FloatingPointError(
            "a gradient is not finite, and is when computed once more: the model is not the same twice"
        )
    optimizer.step()
    return total


def _loss(model: Callable[[Any], Any], loss: Callable[[Any, Any], Value], x: Any, target: Any) -> Value:
    value = loss(model(x), target)
    if not isinstance(value, Value):
        raise TypeError(
            f"a loss is a Value, got {type(value).__name__} {value!r:.80}: did the model lose its gradient?"
        )
    return value


_training: set[object] = set()  # one for each fit that is running
_found: tuple[int, ...] = ()  # the garbage collector's threshold before them
_set: tuple[int, ...] = ()  # and what they have set it to
_lock = threading.Lock()


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Let the garbage collector wait for more new objects than usual, where it would look through every Value.

    It looks for cycles, and graphs have none; plain Python's Values are tracked by it all the same (compiled ones are
    not), and the graph of one large example is enough to make it run hundreds of times. It is not switched off:
    cycles that others make meanwhile are freed, only later. What was set before is set again when the last of the
    trainings that run at once ends, unless somebody else has set something meanwhile.
    """
    global _found, _set
    this = object()
    try:
        with _lock:
            _training.add(this)
            if len(_training) == 1 or gc.get_threshold() != _set:
                _found = _set = gc.get_threshold()
                if gc.is_tracked(Value(0.0)) and _found[0] > 0:
                    _set = (max(_found[0], 100_000), *_found[1:])
                    gc.set_threshold(*_set)
        yield
    finally:
        with _lock:
            _training.discard(this)
            if not _training and gc.get_threshold() == _set:
                gc.set_threshold(*_found)


@contextmanager
def _progress_bar(steps: int, progress: bool) -> Iterator[Callable[[float, float], None]]:
    """A function to call with the loss and the learning rate of every step."""
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        progress = False
    if not progress:
        yield lambda loss, lr: None
        return
    with tqdm(total=steps, unit="step", disable=None) as bar:

        def show(loss: float, lr: float) -> None:
            bar.set_postfix_str(f"loss={loss:.4g}, lr={lr:.3g}", refresh=False)
            bar.update()

        yield show
