"""How the tests run: Hypothesis draws 25 examples of each property, 100 for the profile ci, and 1,000 for release."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

# How long an example takes says nothing on a machine that does other things too.
# Tracing what a failing example runs through takes most of the time of a test that expects one.
any_time = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.register_profile("default", any_time, max_examples=25)
# The same examples every time, so that a run that fails where the last one passed says something of what changed.
settings.register_profile("ci", any_time, max_examples=100, derandomize=True, print_blob=True)
settings.register_profile("release", any_time, max_examples=1000, derandomize=True, print_blob=True)
# For mutation testing: the same examples every time, and no shrinking, since all that counts is whether one fails.
settings.register_profile(
    "mutants", any_time, max_examples=50, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None
)
settings.load_profile("default")
