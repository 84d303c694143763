# SPDX-License-Identifier: MIT
"""Calls functions of libkplug.so. ctypes releases the GIL meanwhile, so other threads run."""
import ctypes
import os
from typing import Any

from . import _abi
from .errors import error_of

SONAME = "libkplug.so.0"
_functions: dict[str, Any] = {}


def _load(name: str) -> Any:
    # Loading twice does no harm, so two threads may both do it.
    library = ctypes.CDLL(os.environ.get("KPLUG_LIBRARY", SONAME))
    function = getattr(library, name)
    function.restype, function.argtypes = _abi.FUNCTIONS[name]
    _functions[name] = function
    return function


def function(name: str) -> Any:
    """A function of the library, whose result nothing checks."""
    return _functions.get(name) or _load(name)


def call(name: str, *arguments: Any) -> int:
    """Calls it; raises kplug.Error when it fails. Returns its result, 0 or a count."""
    result: int = (_functions.get(name) or _load(name))(*arguments)
    if result < 0:
        # The library keeps it for this thread.
        reason: bytes = function("kplug_reason")(None)
        raise error_of(-result, name, reason.decode())
    return result


def taken_array(name: str, structure: Any, *arguments: Any) -> list[Any]:
    """Copies of the elements of an array that a function allocates, and that free(3) releases."""
    array = ctypes.POINTER(structure)()
    count = call(name, *arguments, ctypes.byref(array))
    try:
        return [structure.from_buffer_copy(array[index]) for index in range(count)]
    finally:
        _free(array)


def _free(pointer: Any) -> None:
    free = ctypes.CDLL(None).free
    free.restype, free.argtypes = None, [ctypes.c_void_p]
    free(pointer)
