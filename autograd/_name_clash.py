"""HIPS autograd has the same import name, so both are installed into one folder, and that breaks the one or the other.

Installing either overwrites the other's ``__init__.py``; uninstalling either deletes it. Where HIPS autograd came last,
nothing of this package runs before somebody imports `nn`, which says so then.
"""

from __future__ import annotations

import os
import warnings


def warn_of_hips_autograd(folder: str) -> None:
    """Warn where a file that only HIPS autograd has lies in this package's folder."""
    if os.path.exists(os.path.join(folder, "tracer.py")):
        warnings.warn(
            f"HIPS autograd, which has the same import name, is installed into {folder} too. It no longer works, and "
            "uninstalling it will break glassgrad. Keep them in two environments; to have glassgrad alone in this one: "
            "python -m pip uninstall --yes autograd glassgrad && python -m pip install glassgrad",
            RuntimeWarning,
            stacklevel=3,
        )
