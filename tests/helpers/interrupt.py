"""An interrupt, Ctrl-C or what else a signal handler raises, at any line of the package, chosen by its number."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interrupt:
    """Run something, and interrupt it before the n-th line of the package that it runs.

    The garbage collector waits: what it finalizes has lines of the package too, at moments that nothing here chooses,
    and CPython 3.11 forgets a trace function that is still running when one of those lines is interrupted.
    """

    def __init__(self, moment: int, error: type[BaseException] = KeyboardInterrupt) -> None:
        self.left, self.error = moment, error
        self.arrived = False

    def __call__(self, action: Callable[[], object]) -> None:
        before, collects = sys.gettrace(), gc.isenabled()
        gc.disable()
        sys.settrace(self.trace)
        try:
            action()
        except self.error:
            self.arrived = True
        finally:
            sys.settrace(before)
            if collects:
                gc.enable()

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_globals.get("__name__", "").startswith("autograd"):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise self.error
        return self.trace
