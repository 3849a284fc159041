"""The course: every exercise is wrong before and right after, and a typical wrong answer is met with its reason."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd.testing.exercise import Exercise, make_exercise
from tests.helpers.markdown import ROOT

COURSE = ROOT / "docs" / "course"
BLANK = "...  # your line"
LESSONS = sorted(COURSE.glob("0*.md"))
EXERCISES = sorted((COURSE / "exercises").glob("*.py"))
SOLUTIONS = tomllib.loads((COURSE / "solutions.toml").read_text("utf-8"))
WRONG = [
    (exercise, number, wrong)
    for exercise in EXERCISES
    for number, wrong in enumerate(
        tomllib.loads((ROOT / "tests" / "project" / "course" / f"{exercise.stem}.toml").read_text("utf-8"))["wrong"]
    )
]


def name(exercise: Path) -> str:
    return exercise.stem


def check(source: str) -> None:
    """What pytest does with the file, in this process: run it, then every test in it."""
    module: dict[str, Any] = {"__name__": "exercise"}
    exec(compile(source, "exercise.py", "exec"), module)
    tests = [thing for name, thing in module.items() if name.startswith("test_")]
    assert tests, "an exercise has a test"
    for test in tests:
        test()


def told(source: str) -> str:
    """What a learner is told whose file says this."""
    with pytest.raises(AssertionError) as error:
        check(source)
    return str(error.value)


def filled(exercise: Path, answers: str | list[str]) -> str:
    """The exercise with these answers in the places of its blanks."""
    text, *rest = exercise.read_text("utf-8").split(BLANK)
    answers = [answers] if isinstance(answers, str) else answers
    return text + "".join(answer.strip() + part for answer, part in zip(answers, rest, strict=True))


def solution(exercise: Path) -> str:
    return filled(exercise, SOLUTIONS[exercise.stem])


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_an_exercise_is_wrong_before_it_is_filled_in_and_says_so(exercise: Path) -> None:
    assert "fill in the blank" in told(exercise.read_text("utf-8"))


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_run_as_a_file_it_says_not_yet_or_right_and_shows_no_traceback(
    exercise: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = exercise.read_text("utf-8")
    ending = r'\nif __name__ == "__main__":\n    tell\(\s*test_\w+,\s*"[^"]+\.",?\s*\)\n\Z'
    assert re.search(ending, source)
    exec(compile(source, "exercise.py", "exec"), {"__name__": "__main__"})
    assert re.match("(?s)Not yet: .*fill in the blank", capsys.readouterr().out)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_its_solution_is_right(exercise: Path) -> None:
    check(solution(exercise))


@pytest.mark.slow
@pytest.mark.parametrize(("exercise", "number", "wrong"), WRONG, ids=[f"{e.stem}-{i}" for e, i, _ in WRONG])
def test_a_wrong_answer_is_met_with_its_reason(
    exercise: Path, number: int, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = filled(exercise, wrong["answer"])
    message = told(program)
    assert wrong["told"] in message, message
    if not re.search("numpy|check_backward", program):  # as in the browser, where there is no NumPy
        whole = importlib.import_module

        def import_module(name: str, package: str | None = None) -> Any:
            if name == "numpy":
                raise ModuleNotFoundError(name)
            return whole(name, package)

        monkeypatch.setattr(importlib, "import_module", import_module)
        message = told(program)
        assert wrong.get("without_numpy", wrong["told"]) in message, message


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_two_wrong_answers_of_every_exercise_are_tried(exercise: Path) -> None:
    assert sum(other == exercise for other, _, _ in WRONG) >= 2


def to_copy(caption: str) -> str:
    """A file on the teachers' page."""
    page = (COURSE / "teaching.md").read_text("utf-8")
    (block,) = re.findall(rf"```{{code-block}} python\n:caption: {re.escape(caption)}\n\n(.*?)```", page, re.S)
    return str(block)


@pytest.mark.parametrize("exercise", EXERCISES, ids=name)
def test_a_teacher_takes_the_answers_from_what_is_handed_in(exercise: Path) -> None:
    shown: dict[str, Any] = {}
    exec(to_copy("collect.py"), shown)
    asked, solved = exercise.read_text("utf-8"), solution(exercise)
    found = shown["answers"](asked, solved.rstrip("\n"))  # an editor may have taken the last newline away
    assert shown["filled"](asked, found) == solved
    assert shown["answers"](asked, solved.replace("def test_", "def untest_")) is None


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the line is one of a Unix shell")
def test_one_line_makes_a_sheet_for_every_student(tmp_path: Path) -> None:
    pytest.importorskip("graphviz", reason="pictures need graphviz")
    (line,) = re.findall(r"^for seed .*$", (COURSE / "teaching.md").read_text("utf-8"), re.M)
    places = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    subprocess.run(["sh", "-c", line], cwd=tmp_path, env=places, check=True)
    assert {sheet.name for sheet in tmp_path.iterdir()} == {f"sheet-{seed}.html" for seed in (1, 2, 3)}


