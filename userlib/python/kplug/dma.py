# SPDX-License-Identifier: MIT
"""DMA: buffers, mappings, and transactions of the plugin's engine."""
import asyncio
import contextlib
import ctypes
import errno
import os
import time
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _abi
from ._abi import Direction, SyncFor, TransactionState
from ._handle import DmaMemory, view
from .errors import Closed, Error, Gone, Timeout, error_of

if TYPE_CHECKING:
    from .device import Device

# How a transaction ends that has started.
_ENDED = {
    errno.ETIMEDOUT: "it did not end in time",
    errno.ECANCELED: "it was aborted",
    errno.EIO: "the device was reset, or reported an error, meanwhile",
    errno.ENODEV: "the device is gone, or an administrator has taken it away",
}
_FULL = "unread events fill the ring: take them with wait() or events(), or open with ring=0"


def _milliseconds(seconds: float | None) -> int:
    if seconds is None:
        return _abi.KPLUG_TIMEOUT_NONE
    return min(max(int(seconds * 1000 + 0.999), 0), _abi.KPLUG_TIMEOUT_NONE - 1)


@dataclass(frozen=True, slots=True)
class Segment:
    """A contiguous piece of a mapping as the device sees it: bus address, and length in bytes."""

    address: int
    length: int


@dataclass(frozen=True, slots=True)
class TransactionInfo:
    """The state of a transaction."""

    state: TransactionState
    error: int  # of the last run: errno, or 0
    bytes: int  # that the last run has transferred so far
    chunks: int
    cookie: int


class Buffer:
    """Memory that a device can map: a dma-buf.

    memory: a memoryview of its bytes (numpy.frombuffer(buffer.memory, dtype) needs no copy), or
    None if the buffer is a part of a region; fd: of the dma-buf; offset, length: where the memory
    is in the dma-buf, in bytes. close() gives it back; the memory stays as long as a view, a
    mapping or another process uses it.
    """

    def __init__(self, device: "Device", fd: int, offset: int, length: int,
                 memory: memoryview | None, owner: Any) -> None:
        self._device = device
        self._owner = owner
        self._fd = fd
        self.offset = offset
        self.length = length
        self.memory = memory

    def fileno(self) -> int:
        """The descriptor of the dma-buf, which can be sent to another process."""
        if self._fd < 0:
            raise ValueError("the buffer is closed")
        return self._fd

    def map(self, direction: Direction = Direction.BOTH, offset: int = 0,
            length: int | None = None) -> "Mapping":
        """Makes it, or a part, accessible to the device; see Device.dma_map()."""
        return self._device.dma_map(self.fileno(), direction, self.offset + offset,
                                    self.length - offset if length is None else length)

    def close(self) -> None:
        """Gives the buffer back. Closing it again does nothing."""
        if self.memory is not None and isinstance(self._owner, DmaMemory):
            try:
                self.memory.release()
            except BufferError:
                pass
        self.memory = None
        self._owner = None
        self._fd = -1

    def __enter__(self) -> "Buffer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Descriptor:
    """Closes a descriptor with its last user."""

    def __init__(self, fd: int, uses: Any = None) -> None:
        self.fd = fd
        self.uses = uses

    def __del__(self) -> None:
        os.close(self.fd)


def allocated(device: "Device", length: int, coherent: bool) -> Buffer:
    """A new contiguous buffer."""
    owner = DmaMemory(device, length, coherent)
    memory = view(owner, owner.buffer.addr, owner.buffer.length)
    return Buffer(device, owner.buffer.fd, 0, owner.buffer.length, memory, owner)


def pinned(device: "Device", memory: Any, read_only: bool) -> Buffer:
    """A buffer of memory that the program has."""
    whole = memoryview(memory)
    if not whole.c_contiguous:
        raise BufferError("the memory is not contiguous")
    # The array keeps the memory where it is.
    if whole.readonly:
        raise BufferError("the memory is read-only for Python; use a bytearray or an array")
    array = (ctypes.c_ubyte * whole.nbytes).from_buffer(whole.cast("B"))
    offset = ctypes.c_uint64()
    fd = device.call_library("kplug_dma_buffer_pin", array, whole.nbytes,
                             _abi.KPLUG_DMA_BUFFER_READ_ONLY if read_only else 0,
                             ctypes.byref(offset))
    return Buffer(device, fd, offset.value, whole.nbytes, whole, _Descriptor(fd, array))


def of_region(device: "Device", region: int, offset: int, length: int) -> Buffer:
    """A buffer of the device's own memory."""
    fd = device.call_library("kplug_dma_buffer_region", region, offset, length)
    return Buffer(device, fd, 0, length, None, _Descriptor(fd))


class Mapping:
    """A buffer that the device can access, until unmap() or close() of the device."""

    def __init__(self, device: "Device", mapping: _abi.kplug_dma_mapping) -> None:
        self._device = device
        self.id: int = mapping.id
        self.num_segments: int = mapping.num_segments

    def segments(self) -> list[Segment]:
        """The bus addresses, for a program that drives the engine itself.

        Without an IOMMU this taints the kernel. Raises Error: EPERM, ENOENT; Gone.
        """
        segments = (_abi.kplug_dma_segment * self.num_segments)()
        self._device.call_library("kplug_dma_segments", self.id, 0, segments, self.num_segments)
        return [Segment(one.address, one.length) for one in segments]

    def sync(self, side: SyncFor, offset: int = 0, length: int = 0) -> None:
        """Hands a part over to a side: SyncFor.CPU before the program reads what the device wrote,
        SyncFor.DEVICE after the program wrote. length 0: all that follows, in bytes."""
        self._device.call_library("kplug_dma_sync", self.id, int(side), offset, length)

    def transaction(self, direction: Direction = Direction.BOTH, offset: int = 0, length: int = 0,
                    max_chunk: int = 0, alignment: int = 0) -> "Transaction":
        """Prepares a transaction for the plugin's engine. All are in bytes; 0 is the default: the
        mapping's direction, all that follows, the limits of the plugin.

        Raises Error: ENOTCONN without a plugin; EOPNOTSUPP when it has no engine; EINVAL; Gone.
        """
        return Transaction(self._device, _abi.kplug_dma_transaction(
            mapping=self.id, direction=int(direction), offset=offset, length=length,
            max_chunk=max_chunk, alignment=alignment))

    def unmap(self) -> None:
        """Undoes the mapping. The device must not use it any more."""
        self._device.call_library("kplug_dma_unmap", self.id)

    def __enter__(self) -> "Mapping":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Closed, Gone):  # where nothing is mapped any more
            self.unmap()


