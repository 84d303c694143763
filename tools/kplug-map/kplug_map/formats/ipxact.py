# SPDX-License-Identifier: MIT
"""IP-XACT of 2009 and 2014: the memory maps of a component. SystemRDL comes this way."""
import re

from .. import build, item as items, xmlfile
from ..name import identifier, put_name
from ..number import evaluate, number
from ..report import BadFile

NAME = "ipxact"
ACCESS = {"read-write": "rw", "read-only": "ro", "write-only": "wo", "writeOnce": "wo",
          "read-writeOnce": "rw", "no-access": "none"}
ON_READ = {"clear": "clear", "set": "set", "modify": "other"}
ON_WRITE = {"oneToClear": "1clear", "oneToSet": "1set", "oneToToggle": "1toggle",
            "zeroToClear": "0clear", "zeroToSet": "0set", "zeroToToggle": "0toggle",
            "clear": "clear", "set": "set", "modify": "other"}
MAX_PASSES = 16
PARTS = ("register", "registerFile")


def claims(source):
    head = source.data[:65536]
    return bool(re.search(rb"<(\w+:)?component\b", head)) and \
        (b"/1685-" in head or b"/SPIRIT/" in head or b"/IPXACT/" in head)


def read(sources, options, report):
    if len(sources) != 1:
        raise BadFile("one component of IP-XACT at a time")
    component = _Component(sources[0], options, report)
    return component.read(sources)