def test_the_answers_of_a_folder_are_collected_as_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "collect.py").write_text(to_copy("collect.py"), "utf-8")
    (exercise,) = (exercise for exercise in EXERCISES if exercise.stem.startswith("07"))
    (tmp_path / "handed-in").mkdir()
    cheat = filled(exercise, ["0", "0"]).replace(".check(", ".answers.items() or (")
    for student, text in (
        ("ada", filled(exercise, ["-20.25", "27"])),
        ("ben", filled(exercise, ["20.25", "27"])),
        ("cleo", cheat),
    ):
        (tmp_path / "handed-in" / f"{student}.py").write_text(text, "utf-8")
    command = [sys.executable, "-X", "utf8", "collect.py", str(exercise), "handed-in"]
    places = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=places, capture_output=True, encoding="utf-8", check=True)
    assert f"```text\n{run.stdout.strip()}\n```" in (COURSE / "teaching.md").read_text("utf-8")


@pytest.mark.slow
def test_the_file_for_pytest_tells_why_a_point_is_lost(tmp_path: Path) -> None:
    pytest.importorskip("numpy", reason="gradients of arrays need NumPy")
    (tmp_path / "test_handed_in.py").write_text(to_copy("test_handed_in.py"), "utf-8")
    (tmp_path / "handed-in").mkdir()
    for student, order in (("ada", "delta, x"), ("ben", "x, delta")):
        (tmp_path / "handed-in" / f"{student}.py").write_text(
            "import numpy as np\ndef backward(x, y, W, b):\n    a = np.tanh(W @ x + b)\n"
            f"    delta = (a - y) * (1 - a**2)\n    return {{'W': np.outer({order}), 'b': delta}}\n"
        )
    command = [
        sys.executable,
        "-X",
        "utf8",
        "-m",
        "pytest",
        "-q",
        "-r",
        "N",
        "-p",
        "no:cacheprovider",
        "test_handed_in.py",
    ]
    places = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=places, capture_output=True, encoding="utf-8", check=False)
    assert "1 failed, 1 passed" in run.stdout
    assert "W: by hand it is transposed" in run.stdout
    assert {file.name for file in (tmp_path / "handed-in").glob("*.json")} == {"ada.json", "ben.json"}


@pytest.mark.slow
def test_the_exercise_of_ones_own_works_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    page, text = (COURSE / "teaching.md").read_text("utf-8"), to_copy("my_exercise.py")
    imports = re.search(r"imports those .*?\{code-block\} python\n(.*?)```", page, re.S)
    assert imports
    names: dict[str, Any] = {}
    exec(imports[1], names)
    calls = set(re.findall(r"^\| .* \| `(\w+)\(", page, re.M))
    assert len(calls) == 4
    assert calls <= names.keys()
    for first, second, told in (
        (BLANK, BLANK, "Not yet: fill"),
        ("width", "height", "Not yet: ∂"),
        ("height", "width", "Right"),
    ):
        _, *parts = text.split(BLANK)
        exec(text.replace(BLANK, first, 1).replace(BLANK, second, 1), {"__name__": "__main__"})
        assert len(parts) == 2
        assert capsys.readouterr().out.startswith(told)
    without = re.search(r"leave it out:\n\n.*?python\ndef test_area\(\):\n(.*?)```", page, re.S)
    assert without
    wrong = text.replace(BLANK, "width", 1).replace(BLANK, "height", 1)
    for source, last in (
        (wrong, True),
        (wrong.replace("    assert_same_gradients(area, by_hand)\n", without[1]), False),
    ):
        exec(source, {"__name__": "__main__"})
        said = capsys.readouterr().out
        assert "in the place of ∂area/∂width" in said
        assert ("right is " in said) == last


def test_the_plan_counts_what_is_there() -> None:
    plan = re.findall(
        r"^\| \[\d.*?\]\((.*?)\) \|.*\| (\d+) \| (\d+)", (COURSE / "teaching.md").read_text("utf-8"), re.M
    )
    counted = []
    for page in LESSONS:
        text = page.read_text("utf-8")
        asked = [file for file in EXERCISES if f"{{exercise}} {file.stem}\n" in text]
        words = sum(len(part.split()) for part in (text, *(file.read_text("utf-8").split('"""')[1] for file in asked)))
        counted.append((page.name, str(round(words / 150)), str(len(asked))))
    assert plan == counted


