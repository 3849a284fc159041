"""Compile the engine to C, with Cython, where there is a C compiler; where there is none, it runs as plain Python.

``AUTOGRAD_PURE=1`` leaves it plain Python everywhere. Everything else about the package stands in pyproject.toml.
"""

import os
import sys
import zlib
from pathlib import Path

from Cython.Compiler.Options import get_directive_defaults
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

PURE = os.environ.get("AUTOGRAD_PURE", "0") not in ("", "0")
COMPILED = ["arithmetic", "engine"]
SOURCES = [Path("autograd", name + suffix) for name in COMPILED for suffix in (".py", ".pxd")]
# No fused multiply-add: every operation rounds as Python's own floats do, so that both builds give the same bits. No debug
# information: it holds the path of the build, and two builds would differ.
FLAGS = ["/O2", "/fp:precise"] if sys.platform == "win32" else ["-O2", "-ffp-contract=off", "-g0"]

# Parents are held by what was made from them and never the other way round, so a graph has no cycle, and the garbage
# collector, which would otherwise take most of a training loop's time, need not know of it.
get_directive_defaults()["no_gc"] = True


class CompileWherePossible(build_ext):
    def run(self) -> None:
        try:
            super().run()
        except (BaseError, CCompilerError):
            self.extensions = []
            print("autograd: no working C compiler here, so the engine will run as plain Python", file=sys.stderr)


def extension(name: str) -> Extension:
    extension = Extension(
        f"autograd.{name}",
        [f"autograd/{name}.py"],
        extra_compile_args=FLAGS,
        define_macros=[("AUTOGRAD_SOURCES", str(zlib.crc32(b"".join(map(Path.read_bytes, SOURCES)))))],
    )
    extension.cython_c_in_temp = True
    return extension


if {"editable_wheel", "--inplace"} & set(sys.argv):  # an earlier build's files would be imported in the source's place
    for compiled in [*Path("autograd").glob("*.so"), *Path("autograd").glob("*.pyd")]:
        compiled.unlink()

setup(
    cmdclass={"build_ext": CompileWherePossible},
    ext_modules=[] if PURE else [extension(name) for name in COMPILED],
)
