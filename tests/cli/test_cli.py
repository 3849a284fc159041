"""The command line, ``python -m autograd``."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value
from autograd.cli.expression import ExpressionError, ParsedExpression
from autograd.cli.main import main
from autograd.testing.strategies import finite_floats

ONE_ONE_ONE = "(sigmoid(w2*sigmoid(w1*x+b1)+b2)-t)**2/2"
POINT = ["w1=0.4", "b1=0.3", "w2=0.7", "b2=0.2", "x=0.5", "t=1"]
FIGURES = {
    "L": (0.05993218193598102, 1.0),
    "w1": (0.4, -0.006445672678900978),
    "b1": (0.3, -0.012891345357801957),
    "w2": (0.7, -0.04877940093878772),
    "b2": (0.2, -0.07836560317057768),
}


def table(output: str) -> dict[str, tuple[float, float]]:
    """The value and the gradient for every name in the printed table."""
    _, *rows = [re.split(r"\s{2,}", line) for line in output.splitlines()]
    return {row[0]: (float(row[2]), float(row[3])) for row in rows}


def test_it_prints_the_second_documents_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([ONE_ONE_ONE, *POINT]) == 0
    output, error = capsys.readouterr()
    printed = table(output)
    assert {name: printed[name] for name in FIGURES} == FIGURES
    assert 0.6537856677259561 in [value for value, _ in printed.values()]  # a2
    assert error == ""


def test_json_has_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([ONE_ONE_ONE, *POINT, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["value"] == FIGURES["L"][0]
    printed = {row["name"]: (row["value"], row["gradient"]) for row in result["values"]}
    assert {name: printed[name] for name in FIGURES} == FIGURES


def test_json_is_json_where_numbers_are_not_finite(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log(x)", "x=0", "--json"]) == 0

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    result = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert result["value"] == "-inf"


def test_it_writes_pictures_a_page_and_a_program_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("graphviz", reason="pictures need graphviz")
    files = {name: tmp_path / f"written.{name}" for name in ("svg", "png", "html", "source")}
    assert (
        main([ONE_ONE_ONE, *POINT, *[word for name, path in files.items() for word in (f"--{name}", str(path))]]) == 0
    )
    assert capsys.readouterr().err.splitlines() == [
        f"written: {path}" + ": open it in a browser" * (name == "html") for name, path in files.items()
    ]
    assert files["svg"].read_bytes().startswith(b"<?xml")
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert files["html"].read_text("utf-8").startswith("<!doctype html>")
    program = runpy.run_path(str(files["source"]))["program"]
    names = re.search(r"def program\((.*)\)", files["source"].read_text("utf-8"))
    assert names is not None
    order = names[1].split(", ")
    value, gradients = program(*[float(dict(word.split("=") for word in POINT)[name]) for name in order])
    assert value == FIGURES["L"][0]
    assert {n: g for n, g in zip(order, gradients, strict=True) if n in FIGURES} == pytest.approx(
        {n: g for n, (_, g) in FIGURES.items() if n != "L"}, rel=1e-14
    )


def test_signs_as_people_and_the_package_itself_write_them_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a·b × c − d", "a=−1", "b=2", "c=3", "d=1"]) == 0
    copied = capsys.readouterr().out
    assert main(["a*b * c - d", "a=-1", "b=2", "c=3", "d=1"]) == 0
    assert capsys.readouterr().out == copied


def test_a_comma_in_a_number_is_met_with_advice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x*x", "x=1,2"]) == 2
    assert capsys.readouterr().err.endswith("write name=number, as x=0.5, with a decimal point\n")


@pytest.mark.parametrize("words", [["1 + 2*sqrt(x)", "x=-1"], ["1 + 2*sqrt(x)", "x=-1", "--json"]])
def test_the_first_value_that_is_no_number_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().err == "v1 = sqrt(x) is nan: it is no number here\n"


def test_a_check_that_fails_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sqrt(x*x)", "x=0", "--check"]) == 1
    assert "∂f/∂x is nan by backpropagation" in capsys.readouterr().err
    assert main(["sqrt(x*x)", "x=1", "--check"]) == 0
    assert "agree" in capsys.readouterr().err


@pytest.mark.slow
def test_the_examples_in_the_help_work_when_pasted(tmp_path: Path) -> None:
    pytest.importorskip("graphviz", reason="pictures need graphviz")
    package = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(package), "PYTHONIOENCODING": "utf-8"}
    environment.pop("COLUMNS", None)

    def run(command: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable if word == "python" else word for word in shlex.split(command)]
        return subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)

    shown = run("python -m autograd --help")
    assert shown.returncode == 0
    examples = re.findall(r"^ +(python -m autograd .*)$", shown.stdout, re.MULTILINE)
    *expressions, exercise = examples
    assert len(expressions) == 3
    assert run(exercise.split("   ")[0]).stdout.startswith("# Exercise 7\n")
    for example in expressions:
        ran = run(example)
        leaves = {name: number for name, (number, _) in table(ran.stdout).items()}
        assert (ran.returncode, leaves.get("x", leaves.get("a"))) == (0, 2 if "a=2" in example else 0.5), ran.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"step.html", "graph.svg"}


def test_the_help_and_the_error_list_the_same_operators(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    helped = " ".join(capsys.readouterr().out.split())
    assert main(["x ^ 2", "x=1"]) == 2
    operators = re.search(r"among the operators ([^\w;]+);", capsys.readouterr().err)
    assert operators
    assert f"numbers, names, {operators[1]}, parentheses" in helped


@pytest.mark.parametrize(
    ("expression", "place", "message"),
    [
        ("sigmod(w*x)", "s", "sigmod is not among the functions abs, acos"),
        ("w*ln(x)", "l", "ln is log here: write log(…)"),
        ("w*σ(x)", "σ", "σ is sigmoid here: write sigmoid(…)"),
        ("w*x^2", "^", "^ is not among the operators + - * / // % **; a power is written **"),
        ("2x + w", "2", "invalid decimal literal; a product is written *, as in 2*x"),
        ("w + x²", "²", "invalid character '²' (U+00B2); a square is written **2"),
        ("w*x & 2", "&", "& is not among the operators"),
        ("(w + x) << 2", "<<", "<< is not among the operators"),
        ("w + __import__('os').system('true')", "_", "only numbers, names"),
        ("w + x.real", "x", "only numbers, names"),
        ("w + [x]", "[", "only numbers, names"),
        ("w + (lambda: x)()", "(", "only numbers, names"),
        ("w + 'x'", "'", "only numbers, names"),
        ("w + 1j", "1", "only numbers, names"),
        ("w + True", "T", "only numbers, names"),
        ("w + (y := 2)", "y", "only numbers, names"),
        ("w and x", "w", "only numbers, names"),
        ("w < x", "w", "only numbers, names"),
        ("w + (+x)", "+x", "only numbers, names"),
        ("w + sin", "s", "sin is a function: write sin(…)"),
        ("w + sin(w, x)", "s", "sin takes one input"),
        ("w + sin(x=x)", "s", "sin takes one input"),
        ("w + sin(*x)", "*", "only numbers, names"),
        ("w + (x", "(", "'(' was never closed"),
        ("w + x)", ")", "unmatched ')'"),
        ("w x", "x", "this is not an expression"),
        ("w + 1" + "0" * 400, "1", "a number this large is inf"),
        ("größe + w*x^2", "^", "^ is not among the operators"),
        ("w*x; w", "w*x", "only the last expression can do without a name: write name ="),
        ("w += x", "w", "only statements of the kind name = expression can stand here"),
        ("import os", "import", "only statements of the kind name = expression can stand here"),
        ("a, b = w, x", "a", "only statements of the kind name = expression can stand here"),
        ("a = b = w; a*x", "a", "only statements of the kind name = expression can stand here"),
        ("sin = w; sin*x", "sin", "sin is a function, and cannot name a value"),
        ("a = w*x; a = a*x", "a = a", "a has a value already: every name is given once"),
        ("a = 2; a = w*x", "a = w", "a has a value already: every name is given once"),
        ("c = a*w; a = w*x; a*c", "a = w", "a is used before it is computed"),
        ("a = w*x; w + x", "a", "a is computed, and nothing uses it"),
        ("a = 3; w + x", "a", "a is computed, and nothing uses it"),
        ("größe = w*x; größe & 2", "&", "& is not among the operators"),
    ],
)
def test_errors_point_at_the_place(
    expression: str, place: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([expression, "w=1", "x=2"]) == 2
    output, error = capsys.readouterr()
    first, shown, caret = error.splitlines()
    assert message in first
    assert shown[caret.index("^") :].startswith(place)
    assert output == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["w*x", "w=1"], "no value for x: add x=NUMBER"),
        (["w*x", "w=1", "x=2", "y=3"], "there is no y in the expression; it has w, x"),
        (["e**x", "x=1"], "no value for e: add e=NUMBER; a power of e is written exp(x)"),
        (["w*x", "w=1", "x=two"], "'x=two' gives no name a number: write name=number, as x=0.5\n"),
        (["w*x", "w=1", "x=1/2"], "'x=1/2' gives no name a number: write name=number, as x=0.5, with a decimal point"),
        (["w*x", "w", "=", "1"], "'w' gives no name a number: write name=number, as x=0.5, without spaces"),
        (["w*x", "w=1", "2"], "'2' gives no name a number"),
        (["w*x", "w=1", "w=2", "x=1"], "w has two values, 1.0 and 2.0"),
        (["a = w*x; a*a", "w=1", "x=2", "a=3"], "a is computed by the expression: it is given no number"),
        (["a = 2; a*w", "w=1", "a=3"], "a has two values, 2.0 and 3.0"),
        (["", "w=1"], "this is not an expression"),
        (["w +", "w=1"], "this is not an expression"),
        (
            ["w", "w=1", "--source", "no/such/folder/program.py"],
            "No such file or directory: 'no/such/folder/program.py'",
        ),
    ],
)
def test_what_cannot_be_done_is_said_and_exits_with_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["x", "x=1", "--nonsense"], ["--x", "x=1"]])
def test_usage_errors_exit_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(words)
    assert error.value.code == 2
    assert "usage: python -m autograd" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "x" + ")" * 10_000,
        "-" * 100_000 + "x",
        "+".join(["x"] * 30_000),
        "**".join(["x"] * 5_000),
        "sin(" * 1_000 + "x" + ")" * 1_000,
        "9" * 5_000,
        "x\0",
        "\ud800",
    ],
    ids=["parentheses", "minuses", "sum", "powers", "calls", "digits", "null", "surrogate"],
)
def test_what_the_parser_cannot_take_is_an_error_with_a_message(text: str) -> None:
    with pytest.raises(ExpressionError):
        ParsedExpression(text)


@given(st.text(st.sampled_from("xyw0123456789.e+-*/()^, sincotaexplgrb_='[]{}:\n\\#\"é")))
def test_any_text_is_an_expression_or_an_error_that_says_where(text: str) -> None:
    try:
        expression = ParsedExpression(text)
    except ExpressionError as error:
        *_, caret = str(error).split("\n")
        assert caret.strip() == "^"
    else:
        expression(*[Value(0.5) for _ in expression.names])


@given(finite_floats(), finite_floats())
def test_an_expression_is_what_python_computes(x: float, y: float) -> None:
    text = "-x*(y - 2.5)*3e-1 + sin(x)*cos(y) - tanh(x + y)/4 + abs(x) + softplus(-y) + exp(-x*x)"
    expected = -x * (y - 2.5) * 3e-1 + math.sin(x) * math.cos(y) - math.tanh(x + y) / 4 + abs(x)
    expected += max(-y, 0) + math.log1p(math.exp(-abs(y))) + math.exp(-x * x)
    expression = ParsedExpression(text)
    assert expression.names == ("x", "y")
    assert expression(Value(x), Value(y)).data == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_statements_name_values_and_share_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["b = a*a; c = b + a; d = b*c", "a=2"]) == 0
    assert table(capsys.readouterr().out) == {"a": (2, 44), "b": (4, 10), "c": (6, 4), "d": (24, 1)}
    assert main(["a = 2; b = a*a; b*(b + a)", "--check"]) == 0
    assert table(capsys.readouterr().out) == {"a": (2, 44), "b": (4, 10), "v1": (6, 4), "L": (24, 1)}
    assert main(["x = -1.5; y = x"]) == 0  # one more name for a value that has one
    assert table(capsys.readouterr().out) == {"x": (-1.5, 1)}


@given(finite_floats())
def test_statements_compute_what_the_same_expression_does_written_out(a: float) -> None:
    statements = ParsedExpression("b = a*a; c = b + sin(a); d = b*c; d - a")
    written_out = ParsedExpression("(a*a)*(a*a + sin(a)) - a")
    assert statements.names == written_out.names == ("a",)
    assert statements(a) == pytest.approx(written_out(a), nan_ok=True)
    x, y = Value(a), Value(a)
    statements(x).backward()
    written_out(y).backward()
    assert x.grad == pytest.approx(y.grad, nan_ok=True)


def test_an_expression_given_too_few_numbers_says_how_many_it_takes() -> None:
    with pytest.raises(TypeError, match=r"the expression takes 2 value\(s\), for x, y"):
        ParsedExpression("x * y")(Value(1.0))


def test_it_prints_to_whatever_standard_output_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "autograd.cli.main")
    monkeypatch.setattr(sys, "argv", ["autograd", "x*x", "x=3"])
    with contextlib.redirect_stdout(io.StringIO()) as output, pytest.raises(SystemExit, match="0"):
        runpy.run_module("autograd", run_name="__main__")
    assert table(output.getvalue())["x"] == (3.0, 6.0)


def test_an_expression_may_begin_with_a_minus_or_have_no_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-x**2", "x=3"]) == 0
    assert table(capsys.readouterr().out)["L"] == (-9.0, 1.0)
    assert main(["1/0"]) == 0
    assert table(capsys.readouterr().out) == {"L": (math.inf, 1.0)}
    assert main(["x", "x=-2"]) == 0
    assert table(capsys.readouterr().out) == {"x": (-2.0, 1.0)}


@pytest.mark.parametrize(
    ("suffix", "begin"), [(".md", "# "), (".tex", "\\documentclass"), (".html", "<!DOCTYPE html>")]
)
def test_an_exercise_is_written_in_the_format_that_the_file_ends_with(
    suffix: str, begin: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("graphviz", reason="pictures need graphviz")
    path = tmp_path / f"sheet{suffix}"
    assert main(["exercise", "--seed", "3", "--out", str(path)]) == 0
    text = path.read_text("utf-8")
    assert text.startswith(begin)
    assert "Exercise 3" in text
    assert main(["exercise", "--seed", "3", "--out", str(path)]) == 0
    assert path.read_text("utf-8") == text, "the same seed, the same sheet"
    assert capsys.readouterr().err == f"written: {path}\n" * 2
    assert main(["exercise", "--seed", "3", "--no-solution", "--out", str(path)]) == 0
    assert "Solution of Exercise 3" in text
    assert "Solution" not in path.read_text("utf-8")


def test_an_exercise_that_cannot_be_made_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercise", "--parameters", "9"]) == 2
    assert "1 to 8 parameters, not 9" in capsys.readouterr().err
    assert main(["exercise", "--out", "sheet.pdf"]) == 2
    assert "end it with .md, .tex, .html" in capsys.readouterr().err
