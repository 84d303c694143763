# SPDX-License-Identifier: MIT
"""LiteX: csr.json or csr.csv, with the SVD of the same build for fields, resets and texts."""
import csv
import io
import re

from .. import build, item as items
from ..name import is_identifier, put_name
from ..report import BadFile
from . import svd

NAME = "litex"
PART = re.compile(r"Bits (\d+)-(\d+) of `?([A-Za-z0-9_]+)`?\.?\s*", re.S)


def claims(source):
    head = source.data[:65536]
    return b'"csr_bases"' in head or b'"csr_registers"' in head or \
        bool(re.search(rb"(?m)^(csr_base|csr_register),", head))


def read(sources, options, report):
    tables = [source for source in sources if claims(source)]
    if len(tables) != 1:
        raise BadFile("give one csr.json or csr.csv of LiteX, and the SVD of the same build")
    soc = _Soc(tables[0], options, report)
    soc.load()
    svds = [source for source in sources if source is not tables[0]]
    if len(svds) > 1:
        raise BadFile("give one SVD beside the csr file")
    if svds:
        _join(soc, svds[0])
    else:
        report.note("no SVD: the map has no fields, no resets and no texts; give the .svd of the "
                    "same build too", file=tables[0].name)
    report.note("LiteX does not export what a write does: strobes and write-1-to-clear look like "
                "rw. Correct such registers in the roles", file=tables[0].name)
    return soc.result(sources)


class _Soc:
    """The tables of one export: bases, registers, constants, memories."""

    def __init__(self, source, options, report):
        self.source = source
        self.options = options
        self.report = report
        self.bases, self.rows, self.constants, self.memories = {}, {}, {}, {}
        self.blocks = {}
        self.registers = {}

    def load(self):
        if self.source.data.lstrip()[:1] == b"{":
            self.load_json()
        else:
            self.load_csv()
        self.geometry()
        for name, base in self.bases.items():
            self.blocks[name] = put_name({"_address": base, "items": []}, name, self.report,
                                         file=self.source.name)
        for name, row in self.rows.items():
            self.add(name, *row)

    def load_json(self):
        data = self.source.json()
        try:
            self.bases = {name: int(base) for name, base in data["csr_bases"].items()}
            self.rows = {name: (int(one["addr"]), int(one["size"]), one["type"])
                         for name, one in data["csr_registers"].items()}
            self.constants = dict(data.get("constants", {}))
            self.memories = {name: (int(one["base"]), int(one["size"]))
                             for name, one in data.get("memories", {}).items()}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadFile(f"{self.source.name}: no csr.json of LiteX: {error!r}") from None

    def load_csv(self):
        reader = csv.reader(io.StringIO(self.source.text(), newline=""))
        try:
            for row in reader:
                if row and not row[0].startswith("#"):
                    self.load_row(*(row + [""] * 5)[:5])
        except (ValueError, csv.Error) as error:
            raise BadFile(f"{self.source.name}:{reader.line_num}: {error}") from None

    def load_row(self, kind, name, first, second, third):
        if kind == "csr_base":
            self.bases[name] = int(first, 0)
        elif kind == "csr_register":
            self.rows[name] = (int(first, 0), int(second, 0), third)
        elif kind == "constant":
            self.constants[name] = first
        elif kind == "memory_region":
            self.memories[name] = (int(first, 0), int(second, 0))
        else:
            self.report.note(f"a row of the unknown kind {kind[:40]!r} is left out",
                             file=self.source.name)

    def geometry(self):
        """How long a CSR word is, how far apart words are, and which comes first."""
        self.word = self.constant("config_csr_data_width", 32)
        self.step = self.constant("config_csr_alignment", 32) // 8
        self.order = None
        if "config_csr_ordering_big" in self.constants:
            self.order = "high_first"
        elif "config_csr_ordering_little" in self.constants:
            self.order = "low_first"
        if self.word not in items.WIDTHS or self.step * 8 < self.word:
            raise BadFile(f"{self.source.name}: CSR words of {self.word} bits at {self.step} bytes")

    def constant(self, name, otherwise):
        try:
            return int(str(self.constants.get(name, otherwise)), 0)
        except ValueError:
            raise BadFile(f"{self.source.name}: {name} is no number") from None

    def block_of(self, name, address):
        fitting = [block for block, base in self.bases.items()
                   if name.startswith(block + "_") and base <= address]
        return max(fitting, key=len, default=None)

    def add(self, name, address, size, access):
        if access not in ("rw", "ro") or not 1 <= size * self.word <= 1024:
            self.report.error(f"{name}: {size} words with access {access!r}; it is left out",
                              file=self.source.name)
            return
        block = self.block_of(name, address)
        if block is None:
            self.report.error(f"{name} belongs to no csr_base; it is left out",
                              file=self.source.name)
            return
        register = put_name({"at": address - self.bases[block], "bits": size * self.word,
                             "_address": address}, name[len(block) + 1:], self.report)
        if size > 1:
            register["word"] = self.word
            if self.step * 8 != self.word:
                register["word_stride"] = self.step
            if self.order:
                register["words"] = self.order
        if access != "rw":
            register["access"] = access
        self.blocks[block]["items"].append(register)
        self.registers[name.lower()] = register

    def result(self, sources):
        the_map = build.new_map("litex", NAME, sources, self.options)
        numbers = {}
        for name, value in sorted(self.constants.items()):
            text = str(value)
            if is_identifier(name) and (text.isdigit() or is_identifier(text)):
                numbers[name] = int(text) if text.isdigit() else None if text == "None" else text
        the_map["from"]["constants"] = numbers
        the_map["from"]["interrupts"] = [
            {"name": name[:-len("_interrupt")], "number": value}
            for name, value in numbers.items()
            if name.endswith("_interrupt") and isinstance(value, int)]
        the_map["regions"] = [build.new_region("regs", self.all_items(), self.options,
                                               [max(self.word, 32)], said=False)]
        return the_map

    def all_items(self):
        result = []
        for block in self.blocks.values():
            if not block["items"]:
                self.report.note(f"{block['name']} has a base and no registers; it is left out",
                                 file=self.source.name)
            elif build.place(block, block["_address"], self.options, self.report):
                result.append(block)
        for name, (base, size) in self.memories.items():
            memory = put_name({"bytes": size}, name, self.report)
            holds = any(base <= one < base + size for one in self.bases.values())
            if not holds and build.place(memory, base, self.options, self.report):
                result.append(memory)
        return result


