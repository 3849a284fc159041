"""``python -m autograd``: expressions on the command line. See `autograd.cli`."""

import io
import sys

from autograd.cli.main import main

if isinstance(sys.stdout, io.TextIOWrapper):
    sys.stdout.reconfigure(errors="replace")  # a terminal that has no ∂ shows ?
sys.exit(main())
