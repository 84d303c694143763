# SPDX-License-Identifier: MIT
"""Events: what interrupts and the kernel report, and the ways to wait for them."""
import asyncio
import ctypes
import errno
import select
import struct
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple

from . import _abi
from ._abi import EventType
from ._handle import Handle
from ._library import call
from .errors import Closed, Timeout
from .statistics import Statistics

_CODES = {ctypes.c_uint64: "Q", ctypes.c_uint32: "I", ctypes.c_uint16: "H",
          ctypes.c_uint64 * _abi.KPLUG_EVENT_WORDS: f"{_abi.KPLUG_EVENT_WORDS}Q"}
_RECORD = struct.Struct("=" + "".join(_CODES[field[1]] for field in _abi.kplug_event._fields_))
_TYPES = {int(one): one for one in EventType}
_AT_ONCE = 64  # events taken in one call


class DmaEnd(NamedTuple):
    """The end of a transaction, in the event that reports it."""

    transaction: int  # Transaction.id
    cookie: int  # of Transaction.execute()
    bytes: int  # that were transferred
    error: int  # errno, or 0


class Event(NamedTuple):
    """One event."""

    seq: int  # number of this event for this client, from 0; a gap means that events were lost
    lost: int  # events that this client lost since the event before
    t_hard: int  # ns of CLOCK_MONOTONIC (time.monotonic_ns()): the interrupt entered kplug
    t_handler_end: int  # the handler returned
    t_post: int  # the event was posted
    vector: int | None  # None: an event without a vector
    type: int  # an EventType, or a number from EventType.CUSTOM on that plugin or program defined
    data: tuple[int, ...]  # the words that the handler captured, or the plugin sent

    @property
    def dma(self) -> DmaEnd:
        """The words of an event of type EventType.DMA."""
        if self.type != EventType.DMA:
            raise ValueError("this event does not report the end of a transaction")
        return DmaEnd(self.data[0], self.data[1], self.data[2], -self.data[3] % (1 << 64))


def _event(record: tuple[int, ...]) -> Event:
    seq, lost, hard, end, post, vector, kind, words = record[:8]
    return Event(seq, lost, hard, end, post, None if vector == _abi.KPLUG_NO_VECTOR else vector,
                 _TYPES.get(kind, kind), record[8:8 + words])


class Source:
    """The events of an open device. Threads may take them at the same time."""

    def __init__(self, spin_ns: int) -> None:
        # One thread at a time may take events from the library. It finds out by itself that a
        # handler, which runs meanwhile, wants to.
        self._taking = threading.RLock()
        self.failures: list[BaseException] = []  # of handlers
        self._kept: list[Event] = []  # what came with one
        self._records = (_abi.kplug_event * _AT_ONCE)()
        self._bytes = memoryview(self._records).cast("B")
        self._spin_ns = spin_ns
        self._asleep: set[asyncio.Future[None]] = set()
        self.statistics: Statistics | None = None
        self.removed = False  # the program has got the event that says so

    def take(self, handle: Handle, count: int, patience_ns: int = 0) -> list[Event]:
        """The events that are there, or that come while the library spins."""
        try:
            with self._taking:
                if self._kept:
                    events, self._kept = self._kept[:count], self._kept[count:]
                    return self._given(events)
                got = call("kplug_wait", handle.pointer, self._records, min(count, _AT_ONCE),
                           min(patience_ns, self._spin_ns))
                if self.statistics is not None and got:
                    self.statistics.add_records(self._records, got)
                events = [_event(one) for one in
                          _RECORD.iter_unpack(self._bytes[:got * _RECORD.size])]
                if self.failures:
                    self._kept = events
                    raise self.failures.pop(0)
                return self._given(events)
        finally:
            del handle

    def _given(self, events: list[Event]) -> list[Event]:
        if events and events[-1].type == EventType.REMOVED:
            self.removed = True
        return events

    def wait(self, handle: Handle, timeout: float | None, count: int) -> list[Event]:
        """See Device.wait()."""
        end = None if timeout is None else time.monotonic() + max(timeout, 0)
        patience = self._spin_ns if timeout is None else int(max(timeout, 0) * 1e9)
        try:
            events = self.take(handle, count, patience)
            while not events:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    break
                self._sleep(handle.fd, handle.wake, left)
                events = self.take(handle, count, patience)
        finally:
            del handle
        return events

    @staticmethod
    def _sleep(fd: int, wake: int, seconds: float | None) -> None:
        poller = select.poll()
        poller.register(fd, select.POLLIN)
        poller.register(wake, select.POLLIN)
        for one, _ in poller.poll(None if seconds is None else seconds * 1000):
            if one == wake:
                raise Closed(errno.EBADF, "kplug_wait", "the device was closed meanwhile")

    async def ready(self, handle: Handle) -> None:
        """Waits until an event may be there, or the device is gone or closed."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        fds = (handle.fd, handle.wake)
        if not any(one.get_loop() is loop for one in self._asleep):
            for fd in fds:
                loop.add_reader(fd, self._wake_all, loop)
        self._asleep.add(future)
        try:
            await future
        finally:
            self._asleep.discard(future)
            if not any(one.get_loop() is loop for one in self._asleep):
                for fd in fds:
                    loop.remove_reader(fd)
            del handle

    def _wake_all(self, loop: asyncio.AbstractEventLoop) -> None:
        for future in list(self._asleep):
            if future.get_loop() is loop and not future.done():
                future.set_result(None)


class Events(Iterator[Event], AsyncIterator[Event]):
    """The events of a device one after the other: `for event in dev.events()`, or `async for`.

    The last one is of type EventType.REMOVED. Raises Timeout when none came in time, Closed when
    the device is closed meanwhile. Events that it has not returned stay in the ring.
    """

    def __init__(self, source: Source, handle: Callable[[], Handle],
                 timeout: float | None) -> None:
        self._source = source
        self._handle = handle
        self._timeout = timeout

    def __iter__(self) -> "Events":
        return self

    def __next__(self) -> Event:
        if self._source.removed:
            raise StopIteration
        return self._only(self._source.wait(self._handle(), self._timeout, 1))

    def __aiter__(self) -> "Events":
        return self

    async def __anext__(self) -> Event:
        if self._source.removed:
            raise StopAsyncIteration
        events: list[Event] = []
        try:
            async with asyncio.timeout(self._timeout):
                events = await self._wait()
        except Timeout:
            raise
        except TimeoutError:
            pass
        return self._only(events)

    async def _wait(self) -> list[Event]:
        while True:
            events = self._source.take(self._handle(), 1)
            if events:
                return events
            await self._source.ready(self._handle())

    def _only(self, events: list[Event]) -> Event:
        if not events:
            raise Timeout(errno.ETIMEDOUT, "kplug_wait",
                          f"no event came within {self._timeout} s")
        return events[0]
