"""How the tests run: Hypothesis draws 100 examples of each property, and 1,000 under --hypothesis-profile=ci."""

from __future__ import annotations

from hypothesis import Phase, settings

# No deadline: how long one example takes says nothing on a machine that does other things too.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", max_examples=1000, deadline=None, derandomize=False, print_blob=True)
# For mutation testing: the same examples every time, and no shrinking, since all that counts is whether one fails.
settings.register_profile(
    "mutants", max_examples=50, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None, deadline=None
)
settings.load_profile("default")
