# SPDX-License-Identifier: MIT
"""OpenTitan's hjson (reggen): registers in order, after the ones that its tool puts first."""
import re

from .. import build, hjson, item as items
from ..name import put_name
from ..number import evaluate
from ..report import BadFile

NAME = "reggen"
# swaccess: access, on_read, on_write
ACCESS = {"none": ("none", None, None), "ro": ("ro", None, None), "rw": (None, None, None),
          "wo": ("wo", None, None), "rc": ("ro", "clear", None), "rw1c": (None, None, "1clear"),
          "rw1s": (None, None, "1set"), "rw0c": (None, None, "0clear"),
          "r0w1c": ("wo", None, "1clear")}
MUBI = {4: (0x6, 0x9), 8: (0x96, 0x69), 12: (0x696, 0x969), 16: (0x9696, 0x6969)}
BITS = re.compile(r"(.+?)(?::(.+))?$", re.S)


def claims(source):
    head = source.data
    return bool(re.search(rb"(?m)^\s*[\"']?registers[\"']?\s*:\s*[\[{]", head)) and \
        bool(re.search(rb"[\"']?(regwidth|clocking|bus_interfaces)[\"']?\s*:", head))


def read(sources, options, report):
    if len(sources) != 1:
        raise BadFile("one hjson file at a time")
    if options.base:
        raise BadFile("--base: the file has no bus addresses")
    source = sources[0]
    data = hjson.parse(source.text(), source.name)
    if not isinstance(data, dict):
        raise BadFile(f"{source.name}: no object")
    return _Block(source, data, options, report).read(sources)


def _flag(value):
    return str(value).lower() == "true"


def _objects(entry, key):
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"{key} is no list of objects")
    return value


def _name_of(entry):
    for one in (entry, *entry.values()) if isinstance(entry, dict) else ():
        if isinstance(one, dict) and "name" in one:
            return str(one["name"])[:60]
    return "an entry"