class Transaction:
    """A transfer of the plugin's engine, which can run again and again. id: its number."""

    def __init__(self, device: "Device", prepared: _abi.kplug_dma_transaction) -> None:
        self._device = device
        device.call_library("kplug_dma_transaction_make", ctypes.byref(prepared))
        self.id: int = prepared.out_id
        device.transactions.add(self)

    def execute(self, offset: int = 0, length: int = 0, *, timeout: float | None = 10.0,
                poll: float | None = 0.0, cookie: int = 0, args: tuple[int, ...] = ()) -> None:
        """Starts it, and returns. An event of type EventType.DMA tells the end.

        offset, length: the bytes to transfer; 0: all that follow. timeout: seconds from now, None
        for none. poll: seconds to poll for the end before the device interrupts; None: until the
        end, without an interrupt. args: up to four words for the plugin's engine.

        Raises Error: EBUSY when it has not ended; ENOSPC when unread events fill the ring; EINVAL;
        EOPNOTSUPP for polling that the plugin does not do; Gone; or an error of the plugin.
        """
        execution = _abi.kplug_dma_execution(
            id=self.id, offset=offset, length=length, timeout_ms=_milliseconds(timeout) or 1,
            poll_us=_abi.KPLUG_POLL_ALWAYS if poll is None else int(poll * 1e6), cookie=cookie,
            args=args)
        self._device.call_library("kplug_dma_transaction_execute", ctypes.byref(execution), 1,
                                  reasons={errno.ENOSPC: _FULL})

    def info(self) -> TransactionInfo:
        """Its state now."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> TransactionInfo:
        """Waits for the end; timeout in seconds.

        Raises Timeout when it has not ended; it runs on then. Raises the error with which it ended:
        Timeout, Gone, Error ECANCELED or EIO, or an error of the plugin.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if end is None else max(end - time.monotonic(), 0)
            try:
                info = self._wait(_milliseconds(left))
            except Error as error:
                if error.errno != errno.EINTR:
                    raise
                continue  # as Python does after a signal whose handler did not raise
            if info.state != TransactionState.IDLE:
                raise Timeout(errno.ETIMEDOUT, "kplug_dma_transaction_wait",
                              f"the transaction did not end within {timeout} s")
            if info.error:
                raise error_of(info.error, "kplug_dma_transaction_wait", _ENDED.get(info.error, ""))
            return info

    def _wait(self, milliseconds: int) -> TransactionInfo:
        info = _abi.kplug_dma_transaction_info()
        self._device.call_library("kplug_dma_transaction_wait", self.id, milliseconds,
                                  ctypes.byref(info))
        return TransactionInfo(TransactionState(info.out_state), -info.out_status, info.out_bytes,
                               info.out_chunks, info.out_cookie)

    def run(self, offset: int = 0, length: int = 0, *, timeout: float | None = 10.0,
            poll: float | None = 0.0, args: tuple[int, ...] = ()) -> int:
        """execute() and wait(): the number of bytes that were transferred.

        It leaves an event of type EventType.DMA in the ring.
        """
        self.execute(offset, length, timeout=timeout, poll=poll, args=args)
        return self.wait().bytes

    async def run_async(self, offset: int = 0, length: int = 0, *, timeout: float | None = 10.0,
                        args: tuple[int, ...] = ()) -> int:
        """run() for asyncio: other tasks go on meanwhile. A task that is cancelled aborts it."""
        self.execute(offset, length, timeout=timeout, args=args)
        waiting = asyncio.ensure_future(asyncio.to_thread(self.wait))
        try:
            return (await asyncio.shield(waiting)).bytes
        except asyncio.CancelledError:
            self.abort()
            await asyncio.wait([waiting])
            waiting.exception()
            raise

    def abort(self) -> None:
        """Ends it early; the device does not access the memory any more."""
        self._device.call_library("kplug_dma_transaction_abort", self.id)

    def release(self) -> None:
        """Undoes Mapping.transaction(). Raises Error EBUSY when it has not ended."""
        self._device.call_library("kplug_dma_transaction_release", self.id)
        self._device.transactions.discard(self)

    def __enter__(self) -> "Transaction":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Closed, Gone):  # where nothing runs any more
            self.abort()
            self.release()


class SharedMemory:
    """Memory shared with the plugin. memory: a memoryview of its bytes; id: names it in calls."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self.id: int = owner.shm.id
        self.length: int = owner.shm.length
        self.memory: memoryview | None = view(owner, owner.shm.addr, owner.shm.length)

    def close(self) -> None:
        """Gives it back, once no view uses it. Closing it again does nothing."""
        if self.memory is not None:
            try:
                self.memory.release()
            except BufferError:
                pass
        self.memory = None
        self._owner = None

    def __enter__(self) -> "SharedMemory":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


Transactions = weakref.WeakSet[Transaction]
