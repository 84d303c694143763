# SPDX-License-Identifier: MIT
"""How long the stages of events take."""
import ctypes
import threading
from dataclasses import dataclass
from typing import Any

from . import _abi
from ._abi import Stage
from ._library import call, function


@dataclass(frozen=True, slots=True)
class StageTimes:
    """The distribution of the times of a stage, in ns. All are 0 where nothing was measured."""

    count: int  # measurements
    min: int  # exact, as are mean (rounded down) and max
    mean: int
    p50: int  # the median; percentiles are accurate to 1/64
    p90: int
    p99: int
    p999: int
    max: int


@dataclass(frozen=True, slots=True)
class EventCounts:
    """The events that statistics have counted."""

    events: int
    untimed: int  # of these, events without times (open with times=False)
    lost: int  # events lost before those counted


class Statistics:
    """Measures how long the stages of events take; see Device.measure().

    vectors: they distinguish vectors 0 to vectors - 1. Threads may use them at the same time.
    """

    def __init__(self, vectors: int = 0) -> None:
        self._pointer = ctypes.c_void_p()
        self._lock = threading.Lock()
        call("kplug_stats_new", vectors, ctypes.byref(self._pointer))

    def __del__(self) -> None:
        if self._pointer:
            function("kplug_stats_free")(self._pointer)

    def add_records(self, records: Any, count: int) -> None:
        """Adds records of the ring that were taken just now. Device.wait() calls it."""
        add = function("kplug_stats_add")
        with self._lock:
            for index in range(count):
                add(self._pointer, ctypes.byref(records[index]))

    def reset(self) -> None:
        """Drops all measurements."""
        with self._lock:
            function("kplug_stats_reset")(self._pointer)

    def counts(self) -> EventCounts:
        """How many events were taken and lost."""
        counts = _abi.kplug_event_counts()
        with self._lock:
            function("kplug_stats_counts")(self._pointer, ctypes.byref(counts))
        return EventCounts(counts.events, counts.untimed, counts.lost)

    def times(self, stage: Stage = Stage.WHOLE, vector: int | None = None) -> StageTimes:
        """How long a stage took, for all events or those of a vector.

        Stage.HANDLER: from the entry of the interrupt to the post; Stage.TAKEN: from there to when
        the program took the event; Stage.WHOLE: both. Raises Error EINVAL for a vector that the
        statistics do not distinguish.
        """
        times = _abi.kplug_stage_times()
        number = _abi.KPLUG_ALL_VECTORS if vector is None else vector
        with self._lock:
            call("kplug_stats_times", self._pointer, number, int(stage), ctypes.byref(times))
        return StageTimes(*(getattr(times, field[0]) for field in times._fields_))