class _Block:
    def __init__(self, source, data, options, report):
        self.source = source
        self.data = data
        self.options = options
        self.report = report
        self.parameters = {}
        self.at = 0

    def note(self, text, line=None):
        self.report.note(text, line, self.source.name)

    def list(self, key):
        try:
            return _objects(self.data, key)
        except ValueError as error:
            raise BadFile(f"{self.source.name}: {error}") from None

    def read(self, sources):
        the_map = build.new_map(str(self.data.get("name", "block")), NAME, sources, self.options,
                                str(self.data.get("one_line_desc", "")))
        self.load_parameters()
        self.bits = self.number(self.data.get("regwidth", 32))
        if self.bits not in items.WIDTHS:
            raise BadFile(f"{self.source.name}: regwidth {self.bits}")
        lists = self.data.get("registers")
        if isinstance(lists, list):
            lists = {"regs": lists}
        elif not isinstance(lists, dict):
            raise BadFile(f"{self.source.name}: this file has no registers")
        for at, (name, entries) in enumerate(lists.items()):
            the_map["regions"].append(self.region(name, entries, at == 0))
        the_map["from"]["interrupts"] = [
            build.describe({"name": str(one.get("name")), "number": at,
                            "kind": str(one.get("type", "event"))}, str(one.get("desc", "")))
            for at, one in enumerate(self.list("interrupt_list"))]
        return the_map

    def load_parameters(self):
        for one in self.list("param_list"):
            name = str(one.get("name"))
            try:
                self.parameters[name] = evaluate(one.get("default", ""), self.parameters)
            except ValueError:
                continue  # a type of SystemVerilog; what uses it is named
        self.parameters.update(self.options.parameters)

    def number(self, value):
        return evaluate(value, self.parameters)

    def region(self, name, entries, first):
        named = put_name({}, name, self.report, file=self.source.name)
        if not isinstance(entries, list):
            raise BadFile(f"{self.source.name}: registers of {named['name']} is no list")
        self.at = 0
        self.items = []
        if first:
            self.insert_standard()
        for entry in entries:
            self.entry(entry)
        region = build.new_region(named["name"], self.items, self.options, [self.bits])
        if "was" in named:
            region["was"] = named["was"]
        return region

    # what the tool inserts

    def insert_standard(self):
        fields = self.sources("interrupt_list")
        if fields and not _flag(self.data.get("no_auto_intr_regs", "false")):
            if fields[-1][0] >= self.bits:
                raise BadFile(f"{self.source.name}: more interrupts than bits in a register")
            self.interrupt_registers(fields)
        alerts = self.sources("alert_list")
        if alerts and not _flag(self.data.get("no_auto_alert_regs", "false")):
            self.insert("ALERT_TEST", "Raises alerts for a test", alerts,
                        lambda kind: ("wo", None, "pulse"))
            self.note("ALERT_TEST is not in the file; its tool puts it first too")

    def interrupt_registers(self, fields):
        self.insert("INTR_STATE", "Interrupts that are pending", fields, lambda kind:
                    ("ro", None, None) if kind == "status" else (None, None, "1clear"))
        self.insert("INTR_ENABLE", "Interrupts that are enabled", fields,
                    lambda kind: (None, None, None))
        self.insert("INTR_TEST", "Raises interrupts for a test", fields, lambda kind:
                    ("wo", None, None) if kind == "status" else ("wo", None, "pulse"))
        self.note("INTR_STATE, INTR_ENABLE and INTR_TEST are not in the file; its tool puts them "
                  "first, and so does the map")

    def sources(self, key):
        """(high, low, name, text, type, reset) of each interrupt or alert, from bit 0 on."""
        result, low = [], 0
        for one in self.list(key):
            width = self.number(one.get("width", 1))
            if not 1 <= width <= self.bits:
                raise BadFile(f"{self.source.name}: {key}: a width of {width}")
            result.append((low + width - 1, low, str(one.get("name")), str(one.get("desc", "")),
                           str(one.get("type", "event")), self.initial(one) << low))
            low += width
        return result

    def initial(self, entry):
        value = str(entry.get("default_val", "0")).lower()
        return int(value == "true") if value in ("true", "false") else self.number(value)

    def insert(self, name, text, fields, effects):
        register = {"name": name, "desc": text, "at": self.at, "bits": self.bits, "reset": 0}
        if name == "INTR_STATE":
            register["reset"] = sum(mask for *_, mask in fields)
        words = [effects(kind) for *_, kind, _ in fields]
        common = self.common(words)
        build.put_effects(register, *common)
        register["fields"] = []
        for (high, low, field, desc, *_), word in zip(fields, words):
            item = put_name({"bits": items.bits_text(high, low)}, field, self.report,
                            file=self.source.name)
            build.describe(item, desc)
            if word != common:
                build.put_effects(item, word[0] or "rw", word[1], word[2])
            register["fields"].append(item)
        self.items.append(register)
        self.at += self.bits // 8

    # entries of the list

    def entry(self, entry):
        line = getattr(entry, "line", None)
        try:
            self.one_entry(entry, line)
        except ValueError as error:
            raise BadFile(f"{self.source.name}:{line}: {_name_of(entry)}: {error}. The places of "
                          f"all registers after it depend on it") from None

    def one_entry(self, entry, line):
        if not isinstance(entry, dict):
            raise ValueError("is no object")
        kinds = [kind for kind in ("multireg", "window", "skipto", "reserved") if kind in entry]
        if not kinds and "name" in entry:
            self.register(entry, line)
        elif len(kinds) != 1:
            raise ValueError(f"is of an unknown kind: {', '.join(list(entry)[:5])}")
        elif kinds[0] == "skipto":
            self.skip_to(self.number(entry["skipto"]))
        elif kinds[0] == "reserved":
            self.at += self.number(entry["reserved"]) * self.bits // 8
        elif not isinstance(entry[kinds[0]], dict):
            raise ValueError(f"{kinds[0]} is no object")
        elif kinds[0] == "multireg":
            self.multireg(entry["multireg"], line)
        else:
            self.window(entry["window"], line)

    def skip_to(self, place):
        if place < self.at:
            raise ValueError(f"skipto {place:#x} goes back; the next place is {self.at:#x}")
        if place % (self.bits // 8):
            raise ValueError(f"skipto {place:#x} is no place of a register")
        self.at = place

    def start(self, entry, line):
        item = put_name({"_line": line, "_file": self.source.name, "at": self.at},
                        str(entry.get("name", "")), self.report, line, self.source.name)
        return build.describe(item, str(entry.get("desc", "")))

    @staticmethod
    def effects(entry, inherited=None):
        word = entry.get("swaccess", inherited)
        if word is None:
            word = "ro"  # the default of reggen
        if not isinstance(word, str) or word not in ACCESS:
            raise ValueError(f"swaccess {str(word)[:40]!r} is unknown")
        return ACCESS[word]

    def register(self, entry, line):
        item = self.start(entry, line)
        item["bits"] = self.bits
        access = entry.get("swaccess")
        fields = _objects(entry, "fields")
        words = [self.effects(field, access) for field in fields]
        common = self.common(words) if words else self.effects(entry)
        build.put_effects(item, *common)
        item["fields"] = [self.field(field, word, word != common, line)
                          for field, word in zip(fields, words)]
        self.put_reset(item)
        if _flag(entry.get("shadowed", "false")):
            item["on_write"] = "other"
            self.note(f"{item['name']} is shadowed: it takes a value that is written twice", line)
        if isinstance(entry.get("regwen"), str):
            put = put_name({}, entry["regwen"], self.report, line, self.source.name)
            item["locked_by"] = put["name"]
        self.items.append(item)
        self.at += self.bits // 8
        return item

    @staticmethod
    def common(words):
        """What all fields have in common stands at the register."""
        if len(set(words)) == 1:
            return words[0]
        return (words[0][0] if len({word[0] for word in words}) == 1 else None, None, None)

    def put_reset(self, item):
        """The reset of the register is that of its fields; bits without a field are zero."""
        known = (1 << self.bits) - 1
        value = 0
        for field in item["fields"]:
            high, low = items.field_range(field)
            if "reset" in field:
                value |= field["reset"] << low
            else:
                known &= ~(((1 << (high - low + 1)) - 1) << low)
        if known:
            item["reset"] = value
            if known != (1 << self.bits) - 1:
                item["known"] = known

    def field(self, entry, words, differs, line):
        name = str(entry.get("name", "")) or "value"
        item = put_name({}, name, self.report, line, self.source.name)
        high, low = self.bit_range(entry)
        item["bits"] = items.bits_text(high, low)
        build.describe(item, str(entry.get("desc", "")))
        if differs:
            build.put_effects(item, words[0] or "rw", words[1], words[2])
        self.field_reset(item, entry, high - low + 1)
        values = self.values(entry, line)
        if values:
            item["values"] = values
        return item

    def bit_range(self, entry):
        match = BITS.match(str(entry.get("bits", "")).strip())
        if not match:
            raise ValueError(f"field {entry.get('name')}: bits are missing")
        high = self.number(match.group(1))
        low = high if match.group(2) is None else self.number(match.group(2))
        if not 0 <= low <= high < self.bits:
            raise ValueError(f"field {entry.get('name')}: bits {high} to {low} of {self.bits}")
        return high, low

    def field_reset(self, item, entry, width):
        value = entry.get("resval", 0)
        if _flag(entry.get("mubi", "false")):
            if width not in MUBI:
                raise ValueError(f"{item['name']}: a multi-bit boolean of {width} bits")
            true, false = MUBI[width]
            item["values"] = {"MUBI_TRUE": true, "MUBI_FALSE": false}
            if str(value).lower() in ("true", "false"):
                item["reset"] = true if _flag(value) else false
                return
        if str(value).lower() == "x":
            return
        item["reset"] = self.number(value)

    def values(self, entry, line):
        result = dict()
        for one in _objects(entry, "enum"):
            named = put_name({}, str(one.get("name", "")), self.report, line, self.source.name)
            if named["name"] in result:
                raise ValueError(f"two values are named {named['name']}")
            result[named["name"]] = self.number(one.get("value", ""))
        if _flag(entry.get("mubi", "false")) and result:
            self.note(f"{entry.get('name')}: enum and mubi; enum is taken", line)
        return result

    def multireg(self, entry, line):
        count = self.number(entry.get("count", ""))
        if count == 0:
            self.note(f"{str(entry.get('name'))[:60]}: an array of no elements is left out", line)
            return
        if count > items.MAX_COUNT:
            raise ValueError(f"an array of {count} elements, of at most {items.MAX_COUNT}")
        first = self.at
        item = self.register(entry, line)
        fields = item["fields"]
        alone = _flag(entry.get("regwen_multi", "false"))  # each element has a lock of its own
        packed = len(fields) == 1 and _flag(entry.get("compact", not alone))
        elements = count
        if packed:
            elements = self.pack(item, fields[0], count)
        if elements > 1:
            item["count"], item["stride"] = elements, self.bits // 8
        self.at = first + elements * self.bits // 8

    def pack(self, item, field, count):
        """One small field for each element: as many in a register as fit."""
        high, low = items.field_range(field)
        width = high - low + 1
        each = min(self.bits // (high + 1), count)
        if each == 1:
            return count
        if low:
            raise ValueError(f"{each} fields in a register, which do not begin at bit 0")
        field["count"], field["stride"] = each, width
        if "reset" in field:
            item["reset"] = sum(field["reset"] << at * width for at in range(each))
        elements = -(-count // each)
        if count % each:
            self.note(f"{item['name']}: the last of {elements} registers has {count % each} "
                      f"fields, the others {each}", item["_line"])
        return elements

    def window(self, entry, line):
        item = self.start(entry, line)
        count = self.number(entry.get("items", ""))
        item["bytes"] = count * self.bits // 8
        if not 1 <= count <= 1 << 30:
            raise ValueError(f"a window of {count} items")
        size = 1 << (item["bytes"] - 1).bit_length()
        self.at = -(-self.at // size) * size  # a window begins at a multiple of its size
        item["at"] = self.at
        words = self.effects(entry)
        if words[0]:
            item["access"] = words[0]
        self.items.append(item)
        self.at += item["bytes"]
