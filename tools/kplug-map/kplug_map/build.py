# SPDX-License-Identifier: MIT
"""What importers build maps with: regions, blocks at bus addresses, arrays of numbered names."""
import re

from . import effect, item as items
from .name import identifier, is_identifier

NUMBERED = re.compile(r"(.*)\[(\d+)\]$")


def new_map(name, form, sources, options, desc=None):
    """A map without regions. No date goes in, so that two imports of one file are the same."""
    name = options.name or name
    result = {"kplug_map": 1, "name": name if is_identifier(name) else identifier(name)}
    if desc:
        result["desc"] = clean(desc)
    result["from"] = {"format": form, "files": [source.name for source in sources]}
    if options.base:
        result["from"]["base"] = hex(options.base)
    result["regions"] = []
    return result


def new_region(name, blocks, options, widths=None, said=True):
    region = {"name": name}
    if options.bar is not None:
        region["bar"] = options.bar
    if widths:
        region["widths"] = sorted(widths)
    if not said:
        region["effects"] = "unsaid"
    region["items"] = blocks
    return region


def clean(text):
    """A description on one line."""
    return re.sub(r"\s+", " ", text or "").strip()


def describe(item, text):
    text = clean(text)
    if text:
        item["desc"] = text
    return item


def place(item, address, options, report, line=None, file=None):
    """Puts an item at a bus address; False, and an error, if it lies below the base."""
    if address < options.base:
        report.error(f"{item['name']} is at {address:#x}, below the base {options.base:#x}; "
                     f"it is left out", line, file)
        return False
    item["at"] = address - options.base
    return True


def any_effect(blocks):
    """Whether one register says what a read or a write does."""
    keys = ("on_read", "on_write")
    for _, one in items.walk(blocks):
        if any(key in part for part in [one, *one.get("fields", ())] for key in keys):
            return True
    return False


def access_widths(blocks, bus):
    """The widths of accesses: of the bus, and of registers that are whole bytes but smaller."""
    sizes = {one["bits"] for _, one in items.walk(blocks) if "bits" in one}
    return {bus} | {size for size in sizes if size in items.WIDTHS and size < bus}


def put_count(item, count, stride, report, line=None, file=None):
    """Makes the item an array. False, and an error, if it cannot be one."""
    if not 1 <= count <= items.MAX_COUNT:
        report.error(f"{item['name']}: an array of {count} elements, of 1 to {items.MAX_COUNT}; "
                     f"it is left out", line, file)
        return False
    item["count"], item["stride"] = count, stride
    return True


def put_effects(item, access=None, on_read=None, on_write=None):
    for key, value in zip(effect.EFFECTS, (access, on_read, on_write)):
        if value:
            item[key] = value


def _likeness(item):
    return {key: value for key, value in item.items()
            if key not in ("name", "was", "desc", "at", "reset") and key[0] != "_"}


def fold(registers):
    """Registers NAME[0], NAME[1], ... of one shape at one distance become an array."""
    groups, result = {}, []
    for register in registers:
        match = NUMBERED.match(register.get("was", ""))
        key = match.group(1) if match and is_identifier(match.group(1)) else None
        if key is None:
            result.append(register)
        elif key in groups:
            groups[key].append(register)
        else:
            groups[key] = [register]
            result.append(key)
    return [one for entry in result
            for one in (_folded(entry, groups[entry]) if isinstance(entry, str) else [entry])]


def _folded(name, members):
    if len(members) < 2:
        return members
    stride = members[1]["at"] - members[0]["at"]
    for at, member in enumerate(members):
        if member["was"] != f"{name}[{at}]" or member["at"] != members[0]["at"] + at * stride or \
                _likeness(member) != _likeness(members[0]) or \
                member.get("reset") != members[0].get("reset"):
            return members
    first = dict(members[0])
    first.update(name=name, was=f"{name}[%s]", count=len(members), stride=stride)
    return [first]