class _Component:
    def __init__(self, source, options, report):
        self.source = source
        self.options = options
        self.report = report
        self.root = xmlfile.parse(source.data, source.name)
        self.parameters = {}

    def error(self, text, element):
        self.report.error(text, element.line, self.source.name)

    def note(self, text, element):
        self.report.note(text, element.line, self.source.name)

    def read(self, sources):
        if self.root.tag != "component":
            raise BadFile(f"{self.source.name}: the first element is {self.root.tag}, not "
                          f"component")
        self.load_parameters()
        desc = self.root.value("description")
        the_map = build.new_map(self.root.value("name") or "component", NAME, sources,
                                self.options, desc)
        for element in self.root.path("memoryMaps", "memoryMap"):
            self.guarded(self.region, element, the_map["regions"])
        if not any(one["items"] for one in the_map["regions"]):
            raise BadFile(f"{self.source.name}: this file has no registers (no memoryMap with "
                          f"an addressBlock that has some)")
        blocks = [one for region in the_map["regions"] for one in region["items"]]
        if not build.any_effect(blocks):
            self.report.note("no register says what a read or a write does (readAction, "
                             "modifiedWriteValue); that it has no effects is not known",
                             file=self.source.name)
            for region in the_map["regions"]:
                region["effects"] = "unsaid"
        return the_map

    def load_parameters(self):
        """Parameters by id and by name; those of --set come first."""
        self.parameters.update(self.options.parameters)
        elements = self.root.path("parameters", "parameter") + \
            self.root.path("model", "modelParameters", "modelParameter")
        for _ in range(MAX_PASSES):  # a parameter may use one that comes later
            rest = [element for element in elements if not self.load_parameter(element)]
            if len(rest) == len(elements):
                return  # texts, and unknown ones: what uses them names them
            elements = rest

    def load_parameter(self, element):
        value = element.child("value")
        if value is None:
            return True
        try:
            result = evaluate(value.text, self.parameters)
        except ValueError:
            return False
        for name in (element.get("parameterId"), element.value("name"), value.get("id")):
            if name:
                self.parameters.setdefault(name, result)
        return True

    def guarded(self, function, element, *arguments):
        try:
            return function(element, *arguments)
        except ValueError as error:
            name = element.value("name") or element.tag
            self.error(f"{name[:60]}: {error}; it is left out", element)
            return None

    def number(self, element, tag, otherwise=None):
        child = element.child(tag)
        if child is None or not child.text.strip():
            if otherwise is None:
                raise ValueError(f"{tag} is missing")
            return otherwise
        if child.get("dependency"):
            self.note(f"{element.value('name') or element.tag}: {tag} depends on a parameter "
                      f"({child.get('dependency')[:60]}); the value in the file is taken", child)
        try:
            return number(child.text, scaled=True)
        except ValueError:
            return evaluate(child.text, self.parameters)

    def present(self, element):
        text = element.value("isPresent")
        return text is None or evaluate(text, self.parameters) != 0

    def region(self, element, regions):
        if element.child("addressBlock") is None:
            self.note(f"{element.value('name')}: a memoryMap without addressBlock", element)
            return
        if self.number(element, "addressUnitBits", 8) != 8:
            raise ValueError("addresses do not count bytes (addressUnitBits)")
        named = put_name({}, element.value("name"), self.report, element.line, self.source.name)
        blocks, widths = [], set()
        for child in element.children:
            if child.tag == "addressBlock" and self.present(child):
                self.guarded(self.block, child, blocks, widths)
            elif child.tag in ("bank", "subspaceMap"):
                self.error(f"{child.value('name') or child.tag}: a {child.tag} is not read", child)
        widths = build.access_widths(blocks, max(widths & set(items.WIDTHS), default=32))
        region = build.new_region(named["name"], blocks, self.options, widths)
        if "was" in named:
            region["was"] = named["was"]
        regions.append(region)

    def named(self, element, item):
        item.update(_line=element.line, _file=self.source.name)
        put_name(item, element.value("name") or "", self.report, element.line, self.source.name)
        return build.describe(item, element.value("description"))

    def block(self, element, blocks, widths):
        block = self.named(element, {})
        usage = element.value("usage")
        if usage == "reserved":
            return
        if usage == "memory":
            block["bytes"] = self.number(element, "range")
        else:
            access = element.value("access")
            widths.add(self.number(element, "width", 32))
            block["items"] = self.children(element, access)
        if not build.place(block, self.number(element, "baseAddress"), self.options, self.report,
                           element.line, self.source.name):
            return
        if block.get("items") or "bytes" in block:
            blocks.append(block)
        else:
            self.note(f"{block['name']} has no registers; it is left out", element)

    def children(self, element, access):
        result = []
        for child in element.all(*PARTS):
            read = self.register if child.tag == "register" else self.file
            item = self.guarded(read, child, access)
            if item is not None:
                result.append(item)
                result.extend(self.alternates(child, item, access))
        return build.fold(result)

    def alternates(self, element, item, access):
        for child in element.path("alternateRegisters", "alternateRegister"):
            other = self.guarded(self.register, child, access, element)
            if other is not None:
                other["at"], other["overlays"] = item["at"], item["name"]
                yield other

    def array(self, element, item, stride):
        dims = element.all("dim") or element.path("array", "dim")
        if not dims:
            return True
        count = 1
        for dim in dims:
            count *= evaluate(dim.text, self.parameters)
        if len(dims) > 1:
            self.note(f"{item['name']}: {len(dims)} dimensions become one of {count} elements",
                      element)
        given = [child for one in element.all("array") for child in one.all("stride")]
        if given:
            stride = evaluate(given[0].text, self.parameters)
        return build.put_count(item, count, stride, self.report, element.line, self.source.name)

    def file(self, element, access):
        if not self.present(element):
            return None
        item = self.named(element, {})
        item["at"] = self.number(element, "addressOffset")
        item["items"] = self.children(element, element.value("access") or access)
        if not item["items"]:
            self.note(f"{item['name']} has no registers; it is left out", element)
            return None
        return item if self.array(element, item, self.number(element, "range", 0)) else None

    def register(self, element, access, place=None):
        if not self.present(element):
            return None
        item = self.named(element, {})
        where = element if place is None else place
        item["at"] = self.number(where, "addressOffset")
        item["bits"] = self.number(where, "size")
        if not 1 <= item["bits"] <= 1024:
            raise ValueError(f"a register of {item['bits']} bits")
        self.effects(element, item, access)
        fields = [self.guarded(self.field, field, item) for field in element.all("field")]
        fields = [field for field in fields if field is not None]
        if fields:
            item["fields"] = fields
        self.reset(element, item)
        return item if self.array(element, item, -(-item["bits"] // 8)) else None

    def effects(self, element, item, inherited=None):
        access = element.value("access") or inherited
        if access is None:
            access = element.path("fieldAccessPolicies", "fieldAccessPolicy", "access")
            access = access[0].text.strip() if access else None
        if access is not None and access not in ACCESS:
            raise ValueError(f"the access {access[:40]!r} is unknown")
        on_write = self.word(element, "modifiedWriteValue", ON_WRITE)
        if access in ("writeOnce", "read-writeOnce"):
            on_write = on_write or "once"
        own = ACCESS.get(access)
        if element.tag != "field" and own == "rw":
            own = None
        build.put_effects(item, own, self.word(element, "readAction", ON_READ), on_write)

    @staticmethod
    def word(element, tag, words):
        text = element.value(tag)
        if text and text not in words:
            raise ValueError(f"{tag} {text[:40]!r} is unknown")
        return words.get(text)

    def reset(self, element, item):
        """2009 gives the reset of the register, 2014 those of the fields."""
        reset = element.child("reset") or next(iter(element.path("resets", "reset")), None)
        if reset is None:
            return
        full = (1 << item["bits"]) - 1
        known = self.number(reset, "mask", full) & full
        value = self.number(reset, "value")
        if known:
            item["reset"] = value & known if value <= full else value
            if known != full:
                item["known"] = known

    def field(self, element, register):
        if not self.present(element):
            return None
        item = self.named(element, {})
        del item["_line"], item["_file"]
        low = self.number(element, "bitOffset")
        width = self.number(element, "bitWidth")
        if not 1 <= width <= 1024 or low > 1023:
            raise ValueError(f"{width} bits from bit {low}")
        item["bits"] = items.bits_text(low + width - 1, low)
        self.effects(element, item)
        reset = next(iter(element.path("resets", "reset")), None)
        if reset is not None:
            item["reset"] = self.number(reset, "value")
        values = {}
        for one in element.path("enumeratedValues", "enumeratedValue"):
            self.guarded(self.one_value, one, values)
        if values:
            item["values"] = values
        return item

    def one_value(self, element, values):
        name = element.value("name") or ""
        named = put_name({}, name, self.report, element.line, self.source.name)["name"]
        value = self.number(element, "value")
        if values.setdefault(named, value) != value:
            raise ValueError("two numbers have this name")
