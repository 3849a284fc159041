"""How Sphinx builds these pages: ``python -m sphinx -W --keep-going docs docs/_build``, with the extra ``docs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the source as it is, whatever is installed
sys.path += [str(Path(__file__).parent / "playground"), str(Path(__file__).parent)]

from autograd import __version__
from demos import attention

project = "glassgrad"
author = "The glassgrad developers"
project_copyright = "2026, the glassgrad developers"
release = version = __version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "open_in_playground"]
extensions += ["drawn", "lessons", "mathml", "notebooks"]
exclude_patterns = ["jupyter_execute", "_build", "pictures", "playground"]

myst_enable_extensions = ["dollarmath"]
html_math_renderer = "mathml"

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True  # what is printed arrives in pieces where the machine is busy

# A name in single backticks that leads nowhere is an error, in the docstrings as in the pages.
nitpicky = True
nitpick_ignore_regex = [  # documented elsewhere
    ("any|py:class", r"(collections\.abc|graphviz|hypothesis|os|pathlib|random|SearchStrategy)\b.*"),
]
default_role = "any"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_maximum_signature_line_length = 110
napoleon_numpy_docstring = False

copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wide-code.css", "lessons.css", "notebooks.css"]
html_title = f"glassgrad {release}"


def write_live_pages(app: Any, error: Exception | None) -> None:
    """The pages that others show, beside them."""
    if error is None and app.builder.format == "html":
        attention.write(Path(app.outdir, "attention.html"))


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("build-finished", write_live_pages)
