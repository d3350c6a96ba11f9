"""llama.cpp's library in this process, through llama-cpp-python: is it here, and what it says.

llama-cpp-python is a source package that takes minutes to compile, so it may be missing on a
laptop. Everything in this package that needs it asks `need()` first.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from selfhost.errors import KitError

PACKAGE = "llama-cpp-python"
MEND = f"pip install {PACKAGE}==0.3.36 (needs a C++ compiler; about ten minutes)"


def available() -> bool:
    """True when llama-cpp-python is installed. Costs no import."""
    return importlib.util.find_spec("llama_cpp") is not None


def package_version() -> str:
    """The version of llama-cpp-python, or "none"."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "none"


def need() -> Any:
    """The module `llama_cpp.llama_cpp`, llama.cpp's C interface. Raises `KitError` without it."""
    if not available():
        raise KitError(f"{PACKAGE} is missing, and only it reaches llama.cpp's library.", MEND)
    try:
        from llama_cpp import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise KitError(f"{PACKAGE} is installed and does not load: {reason}.", MEND) from error
    return llama_cpp


_log_lock = threading.Lock()


@contextmanager
def listening(hear: Callable[[str], None]) -> Iterator[None]:
    """While open, every line that llama.cpp logs goes to `hear`; nothing reaches the terminal.

    The log is one for the whole process, so one listener at a time: a second one waits.
    """
    library = need()
    import llama_cpp._logger as usual  # sets its own callback on import, so import it first

    rest = ""

    @library.llama_log_callback
    def callback(_level: int, text: bytes, _data: ctypes.c_void_p) -> None:
        nonlocal rest
        # A line may come in pieces. An exception here would vanish inside ctypes.
        *lines, rest = (rest + text.decode("utf-8", "replace")).split("\n")
        for line in lines:
            hear(line)

    with _log_lock:
        library.llama_log_set(callback, ctypes.c_void_p(0))
        try:
            yield
        finally:
            library.llama_log_set(usual.llama_log_callback, ctypes.c_void_p(0))


def threads(parameters: int) -> int:
    """How many threads to use for a model of so many parameters.

    For a small one a second thread costs more than it gives as soon as the machine has anything
    else to do (measured with 5.6 M parameters on two busy cores: half the speed).
    """
    cores = os.cpu_count() or 1
    return 1 if parameters < 50_000_000 else max(1, min(8, cores // 2 if cores > 4 else cores))
