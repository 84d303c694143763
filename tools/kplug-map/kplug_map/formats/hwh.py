# SPDX-License-Identifier: MIT
"""Vivado's .hwh: the modules of a design at their bus addresses, with the ports of interrupts."""
from .. import build, item as items, xmlfile
from ..name import identifier, put_name
from ..number import number
from ..report import BadFile

NAME = "hwh"
ACCESS = {"read-write": "rw", "read-only": "ro", "write-only": "wo", "": None}
ON_READ = {"clear": "clear", "set": "set", "modify": "other", "": None}
ON_WRITE = {"oneToClear": "1clear", "oneToSet": "1set", "oneToToggle": "1toggle",
            "zeroToClear": "0clear", "zeroToSet": "0set", "zeroToToggle": "0toggle",
            "clear": "clear", "set": "set", "modify": "other", "": None}


def claims(source):
    return b"<EDKSYSTEM" in source.data[:65536]


def read(sources, options, report):
    if len(sources) != 1:
        raise BadFile("one .hwh at a time")
    return _Design(sources[0], options, report).read(sources)


class _Design:
    def __init__(self, source, options, report):
        self.source = source
        self.options = options
        self.report = report
        self.root = xmlfile.parse(source.data, source.name)
        self.disabled = 0
        self.unsure = 0

    def error(self, text, element):
        self.report.error(text, element.line, self.source.name)

    def note(self, text, element):
        self.report.note(text, element.line, self.source.name)

    def read(self, sources):
        modules = self.root.path("MODULES", "MODULE")
        self.ranges = [one for module in modules for one in module.path("MEMORYMAP", "MEMRANGE")]
        info = self.root.child("SYSTEMINFO")
        name = info.get("NAME") if info else None
        the_map = build.new_map(name or "design", NAME, sources, self.options)
        blocks = []
        for module in modules:
            for element in module.path("ADDRESSBLOCKS", "ADDRESSBLOCK"):
                self.guarded(self.block, element, module, blocks)
        if not blocks:
            raise BadFile(f"{self.source.name}: no module has registers at or above the base "
                          f"{self.options.base:#x}")
        self.say_what_is_doubtful(blocks)
        the_map["from"]["interrupts"] = [one for module in modules
                                         for one in self.interrupts(module)]
        the_map["regions"] = [build.new_region("regs", blocks, self.options, [32])]
        return the_map

    def say_what_is_doubtful(self, blocks):
        file = self.source.name
        if self.disabled:
            self.report.note(f"{self.disabled} registers with IS_ENABLED false are left out",
                             file=file)
        if self.unsure:
            self.report.note(f"{self.unsure} registers and fields say only that a read or a write "
                             f"modifies (on_read or on_write: other)", file=file)
        silent = [one["name"] for one in blocks if "effects" in one]
        if silent:
            self.report.note(f"no register of {', '.join(silent)} says what a read or a write "
                             f"does; that it has no effects is not known", file=file)
        if not self.options.base and min(one["at"] for one in blocks) > 0:
            self.report.note("these are addresses of the bus; --base ADDRESS subtracts where the "
                             "BAR begins", file=file)

    def guarded(self, function, element, *arguments):
        try:
            return function(element, *arguments)
        except ValueError as error:
            name = (element.get("NAME") or element.tag)[:60]
            self.error(f"{name}: {error}; it is left out", element)
            return None

    @staticmethod
    def properties(element):
        return {one.get("NAME"): one.get("VALUE", "") for one in element.all("PROPERTY")}

    def address(self, module, element):
        """The base of an address block, which is the same for every master that sees it."""
        found = {one.get("BASEVALUE") for one in self.ranges
                 if one.get("INSTANCE") == module.get("INSTANCE") and
                 one.get("ADDRESSBLOCK") == element.get("NAME") and
                 (one.get("SLAVEBUSINTERFACE") or "").lower() ==
                 (element.get("INTERFACE") or "").lower()}
        if not found:
            raise ValueError(f"no MEMRANGE says where {module.get('INSTANCE')} is")
        if len(found) > 1:
            raise ValueError(f"{module.get('INSTANCE')} is at {' and at '.join(sorted(found))}")
        return number(found.pop())

    def block(self, element, module, blocks):
        registers = element.path("REGISTERS", "REGISTER")
        if not registers:
            return
        siblings = module.path("ADDRESSBLOCKS", "ADDRESSBLOCK")
        name = module.get("INSTANCE", "")
        if sum(1 for one in siblings if one.path("REGISTERS", "REGISTER")) > 1:
            name += "_" + element.get("NAME", "")
        block = put_name({"_line": element.line, "_file": self.source.name}, name, self.report,
                         element.line, self.source.name)
        build.describe(block, module.get("VLNV"))
        # A note for each NAME[0] would hide the others: fold() makes arrays of most of them.
        read = [self.guarded(self.register, one) for one in registers]
        block["items"] = build.fold([one for one in read if one is not None])
        if not build.any_effect([block]):
            block["effects"] = "unsaid"
        if block["items"] and build.place(block, self.address(module, element), self.options,
                                          self.report, element.line, self.source.name):
            blocks.append(block)

    def register(self, element):
        facts = self.properties(element)
        if facts.get("IS_ENABLED", "true").lower() == "false":
            self.disabled += 1
            return None
        item = put_name({"_line": element.line, "_file": self.source.name}, element.get("NAME"),
                        self.report, element.line, self.source.name)
        item["at"] = number(facts.get("ADDRESS_OFFSET", ""))
        item["bits"] = number(facts.get("SIZE", ""))
        if not 1 <= item["bits"] <= 1024:
            raise ValueError(f"a register of {item['bits']} bits")
        build.describe(item, facts.get("DESCRIPTION"))
        self.effects(item, facts, register=True)
        if facts.get("RESET_VALUE"):
            item["reset"] = number(facts["RESET_VALUE"])
        fields = [self.guarded(self.field, one) for one in element.path("FIELDS", "FIELD")]
        fields = [field for field in fields if field is not None]
        if fields:
            item["fields"] = fields
        elif "fields" not in item and "memory" in element.get("NAME", "").lower():
            self.note(f"{element.get('NAME')}: without fields, and perhaps a memory that the file "
                      f"lists as a register", element)
        return item

    def field(self, element):
        facts = self.properties(element)
        item = put_name({}, element.get("NAME"), self.report, element.line, self.source.name)
        low = number(facts.get("BIT_OFFSET", ""))
        width = number(facts.get("BIT_WIDTH", ""))
        if not 1 <= width <= 1024 or low > 1023:
            raise ValueError(f"{width} bits from bit {low}")
        item["bits"] = items.bits_text(low + width - 1, low)
        build.describe(item, facts.get("DESCRIPTION"))
        self.effects(item, facts)
        return item

    def effects(self, item, facts, register=False):
        words = []
        # MODIFIED_READ_VALUES holds modifiedWriteValue of IP-XACT: its name is a slip of Vivado.
        for key, table in (("ACCESS", ACCESS), ("READ_ACTION", ON_READ),
                           ("MODIFIED_READ_VALUES", ON_WRITE)):
            text = facts.get(key, "")
            if text not in table:
                raise ValueError(f"{key} {text[:40]!r} is unknown")
            words.append(table[text])
        self.unsure += words[1] == "other" or words[2] == "other"
        if register and words[0] == "rw":
            words[0] = None
        build.put_effects(item, *words)

    def interrupts(self, module):
        for port in module.path("PORTS", "PORT"):
            if port.get("SIGIS") == "INTERRUPT" and port.get("DIR") == "O":
                yield {"name": port.get("NAME", ""), "at": identifier(module.get("INSTANCE", "")),
                       "kind": port.get("SENSITIVITY", "").lower()}