def test_what_the_exercises_need_is_installed_by_the_command_on_the_first_page() -> None:
    imported = {"hypothesis"}  # by the checks themselves
    for exercise in EXERCISES:
        imported |= set(re.findall(r"^(?:import|from) (\w+)", exercise.read_text("utf-8"), re.M))
    needed = imported - set(sys.stdlib_module_names) - {"autograd", "nn"}
    for page in ("index.md", "06-layers.md"):
        command = re.search(r"`python -m pip install (.*?)`", (COURSE / page).read_text("utf-8"))
        assert command
        assert needed <= set(command[1].split())


@pytest.mark.parametrize(("add", "told"), [("self.data + other.data", "Right"), ("0.0", "Not yet: f is 0.0 by your")])
def test_a_file_that_begins_empty_says_what_is_wrong_and_shows_no_traceback(
    add: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (COURSE / "08-your-own-engine.md").read_text("utf-8")
    block = re.search(r"\{code-block\} python\n(.*?)```", page, re.S)
    (exercise,) = (exercise for exercise in EXERCISES if exercise.stem.startswith("25"))
    number = solution(exercise).split("def test_")[0]
    assert block
    assert number.count("self.data + other.data") == 1
    exec(number.replace("self.data + other.data", add) + block[1], {"__name__": "__main__"})
    assert capsys.readouterr().out.startswith(told)


def test_the_first_page_links_every_lesson_by_its_title() -> None:
    shown = re.findall(r"^(\d\. )\[(.*)\]\((.*)\)$", (COURSE / "index.md").read_text("utf-8"), re.M)
    assert [(f"# {number}{title}", page) for number, title, page in shown] == [
        (page.read_text("utf-8").partition("\n")[0], page.name) for page in LESSONS
    ]


@pytest.mark.parametrize("page", sorted(COURSE.glob("*.md")), ids=name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.S)):
        assert (COURSE / target).exists(), target


def test_every_exercise_is_in_a_lesson_and_they_are_in_order() -> None:
    shown = [stem for page in LESSONS for stem in re.findall(r"^```\{exercise\} (\w+)$", page.read_text("utf-8"), re.M)]
    assert shown == [exercise.stem for exercise in EXERCISES]


@pytest.mark.parametrize("page", [*LESSONS, COURSE / "teaching.md"], ids=name)
def test_a_formula_becomes_mathml_with_nothing_of_latex_left_in_it(page: Path) -> None:
    convert = pytest.importorskip("latex2mathml.converter", reason="what the pages' formulas are made with").convert
    text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.M | re.S)
    for formula in re.findall(r"\$\$(.+?)\$\$", text, re.S) + re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", text):
        drawn = convert(formula)
        ElementTree.fromstring(drawn)  # a bare & is none of XML's
        assert not re.search(r"\\[a-z]|<mi>begin", drawn), formula


def test_five_lessons_are_read_in_an_hour() -> None:
    text = "".join(page.read_text("utf-8") for page in LESSONS[:5])
    questions = "".join(exercise.read_text("utf-8").split('"""')[1] for exercise in EXERCISES[:17])
    assert len((text + questions).split()) <= 9000  # at 150 words a minute


def test_the_wrong_answer_on_the_first_page_is_told_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    (shown,) = re.findall(r"```text\n(Not yet.*?)```", (COURSE / "index.md").read_text("utf-8"), re.S)
    (exercise,) = (exercise for exercise in EXERCISES if exercise.stem.startswith("06"))
    exec(filled(exercise, ["72", "-96", "72"]), {"__name__": "__main__"})
    assert capsys.readouterr().out == shown


def test_an_exercise_says_that_it_is_right_when_it_is_run() -> None:
    command = [sys.executable, "-c", solution(EXERCISES[0])]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("Right: ")


def test_the_question_on_paper_is_the_one_that_is_checked() -> None:
    on_paper = [(exercise, paper(exercise)) for exercise in EXERCISES if paper(exercise)]
    assert len(on_paper) >= 10
    for exercise, sheet in on_paper:
        assert sheet is not None
        question = textwrap.indent(sheet.question, "    ")
        assert question in exercise.read_text("utf-8"), exercise


def test_the_commands_for_the_sheets_of_lesson_2_make_those_of_its_exercises() -> None:
    commands = re.findall(r"--seed (\d+) --parameters (\d)", (COURSE / "02-chain.md").read_text("utf-8"))
    sheets = [paper(exercise) for exercise in EXERCISES[4:7]]
    assert [(int(seed), int(count)) for seed, count in commands] == [(x.seed, len(x.parameters)) for x in sheets if x]


def paper(exercise: Path) -> Exercise | None:
    """The sheet that an exercise checks answers to, where it does."""
    for call in ast.walk(ast.parse(exercise.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "make_exercise":
            return make_exercise(**{word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg})
    return None
