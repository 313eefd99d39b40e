"""The parts of the harness that Python is too slow for: small programs in C, compiled when they are first needed."""

import functools
import pathlib
import shutil
import subprocess

SOURCES = pathlib.Path(__file__).with_name("native")
BINARIES = pathlib.Path(__file__).resolve().parents[2] / ".build-bench"


@functools.cache
def program(name):
    """The path of the program whose source is `native/<name>.c`."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        raise SystemExit("there is neither cc nor clang: install a C compiler, or a Swift toolchain, which has one")
    BINARIES.mkdir(exist_ok=True)
    binary = BINARIES / name
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([compiler, *flags, "-o", binary, SOURCES / f"{name}.c"], check=True)
    return binary
