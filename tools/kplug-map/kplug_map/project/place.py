# SPDX-License-Identifier: MIT
"""What a reference of the roles means in C: its register, its indexes, its field."""
from .. import effect, item as items, roles as roles_file
from ..header import Register, hex_text
from ..report import BadFile

NEUTRAL_ONES = ("0clear", "0set", "0toggle")


class Place:
    """A reference such as CH[2].LEVEL or CTRL.RESET, which the map has."""

    def __init__(self, the_map, text):
        parts = text.split(".")
        names = [roles_file.INDEX.sub("", part) for part in parts]
        _, target = roles_file.definition(the_map, ".".join(names))
        chain = roles_file.chain(the_map["regions"], target)
        self.map = the_map
        self.text = text
        self.region, path = chain[0], chain[1:]
        if not path:
            raise BadFile(f"the roles: {text} is a region, not a register")
        self.field = None if "bits" in path[-1] and isinstance(path[-1]["bits"], int) else path[-1]
        self.path = path[:-1] if self.field else path
        if not self.path or "bits" not in self.path[-1]:
            raise BadFile(f"the roles: {text} is no register")
        self.register = Register(the_map, self.region, tuple(self.path))
        if self.register.bits > 64:
            raise BadFile(f"the roles: {text} has more than 64 bits")
        self.indexes = self._indexes(parts)

    def _indexes(self, parts):
        """The indexes of the arrays; the roles were checked, so each has one."""
        texts = parts[-len(self.path):] if not self.field else parts[-len(self.path) - 1:-1]
        found = [roles_file.INDEX.search(part) for part in texts]
        return [int(one.group(1)) for one in found if one]

    @property
    def item(self):
        return self.register.item

    def name(self):
        """As the model and the tests call it: with its region and its indexes."""
        indexes = iter(self.indexes)
        parts = [one["name"] + (f"[{next(indexes)}]" if one.get("count", 1) > 1 else "")
                 for one in self.path]
        return ".".join([self.region["name"]] + parts)

    def _arguments(self):
        return "".join(f", {index}" for index in self.indexes)

    def read(self, io="io"):
        return f"{self.register.function('read')}({io}{self._arguments()})"

    def write(self, value, io="io"):
        return f"{self.register.function('write')}({io}{self._arguments()}, {value});"

    def mask(self):
        """The bits that the reference means."""
        if not self.field:
            return (1 << self.register.bits) - 1
        high, low = items.field_range(self.field)
        return ((1 << (high - low + 1)) - 1) << low

    def shifted(self, value):
        return value << items.field_range(self.field)[1] if self.field else value

    def ones(self):
        return (1 << self.register.bits) - 1

    def number(self, value):
        return hex_text(value, self.register.bits)


class State:
    """{at, value, mask} of the roles: a register with bits of a value."""

    def __init__(self, the_map, state):
        self.place = Place(the_map, state["at"])
        value = int(str(state["value"]), 0)
        mask = int(str(state["mask"]), 0) if "mask" in state else None
        self.mask = self.place.shifted(mask) if mask is not None else self.place.mask()
        self.value = self.place.shifted(value)
        if self.value & ~self.mask:
            raise BadFile(f"the roles: {state['at']} cannot be {value:#x}")
        self.then_us = state.get("then_us", 0)

    def test(self):
        """The condition in C that the device is in this state."""
        place = self.place
        whole = self.mask == (1 << place.register.bits) - 1
        left = place.read() if whole else f"({place.read()} & {place.number(self.mask)})"
        return f"{left} == {place.number(self.value)}"

    def written(self):
        """
        The value that a write gives to the whole register: other fields have their reset values,
        and what acts when it is written gets the bit that does nothing. No register is read,
        since some change then.
        """
        register = self.place.item
        base = register.get("reset", 0)
        for field in register.get("fields", ()):
            high, low = items.field_range(field)
            bits = ((1 << (high - low + 1)) - 1) << low
            how = effect.on_write(register, field)
            if how != "plain" and how != "once":
                base = base | bits if how in NEUTRAL_ONES else base & ~bits
            elif "reset" in field:
                base = (base & ~bits) | field["reset"] << low
        return (base & ~self.mask) | self.value

    def write(self):
        """The statement in C that puts the device into this state."""
        place = self.place
        if self.mask == (1 << place.register.bits) - 1:
            return place.write(place.number(self.value))
        if effect.why_no_change(place.region, place.path) is None:
            value = f"({place.read()} & {place.number(~self.mask & place.ones())}) | " \
                f"{place.number(self.value)}"
            return place.write(value)
        return place.write(place.number(self.written()))
