"""Compile the engine to C, with Cython, where there is a C compiler; where there is none, it runs as plain Python.

``AUTOGRAD_PURE=1`` leaves it plain Python everywhere, and so does any Python but CPython, whose reference counts the
compiled engine reads. Everything else about the package stands in pyproject.toml.
"""

import os
import sys
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from Cython.Compiler.Options import get_directive_defaults
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

PURE = os.environ.get("AUTOGRAD_PURE", "0") not in ("", "0") or sys.implementation.name != "cpython"
MODULES = ["tape", "graph", "arithmetic", "engine", "node", "operation", "descent", "ahead"]  # the slowest first
SOURCES = sorted([*Path("autograd").glob("*.pxd"), *[Path("autograd", module + ".py") for module in MODULES]])
CHECKSUM = zlib.crc32(b"".join(source.read_bytes() for source in SOURCES))
# No fused multiply-add: every operation rounds as Python's own floats do, so that both builds give the same bits. No
# debug information (-g0): it holds the path of the build, so that no two would be the same, and is most of the file.
# At -O3 the loops of walk.pxd have what they call within them.
FLAGS = ["/O2", "/fp:precise"] if sys.platform == "win32" else ["-O3", "-ffp-contract=off", "-g0"]

UNCHECKED = {"boundscheck": False, "wraparound": False, "cdivision": True}

get_directive_defaults().setdefault("no_gc", False)  # the compiler would take it from a decorator alone


class CompileWherePossible(build_ext):
    def run(self) -> None:
        self.force = True  # a change in what a .pxd imports from another goes unnoticed
        self.parallel = os.cpu_count()
        try:
            super().run()
        except (BaseError, CCompilerError):
            self.extensions = []
            print("autograd: no working C compiler here, so the engine will run as plain Python", file=sys.stderr)

    def build_extensions(self) -> None:
        with TemporaryDirectory() as folder:  # with no compiler, or no Python.h, translating to C would be time lost
            probe = Path(folder, "probe.c")
            probe.write_text("#include <Python.h>\n", "utf-8")
            self.compiler.compile([str(probe)], output_dir=folder)
        super().build_extensions()


def extension(module: str) -> Extension:
    extension = Extension(
        f"autograd.{module}",
        [f"autograd/{module}.py"],
        define_macros=[("AUTOGRAD_SOURCES", str(CHECKSUM))],
        extra_compile_args=FLAGS,
    )
    extension.cython_c_in_temp = True
    extension.cython_directives = {
        "annotation_typing": False,  # the types are in the .pxd files; annotations are for readers and type checkers
        "auto_pickle": False,
        # Values hold what they were made from and never the other way round, so a graph has no cycle, and the garbage
        # collector, which would take most of a training loop's time, need not know of it.
        "no_gc": module in ("engine", "node"),
        "nonecheck": module in ("descent", "graph"),  # what they are called with is looked at nowhere else
        **(UNCHECKED if module == "tape" else {}),
    }
    return extension


if {"editable_wheel", "--inplace"} & set(sys.argv):  # an earlier build's files would be imported in the source's place
    for compiled in [*Path("autograd").glob("*.so"), *Path("autograd").glob("*.pyd")]:
        compiled.unlink()

setup(
    cmdclass={"build_ext": CompileWherePossible},
    ext_modules=[] if PURE else [extension(module) for module in MODULES],
)
