# SPDX-License-Identifier: MIT
"""CMSIS-SVD: peripherals, clusters and registers, with derivedFrom, arrays and inherited sizes."""
import re

from .. import build, item as items, xmlfile
from ..name import identifier, put_array_name, put_name
from ..number import number
from ..report import BadFile
from ..xmlfile import Element

NAME = "svd"
ACCESS = {"read-write": "rw", "read-only": "ro", "write-only": "wo", "writeOnce": "wo",
          "read-writeOnce": "rw"}
ON_READ = {"clear": "clear", "set": "set", "modify": "other", "modifyExternal": "other"}
ON_WRITE = {"oneToClear": "1clear", "oneToSet": "1set", "oneToToggle": "1toggle",
            "zeroToClear": "0clear", "zeroToSet": "0set", "zeroToToggle": "0toggle",
            "clear": "clear", "set": "set", "modify": "other"}
INHERITED = ("size", "access", "resetValue", "resetMask")
MAX_DERIVED = 200_000
MAX_SEARCH = 20_000_000
MAX_CHAIN = 16
MAX_DEPTH = 16


def claims(source):
    return b"<device" in source.data[:65536] and b"schemaVersion" in source.data[:65536]


def read(sources, options, report):
    if len(sources) != 1:
        raise BadFile("one SVD at a time; with the csr.json of LiteX, use --format litex")
    source = sources[0]
    device = read_device(source, options, report)
    the_map = build.new_map(device.name, NAME, sources, options, device.desc)
    if device.interrupts:
        the_map["from"]["interrupts"] = device.interrupts
    placed = [block for block in device.blocks
              if build.place(block, block["_address"], options, report, block["_line"],
                             source.name)]
    if not any("bits" in one for _, one in items.walk(placed)):
        raise BadFile(f"{source.name}: this file has no registers")
    said = build.any_effect(placed)
    if not said:
        report.note("no register says what a read or a write does (readAction, "
                    "modifiedWriteValues); that it has no effects is not known", file=source.name)
    the_map["regions"] = [build.new_region(
        "regs", placed, options, build.access_widths(placed, device.width), said)]
    return the_map


def read_device(source, options, report):
    root = xmlfile.parse(source.data, source.name)
    if root.tag != "device":
        raise BadFile(f"{source.name}: the first element is {root.tag}, not device")
    device = _Device(root, source, report)
    device.read()
    return device


class _Underivable(Exception):
    """A derivedFrom that names nothing, or itself."""


