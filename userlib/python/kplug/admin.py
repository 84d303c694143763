# SPDX-License-Identifier: MIT
"""Administration: finds, binds and declares devices; attaches plugins; grants and revokes."""
from collections.abc import Iterable
from dataclasses import dataclass

from . import _abi
from ._abi import RegionFlag, Trust, Width
from ._library import call, taken_array
from .info import members


@dataclass(frozen=True, slots=True)
class Found:
    """A device as sysfs shows it."""

    name: str  # PCI address, or name of a platform, ISA or virtual device
    bus: str  # "pci", "platform", "isa" or "virtual"
    parent: str  # of a PCI function: the bridge above it
    vendor: int
    device: int
    subvendor: int
    subdevice: int
    class_code: int
    revision: int
    iommu_group: int | None
    numa_node: int | None
    on_kplug: bool  # kplug.open() can open it
    driver: str  # empty if it has none
    plugin: str  # permanently attached, or empty
    irq_mode: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that has a device open."""

    pid: int
    trusted: bool
    trust: Trust
    client: int  # for revoke()
    user: int
    plugin: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A user or group that is trusted with a device."""

    id: int
    group: bool
    unsafe: bool


def _found(one: _abi.kplug_found) -> Found:
    values = members(one)
    for name in ("iommu_group", "numa_node"):
        values[name] = None if values[name] < 0 else values[name]
    values["on_kplug"] = bool(one.on_kplug)
    return Found(**values)


def _holder(one: _abi.kplug_holder) -> Holder:
    values = members(one)
    values["trusted"] = bool(one.trusted)
    values["trust"] = Trust(one.trust)
    return Holder(**values)


def scan(*, all: bool = False) -> list[Found]:
    """All PCI functions, and all other devices of kplug; with all, other platform devices too. It
    needs no privileges, and no kernel module."""
    name = "kplug_scan_all" if all else "kplug_scan"
    return [_found(one) for one in taken_array(name, _abi.kplug_found)]


def select(pattern: str) -> list[Found]:
    """The devices that match an address or a name with "*", "?" and "[...]", or two ids
    ("1234:11e8"), sorted by name."""
    return [_found(one) for one in taken_array("kplug_select", _abi.kplug_found,
                                               pattern.encode())]


def holders(name: str) -> list[Holder]:
    """The programs that have a device open. Raises Error: ENOENT when kplug has no such device;
    EACCES."""
    return [_holder(one)
            for one in taken_array("kplug_holders", _abi.kplug_holder, name.encode())]


def bind(name: str) -> None:
    """Moves a PCI function or platform device from its driver to kplug.

    Raises Error: ENODEV when there is no such device; ENOSYS when the kernel module is not loaded;
    EALREADY when kplug has it; EBUSY, EOPNOTSUPP when kplug refuses it; EACCES.
    """
    call("kplug_bind", name.encode())


def unbind(name: str) -> None:
    """Gives a device back to its former driver. Raises Error ENOTCONN when kplug does not have it;
    ENODEV, EACCES."""
    call("kplug_unbind", name.encode())


def set_widths(name: str, region: int, widths: Width) -> None:
    """Chooses the widths of accesses that a region of memory permits, for all programs. On arm64 an
    access that the device does not take stops the machine. Raises Error: EBUSY, EINVAL, EPERM."""
    call("kplug_set_widths", name.encode(), region, int(widths))


def attach_permanent(name: str, plugin: str) -> None:
    """Attaches a plugin to a device until detach_permanent(). Raises Error: ENOENT, EBUSY,
    EALREADY, EACCES, or an error of the plugin."""
    call("kplug_attach_permanent", name.encode(), plugin.encode())


def detach_permanent(name: str) -> None:
    """Undoes attach_permanent(). Raises Error: ENOTCONN, ENOENT, EACCES."""
    call("kplug_detach_permanent", name.encode())


def isa_add(name: str, ranges: Iterable[tuple[int, int, RegionFlag]], irq: int = 0) -> None:
    """Declares an ISA card, which no machine can detect: ranges of (first port or address, length,
    RegionFlag.PORT or RegionFlag.MEM), and its line, 0 for none. Raises Error: EBUSY, EOPNOTSUPP,
    EINVAL, EACCES."""
    elements = [_abi.kplug_range(start=start, length=length, flags=int(flags))
                for start, length, flags in ranges]
    array = (_abi.kplug_range * len(elements))(*elements)
    call("kplug_isa_add", name.encode(), array, len(elements), irq)


def isa_del(name: str) -> None:
    """Undoes isa_add(); programs see the device as removed. Raises Error: ENOENT, EACCES."""
    call("kplug_isa_del", name.encode())


def _grant_flags(group: bool, unsafe: bool = False) -> int:
    return (_abi.KPLUG_GRANT_GROUP if group else 0) | (_abi.KPLUG_GRANT_UNSAFE if unsafe else 0)


def grant(name: str, id: int, *, group: bool = False, unsafe: bool = False) -> None:
    """Trusts a user, or a group, with a device. unsafe: even if no IOMMU isolates it. Raises Error:
    EOPNOTSUPP without an IOMMU; EALREADY, ENOSPC, ENOENT, EPERM."""
    call("kplug_grant", name.encode(), id, _grant_flags(group, unsafe))


def grant_end(name: str, id: int, *, group: bool = False) -> None:
    """Undoes grant(). Programs that have the device open by this grant alone lose it."""
    call("kplug_grant_end", name.encode(), id, _grant_flags(group))


def grants(name: str) -> list[Grant]:
    """The users and groups that are trusted with a device."""
    return [Grant(one.id, bool(one.flags & _abi.KPLUG_GRANT_GROUP),
                  bool(one.flags & _abi.KPLUG_GRANT_UNSAFE))
            for one in taken_array("kplug_grants", _abi.kplug_grant, name.encode())]


def revoke(name: str, client: int) -> None:
    """Takes a device away from one client, for which it then is gone. Raises Error: ENOENT,
    EPERM."""
    call("kplug_revoke", name.encode(), client)
