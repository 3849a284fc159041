"""The cases on this package: what `check_backward` and `assert_same_gradients` say of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.testing import assert_same_gradients, check_backward
from benchmarks.backward.cases import RIGHT, WRONG, Case
from benchmarks.backward.planted import PLANTED

# What the report has to say of those that somebody planted who had not seen how mistakes are explained.
NAMES = {
    "s1_bias_times_input": r"b1: .*the factor x\n(.*\n)*b2: .*the factor a1",
    "s2_delta_of_cross_entropy": r"W1, b1, W2 and b2: .*lacks the factor ∂a2/∂z2 = σ′\(z2\)",
    "s3_slope_of_z": r"W1 and b1: .*z1·\(1 − z1\) in the place of",
    "s4_bias_forgotten_in_the_recomputed_z": r"σ′\(W2 · a1\) in the place of ∂a2/∂z2 = σ′\(z2\)",
    "s5_two_forgotten": r"w1, w2, w3 and w4: .*half of what it should be",
    "s6_sigmoids_derivative_of_tanh": r"w1: .*h1·\(1 − h1\) in the place of .*tanh′",
    "s7_input_for_hidden": r"w3: .*x in the place of h1",
    "s8_path_overwritten": r"w1: .*lacks the path through p: .*overwritten",
    "s9_skip_connection_forgotten": r"w1: .*lacks the path through x · a",
    "s10_sign_of_the_delta": r"w and b: .*wrong sign",
    "a1_mean_forgotten": r"W1, b1, W2 and b2: .*1/n",
    "a2_bias_summed_over_features": r"b1: .*summed over the wrong axis: 1",
    "a3_weight_not_transposed": r"W1: .*W2 where W2 transposed belongs",
    "a4_relu_mask_of_the_gradient": r"W1: .*mask taken of the gradient",
    "a5_mean_twice": r"W and b: .*once too often the factor 1/n",
    "a6_elementwise_softmax_slope": r"W and b: .*once too often the factor p·\(1 − p\)",
    "a7_layer_norm_without_the_variances_path": r"X: .*lacks the path through var",
    "a8_layer_norm_gain_not_summed_right": r"g: .*X in the place of",
    "a9_attention_scale_forgotten": r"Q and K: .*lacks the factor",
    "a10_attention_softmax_over_the_wrong_axis": r"Q and K: .*wrong axis within softmax: 0 for 1",
    "a11_convolution_off_by_one": r"X: .*off by one",
    "a12_convolution_overwritten": r"X: .*overwritten",
    "a13_upstream_ignored": r"X and K: .*ignores the upstream gradient",
    "a14_max_over_the_wrong_axis": r"X: .*max taken over the wrong axis: 0 for 1",
    "a15_penalty_forgotten": r"w: .*lacks the path through 0\.1 · sum\(w",
    "a16_factor_two_of_the_penalty": r"w: .*half of what it should be",
}


class Trial(NamedTuple):
    """A backward pass to check."""

    name: str
    by: str
    kind: str
    run: Callable[[], None]
    says: str

    @property
    def right(self) -> bool:
        """Whether there is no mistake in it."""
        return not self.says

    def named(self, report: str) -> bool:
        """Whether a report says what was planted."""
        return re.search(self.says, report) is not None

    def reason(self, report: str) -> str:
        """The line of a report that says what was planted; empty where none does."""
        found = re.search(self.says, report)
        return report[report.rfind("\n", 0, found.start()) + 1 :].split("\n")[0] if found else ""


def of_case(case: Case) -> Trial:
    def run() -> None:
        check_backward(case.forward, case.backward, case.inputs, case.wrt, **case.options)

    return Trial(f"{case.model}: {case.name}", "us", "array", run, case.says)


def of_planted(p: dict[str, Any]) -> Trial:
    def run() -> None:
        if p["kind"] == "scalar":
            assert_same_gradients(p["forward"], p["backward"], wrt=p["wrt"])
        else:
            check_backward(p["forward"], p["backward"], p["inputs"], p["wrt"])

    model = p["forward"].__name__
    return Trial(f"{model}: {p['cause']}", "another", p["kind"], run, NAMES[p["name"]])


TRIALS = [*map(of_case, WRONG), *map(of_planted, PLANTED), *map(of_case, RIGHT)]


def said(trial: Trial) -> str:
    """The report of a backward pass; empty where there is none."""
    try:
        trial.run()
    except AssertionError as error:
        return str(error)
    return ""