class _Device:
    def __init__(self, root, source, report):
        self.root = root
        self.source = source
        self.report = report
        self.blocks = []
        self.interrupts = []
        self.derived = 0
        self.searched = 0
        self.depth = 0
        self.name = identifier(root.value("name") or "device")
        self.desc = root.value("description") or ""
        if re.search(r"\d{4}-\d\d-\d\d", self.desc):
            self.desc = ""  # a date, which differs in each export

    def error(self, text, element):
        self.report.error(text, element.line, self.source.name)

    def note(self, text, element):
        self.report.note(text, element.line, self.source.name)

    def read(self):
        self.width = self.whole("width", 32)
        if self.width not in items.WIDTHS:
            raise BadFile(f"{self.source.name}: a width of {self.width} bits")
        unit = self.whole("addressUnitBits", 8)
        if unit != 8:
            self.note(f"addressUnitBits is {unit}; the addresses are read as bytes, which is what "
                      f"such files mean", self.root.child("addressUnitBits"))
        self.peripherals = self.root.path("peripherals", "peripheral")
        defaults = self.inherit(self.root, {})
        for element in self.peripherals:
            self.guarded(self.peripheral, element, defaults)

    def whole(self, tag, otherwise):
        """A number that the whole file depends on."""
        try:
            return self.number(self.root, tag, otherwise)
        except ValueError as error:
            raise BadFile(f"{self.source.name}: {tag}: {error}") from None

    def guarded(self, function, element, *arguments):
        """Reads one thing; what is wrong with it is named, and the thing left out."""
        try:
            return function(element, *arguments)
        except (ValueError, _Underivable) as error:
            name = element.value("name") or element.tag
            self.error(f"{name[:60]}: {error}; it is left out", element)
            return None

    def number(self, element, tag, otherwise=None):
        text = element.value(tag)
        if text is None:
            if otherwise is None:
                raise ValueError(f"{tag} is missing")
            return otherwise
        return number(text)

    def inherit(self, element, defaults):
        result = dict(defaults)
        for tag in INHERITED:
            if element.value(tag) is not None:
                result[tag] = element.value(tag)
        return result

    # derivedFrom

    def derive(self, element, scopes, seen=()):
        """The element with what it lacks from the one that derivedFrom names."""
        name = element.get("derivedFrom")
        if name is None:
            return element
        if name in seen:
            raise _Underivable(f"derivedFrom goes in a circle: {' -> '.join(seen + (name,))}")
        if len(seen) >= MAX_CHAIN:
            raise _Underivable(f"a chain of more than {MAX_CHAIN} derivedFrom")
        base = self.find(element.tag, name, scopes, element)
        if base is None:
            raise _Underivable(f"derivedFrom names {name[:60]!r}, which the file does not have")
        base = self.derive(base, scopes, seen + (name,))
        own = {child.tag for child in element.children}
        children = [child for child in base.children
                    if child.tag not in own and not self.is_of_one(child)] + element.children
        self.derived += len(children)
        if self.derived > MAX_DERIVED:
            raise BadFile(f"{self.source.name}: derivedFrom makes more than {MAX_DERIVED} elements")
        return Element(element.tag, element.attributes, element.line, children)

    @staticmethod
    def is_of_one(child):
        """What a derived element does not take over: its interrupts are its own."""
        return child.tag in ("interrupt", "alternateRegister", "alternatePeripheral")

    def find(self, tag, name, scopes, element):
        if tag == "peripheral":
            scopes = [self.peripherals]
        for scope in scopes:
            self.search(scope)
            for one in scope:
                if one.tag == tag and one.value("name") == name and one is not element:
                    return one
        return self.find_path(tag, name.split("."))

    def search(self, scope):
        self.searched += len(scope)
        if self.searched > MAX_SEARCH:
            raise BadFile(f"{self.source.name}: too many derivedFrom among too many elements")

    def find_path(self, tag, names):
        here = self.peripherals
        for name in names[:-1]:
            self.search(here)
            here = [one for one in here if one.value("name") == name]
            here = [child for one in here for child in self.parts(one)]
        return next((one for one in here if one.tag == tag and one.value("name") == names[-1]),
                    None) if len(names) > 1 else None

    @staticmethod
    def parts(element):
        registers = element.child("registers")
        return element.path("fields", "field") if element.tag == "register" else \
            (registers or element).all("register", "cluster")

    # items

    def peripheral(self, element, defaults):
        full = self.derive(element, ())
        block = self.named(full, {"_line": element.line, "_file": self.source.name})
        block["_address"] = self.number(full, "baseAddress")
        if element.get("derivedFrom"):
            block["like"] = element.get("derivedFrom")
        if full.value("alternatePeripheral"):
            block["overlays"] = full.value("alternatePeripheral")
        build.describe(block, full.value("description"))
        registers = full.child("registers")
        if registers is None:
            self.memory(full, block)
        else:
            block["items"] = self.children(registers, self.inherit(full, defaults),
                                           block["_address"])
        if full.value("dim") is not None and not self.array(full, block):
            return
        for interrupt in full.all("interrupt"):
            self.interrupt(interrupt, block)
        if block.get("items") or block.get("bytes"):
            self.blocks.append(block)
        else:
            self.note(f"{block['name']} has no registers; it is left out", element)

    def memory(self, full, block):
        places = full.all("addressBlock")
        if len(places) == 1 and places[0].value("usage") == "buffer":
            block["bytes"] = self.number(places[0], "size")

    def interrupt(self, element, block):
        entry = {"name": element.value("name") or block["name"], "at": block["name"],
                 "number": self.number(element, "value")}
        self.interrupts.append(build.describe(entry, element.value("description")))

    def children(self, element, defaults, address):
        if self.depth >= MAX_DEPTH:
            raise ValueError(f"more than {MAX_DEPTH} levels of clusters, or one that derives from "
                             f"one around it")
        self.depth += 1
        try:
            return self.some_children(element, defaults, address)
        finally:
            self.depth -= 1

    def some_children(self, element, defaults, address):
        result = []
        scope = element.all("register", "cluster")
        for child in scope:
            read = self.cluster if child.tag == "cluster" else self.register
            item = self.guarded(read, child, scope, defaults, address)
            if item is not None:
                result.append(item)
        return result

    def named(self, element, item):
        name = element.value("name") or ""
        read = put_array_name if element.value("dim") is not None else put_name
        return read(item, name, self.report, element.line, self.source.name)

    def array(self, element, item):
        count = self.number(element, "dim")
        if not build.put_count(item, count, self.number(element, "dimIncrement"), self.report,
                               element.line, self.source.name):
            return False
        index = self.indexes(element.value("dimIndex"))
        if index and len(index) != count:
            raise ValueError(f"dimIndex has {len(index)} names for {count} elements")
        if index and index != [str(at) for at in range(count)]:
            item["index"] = index
        return True

    @staticmethod
    def indexes(text):
        if not text:
            return []
        numbers = re.fullmatch(r"\s*(\d{1,6})\s*-\s*(\d{1,6})\s*", text)
        if numbers:
            first, last = (int(one) for one in numbers.groups())
            if last - first >= items.MAX_COUNT:
                raise ValueError(f"dimIndex {text[:40]} is too long")
            return [str(at) for at in range(first, last + 1)]
        letters = re.fullmatch(r"\s*([A-Z])\s*-\s*([A-Z])\s*", text)
        if letters:
            first, last = (ord(one) for one in letters.groups())
            return [chr(at) for at in range(first, last + 1)]
        return [one.strip() for one in text.split(",")]

    def start(self, element, scope):
        full = self.derive(element, (scope,))
        item = self.named(full, {"_line": element.line, "_file": self.source.name})
        item["at"] = self.number(full, "addressOffset")
        if element.get("derivedFrom"):
            item["like"] = element.get("derivedFrom")
        build.describe(item, full.value("description"))
        return full, item

    def cluster(self, element, scope, defaults, address):
        full, item = self.start(element, scope)
        item["items"] = self.children(full, self.inherit(full, defaults), address + item["at"])
        if full.value("alternateCluster"):
            item["overlays"] = full.value("alternateCluster")
        if full.value("dim") is not None and not self.array(full, item):
            return None
        return item

    def register(self, element, scope, defaults, address):
        full, item = self.start(element, scope)
        given = self.inherit(full, defaults)
        item["_address"] = address + item["at"]
        item["bits"] = number(given.get("size", "32"))
        if not 1 <= item["bits"] <= 1024:
            raise ValueError(f"a register of {item['bits']} bits")
        self.effects(full, item, given.get("access"))
        self.reset(item, given)
        if full.value("alternateRegister"):
            item["overlays"] = identifier(full.value("alternateRegister"))
        if full.value("dim") is not None and not self.array(full, item):
            return None
        fields = full.path("fields", "field")
        read = [self.guarded(self.field, field, fields, item) for field in fields]
        if any(field is not None for field in read):
            item["fields"] = [field for field in read if field is not None]
        return item

    def reset(self, item, given):
        if "resetValue" not in given:
            return
        full = (1 << item["bits"]) - 1
        known = number(given.get("resetMask", str(full))) & full
        value = number(given["resetValue"])
        if value & known != value and value >> item["bits"] == 0:
            value &= known
        if known:
            item["reset"] = value
            if known != full:
                item["known"] = known

    def effects(self, full, item, inherited=None):
        access = full.value("access") or inherited
        if access is not None and access not in ACCESS:
            raise ValueError(f"the access {access[:40]!r} is unknown")
        on_write = self.word(full, "modifiedWriteValues", ON_WRITE)
        if access in ("writeOnce", "read-writeOnce"):
            on_write = "once"
        access = ACCESS.get(access)
        build.put_effects(item, access if access != "rw" or full.tag == "field" else None,
                          self.word(full, "readAction", ON_READ), on_write)

    @staticmethod
    def word(full, tag, words):
        text = full.value(tag)
        if text and text not in words:
            raise ValueError(f"{tag} {text[:40]!r} is unknown")
        return words.get(text)

    # fields

    def field(self, element, scope, register):
        full = self.derive(element, (scope,))
        item = self.named(full, {})
        high, low = self.bits(full)
        item["bits"] = items.bits_text(high, low)
        build.describe(item, full.value("description"))
        self.effects(full, item)
        if full.value("dim") is not None and not self.array(full, item):
            return None
        item.pop("index", None)
        values = self.values(full)
        if values:
            item["values"] = values
        return item

    def bits(self, full):
        text = full.value("bitRange")
        if text is not None:
            match = re.fullmatch(r"\[(\d{1,4}):(\d{1,4})\]", text)
            if not match:
                raise ValueError(f"the bitRange {text[:40]!r} is not [MSB:LSB]")
            return int(match.group(1)), int(match.group(2))
        if full.value("lsb") is not None:
            return self.number(full, "msb"), self.number(full, "lsb")
        low = self.number(full, "bitOffset")
        return low + self.number(full, "bitWidth", 1) - 1, low

    def values(self, full):
        result = {}
        for group in full.all("enumeratedValues"):
            if group.get("derivedFrom"):
                self.note(f"enumeratedValues derived from {group.get('derivedFrom')[:60]} are "
                          f"left out", group)
            for one in group.all("enumeratedValue"):
                self.guarded(self.one_value, one, result)
        return result

    def one_value(self, element, result):
        text = element.value("value")
        if text is None:
            return  # isDefault: for all other numbers
        if "x" in text.lower().removeprefix("0x"):
            self.note(f"the value {text[:40]!r} stands for several numbers; it is left out",
                      element)
            return
        named = put_name({}, element.value("name") or "", self.report, element.line,
                         self.source.name)
        if result.setdefault(named["name"], number(text)) != number(text):
            raise ValueError("two numbers have this name")
