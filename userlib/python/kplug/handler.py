# SPDX-License-Identifier: MIT
"""Handlers that are functions of the program: rung 0."""
import ctypes
from collections.abc import Callable
from enum import IntFlag
from typing import Any

from . import _abi


class Verdict(IntFlag):
    """What a handler returns: NONE when the interrupt is not its own; else HANDLED, with NOTIFY to
    have an event."""

    NONE = _abi.KPLUG_NONE
    HANDLED = _abi.KPLUG_HANDLED
    NOTIFY = _abi.KPLUG_NOTIFY


class Irq:
    """The argument of a handler: vector, and capture()."""

    def __init__(self, irq: Any) -> None:
        self._irq = irq
        self.vector: int = irq.vector

    def capture(self, word: int) -> None:
        """Appends a word to the event. Words beyond the sixth are dropped."""
        if self._irq.captured < _abi.KPLUG_EVENT_WORDS:
            self._irq.data[self._irq.captured] = word
            self._irq.captured += 1


Handler = Callable[[Irq], Verdict | None]
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.POINTER(_abi.kplug_irq))


def callback(handler: Handler, failures: list[BaseException]) -> Any:
    """What the library calls. An exception must not pass through it: it goes into failures."""
    def run(irq: Any) -> int:
        try:
            verdict = handler(Irq(irq.contents))
        except BaseException as error:
            failures.append(error)
            return int(Verdict.HANDLED)
        return int(Verdict.HANDLED | Verdict.NOTIFY if verdict is None else verdict)

    return _CALLBACK(run)
