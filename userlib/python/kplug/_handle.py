# SPDX-License-Identifier: MIT
"""An open device of the library, and memory that belongs to it.

References keep them: each call of the library and each map holds a handle, and the device is closed
with the last reference. So neither a thread in a call nor a memoryview ever meets a device that is
closed, or memory that is unmapped. Functions that may raise drop theirs first, because an exception
keeps the variables of its functions.
"""
import ctypes
import os
from typing import TYPE_CHECKING, Any

from . import _abi
from ._library import call, function

if TYPE_CHECKING:
    from .device import Device


class Handle:
    """struct kplug, with a pipe that ends the waits of a device that is closed."""

    def __init__(self, name: str, options: _abi.kplug_opts) -> None:
        self.pointer = ctypes.c_void_p()
        self.wake, self._wake_end = -1, -1
        self.process = os.getpid()
        self.callbacks: list[Any] = []  # that the library may call until the device is closed
        call("kplug_open", ctypes.byref(self.pointer), name.encode(), ctypes.byref(options))
        self.wake, self._wake_end = os.pipe()
        self.fd = call("kplug_fd", self.pointer)

    def end_waits(self) -> None:
        """From here on, each wait ends at once."""
        os.write(self._wake_end, b"x")

    def __del__(self) -> None:
        if self.pointer:
            function("kplug_close")(self.pointer)
        if self.wake >= 0:
            os.close(self.wake)
            os.close(self._wake_end)


class RegionMap:
    """A part of a region that is mapped."""

    def __init__(self, device: "Device", region: int, offset: int, length: int) -> None:
        self.address = ctypes.c_void_p()
        self.handle: Handle | None = None
        device.call_library("kplug_map_range", region, offset, length,
                            ctypes.byref(self.address))
        self.handle = device.handle()

    def __del__(self) -> None:
        if self.handle is not None:
            function("kplug_unmap_range")(self.handle.pointer, self.address)


class Shared:
    """Memory shared with the plugin."""

    def __init__(self, device: "Device", length: int) -> None:
        self.shm = _abi.kplug_shm()
        self.handle: Handle | None = None
        device.call_library("kplug_shm_alloc", length, ctypes.byref(self.shm))
        self.handle = device.handle()

    def __del__(self) -> None:
        # The parent of a child process uses the same memory, by the same number.
        if self.handle is not None and self.handle.process == os.getpid():
            function("kplug_shm_free")(self.handle.pointer, ctypes.byref(self.shm))


class DmaMemory:
    """Contiguous memory for DMA. It does not need the device any more."""

    def __init__(self, device: "Device", length: int, coherent: bool) -> None:
        self.buffer = _abi.kplug_dma_buffer(fd=-1)
        name = "kplug_dma_buffer_alloc_coherent" if coherent else "kplug_dma_buffer_alloc"
        device.call_library(name, length, ctypes.byref(self.buffer))

    def __del__(self) -> None:
        if self.buffer.addr:
            function("kplug_dma_buffer_free")(ctypes.byref(self.buffer))


def view(owner: Any, address: int, length: int, form: str = "B") -> memoryview:
    """A memoryview of memory that exists as long as its owner; the view keeps the owner."""
    array: Any = (ctypes.c_ubyte * length).from_address(address)
    array.owner = owner
    whole: Any = memoryview(array).cast("B")
    memory: memoryview = whole.cast(form)
    return memory
