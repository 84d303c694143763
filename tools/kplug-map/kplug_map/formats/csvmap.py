# SPDX-License-Identifier: MIT
"""CSV: a row for each register and field; an empty cell means the one of the row above."""
import csv
import io

from .. import build, item as items
from ..name import put_name
from ..number import number
from ..report import BadFile

NAME = "csv"
# The columns, and what other programs call them.
COLUMNS = {
    "block": "block addrmap_name",
    "block_offset": "block_offset addrmap_offset",
    "register": "register reg_name",
    "offset": "offset reg_offset",
    "bits": "bits reg_width width",
    "count": "count",
    "stride": "stride",
    "words": "words",
    "field": "field field_name",
    "high": "high msb field_msb",
    "low": "low lsb field_lsb",
    "access": "access sw_access",
    "on_read": "on_read onread",
    "on_write": "on_write onwrite",
    "reset": "reset reset_value",
    "description": "description desc",
}
IGNORED = ("hw_access",)
ACCESS = {"rw": "rw", "ro": "ro", "r": "ro", "wo": "wo", "w": "wo", "na": "none", "none": "none"}
ON_READ = {"rclr": "clear", "rset": "set", "ruser": "other", "clear": "clear", "set": "set",
           "pop": "pop", "other": "other", "plain": "plain"}
ON_WRITE = {"woset": "1set", "woclr": "1clear", "wot": "1toggle", "wzs": "0set", "wzc": "0clear",
            "wzt": "0toggle", "wclr": "clear", "wset": "set", "wuser": "other"}
ON_WRITE.update((word, word) for word in (
    "plain", "1clear", "1set", "1toggle", "0clear", "0set", "0toggle", "clear", "set", "pulse",
    "push", "once", "other"))


def _header(source):
    line = source.data.lstrip(b"\xef\xbb\xbf").splitlines()[:1]
    return line[0].decode("utf-8", "replace").lower().split(",") if line else []


def claims(source):
    names = {name.strip().strip('"') for name in _header(source)}
    return bool(names & {"register", "reg_name"}) and bool(names & {"offset", "reg_offset"})


def read(sources, options, report):
    if len(sources) != 1:
        raise BadFile("one CSV at a time")
    table = _Table(sources[0], options, report)
    table.read()
    return table.result(sources)


class _Table:
    def __init__(self, source, options, report):
        self.source = source
        self.options = options
        self.report = report
        self.blocks = []
        self.loose = []
        self.block = None
        self.register = None
        self.columns = {}

    def read(self):
        reader = csv.reader(io.StringIO(self.source.text(), newline=""), strict=True)
        try:
            self.header(next(reader, []))
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    self.guarded(cells, reader.line_num)
        except csv.Error as error:
            raise BadFile(f"{self.source.name}:{reader.line_num}: {error}") from None

    def header(self, names):
        known = {alias: key for key, aliases in COLUMNS.items() for alias in aliases.split()}
        for at, name in enumerate(names):
            name = name.strip().lower()
            if name in known and known[name] in self.columns.values():
                raise BadFile(f"{self.source.name}:1: two columns for {known[name]}")
            if name in known:
                self.columns[at] = known[name]
            elif name and name not in IGNORED:
                self.report.note(f"the column {name[:40]!r} is not read", 1, self.source.name)
        for name in ("register", "offset"):
            if name not in self.columns.values():
                raise BadFile(f"{self.source.name}:1: there is no column {name}")

    def guarded(self, cells, line):
        row = {self.columns[at]: cell.strip() for at, cell in enumerate(cells)
               if at in self.columns and cell.strip()}
        try:
            self.row(row, line)
        except ValueError as error:
            self.report.error(f"{error}; the row is left out", line, self.source.name)

    def row(self, row, line):
        if "block" in row:
            self.start_block(row, line)
        if "register" in row:
            self.register = None
            self.register = self.start_register(row, line)
        if "field" in row:
            if self.register is None:
                raise ValueError("a field without a register above it")
            self.add_field(row, line)
        elif "register" not in row and "block" not in row:
            raise ValueError("a row without block, register and field")

    def named(self, item, text, line):
        item.update(_line=line, _file=self.source.name)
        return put_name(item, text, self.report, line, self.source.name)

    def start_block(self, row, line):
        name = row["block"]
        self.register = None
        for block in self.blocks:
            if block.get("was", block["name"]) == name and "block_offset" not in row:
                self.block = block
                return
        self.block = self.named({"items": []}, name, line)
        self.block["_address"] = number(row.get("block_offset", "0"))
        if "register" not in row:
            build.describe(self.block, row.get("description"))
        self.blocks.append(self.block)

    def start_register(self, row, line):
        item = self.named({}, row["register"], line)
        if "offset" not in row:
            raise ValueError(f"{item['name']} has no offset")
        item["at"] = number(row["offset"])
        item["bits"] = number(row.get("bits", "32"))
        if not 1 <= item["bits"] <= 1024:
            raise ValueError(f"{item['name']}: a register of {item['bits']} bits")
        if "words" in row:
            if row["words"] not in ("low_first", "high_first"):
                raise ValueError(f"{item['name']}: words is low_first or high_first")
            item["words"], item["word"] = row["words"], 32
        if "count" in row:
            stride = number(row.get("stride", str(items.extent(item))))
            if not build.put_count(item, number(row["count"]), stride, self.report, line,
                                   self.source.name):
                return None
        self.put(item, row, "field" in row)
        (self.loose if self.block is None else self.block["items"]).append(item)
        return item

    def put(self, item, row, only_place=False):
        """Text, effects and reset of the row; they are the field's if the row has one."""
        if only_place:
            return
        build.describe(item, row.get("description"))
        build.put_effects(item, self.word(row, "access", ACCESS),
                          self.word(row, "on_read", ON_READ), self.word(row, "on_write", ON_WRITE))
        if "reset" in row:
            item["reset"] = number(row["reset"])

    @staticmethod
    def word(row, key, words):
        text = row.get(key, "").lower()
        if text and text not in words:
            raise ValueError(f"{key} is {text[:40]!r}, not one of {', '.join(words)}")
        return words.get(text)

    def add_field(self, row, line):
        field = put_name({}, row["field"], self.report, line, self.source.name)
        if "low" not in row:
            raise ValueError(f"{field['name']}: the column low is empty")
        low = number(row["low"])
        high = number(row.get("high", row["low"]))
        if max(high, low) > 1023:
            raise ValueError(f"{field['name']}: bits {high} to {low}")
        field["bits"] = items.bits_text(high, low)
        self.put(field, row)
        self.register.setdefault("fields", []).append(field)

    def result(self, sources):
        the_map = build.new_map(self.source.name.rsplit(".", 1)[0], NAME, sources, self.options)
        placed = [block for block in self.blocks
                  if build.place(block, block["_address"], self.options, self.report,
                                 block["_line"], self.source.name)]
        # The offset of a register without a block is its address.
        placed += [one for one in self.loose
                   if build.place(one, one["at"], self.options, self.report, one["_line"],
                                  self.source.name)]
        if not placed:
            raise BadFile(f"{self.source.name}: this file has no registers")
        said = bool({"on_read", "on_write"} & set(self.columns.values()))
        if not said:
            self.report.note("no columns on_read and on_write: the map does not say what reads "
                             "and writes do", 1, self.source.name)
        the_map["regions"] = [build.new_region("regs", placed, self.options, None, said)]
        return the_map
