# SPDX-License-Identifier: MIT
"""Registers and fields by the names of a register map, as kplug-map writes them (docs/maps.md)."""
import errno
import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Union

from .errors import Error

if TYPE_CHECKING:
    from .device import Device

MAPS = "/etc/kplug/maps"
_MAX_BITS = 1024

Json = dict[str, Any]
Node = Union["Block", "Array", "Register", "Field"]


def _number(item: Json, key: str, otherwise: int = 0) -> int:
    value = item.get(key, otherwise)
    return int(value, 0) if isinstance(value, str) else int(value)


class RegisterMap:
    """A register map. Raises ValueError for a file that is none."""

    def __init__(self, json_map: Json) -> None:
        if json_map.get("kplug_map") != 1 or not isinstance(json_map.get("regions"), list):
            raise ValueError("it is no register map; `kplug-map import` makes one")
        self.name: str = json_map["name"]
        self.regions: list[Json] = json_map["regions"]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "RegisterMap":
        """Reads a file; of a project of `kplug new` it is generated/NAME.map.json."""
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file))


def installed_map(vendor: int, device: int) -> RegisterMap:
    """The map that is installed for the ids of a PCI function."""
    path = os.path.join(MAPS, f"{vendor:04x}:{device:04x}.json")
    try:
        return RegisterMap.load(path)
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, "no register map is installed for this device; give "
                                "one to kplug.open(..., map=...)", path) from None


class _Place:
    """Where a node is: its item, and what those around it say."""

    def __init__(self, device: "Device", region: Json, item: Json, name: str, at: int,
                 unsaid: bool) -> None:
        self.device = device
        self.region = region
        self.item = item
        self.name = name
        self.at = at
        self.unsaid = {"unsaid": True, "said": False}.get(item.get("effects", ""), unsaid)

    def element(self, item: Json, index: int | None = None) -> "_Place":
        name = item["name"] + ("" if index is None else f"[{index}]")
        return _Place(self.device, self.region, item, f"{self.name}.{name}" if self.name else name,
                      self.at + _number(item, "at") + (index or 0) * _number(item, "stride"),
                      self.unsaid)

    def node(self, item: Json) -> Node:
        if item.get("count", 1) > 1:
            return Array(self, item)
        return _node(self.element(item))


def _node(place: _Place) -> Node:
    return Register(place) if "bits" in place.item else Block(place)


class _Named:
    """Attributes are the items of that name."""

    def _find(self, name: str) -> Node | None:
        raise NotImplementedError

    def _names(self) -> list[str]:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        node = None if name.startswith("__") else self._find(name)
        if node is None:
            raise AttributeError(f"the map has no register, block or field {name} there")
        return node

    def __getitem__(self, path: str) -> Any:
        """The node of a path, such as "CH[2].LEVEL"."""
        node: Any = self
        for part in path.replace("]", "").split("."):
            name, *indexes = part.split("[")
            node = node._find(name) if isinstance(node, _Named) else None
            if node is None:
                raise KeyError(path)
            for index in indexes:
                node = node[int(index, 0)]
        return node

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names()]


class Block(_Named):
    """A block of registers; its items are attributes."""

    def __init__(self, place: _Place) -> None:
        self._place = place

    def __repr__(self) -> str:
        return f"<block {self._place.name}>"

    def _find(self, name: str) -> Node | None:
        for item in self._place.item.get("items", []):
            if item["name"] == name:
                return self._place.node(item)
        return None

    def _names(self) -> list[str]:
        return [item["name"] for item in self._place.item.get("items", [])]

    def registers(self) -> Iterator["Register"]:
        """All registers in it, arrays by element."""
        for item in self._place.item.get("items", []):
            for node in _elements(self._place.node(item)):
                if isinstance(node, Register):
                    yield node
                elif isinstance(node, Block):
                    yield from node.registers()


def _elements(node: Node) -> Iterator[Node]:
    if isinstance(node, Array):
        yield from node
    else:
        yield node


class Array:
    """An array of blocks, registers or fields: dev.regs.CH[2]."""

    def __init__(self, outside: "_Place | Register", item: Json) -> None:
        self._outside = outside
        self._item = item

    def __len__(self) -> int:
        return int(self._item["count"])

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < len(self):
            raise IndexError(f"{self._item['name']} has elements 0 to {len(self) - 1}")
        if isinstance(self._outside, Register):
            return Field(self._outside, self._item, index)
        return _node(self._outside.element(self._item, index))

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


