# SPDX-License-Identifier: MIT
"""Regions: the registers and the memory of a device."""
import ctypes
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _abi
from ._abi import RegionFlag, Width
from ._handle import RegionMap, view

if TYPE_CHECKING:
    from .device import Device

_FORMS = {1: "B", 2: "H", 4: "I", 8: "Q"}


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a region that can be mapped, in bytes."""

    offset: int
    length: int


class Access(NamedTuple):
    """One access of Device.transfer(); value None: a read. width: in bytes."""

    region: int
    offset: int
    value: int | None = None
    width: int = 4


@dataclass(frozen=True, slots=True)
class Capability:
    """A capability of a PCI function."""

    id: int  # as in <linux/pci_regs.h>; extended ones have numbers of their own
    extended: bool
    offset: int  # in the configuration space, region 7
    version: int  # of an extended one
    name: str


class Region:
    """One region of a device: dev.regions[0]. On PCI, 0 to 5 are the BARs.

    index: its number; length: in bytes, 0 if there is none; flags; widths: accesses that it
    permits.
    """

    def __init__(self, device: "Device", index: int) -> None:
        info = _abi.kplug_region_info()
        device.call_library("kplug_region_info", index, ctypes.byref(info))
        self._device = device
        self.index = index
        self.length: int = info.out_length
        self.flags = RegionFlag(info.out_flags)
        self.widths = Width(info.out_widths)
        self._views: list[weakref.ref[memoryview]] = []

    def __repr__(self) -> str:
        return f"<kplug.Region {self.index} of {self._device.name}, {self.length:#x} bytes>"

    def ranges(self) -> list[Range]:
        """The parts of the region that can be mapped."""
        ranges = (_abi.kplug_map_range * _abi.KPLUG_MAX_RANGES)()
        count = self._device.call_library("kplug_region_ranges", self.index, ranges, len(ranges))
        return [Range(one.offset, one.length) for one in ranges[:min(count, len(ranges))]]

    def map(self, width: int = 4, offset: int = 0, length: int | None = None) -> memoryview:
        """Maps it, or a part, as a memoryview of values of `width` bytes: view[0x24 // 4].

        offset and length: in bytes, whole pages; without a length, all that can be mapped from
        offset on. Each access of one element is one access of that width without a system call;
        slices are copied in widths that Python chooses, so take them of memory, not of registers.
        Device.read() is for registers that are not mapped, and its accesses are checked.

        close() of the device releases the view. Slices, casts and arrays that the program has made
        of it stay valid, and keep the map. Once the device is gone, the map reads as all ones.

        Raises Error: EOPNOTSUPP for a region that cannot be mapped or does not permit the width;
        EINVAL, EPERM; Gone.
        """
        if width not in _FORMS or not self.widths & width:
            raise self._device.error("EOPNOTSUPP", "kplug_map_range",
                                     f"region {self.index} permits {self.widths!r} alone")
        if length is None:
            length = self._reach(offset)
        owner = RegionMap(self._device, self.index, offset, length)
        assert owner.address.value is not None
        memory = view(owner, owner.address.value, length, _FORMS[width])
        self._views = [one for one in self._views if one() is not None] + [weakref.ref(memory)]
        return memory

    def _reach(self, offset: int) -> int:
        for one in self.ranges():
            if one.offset <= offset < one.offset + one.length:
                return one.offset + one.length - offset
        raise self._device.error("EOPNOTSUPP", "kplug_map_range",
                                 f"region {self.index} cannot be mapped at {offset:#x}; read() and "
                                 "write() reach its registers")

    def release_views(self) -> None:
        """Releases the views of map(), except for those that something else uses."""
        for reference in self._views:
            memory = reference()
            if memory is not None:
                try:
                    memory.release()
                except BufferError:
                    pass
        self._views.clear()

    def read(self, offset: int, width: int = 4) -> int:
        """Reads a register; see Device.read()."""
        return self._device.read(self.index, offset, width)

    def write(self, offset: int, value: int, width: int = 4) -> None:
        """Writes a register; see Device.write()."""
        self._device.write(self.index, offset, value, width)

    def read_block(self, offset: int, count: int, width: int = 4, *, fifo: bool = False) -> bytes:
        """Reads `count` values of `width` bytes in one system call, all of one register with fifo.

        Raises Error: EINVAL, EOPNOTSUPP for a width that the region does not permit, EPERM; Gone.
        """
        buffer = ctypes.create_string_buffer(count * width)
        self._device.call_library("kplug_transfer_read", self.index, offset, width, buffer, count,
                                  _abi.KPLUG_TRANSFER_FIFO if fifo else 0)
        return buffer.raw

    def write_block(self, offset: int, data: Any, width: int = 4, *, fifo: bool = False) -> None:
        """Writes bytes, values of `width` bytes each, in one system call; see read_block()."""
        data = bytes(data)
        if len(data) % width:
            raise ValueError(f"{len(data)} bytes are no whole number of accesses of {width} bytes")
        buffer = (ctypes.c_ubyte * len(data)).from_buffer_copy(data)
        self._device.call_library("kplug_transfer_write", self.index, offset, width, buffer,
                                  len(data) // width, _abi.KPLUG_TRANSFER_FIFO if fifo else 0)
