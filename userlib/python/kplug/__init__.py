# SPDX-License-Identifier: MIT
"""Drives PCI, platform and ISA devices through kplug.

    import kplug

    recipe = kplug.Recipe().read(0, 0x24).not_mine(0xffffffff).write_back(0, 0x64).capture()
    with kplug.open("0000:00:04.0") as dev:
        dev.attach(0, recipe=recipe)
        dev.write32(0, 0x60, 42)  # the device interrupts
        for event in dev.events(timeout=1):
            print("status", event.data[0])
            break

It calls libkplug, which its manual libkplug(3) describes. Errors are kplug.Error. Methods whose
descriptions do not say otherwise may be called in several threads; others run meanwhile.
"""
from ._abi import (Bus, Caching, DeviceFlag, Direction, ErrorState, EventType, Feature, HandlerKind,
                   IrqMode, RegionFlag, Stage, SyncFor, TransactionState, Trust, VectorFlag, Width)
from .admin import (Found, Grant, Holder, attach_permanent, bind, detach_permanent, grant,
                    grant_end, grants, holders, isa_add, isa_del, revoke, scan, select, set_widths,
                    unbind)
from .device import Device, open
from .dma import Buffer, Mapping, Segment, SharedMemory, Transaction, TransactionInfo
from .errors import Closed, Error, Gone, Timeout
from .events import DmaEnd, Event, Events
from .handler import Irq, Verdict
from .info import DeviceInfo, VectorInfo
from .recipe import Recipe
from .region import Access, Capability, Range, Region
from .registers import Field, Register, RegisterMap, Registers
from .statistics import EventCounts, StageTimes, Statistics

__version__ = "0.1.0"
__all__ = [
    "Access", "Buffer", "Bus", "Caching", "Capability", "Closed", "Device", "DeviceFlag",
    "DeviceInfo", "Direction", "DmaEnd", "Error", "ErrorState", "Event", "EventCounts",
    "EventType", "Events", "Feature", "Field", "Found", "Gone", "Grant", "HandlerKind", "Holder",
    "Irq", "IrqMode", "Mapping", "Range", "Recipe", "Region", "RegionFlag", "Register",
    "RegisterMap", "Registers", "Segment", "SharedMemory", "Stage", "StageTimes", "Statistics",
    "SyncFor", "Timeout", "Transaction", "TransactionInfo", "TransactionState", "Trust",
    "VectorFlag", "VectorInfo", "Verdict", "Width", "attach_permanent", "bind", "detach_permanent",
    "grant", "grant_end", "grants", "holders", "isa_add", "isa_del", "open", "revoke", "scan",
    "select", "set_widths", "unbind"]
