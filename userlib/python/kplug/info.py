# SPDX-License-Identifier: MIT
"""What the kernel says of a device and of its vectors."""
from dataclasses import dataclass
from typing import Any

from . import _abi
from ._abi import Bus, DeviceFlag, HandlerKind, IrqMode, VectorFlag


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """The properties of a device."""

    name: str
    bus: Bus
    flags: DeviceFlag
    irq_mode: IrqMode  # AUTO before vectors are allocated
    vectors: int  # allocated; before that, what the best mode offers
    regions: int  # slots; some may be empty
    vendor: int  # PCI ids; 0 on other buses
    device: int
    subvendor: int
    subdevice: int
    class_code: int
    revision: int
    plugin: str  # attached, or empty
    plugin_version: int  # of its messages, 0 if it has none
    max_in: int  # bytes in the longest message that the plugin accepts
    max_out: int  # bytes in its longest answer
    client: int  # number of this client, for revoke()
    abi: int


@dataclass(frozen=True, slots=True)
class VectorInfo:
    """The state and the counters of a vector, which start when the device is bound."""

    index: int
    flags: VectorFlag
    handler: HandlerKind
    irq: int  # Linux' number, 0 when not armed
    event_type: int
    raised: int  # interrupts
    handled: int  # that the handler claimed
    none: int  # that it did not claim
    deferred: int  # runs of the deferred handler
    coalesced: int  # requests for such a run
    posted: int  # events
    dropped: int  # records lost because a ring was full, of all clients
    storms: int  # times the storm guard masked the vector


def members(structure: Any) -> dict[str, Any]:
    """The members of a structure without their prefix out_; text as str."""
    values = {name.removeprefix("out_"): getattr(structure, name)
              for name, *_ in structure._fields_}
    return {name: value.decode() if isinstance(value, bytes) else value
            for name, value in values.items()}


def device_info(info: _abi.kplug_device_info) -> DeviceInfo:
    """Of the structure."""
    values = members(info)
    del values["size"]
    values["class_code"] = values.pop("class")
    values["flags"] = DeviceFlag(info.out_flags)
    values["bus"] = Bus(info.out_bus)
    values["irq_mode"] = IrqMode(info.out_irq_mode)
    return DeviceInfo(**values)


def vector_info(info: _abi.kplug_vector_info) -> VectorInfo:
    """Of the structure."""
    values = members(info)
    del values["size"], values["__reserved"]
    values["flags"] = VectorFlag(info.out_flags)
    values["handler"] = HandlerKind(info.out_handler)
    return VectorInfo(**values)
