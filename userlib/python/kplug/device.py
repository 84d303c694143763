# SPDX-License-Identifier: MIT
"""An open device."""
import ctypes
import errno
import os
import struct
import threading
import weakref
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from . import _abi
from ._abi import Caching, Direction, Feature, HandlerKind, IrqMode
from ._handle import Handle, Shared
from ._library import call, function, taken_array
from .dma import Buffer, Mapping, SharedMemory, Transactions, allocated, of_region, pinned
from .errors import Closed, Error, Gone, error_of
from .events import Event, Events, Source
from .handler import Handler, callback
from .info import DeviceInfo, VectorInfo, device_info, vector_info
from .recipe import Recipe
from .region import Access, Capability, Region
from .registers import RegisterMap, Registers, installed_map
from .statistics import Statistics

_CLOSED = "the device is closed"
_FORKED = "this process has the device by fork(): open it again"


def _transfer(one: Access) -> _abi.kplug_transfer:
    op = _abi.KPLUG_TRANSFER_READ if one.value is None else _abi.KPLUG_TRANSFER_WRITE
    return _abi.kplug_transfer(op=op, region=one.region, width=one.width, count=1,
                               offset=one.offset, value=one.value or 0)


class Device:
    """An open device; kplug.open() makes one, and `with` closes it. Threads may share it.

    name: as given; regions: by number. All methods raise Gone once the device is removed or
    revoked, and Closed after close() or in a child process. Other errors are named where they
    occur; Error.reason says what they mean. Regions, offsets and lengths count bytes, times are in
    seconds, and time stamps in ns.
    """

    def __init__(self, name: str, options: _abi.kplug_opts, map: RegisterMap | None) -> None:
        self.name = name
        self.transactions: Transactions = weakref.WeakSet()
        self._map = map
        self._handle: Handle | None = Handle(name, options)
        self._closing = threading.Lock()
        self._attached: set[int] = set()
        self._source = Source(options.spin_ns)
        self._regions: list[Region] | None = None
        self._registers: Registers | None = None

    # The library

    def handle(self) -> Handle:
        """The open device; a reference to it keeps it open. For this package's own use."""
        handle = self._handle
        if handle is None:
            raise Closed(errno.EBADF, "kplug", _CLOSED)
        if handle.process != os.getpid():
            del handle
            raise Closed(errno.EBADF, "kplug", _FORKED)
        return handle

    def call_library(self, name: str, *arguments: Any,
                     reasons: dict[int, str] | None = None) -> int:
        """Calls a function of libkplug with this device. For this package's own use."""
        handle = self.handle()
        try:
            return call(name, handle.pointer, *arguments)
        except Error as error:
            if reasons and error.errno in reasons:
                raise error_of(error.errno, name, reasons[error.errno]) from None
            raise
        finally:
            del handle

    @staticmethod
    def error(name: str, function: str, reason: str) -> Error:
        """An error that this package finds. For its own use."""
        return error_of(getattr(errno, name), function, reason)

    # The device as a whole

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<kplug.Device {self.name}{', closed' if self.closed else ''}>"

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._handle is None

    def fileno(self) -> int:
        """The descriptor for select, poll and epoll: readable while an event is there, hung up once
        the device is gone. The device owns it."""
        return self.handle().fd

    def close(self) -> None:
        """Closes the device. Closing it again does nothing.

        Handlers and transactions of this program end, waits in other threads raise Closed, and
        views of regions are released. What still uses the device, a slice of such a view for
        example, keeps it open in the kernel until it is gone; it cannot crash the program.
        """
        with self._closing:
            handle, self._handle = self._handle, None
        if handle is None:
            return
        for region in self._regions or []:
            region.release_views()
        if handle.process != os.getpid():
            return
        handle.end_waits()
        rest = weakref.ref(handle)
        del handle  # which closes the device, if no thread and no memory uses it
        handle = rest()
        if handle is not None:
            self._end(handle)

    def _end(self, handle: Handle) -> None:
        """Ends what must not go on while something keeps the device open."""
        for transaction in list(self.transactions):
            self._try(handle, "kplug_dma_transaction_abort", transaction.id)
        for vector in list(self._attached):
            self._try(handle, "kplug_detach", vector)

    @staticmethod
    def _try(handle: Handle, name: str, *arguments: Any) -> None:
        try:
            call(name, handle.pointer, *arguments)
        except Error:
            pass

    @property
    def info(self) -> DeviceInfo:
        """The properties of the device now."""
        info = _abi.kplug_device_info()
        self.call_library("kplug_info", ctypes.byref(info))
        return device_info(info)

    def reset(self) -> None:
        """Resets the device; handlers stay attached. The program has to set the device's own
        registers again. Raises Error: EOPNOTSUPP when it cannot be reset alone; EBUSY, EPERM."""
        self.call_library("kplug_reset")

    def restrict(self) -> None:
        """Gives up the trust of this open device for good, for all who have its descriptor."""
        self.call_library("kplug_restrict")

    # Registers

    @property
    def regions(self) -> list[Region]:
        """The regions by number; empty slots have the length 0."""
        if self._regions is None:
            self._regions = [Region(self, index) for index in range(self.info.regions)]
        return self._regions

    def read(self, region: int, offset: int, width: int = 4) -> int:
        """Reads a register of 1, 2, 4 or 8 bytes, checked by the kernel, in one system call. Ports
        and the configuration space (region 7 of a PCI function) work too.

        Raises Error: EOPNOTSUPP for a width that the region does not permit; EINVAL for a place
        that is not there or misaligned; EPERM.
        """
        value = ctypes.c_uint64()
        self.call_library("kplug_access_read", region, offset, width, ctypes.byref(value))
        return value.value

    def write(self, region: int, offset: int, value: int, width: int = 4) -> None:
        """Writes a register; see read(). Raises ValueError for a value that does not fit."""
        if not 0 <= value < 1 << (8 * width):
            raise ValueError(f"{value:#x} does not fit into {width} bytes")
        self.call_library("kplug_access_write", region, offset, width, value)

    def read8(self, region: int, offset: int) -> int:
        """read() of one byte."""
        return self.read(region, offset, 1)

    def read16(self, region: int, offset: int) -> int:
        """read() of two bytes."""
        return self.read(region, offset, 2)

    def read32(self, region: int, offset: int) -> int:
        """read() of four bytes."""
        return self.read(region, offset, 4)

    def read64(self, region: int, offset: int) -> int:
        """read() of eight bytes."""
        return self.read(region, offset, 8)

    def write8(self, region: int, offset: int, value: int) -> None:
        """write() of one byte."""
        self.write(region, offset, value, 1)

    def write16(self, region: int, offset: int, value: int) -> None:
        """write() of two bytes."""
        self.write(region, offset, value, 2)

    def write32(self, region: int, offset: int, value: int) -> None:
        """write() of four bytes."""
        self.write(region, offset, value, 4)

    def write64(self, region: int, offset: int, value: int) -> None:
        """write() of eight bytes."""
        self.write(region, offset, value, 8)

    def transfer(self, accesses: Iterable[Access | tuple[Any, ...]]) -> list[int]:
        """Makes a list of accesses, (region, offset, value or None, width), in one system call. The
        kernel checks all of them before the first. Returns the values that were read.

        Raises Error: EINVAL, EOPNOTSUPP or EPERM before any access; Gone.
        """
        several = [Access(*one) for one in accesses]
        array = (_abi.kplug_transfer * len(several))(*(_transfer(one) for one in several))
        self.call_library("kplug_transfer", array, len(several), None)
        return [done.out_value for done, one in zip(array, several) if one.value is None]

    def capabilities(self) -> list[Capability]:
        """The capabilities of a PCI function. Raises Error: EINVAL for another device; EPERM."""
        handle = self.handle()
        try:
            found = taken_array("kplug_caps", _abi.kplug_cap, handle.pointer)
        finally:
            del handle
        name = function("kplug_cap_name")
        return [Capability(one.id, bool(one.extended), one.offset, one.version,
                           name(ctypes.byref(one)).decode()) for one in found]

    @property
    def features(self) -> Feature:
        """What this kernel module supports that no command or flag shows."""
        features = _abi.kplug_features()
        self.call_library("kplug_features", 0, ctypes.byref(features))
        return Feature(features.out_features)

    @property
    def regs(self) -> Registers:
        """The registers by the names of the map: dev.regs.STATUS.read(). It is the map given to
        kplug.open(), or the one that is installed for the ids of the device
        (/etc/kplug/maps/VENDOR:DEVICE.json). Raises FileNotFoundError without one."""
        if self._registers is None:
            if self._map is None:
                info = self.info
                self._map = installed_map(info.vendor, info.device)
            self._registers = Registers(self, self._map)
        return self._registers

    def set_cleanup(self, writes: Iterable[Access | tuple[Any, ...]]) -> None:
        """Leaves writes (region, offset, value, width) that the kernel makes when the device is
        closed for the last time, however the program ends. An empty list drops them.

        Raises Error: EINVAL for a read, or a write that is out of range; EPERM.
        """
        elements = [_transfer(Access(*one)) for one in writes]
        array = (_abi.kplug_transfer * len(elements))(*elements)
        self.call_library("kplug_set_cleanup", array, len(elements))

    def set_caching(self, region: int, caching: Caching) -> None:
        """Chooses how a region is mapped; Caching.WC for memory, such as a frame buffer. Raises
        Error EBUSY while it is mapped, a plugin is attached or a vector is armed."""
        self.call_library("kplug_set_caching", region, int(caching))

    # Vectors and events

    def irq_mode(self, mode: IrqMode = IrqMode.AUTO, count: int = 0) -> int:
        """Chooses INTx, MSI or MSI-X, and the number of vectors, 0 for as many as possible. Returns
        that number. Raises Error: EBUSY while a vector is armed; EOPNOTSUPP, ENOSPC."""
        return self.call_library("kplug_irq_mode", int(mode), count)

    def attach(self, vector: int | None = 0, *, plugin: str | None = None,
               recipe: Recipe | None = None, handler: Handler | None = None,
               event_type: int = 0, plugin_version: int = 0) -> HandlerKind:
        """Gives a vector its handler, and enables it. Returns the place of the handler.

        plugin: the name of a kernel plugin; recipe: steps that the kernel runs; handler: a function
        of this program, which the thread that takes the event runs. The first of these that is
        there is used, so the program has the same events wherever the handler is. With none, each
        interrupt is an event, and on INTx or a wired line the program calls unmask() after it has
        silenced the device. vector None: attaches to the plugin alone. event_type: of the events,
        from EventType.CUSTOM on; plugin_version: the oldest version of its messages that this
        program accepts.

        A handler must silence the device, or it runs again and again. It may use the device, except
        for wait() and events(). Its exception comes out of the wait that has run it.

        Raises Error: ENOENT when there is no such vector or plugin; EBUSY when another handler is
        in use; EALREADY; EINVAL for a bad recipe; EPERM, or an error of the plugin.
        """
        chosen = _abi.kplug_handler(event_type=event_type, plugin_version=plugin_version)
        if plugin is not None:
            chosen.plugin = plugin.encode()
        if recipe is not None:
            steps = recipe.array()
            chosen.steps, chosen.num_steps = steps, len(steps)
        if handler is not None:
            run = callback(handler, self._source.failures)
            chosen.user = ctypes.cast(run, ctypes.c_void_p)
            self.handle().callbacks.append(run)
        number = _abi.KPLUG_NO_VECTOR if vector is None else vector
        kind = self.call_library("kplug_attach", number, ctypes.byref(chosen))
        self._attached.add(number)
        return HandlerKind(kind)

    def detach(self, vector: int | None = 0) -> None:
        """Undoes attach(). Raises Error ENOTCONN when the vector is not attached."""
        number = _abi.KPLUG_NO_VECTOR if vector is None else vector
        try:
            self.call_library("kplug_detach", number)
        except Gone:
            self._attached.discard(number)
            raise
        self._attached.discard(number)

    def unmask(self, vector: int = 0) -> None:
        """Enables a vector again that its event, or the storm guard, has masked."""
        self.call_library("kplug_unmask", vector)

    def vector(self, vector: int = 0) -> VectorInfo:
        """The state and the counters of a vector."""
        info = _abi.kplug_vector_info()
        self.call_library("kplug_vector_info", vector, ctypes.byref(info))
        return vector_info(info)

    def subscribe(self, vectors: Iterable[int] | None) -> None:
        """Chooses the vectors whose events arrive; None for all. Others do not count as lost."""
        if vectors is None:
            self.call_library("kplug_subscribe", None, 0)
            return
        numbers = list(vectors)
        array = (ctypes.c_uint * len(numbers))(*numbers)
        # NULL would mean all.
        self.call_library("kplug_subscribe", array if numbers else (ctypes.c_uint * 1)(),
                          len(numbers))

    def eventfd(self, vector: int, fd: int) -> None:
        """Counts the events of a vector in an eventfd (os.eventfd()); -1 to stop."""
        self.call_library("kplug_eventfd", vector, fd)

    def affinity(self, vector: int = 0) -> set[int]:
        """The CPUs that may handle an armed vector."""
        mask = (ctypes.c_uint64 * (_abi.KPLUG_MAX_CPU_MASK // 8))()
        self.call_library("kplug_affinity_get", vector, ctypes.sizeof(mask), mask)
        return {64 * word + bit for word, bits in enumerate(mask) for bit in range(64)
                if bits >> bit & 1}

    def set_affinity(self, vector: int, cpus: Iterable[int]) -> None:
        """Chooses the CPUs that handle an armed vector. Raises Error EINVAL when none is online."""
        bits = sum(1 << cpu for cpu in set(cpus))
        mask = bits.to_bytes(_abi.KPLUG_MAX_CPU_MASK, "little")
        length = max((bits.bit_length() + 63) // 64 * 8, 8)
        words = struct.unpack(f"<{length // 8}Q", mask[:length])
        self.call_library("kplug_affinity_set", vector, length,
                          (ctypes.c_uint64 * len(words))(*words))

    def wait(self, timeout: float | None = None, count: int = 64) -> list[Event]:
        """Waits for events, and returns those that are there, at most 64; [] after the timeout.

        timeout: in seconds; 0 not to wait, None to wait for ever. Other threads run meanwhile, and
        signals are handled: Ctrl-C raises KeyboardInterrupt. After the event EventType.REMOVED it
        raises Gone. Raises Closed when another thread closes the device, Error ENOTCONN without a
        ring.
        """
        if count < 1:
            raise ValueError("count must be at least 1")
        return self._source.wait(self.handle(), timeout, count)

    def events(self, timeout: float | None = None) -> Events:
        """The events one after the other, for `for` and `async for`, until the device is removed.

        timeout: longest wait for one of them, in seconds; then it raises Timeout.
        """
        self.handle()
        return Events(self._source, self.handle, timeout)

    def measure(self, statistics: Statistics | None) -> None:
        """Adds each event that this program takes from now on to statistics; None ends that."""
        self._source.statistics = statistics

    # The plugin

    def call(self, command: int, message: Any = b"", answer: int = 0) -> bytes:
        """Sends a message to the plugin, and returns its answer of at most `answer` bytes.

        Raises Error: ENOTCONN when no plugin is attached; E2BIG for more bytes than the plugin
        accepts; EINTR after a signal; or an error of the plugin.
        """
        message = bytes(message)
        out = ctypes.create_string_buffer(answer)
        length = self.call_library("kplug_call", command, message or None, len(message),
                                   out if answer else None, answer)
        return out.raw[:length]

    def call_struct(self, command: int, form: str = "", *values: Any,
                    answer: str = "") -> tuple[Any, ...]:
        """call() with formats of the module struct for the message and for the answer:

        factorial, = dev.call_struct(1, "I", 5, answer="I")

        The formats are native ("I" is aligned as in C) unless they begin with "<" or the like.
        Raises ValueError for an answer of another length.
        """
        size = struct.calcsize(answer)
        raw = self.call(command, struct.pack(form, *values), size)
        if len(raw) != size:
            raise ValueError(f"the answer has {len(raw)} bytes, and '{answer}' has {size}")
        return struct.unpack(answer, raw)

    def shared_memory(self, length: int) -> SharedMemory:
        """Allocates memory shared with the plugin, in whole pages. Raises Error: EINVAL, ENOSPC,
        ENOMEM, EPERM."""
        return SharedMemory(Shared(self, length))

    # DMA

    def dma_buffer(self, length: int, *, coherent: bool = False) -> Buffer:
        """Allocates contiguous memory for DMA, zeroed, in whole pages. coherent: it never needs
        Mapping.sync().

        Raises Error: ENOMEM when there is none, or RLIMIT_MEMLOCK is reached; EOPNOTSUPP for a
        device without DMA; EINVAL, EPERM.
        """
        return allocated(self, length, coherent)

    def dma_pin(self, memory: Any, *, read_only: bool = False) -> Buffer:
        """Makes a buffer of memory that the program has: a bytearray, an array, a numpy array. The
        buffer keeps the memory where it is; do not fork() while the device writes to it.
        read_only: the device only reads it. Raises Error: ENOMEM, EFAULT, EPERM."""
        return pinned(self, memory, read_only)

    def dma_region(self, region: int, offset: int, length: int) -> Buffer:
        """Makes a buffer of the device's own memory, which another device can map."""
        return of_region(self, region, offset, length)

    def dma_map(self, buffer: Any, direction: Direction = Direction.BOTH, offset: int = 0,
                length: int = 0) -> Mapping:
        """Makes a buffer accessible to this device: a descriptor of a dma-buf of any driver, or an
        object that has one. offset, length: of a part; length 0: all that follows.

        Raises Error: EINVAL when it is no dma-buf, or has no such part; EOPNOTSUPP when the device
        cannot reach it; ENOSPC, ENOMEM, EPERM.
        """
        fd = buffer if isinstance(buffer, int) else buffer.fileno()
        mapping = _abi.kplug_dma_mapping()
        self.call_library("kplug_dma_map", fd, offset, length, int(direction),
                          ctypes.byref(mapping))
        return Mapping(self, mapping)

    def dma_limits(self, address_bits: int = 0, max_segment: int = 0, boundary: int = 0) -> None:
        """Sets the limits of the device's DMA, for a device without a plugin; 0 is the default: 32
        bits, segments of any length, no segment across 4 GiB. Raises Error EBUSY while a buffer is
        mapped or a plugin is attached."""
        limits = _abi.kplug_dma_limits(address_bits=address_bits, max_segment=max_segment,
                                       boundary=boundary)
        self.call_library("kplug_dma_set_limits", ctypes.byref(limits))


def open(name: str, *, map: RegisterMap | str | os.PathLike[str] | None = None, ring: int = 1024,
         times: bool = True, exclusive: bool = False, spin: float = 0.0) -> Device:
    """Opens a device of kplug.

    name: a PCI address ("0000:00:04.0" or "00:04.0"), the name of another device, or a path. map:
    a register map for Device.regs. ring: records of the event ring, a power of two; 0 for no
    events. times: events have time stamps. exclusive: no other program may have the device open.
    spin: seconds that a wait polls the ring before it sleeps.

    Raises Error: ENOENT when kplug has no such device; EACCES when this user may not open it; EBUSY
    when another program has it exclusively, or at all with exclusive=True; EPROTO when the kernel
    module has another version; EINVAL, ENOMEM. Raises OSError when libkplug is not there.
    """
    if map is not None and not isinstance(map, RegisterMap):
        map = RegisterMap.load(map)
    flags = ((0 if ring else _abi.KPLUG_OPEN_NO_RING) |
             (0 if times else _abi.KPLUG_OPEN_NO_TIMES) |
             (_abi.KPLUG_OPEN_EXCLUSIVE if exclusive else 0))
    return Device(name, _abi.kplug_opts(flags=flags, ring_entries=ring, spin_ns=int(spin * 1e9)),
                  map)
