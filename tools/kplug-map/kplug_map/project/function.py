# SPDX-License-Identifier: MIT
"""The map of a PCI function that is there: its regions, without registers."""
import os
import re

from ..report import BadFile

ADDRESS = re.compile(r"(?:([0-9a-fA-F]{4}):)?([0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7])$")
PORTS = 0x100  # IORESOURCE_IO of Linux
BARS = 6


def folder(address, sysfs):
    match = ADDRESS.match(address)
    if not match:
        raise BadFile(f"{address} is no PCI address, such as 0000:03:00.0")
    name = f"{(match.group(1) or '0000').lower()}:{match.group(2).lower()}"
    return os.path.join(sysfs, "bus", "pci", "devices", name)


def _read(place, name):
    try:
        with open(os.path.join(place, name), encoding="ascii") as handle:
            return handle.read()
    except OSError as error:
        raise BadFile(f"{place}/{name}: {error.strerror}; `kplug list --all` shows the functions "
                      f"that are there") from None


def read(address, name, sysfs):
    """(map, (vendor, device)) of the function."""
    place = folder(address, sysfs)
    ids = tuple(_read(place, one).strip() for one in ("vendor", "device"))
    regions = []
    for bar, line in enumerate(_read(place, "resource").splitlines()[:BARS]):
        start, end, flags = (int(word, 16) for word in line.split())
        if not end:
            continue
        region = {"name": f"bar{bar}", "bar": bar, "size": end - start + 1, "items": []}
        if flags & PORTS:
            region["kind"] = "ports"
        regions.append(region)
    if not regions:
        raise BadFile(f"{address} has no regions")
    return {"kplug_map": 1, "name": name, "regions": regions}, ids