class Register(_Named):
    """A register of the map; its fields are attributes.

    name: with the blocks around it, and with the region if the map has several; region, offset:
    where it is; width: of one access, in bytes; words: accesses that it takes; bits: its width. A
    register of several words is read and written word by word in their order.
    """

    def __init__(self, place: _Place) -> None:
        item = place.item
        self._place = place
        self.name = place.name
        self.region = _number(place.region, "bar")
        self.offset = place.at
        self.bits = _number(item, "bits")
        if not 0 < self.bits <= _MAX_BITS:
            raise ValueError(f"the map is wrong at {self.name}")
        self.width = _fitting_width(place.region, item) // 8
        self.words = -(-self.bits // (8 * self.width))
        self._step = _number(item, "word_stride", self.width)
        self._high_first = item.get("words") == "high_first"
        self._big = place.region.get("endian") == "big"

    def __repr__(self) -> str:
        return f"<register {self.name} at {self.region}:{self.offset:#x}>"

    def _find(self, name: str) -> Node | None:
        for item in self._place.item.get("fields", []):
            if item["name"] == name:
                return Array(self, item) if item.get("count", 1) > 1 else Field(self, item)
        return None

    def _names(self) -> list[str]:
        return [item["name"] for item in self._place.item.get("fields", [])]

    def fields(self) -> Iterator["Field"]:
        """Its fields, arrays by element."""
        for name in self._names():
            for field in _elements(self._find(name)):  # type: ignore[arg-type]
                assert isinstance(field, Field)
                yield field

    @property
    def read_acts(self) -> bool:
        """Whether a read changes something in the device."""
        return self._acts("on_read")

    @property
    def write_acts(self) -> bool:
        """Whether a write does more than to store the value, or the map does not say."""
        return self._acts("on_write") or self._place.unsaid

    def _acts(self, key: str) -> bool:
        item = self._place.item
        own = item.get(key, "plain")
        return own != "plain" or any(field.get(key, own) != "plain"
                                     for field in item.get("fields", []))

    def allows(self, what: str) -> bool:
        """Whether it, or one of its fields, can be read ("r") or written ("w")."""
        own = self._place.item.get("access", "rw")
        fields = self._place.item.get("fields") or [{}]
        return any(what in field.get("access", own).replace("none", "") for field in fields)

    @property
    def reset(self) -> int:
        """Its value after a reset, as far as the map knows; else 0."""
        value = _number(self._place.item, "reset")
        for item in self._place.item.get("fields", []):
            if "reset" in item and "reset" not in self._place.item:
                for field in self.fields():
                    value |= _number(item, "reset") << field.shift if field.item is item else 0
        return value

    def _offsets(self) -> list[int]:
        return [self.offset + index * self._step for index in range(self.words)]

    def _swapped(self, word: int) -> int:
        if not self._big:
            return word
        return int.from_bytes(word.to_bytes(self.width, "little"), "big")

    def read(self) -> int:
        """Its value. Raises what Device.read() raises."""
        device = self._place.device
        words = [self._swapped(device.read(self.region, offset, self.width))
                 for offset in self._offsets()]
        if self._high_first:
            words.reverse()
        return sum(word << (8 * self.width * index) for index, word in enumerate(words))

    def write(self, value: int | None = None, /, **fields: int | str) -> None:
        """Writes all of it: a value, or fields by name, where other fields get their values after
        a reset. A field's value may be one of the map's names for it.

        Raises ValueError for what does not fit, AttributeError for an unknown field, and what
        Device.write() raises.
        """
        if (value is None) == (not fields):
            raise ValueError("write() wants a value, or fields")
        if value is None:
            value = self._with(self.reset, fields)
        if not 0 <= value < 1 << self.bits:
            raise ValueError(f"{value:#x} does not fit into {self.name}, which has {self.bits} "
                             "bits")
        words = [value >> (8 * self.width * index) & (1 << (8 * self.width)) - 1
                 for index in range(self.words)]
        if self._high_first:
            words.reverse()
        for offset, word in zip(self._offsets(), words):
            self._place.device.write(self.region, offset, self._swapped(word), self.width)

    def update(self, **fields: int | str) -> None:
        """Reads it, changes these fields, and writes it.

        Raises Error EXDEV, before any access, where the map does not say that a read and a write of
        the register do nothing else: other fields might change.
        """
        if self.read_acts or self.write_acts or not self.allows("r"):
            raise Error(errno.EXDEV, f"{self.name}.update()",
                        "reading or writing the register does more than that, or the map does not "
                        "say: write all of it with write()")
        self.write(self._with(self.read(), fields))

    def _with(self, value: int, fields: dict[str, int | str]) -> int:
        for name, one in fields.items():
            value = self[name].put(value, one)
        return value

    def read_fields(self) -> dict[str, int]:
        """The values of its fields, of one read; arrays as NAME[0]."""
        value = self.read()
        return {field.name: field.get(value) for field in self.fields()}


class Field:
    """A field of a register. name; shift, bits: where it is; values: the map's names for values."""

    def __init__(self, register: Register, item: Json, index: int | None = None) -> None:
        high, _, low = str(item["bits"]).partition(":")
        self.item = item
        self.register = register
        self.name = item["name"] + ("" if index is None else f"[{index}]")
        self.shift = int(low or high)
        self.bits = int(high) - self.shift + 1
        if index:
            self.shift += index * _number(item, "stride", self.bits)
        if self.bits < 1 or self.shift + self.bits > register.bits:
            raise ValueError(f"the map is wrong at {register.name}.{self.name}")
        self.values: dict[str, int] = {name: _number(item["values"], name)
                                       for name in item.get("values", {})}

    def __repr__(self) -> str:
        return f"<field {self.register.name}.{self.name}>"

    def get(self, value: int) -> int:
        """The field in a value of the register; negative where the map says that it is signed."""
        value = value >> self.shift & (1 << self.bits) - 1
        if self.item.get("signed") and value >> (self.bits - 1):
            value -= 1 << self.bits
        return value

    def put(self, value: int, field: int | str) -> int:
        """A value of the register with this field. Raises ValueError for what does not fit."""
        if isinstance(field, str):
            if field not in self.values:
                raise ValueError(f"{self.name} has no value {field}, but {', '.join(self.values)}")
            field = self.values[field]
        mask = (1 << self.bits) - 1
        signed = bool(self.item.get("signed"))
        least = self.item.get("min", -(1 << (self.bits - 1)) if signed else 0)
        most = self.item.get("max", mask >> signed)
        if not least <= field <= most:
            raise ValueError(f"{self.name} takes {least} to {most}, and not {field}")
        return value & ~(mask << self.shift) | (field & mask) << self.shift

    def read(self) -> int:
        """Reads the register; the value of the field."""
        return self.get(self.register.read())

    def write(self, value: int | str) -> None:
        """Changes the field alone; see Register.update()."""
        self.register.update(**{self.name: value})


class Registers(_Named):
    """The registers of a device: dev.regs.STATUS, or dev.regs.REGION.STATUS where several regions
    have it; dev.regs["CH[2].LEVEL"]."""

    def __init__(self, device: "Device", the_map: RegisterMap) -> None:
        several = len(the_map.regions) > 1
        self._regions = [Block(_Place(device, region, region, region["name"] if several else "", 0,
                                      False)) for region in the_map.regions]
        self._region_names = [region["name"] for region in the_map.regions]

    def _find(self, name: str) -> Node | None:
        found = [block for block in self._regions if name in block._names()]
        if name in self._region_names and not found:
            return self._regions[self._region_names.index(name)]
        if len(found) > 1:
            raise AttributeError(f"several regions have {name}: begin with the name of the region")
        return found[0]._find(name) if found else None

    def _names(self) -> list[str]:
        return self._region_names + [name for block in self._regions for name in block._names()]

    def registers(self) -> Iterator[Register]:
        """All registers of the map, arrays by element."""
        for block in self._regions:
            yield from block.registers()


def _fitting_width(region: Json, item: Json) -> int:
    """Bits of one access: what the register says, or what the region takes."""
    bits = _number(item, "bits")
    widths: list[int] = sorted(region.get("widths", []))
    if "word" in item:
        return _number(item, "word")
    if not widths:
        return next((width for width in (8, 16, 32) if width >= bits), 64)
    return next((width for width in widths if width >= bits), widths[-1])
