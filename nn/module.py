"""What every network is: a thing that holds parameters, and can name, clear, save and load them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from os import PathLike
from typing import Any

from autograd._files import write_whole
from autograd.descent import zero_grads
from autograd.engine import Value
from autograd.operation import number


class Module:
    """A network or a part of one. Finds parameters in attributes, lists and dicts of subclasses:

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line.state_dict()
    {'slope': 2.0, 'offset': 1.0}
    >>> line(3.0).backward()
    >>> [p.grad for p in line.parameters()]
    [3.0, 1.0]
    """

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Each parameter with its path, as ``layers.0.neurons.2.b``. One that is kept in two places comes once."""
        pending: list[tuple[str, Any]] = [("", self)]
        seen: set[int] = set()
        while pending:
            path, thing = pending.pop()
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if isinstance(thing, Value) and thing.op is None:
                yield path, thing
            if isinstance(thing, Module):
                thing = vars(thing)
            elif isinstance(thing, (list, tuple)):
                thing = dict(enumerate(thing))
            if isinstance(thing, dict):
                children = [(f"{path}.{key}" if path else f"{key}", child) for key, child in thing.items()]
                pending += reversed(children)

    def parameters(self) -> list[Value]:
        """The Values that training changes."""
        return [parameter for _, parameter in self.named_parameters()]

    def groups(self) -> list[tuple[list[Value], list[str]]]:
        """What a picture groups: for each of the ``layers``, its parameters, and the labels of what it computes."""
        groups = []
        for layer in getattr(self, "layers", ()):
            labels = [label for neuron in getattr(layer, "neurons", ()) for label in neuron.labels if label]
            groups.append((layer.parameters(), labels))
        return groups

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, as is due before each ``backward``: gradients add up."""
        zero_grads(self.parameters())

    def state_dict(self) -> dict[str, float]:
        """The parameters' numbers, by path: plain floats, ready for JSON.

        Raises:
            ValueError: where two parameters have the same path, as the keys 1 and "1" of a dict give them.
        """
        return {path: parameter.data for path, parameter in self._by_path().items()}

    def _by_path(self) -> dict[str, Value]:
        parameters: dict[str, Value] = {}
        for path, parameter in self.named_parameters():
            if path in parameters:
                raise ValueError(
                    f"two parameters have the path {path!r}, and a state would keep one of them: rename an attribute "
                    "or a key, so that no two read alike and none has a dot in it"
                )
            parameters[path] = parameter
        return parameters

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to the number that ``state`` has for its path.

        Raises:
            KeyError: where a parameter is missing from ``state``, or it names one that is not here.
            TypeError: where something in it is not a real number.
            ValueError: as by `state_dict`. Whatever is raised, nothing is changed.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict of numbers by path, got {type(state).__name__} {state!r:.80}")
        parameters = self._by_path()
        missing, unexpected = sorted(parameters.keys() - state.keys()), sorted(state.keys() - parameters.keys())
        if missing or unexpected:
            raise KeyError(f"the state is not of this network: missing {missing}, unexpected {unexpected}")
        numbers = {path: number(data) for path, data in state.items()}
        for path, parameter in parameters.items():
            parameter.data = numbers[path]

    def save(self, path: str | PathLike[str]) -> None:
        """Write the parameters to a JSON file, whole or not at all.

        Raises:
            ValueError: where one is inf or nan, which JSON has no word for; and as by `state_dict`.

        >>> import tempfile
        >>> from nn import one_one_one
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     one_one_one(W1=0.125).save(f"{folder}/net.json")
        ...     net = one_one_one()
        ...     net.load(f"{folder}/net.json")
        >>> net.parameters()[0]
        Value(data=0.125, grad=0.0, label='W1')
        """
        state = self.state_dict()
        _refuse_not_finite(state)
        write_whole(path, json.dumps(state, indent=1).encode())

    def load(self, path: str | PathLike[str]) -> None:
        """Set the parameters to those of a file that `save` wrote.

        Raises:
            ValueError: where a number is inf or nan, which `save` does not write, or the file is not JSON.
            KeyError, TypeError: as by `load_state_dict`. Whatever is raised, nothing is changed.
        """
        with open(path, encoding="utf-8") as file:
            state = json.load(file, parse_int=float)  # 1 followed by 400 zeros is inf, as 1e400 is
        if isinstance(state, dict):
            _refuse_not_finite(state)
        self.load_state_dict(state)


def _refuse_not_finite(state: dict[str, Any]) -> None:
    for path, data in state.items():
        if isinstance(data, float) and not isfinite(data):
            raise ValueError(f"{path} is {data}, and JSON has only finite numbers: nothing was written or changed")