def _join(soc, source):
    """Takes fields, resets and texts from the SVD, register by register."""
    device = svd.read_device(source, soc.options, soc.report)
    parts, found = {}, set()
    for block in device.blocks:
        for one in block["items"]:
            name = f"{block['name']}_{one['name']}".lower()
            part = PART.match(one.get("desc", ""))
            if name in soc.registers:
                found.add(name)
                _take(soc.registers[name], one, source, soc.report)
            elif part and part.group(3).lower() in soc.registers:
                parts.setdefault(part.group(3).lower(), []).append((part, one))
            elif not soc.blocks.get(block["name"].lower(), {"items": [1]})["items"]:
                soc.report.note(f"{source.name} has {name}, and the csr file only its base; such "
                                f"a memory is left out")
            else:
                soc.report.error(f"{source.name} has {name}, which the csr file does not have; "
                                 f"are both of one build?")
    for name, some in parts.items():
        found.add(name)
        _take_parts(soc.registers[name], some, soc, source)
    for name in sorted(set(soc.registers) - found):
        soc.report.note(f"{source.name} does not have {name}; it has no fields")


def _take(register, one, source, report):
    for key in ("desc", "fields", "reset"):
        if key in one:
            register[key] = one[key]
    if one["_address"] != register["_address"]:
        report.error(f"{register['name']}: at {register['_address']:#x} in the csr file, at "
                     f"{one['_address']:#x} in the SVD", one.get("_line"), source.name)


def _take_parts(register, some, soc, source):
    """A register of several words stands in the SVD as one register for each word."""
    fields, reset, bits = [], 0, 0
    some.sort(key=lambda entry: int(entry[0].group(1)))
    words = len(some)
    for at, (part, one) in enumerate(some):
        low = int(part.group(1))
        bits = max(bits, int(part.group(2)) + 1)
        reset |= one.get("reset", 0) << low
        place = words - 1 - at if soc.order == "high_first" else at
        if low != at * soc.word or \
                one["_address"] != register["_address"] + place * soc.step:
            soc.report.error(f"{one['name']}: the SVD and the csr file disagree about the order "
                             f"of the words of {register['name']}", one.get("_line"), source.name)
        for field in one.get("fields", ()):
            high, first = items.field_range(field)
            fields.append({**field, "bits": items.bits_text(high + low, first + low)})
        text = one["desc"][part.end():].strip()
        if text:
            register["desc"] = text
    if not register["bits"] - soc.word < bits <= register["bits"]:
        soc.report.error(f"{register['name']}: {bits} bits in the SVD, {register['bits']} in the "
                         f"csr file", file=source.name)
        return
    register.update(bits=bits, reset=reset)
    if fields:
        register["fields"] = fields
