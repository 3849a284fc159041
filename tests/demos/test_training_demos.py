"""The demos that train: they learn what they say they learn, and write the pictures that they say they write."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

pytest.importorskip("matplotlib", reason="the package matplotlib is missing (extra: train)")
pytest.importorskip("tqdm", reason="the package tqdm is missing (extra: train)")

import nn
from autograd import Graph, Value
from demos import house_prices, moons, names, plots, xor


def test_xor_is_answered_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    xor.main(quick=True, out=tmp_path)
    answers = re.findall(r"([01]) xor ([01]): ([0-9.]+), and should be ([01])", capsys.readouterr().out)
    assert len(answers) == 4
    for left, right, answer, target in answers:
        assert int(left) ^ int(right) == int(target)
        assert abs(float(answer) - int(target)) < 0.1
    assert [path.name for path in tmp_path.iterdir()] == ["xor.png"]


@pytest.mark.slow
def test_moons_reaches_100_percent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moons.main(quick=True, out=tmp_path)
    output = capsys.readouterr().out
    accuracy, epochs = re.search(r"(\d+)% of the training points right after (\d+) epochs", output).groups()  # type: ignore[union-attr]
    assert accuracy == "100"
    assert int(epochs) <= 100
    assert [path.name for path in tmp_path.iterdir()] == ["moons.png"]


def test_the_moons_interleave() -> None:
    data = moons.make_moons(100, noise=0.0, rng=random.Random(0))
    assert [side for _, side in data] == [-1, 1] * 50
    for (x, y), side in data:
        center = (1.0, 0.5) if side == 1 else (0.0, 0.0)
        assert math.dist((x, y), center) == pytest.approx(1)
        assert (y <= 0.5) if side == 1 else (y >= -1e-15)


# "If the prediction is too high, we want to reduce the weights that led to that output": the second document, part 5.


features = st.floats(0.1, 10)


@given(house=st.lists(features, min_size=2, max_size=2), paid=st.floats(0, 100))
def test_a_price_too_high_lowers_every_weight_by_its_share_and_one_too_low_raises_it(
    house: list[float], paid: float
) -> None:
    network = house_prices.new_network()
    price, moved = house_prices.step(network, house, paid)
    error = price.data - paid
    assume(abs(error) > 1e-6)
    for change, feature in zip(moved.values(), [*house, 1.0], strict=True):
        assert change == pytest.approx(-house_prices.LEARNING_RATE * error * feature, rel=1e-6, abs=1e-13)
        assert math.copysign(1, change) == -math.copysign(1, error)


@given(
    seed=st.integers(0, 2**32),
    hidden=st.sampled_from(["tanh", "relu", "sigmoid"]),
    inputs=st.lists(st.floats(-2, 2), min_size=3, max_size=3),
    target=st.floats(-10, 10),
)
def test_in_any_network_a_prediction_too_high_lowers_what_raises_it_and_raises_what_lowers_it(
    seed: int, hidden: str, inputs: list[float], target: float
) -> None:
    network = nn.MLP(3, [4, 1], hidden=hidden, rng=random.Random(seed))
    network(inputs).backward()
    raises = [parameter.grad for parameter in network.parameters()]  # ∂prediction/∂parameter
    before = [parameter.data for parameter in network.parameters()]
    network.zero_grad()
    prediction = network(inputs)
    error = prediction.data - target
    nn.half_squared_error(prediction, target).backward()
    nn.SGD(network.parameters(), lr=0.01).step()
    for parameter, data, slope in zip(network.parameters(), before, raises, strict=True):
        assert (parameter.data - data) * slope * error <= 0


def test_house_prices_prints_the_steps_and_draws_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house_prices.main(quick=True, out=tmp_path)
    output = capsys.readouterr().out
    assert "predicted too high: 3.900, and 3.000 was paid; after one step 3.568" in output
    assert "w_rooms  −0.0720 = −0.02 · (+0.90) · 4.0" in output
    assert [path.name for path in tmp_path.iterdir()] == ["house_prices.png"]


def test_the_transformer_sees_what_came_before_and_nothing_that_comes_later() -> None:
    model = names.Transformer(random.Random(0))
    for parameter in model.parameters():
        parameter.data *= 5  # far from where every position says the same
    short, long, other = (
        [[logit.data for logit in row] for row in model([names.END, *map(names.LETTERS.index, name)])]
        for name in ("an", "anna", "ina")
    )
    assert long[:3] == short
    assert other[2] != short[2]


def test_the_transformer_learns_and_samples_names_it_could_spell() -> None:
    rng = random.Random(0)
    model = names.Transformer(rng)
    spelled = [[names.END, *map(names.LETTERS.index, name), names.END] for name in ("anna", "hanna", "ana")]
    data = [(tokens[:-1], tokens[1:]) for tokens in spelled]
    first = names.cross_entropy(model(data[0][0]), data[0][1])
    assert first.data == pytest.approx(math.log(27), abs=0.5)
    assert len(Graph(first)) > 4_000
    history = nn.fit(model, data, names.cross_entropy, nn.Adam(model.parameters(), lr=0.02), epochs=12, progress=False)
    assert history.loss[-1] < 1 < history.loss[0]
    sampled = [names.sample(model, rng, temperature=0.3) for _ in range(3)]
    assert all(0 < len(name) < names.LENGTH for name in sampled)
    assert set("".join(sampled)) <= set("anh")


def test_attention_weights_are_positive_and_sum_to_one_however_large_the_scores() -> None:
    weights = names.softmax([Value(1000.0), Value(999.0), Value(-1000.0)])
    assert sum(w.data for w in weights) == pytest.approx(1)
    assert [w.data for w in weights] == pytest.approx([1 / (1 + math.exp(-1)), 1 / (1 + math.e), 0.0])


def test_attention_weights_follow_the_scores_when_they_are_replayed() -> None:
    scores = [Value(0.0) for _ in range(3)]
    weights = names.softmax(scores)
    for score, data in zip(scores, (1000.0, 999.0, -1000.0), strict=True):
        score.data = data
    assert [Graph(w).forward() for w in weights] == pytest.approx([1 / (1 + math.exp(-1)), 1 / (1 + math.e), 0.0])


def test_the_list_of_names_is_what_the_transformer_can_spell() -> None:
    listed = Path(names.__file__).with_name("names.txt").read_text("utf-8").split()
    assert len(set(listed)) == len(listed) >= 100
    assert all(set(name) <= set(names.LETTERS) and len(name) < names.LENGTH for name in listed)


def test_what_the_model_expects_is_drawn_for_each_beginning_of_a_name(tmp_path: Path) -> None:
    figure, (ax,) = plots.new_figure(1)
    names.draw_expectations(ax, names.Transformer(random.Random(0)), "ada")
    assert ax.images[0].get_array().shape == (4, 27)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["…", "a…", "ad…", "ada…"]
    plots.save(figure, tmp_path / "names.png")
    assert (tmp_path / "names.png").read_bytes().startswith(b"\x89PNG")
