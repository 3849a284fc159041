"""Exercises: easy numbers, right answers, mistakes that show, and no two sheets alike."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Graph, Value, ops
from autograd.testing.exercise import MOST_PARAMETERS, Exercise, make_exercise
from autograd.testing.slips import NOT_ADDED, TOO_SOON, backpropagate, propagate_too_soon, slips

SEEDS = range(50)
FRACTIONS: dict[str, Any] = {
    "+": lambda x, y: x + y, "−": lambda x, y: x - y, "·": lambda x, y: x * y, "/": lambda x, y: x / y,
}  # fmt: skip
SLOPES: dict[str, Any] = {
    "+": lambda x, y: (1, 1), "−": lambda x, y: (1, -1), "·": lambda x, y: (y, x), "/": lambda x, y: (1 / y, -x / y**2),
}  # fmt: skip

Lines = list[tuple[str, str, str, str]]


def read(question: str) -> tuple[dict[str, Fraction], Lines]:
    """The parameters of a question, and its lines as (name, left, sign, right)."""
    given, *lines = question.replace("²", " ² ").splitlines()
    numbers = {name: Fraction(x.replace("−", "-")) for name, x in (part.split(" = ") for part in given.split(", "))}
    parsed = [re.fullmatch(r"(\w) = (\w) ([+−·/²]) ?(\w?)", line.strip()) for line in lines]
    assert all(parsed), lines
    return numbers, [match.groups() for match in parsed if match]  # type: ignore[misc]


def by_fractions(question: str) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """All values, and all gradients, worked from the text of the question, in exact fractions, path by path."""
    values, lines = read(question)
    slopes: dict[str, list[tuple[str, Fraction]]] = {}
    for name, left, sign, right in lines:
        if sign == "²":
            values[name], slopes[name] = values[left] ** 2, [(left, 2 * values[left])]
        else:
            x, y = values[left], values[right]
            values[name] = FRACTIONS[sign](x, y)
            slopes[name] = list(zip((left, right), map(Fraction, SLOPES[sign](x, y)), strict=True))
    grads = dict.fromkeys(values, Fraction(0))

    def follow(name: str, product: Fraction) -> None:
        grads[name] += product
        for parent, slope in slopes.get(name, []):
            follow(parent, product * slope)

    follow("L", Fraction(1))
    return values, grads


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_is_that_of_exact_fractions(seed: int) -> None:
    exercise = make_exercise(seed)
    values, grads = by_fractions(exercise.question)
    for value in Graph(exercise.root):
        if value.op is not ops.constant:
            assert Fraction(value.data) == values[value.label]
            assert Fraction(value.grad) == grads[value.label]
    assert exercise.answers == {name: grads[name] for name in exercise.answers}
    for line in [*exercise.forward(), *exercise.backward()]:
        *_, arithmetic, result = line.split(" = ")
        if not re.search("[a-zL]", arithmetic):
            text = arithmetic.replace("−", "-").replace("·", "*").replace("²", "**2")
            exact = eval(re.sub(r"[\d.]+", lambda number: f"Fraction('{number[0]}')", text))
            assert exact == Fraction(result.replace("−", "-")), line


@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_is_used_twice_and_a_wrong_order_gives_a_wrong_answer(seed: int) -> None:
    exercise = make_exercise(seed)
    _, lines = read(exercise.question)
    uses = [operand for _, left, _, right in lines for operand in (left, right)]
    assert any(uses.count(name) > 1 for name, *_ in lines)
    assert {NOT_ADDED, TOO_SOON} <= exercise.mistakes.keys()
    for mistake, answers in exercise.mistakes.items():
        assert answers.keys() == exercise.answers.keys()
        assert answers != exercise.answers, mistake


@given(st.integers(), st.integers(1, MOST_PARAMETERS))
@settings(max_examples=30)
def test_numbers_have_few_digits_and_every_parameter_matters(seed: int, parameters: int) -> None:
    exercise = make_exercise(seed, parameters)
    assert list(exercise.answers) == list("abcdefgh"[:parameters])
    assert all(exercise.answers.values())
    steps = list(Graph(exercise.root).steps())
    shown = [x for step in steps for x in (step.local_grad, step.contribution, step.grad)]
    shown += [value.data for value in Graph(exercise.root)]
    shown += [x for answers in exercise.mistakes.values() for x in answers.values()]
    assert all(abs(x) <= 200 and 4 * x % 1 == 0 for x in shown)


def shape(exercise: Exercise) -> tuple[Any, ...]:
    """The graph without its numbers."""
    places = {value: i for i, value in enumerate(Graph(exercise.root))}
    return tuple((value.op, tuple(places[parent] for parent in value.parents)) for value in places)


def test_no_two_graphs_are_alike_even_without_their_numbers() -> None:
    assert len({shape(make_exercise(seed)) for seed in SEEDS}) == len(SEEDS)


def test_the_same_seed_gives_the_same_sheet() -> None:
    for write in (Exercise.markdown, Exercise.latex):
        assert write(make_exercise(7)) == write(make_exercise(7)) != write(make_exercise(8))


def test_the_mistakes_are_what_they_say() -> None:
    a = Value(2.0, "a")
    b = a * a
    c = b + a
    root = b * c
    assert backpropagate(Graph(root))[a] == 44.0
    assert backpropagate(Graph(root), add=False)[a] == 8.0  # b: 4, from c alone; a: 4 · 2, from the last edge
    assert propagate_too_soon(root)[a] == 28.0  # what the page calls "Done, and wrong: 28; right is 44"


@pytest.mark.parametrize(
    ("parameters", "single_path", "told"),
    [
        (4, False, ""),
        (1, False, ", with 1 parameter"),
        (4, True, ", with a single path"),
        (2, True, ", with 2 parameters and a single path"),
    ],
)
def test_a_sheet_says_how_to_get_it_again_and_has_a_line_for_a_name(
    parameters: int, single_path: bool, told: str
) -> None:
    pytest.importorskip("graphviz", reason="pictures need graphviz")
    exercise = make_exercise(3, parameters, single_path=single_path)
    title = f"Exercise 3{told}"
    assert exercise.markdown().startswith(f"# {title}\n\nName: ____")
    assert f"\\section*{{{title}}}\nName: \\rule" in exercise.latex()
    assert f'<h1>{title}</h1>\n<p>Name: <span class="line">' in exercise.html()


@pytest.mark.parametrize("sheet", [Exercise.markdown, Exercise.latex])
def test_the_question_gives_nothing_away(sheet: Any) -> None:
    question, _, solution = sheet(make_exercise(11)).partition("Solution")
    assert "grad ?" in question
    assert not re.search(r"grad \$?[-−]?\d", question)
    assert re.search(r"grad \$?[-−]?\d", solution)


@pytest.mark.parametrize("sheet", [Exercise.markdown, Exercise.latex, Exercise.html])
def test_a_solution_says_whose_it_is_and_a_sheet_without_it_is_else_the_same(sheet: Any) -> None:
    pytest.importorskip("graphviz", reason="pictures need graphviz")
    exercise = make_exercise(4, 2)
    whole, question = sheet(exercise), sheet(exercise, solution=False)
    assert "Solution of Exercise 4, with 2 parameters" in whole
    assert "Right and wrong in Exercise 4, with 2 parameters" in whole
    assert not re.search("(?i)solution|right and wrong", question)
    assert not set(question.splitlines()) - set(whole.splitlines())
    assert question.splitlines()[-1] == whole.splitlines()[-1] or sheet is Exercise.markdown


@pytest.mark.parametrize("parameters", [0, 9, -1])
def test_a_number_of_parameters_that_is_not_offered_is_refused(parameters: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 8 parameters, not {parameters}"):
        make_exercise(1, parameters)


def used(question: str) -> list[str]:
    _, lines = read(question)
    return [operand for _, left, sign, right in lines for operand in (left, right)[: 1 if sign == "²" else 2]]


@pytest.mark.parametrize("parameters", [1, 2, 4])
def test_with_a_single_path_every_value_is_used_once(parameters: int) -> None:
    for seed in range(10):
        exercise = make_exercise(seed, parameters, single_path=True)
        operands = used(exercise.question)
        assert len(operands) == len(set(operands))
        _, grads = by_fractions(exercise.question)
        assert exercise.answers == {name: grads[name] for name in exercise.answers}


@pytest.mark.parametrize("seed", SEEDS)
def test_right_answers_pass_and_each_mistake_of_the_sheet_is_told(seed: int) -> None:
    exercise = make_exercise(seed)
    exercise.check(**exercise.answers)
    for mistake, answers in exercise.mistakes.items():
        with pytest.raises(AssertionError) as error:
            exercise.check(**answers)
        told = str(error.value)
        assert "likely cause: " in told
        if mistake in (NOT_ADDED, TOO_SOON):
            assert any(reason in told for reason in (NOT_ADDED, TOO_SOON, "lacks what it gets from"))


def test_an_answer_that_no_known_mistake_gives_is_met_with_where_to_look_again() -> None:
    exercise = make_exercise(12, 1)
    with pytest.raises(AssertionError, match=r"not 1234\na is used by d and b twice \(d.grad is 1, b.grad is −6\)"):
        exercise.check(a=1234)
    with pytest.raises(AssertionError, match=r"a is used by d and b twice \(d.grad is 1\)"):  # b.grad is asked for
        exercise.check(a=1234, b=-6)
    with pytest.raises(AssertionError, match="with respect to itself is 1"):
        exercise.check(L=1234)
    with pytest.raises(ValueError, match="there is no z in the exercise; it has a, b, d, c, L"):
        exercise.check(z=1)
    with pytest.raises(
        AssertionError, match=r"c.grad is not 5\nc is used by L \(L.grad is 1\): multiply L.grad by ∂L/∂c"
    ):
        exercise.check(c=5)


def test_what_follows_from_a_wrong_gradient_is_not_held_against_anybody() -> None:
    exercise = make_exercise(12, 1)  # b is 1 · 2 − 8, and a is 4 + 2 · b + 2 · b
    with pytest.raises(AssertionError, match=r"^b.grad is not 100\n.*\na.grad follows from that$"):
        exercise.check(b=100, a=404)
    with pytest.raises(AssertionError, match=r"b.grad is not 100\n.*\na.grad is not 405"):
        exercise.check(b=100, a=405)


def test_an_order_is_right_where_every_value_comes_after_all_that_are_made_from_it() -> None:
    exercise = make_exercise(9, 3)
    exercise.check_order(["L", "g", "f", "e", "d"])
    for order, told in (
        (["L", "g", "e", "f", "d"], "e comes too soon: f is made from it"),
        (["d", "L", "g", "f", "e"], "d comes too soon: "),
        (["L", "g", "f", "e"], "a list of L, d, e, f, g, each once, and it is"),
        ("Lgfed", "to be a list"),
        (..., "fill in the blank"),
    ):
        with pytest.raises(AssertionError, match=told):
            exercise.check_order(order)


def test_an_answer_that_is_no_number_or_not_there_is_named() -> None:
    exercise = make_exercise(12, 1)
    with pytest.raises(AssertionError, match=r"fill in the blank: b_grad\."):
        exercise.check(a=-20, b=...)
    with pytest.raises(AssertionError, match=r"a\.grad is to be a number, and it is '−20'"):
        exercise.check(a="−20", b=-6)


def test_where_one_path_leads_to_each_value_nothing_is_said_of_adding_up() -> None:
    exercise = make_exercise(2, 2, single_path=True)
    exercise.check(**exercise.answers)
    texts = [text for text, _ in slips(exercise.root)]
    assert texts
    assert not any(reason in text for text in texts for reason in (NOT_ADDED, TOO_SOON, "lacks"))
    with pytest.raises(AssertionError, match="likely cause: the 2 of ∂c/∂b = 2 · b is left out"):
        exercise.check(a=22, b=66)


def test_a_slip_in_the_forward_pass_is_told_before_those_of_the_backward_pass() -> None:
    exercise = make_exercise(2146, 3, single_path=True)  # d = c − a = 4, e = b² = 9, f = d² = 16, L = e · f
    for answers, told in (
        ({"a": 72, "b": -96, "c": -72}, r"e is not −9: work e = b² = \(−3\)² out first, before any gradient$"),
        ({"a": -36, "b": -24, "c": 36}, r"d is not 2: work d = c − a = 3 − \(−1\) out first, before any gradient$"),
        ({"b": -48}, r"f is not 8: work f = d² = 4² out first, before any gradient\nor the 2 of ∂e/∂b"),
    ):
        with pytest.raises(AssertionError, match="likely cause: " + told):
            exercise.check(**answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slip_in_the_forward_pass_gives_the_gradients_of_the_numbers_that_follow_from_it(seed: int) -> None:
    exercise = make_exercise(seed)
    for text, gradients in exercise._forward_slips():
        mistaken, wrong = text.split(":")[0].split(" is not ")
        data = {leaf.label: Value(leaf.data) for leaf in exercise.parameters}
        inner = dict(data)
        for value in exercise._computed():
            assert value.op is not None
            made = value.op(*[inner.get(x.label, x.data) for x in value.parents])
            off = float(Fraction(wrong.replace("−", "-"))) - made.data if value.label == mistaken else 0.0
            inner[value.label] = made + off
        inner["L"].backward()
        assert {leaf.label: gradients[leaf] for leaf in exercise.parameters} == {x: data[x].grad for x in data}


def test_only_of_a_square_is_it_said_that_the_square_itself_was_taken() -> None:
    x = Value(2.0, "x")
    for power, said in ((2, True), (3, False), (0.5, False)):
        assert any("the square itself" in text for text, _ in slips(x**power)) == said
