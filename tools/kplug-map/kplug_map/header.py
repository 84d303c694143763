# SPDX-License-Identifier: MIT
"""The C header of a map: places, fields, resets and values, and functions for each register.

The functions take `struct kplug_io`, so they work in programs and in the kernel. A function that
reads, changes and writes a register exists only where the map says that this does nothing else.
"""
from . import effect, item as items

WRITES = {"1clear": "1 clears", "1set": "1 sets", "1toggle": "1 toggles", "0clear": "0 clears",
          "0set": "0 sets", "0toggle": "0 toggles", "clear": "a write clears",
          "set": "a write sets", "pulse": "1 triggers", "push": "a write adds an element",
          "once": "only the first write counts", "other": "a write has an effect"}
READS = {"clear": "a read clears", "set": "a read sets", "pop": "a read takes an element",
         "other": "a read has an effect"}
WIDTH = 92


def text(the_map, report):
    """The header, or None and errors in the report."""
    writer = _Writer(the_map, report)
    writer.write()
    return "\n".join(writer.lines) + "\n"


def _wrap(text, width=WIDTH):
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return lines + [line] if line else lines


def plain(text):
    """A text that may stand in a comment of C: in ASCII, and without its end."""
    text = text.encode("ascii", "replace").decode()
    text = "".join(one if one.isprintable() else " " for one in text)
    return text.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")


def container(bits):
    """The type that holds a register or a field."""
    return next(width for width in items.WIDTHS if width >= bits)


def hex_text(value, bits):
    return f"{value:#x}" + ("ULL" if bits > 32 else "U")


class Register:
    """One definition: its names, its place as a formula of indexes, its words."""

    def __init__(self, the_map, region, path):
        self.region = region
        self.path = path
        self.item = path[-1]
        names = [the_map["name"]]
        if len(the_map["regions"]) > 1:
            names.append(region["name"])
        self.prefix = "_".join(names)
        names += [one["name"] for one in path]
        self.upper = "_".join(names).upper()
        self.lower = "_".join(names[1:]).lower()
        self.short = the_map["name"].lower()
        self.region_macro = f"{the_map['name']}_{region['name']}_REGION".upper()
        self.bits = self.item.get("bits", 0)
        self.arrays = [one for one in path if one.get("count", 1) > 1]
        self.word = items.word_bits(self.item, region) if self.bits else 0
        self.words = items.word_count(self.item, region) if self.bits else 0
        self.step = items.word_stride(self.item, region) if self.bits else 0

    def indexes(self):
        return [f"i{at}" for at in range(len(self.arrays))]

    def function(self, verb, noun=""):
        return f"{self.short}_{verb}_{self.lower}{noun}"

    def place(self):
        """The macro of the offset, and its value."""
        base = sum(one["at"] for one in self.path)
        if not self.arrays:
            return self.upper, hex_text(base, base.bit_length())
        parts = [hex_text(base, 33)]
        parts += [f"{hex_text(one['stride'], 33)} * ({index})"
                  for one, index in zip(self.arrays, self.indexes())]
        return f"{self.upper}({', '.join(self.indexes())})", f"({' + '.join(parts)})"

    def use(self):
        """The offset in a function."""
        indexes = self.indexes()
        return f"{self.upper}({', '.join(indexes)})" if indexes else self.upper

    def parameters(self):
        return "".join(f", unsigned int {index}" for index in self.indexes())

    def arguments(self):
        return "".join(f", {index}" for index in self.indexes())

    def word_at(self, number):
        """The offset of a word, 0 being the lowest bits."""
        at = number if self.item.get("words") != "high_first" else self.words - 1 - number
        return f"{self.use()} + {at * self.step:#x}U" if at else self.use()

    def in_order(self):
        """The numbers of the words by rising address."""
        order = list(range(self.words))
        return order[::-1] if self.item.get("words") == "high_first" else order


class _Writer:
    def __init__(self, the_map, report):
        self.map = the_map
        self.report = report
        self.lines = []
        self.names = {}
        self.sized = set()  # the arrays whose sizes are written

    def put(self, line=""):
        self.lines.append(line)

    def comment(self, *texts):
        lines = [line for one in texts for line in _wrap(plain(one))]
        if len(lines) == 1 and len(lines[0]) < WIDTH - 4:
            self.put(f"/* {lines[0]} */")
            return
        self.put("/*")
        for line in lines:
            self.put(f" * {line}")
        self.put(" */")

    def claim(self, name, place):
        """A name of the header belongs to one thing only."""
        if self.names.setdefault(name, place) != place:
            self.report.error(f"{place} and {self.names[name]} both make the name {name}; rename "
                              f"one in the roles")

    def define(self, name, value, place):
        self.claim(name.split("(")[0], place)
        self.put(f"#define {name} {value}")

    def write(self):
        guard = f"{self.map['name']}_REGS_H".upper()
        self.comment(f"Registers of {self.map['name']}"
                     + (f": {self.map['desc']}" if self.map.get("desc") else ""),
                     "kplug-map wrote this file from the map; change the map or its roles "
                     "instead.")
        self.put(f"#ifndef {guard}")
        self.put(f"#define {guard}")
        self.put()
        self.put("#include <kplug/handler.h>")
        for region in self.map["regions"]:
            self.region(region)
        if self.lines[-1]:
            self.put()
        self.put("#endif")

    def region(self, region):
        name = f"{self.map['name']}_{region['name']}".upper()
        if self.lines[-1]:
            self.put()
        if "bar" not in region:
            self.report.error(f"the region {region['name']} has no bar; import with --bar, or "
                              f"correct it in the roles")
            return
        self.comment(f"The region {region['name']}"
                     + (f": {region['desc']}" if region.get("desc") else ""))
        self.define(f"{name}_REGION", region["bar"], f"the region {region['name']}")
        if "size" in region:
            self.define(f"{name}_SIZE", hex_text(region["size"], region["size"].bit_length()),
                        f"the region {region['name']}")
        if region.get("endian") == "big":
            self.report.error(f"the region {region['name']} is big endian, for which the header "
                              f"has no functions yet")
        for path, one in items.walk(region["items"]):
            if "items" not in one:
                self.leaf(Register(self.map, region, path))

    def leaf(self, register):
        place = f"{register.region['name']}.{items.path_text(register.path)}"
        item = register.item
        if self.lines[-1]:
            self.put()
        self.comment(*self.about(register, place))
        self.define(*register.place(), place)
        self.sizes(register, place)
        if not register.bits:
            return
        if "reset" in item:
            self.define(f"{register.upper}_RESET_VALUE", self.reset(item, "reset"), place)
            if "known" in item:
                self.define(f"{register.upper}_RESET_KNOWN", self.reset(item, "known"), place)
        for field in item.get("fields", ()):
            self.field(register, field, f"{place}.{field['name']}")
        if register.bits <= 64:
            self.put()
            self.functions(register, place)

    @staticmethod
    def reset(item, key):
        if item["bits"] <= 64:
            return hex_text(item[key], item["bits"])
        words = [item[key] >> at & 0xffffffff for at in range(0, item["bits"], 32)]
        return "{ " + ", ".join(hex_text(word, 32) for word in words) + " }"

    def about(self, register, place):
        """The comment above a register."""
        item = register.item
        texts = [f"{place}: {item['desc']}" if item.get("desc") else place]
        if not register.bits:
            return texts + [f"memory of {item['bytes']:#x} bytes"]
        facts = [f"{register.bits} bits", effect.whole(item)]
        if register.words > 1:
            facts.append(f"{register.words} words of {register.word} bits, "
                         + item["words"].replace("_", " "))
        facts += self.effects(item)
        if "was" in item:
            facts.append(f"named {item['was']} in its file")
        if "overlays" in item:
            facts.append(f"at the place of {item['overlays']}")
        if "locked_by" in item:
            facts.append(f"locked by {item['locked_by']}")
        return texts + ["; ".join(facts)]

    @staticmethod
    def effects(part):
        return [words[part[key]] for key, words in (("on_read", READS), ("on_write", WRITES))
                if part.get(key, "plain") != "plain"]

    def sizes(self, register, place):
        if not register.bits:
            size = register.item["bytes"]
            self.define(f"{register.upper}_BYTES", hex_text(size, size.bit_length()), place)
        for at, one in enumerate(register.path):
            if one.get("count", 1) == 1:
                continue
            names = [register.prefix] + [item["name"] for item in register.path[:at + 1]]
            name = "_".join(names).upper()
            if id(one) in self.sized:
                continue
            self.sized.add(id(one))
            owner = place if one is register.item else f"the array {name}"
            self.define(f"{name}_ELEMENTS", f"{one['count']}U", owner)
            self.define(f"{name}_STRIDE", hex_text(one["stride"], 32), owner)

    # fields

    def field(self, register, field, place):
        high, low = items.field_range(field)
        name = f"{register.upper}_{field['name'].upper()}"
        bits = register.bits
        facts = [f"{'bits' if high > low else 'bit'} {field['bits']}"]
        if "access" in field:
            facts.append(field["access"])
        facts += self.effects(field)
        if "reset" in field:
            facts.append(f"reset {field['reset']:#x}")
        text = f"{field['name']}: {field['desc']}" if field.get("desc") else field["name"]
        self.comment(f"{text} ({'; '.join(facts)})")
        mask = ((1 << (high - low + 1)) - 1) << low
        if field.get("count", 1) > 1:
            step = field.get("stride", high - low + 1)
            self.define(f"{name}_SHIFT(i)", f"({low}U + {step}U * (i))", place)
            self.define(f"{name}_ELEMENTS", f"{field['count']}U", place)
            if bits <= 64:
                value = hex_text((1 << (high - low + 1)) - 1, bits)
                self.define(f"{name}_MASK(i)", f"({value} << {name}_SHIFT(i))", place)
        else:
            self.define(f"{name}_SHIFT", f"{low}U", place)
            if bits <= 64:
                self.define(f"{name}_MASK", hex_text(mask, bits), place)
        for word, value in field.get("values", {}).items():
            self.define(f"{name}_{word.upper()}", hex_text(value, high - low + 1),
                        f"{place}={word}")

    # functions

    def functions(self, register, place):
        access = effect.whole(register.item)
        readable = access in effect.READABLE
        writable = access in effect.WRITABLE
        if readable:
            self.reader(register, place)
        if writable:
            self.writer(register, place)
        for field in register.item.get("fields", ()):
            if field.get("count", 1) == 1:
                self.getter(register, field, place)
        why = effect.why_no_change(register.region, register.path)
        if writable and why is None:
            for field in register.item.get("fields", ()):
                if field.get("count", 1) == 1 and \
                        effect.access(register.item, field) in effect.WRITABLE:
                    self.changer(register, field, place)
        elif writable and register.item.get("fields"):
            self.comment(f"No function changes single fields: {why}.")
            self.put()

    def begin(self, name, result, parameters, place):
        self.claim(name, place)
        start = f"static inline {result} {name}("
        line = start
        for part in parameters.split(", "):
            if line != start and len(line) + len(part) > WIDTH:
                self.put(line.rstrip())
                line = "\t\t"
            line += part + ", "
        self.put(line[:-2] + ")")
        self.put("{")

    def end(self):
        self.put("}")
        self.put()

    def statement(self, start, rest):
        """A line of a function, or two if it is long."""
        if len(start) + len(rest) < WIDTH - 8:
            self.put(f"\t{start} {rest}")
        else:
            self.put(f"\t{start}")
            self.put(f"\t\t{rest}")

    def reader(self, register, place):
        kind = container(register.bits)
        self.begin(register.function("read"), f"__u{kind}",
                   f"const struct kplug_io *io{register.parameters()}", place)
        call = f"kplug_read{register.word}(io, {register.region_macro}, "
        if register.words == 1:
            self.put(f"\treturn {self.cut(register, call + register.use() + ')')};")
        else:
            self.put(f"\t__u{kind} value = 0;")
            self.put()
            for number in register.in_order():
                shift = f" << {number * register.word}" if number else ""
                self.put(f"\tvalue |= (__u{kind}){call}{register.word_at(number)}){shift};")
            self.put(f"\treturn {self.cut(register, 'value')};")
        self.end()

    @staticmethod
    def cut(register, value):
        """Bits that the register does not have may read as anything."""
        kind = container(register.bits)
        if register.bits == register.word * register.words:
            return value
        return f"(__u{kind})({value} & {hex_text((1 << register.bits) - 1, register.bits)})"

    def writer(self, register, place):
        kind = container(register.bits)
        self.begin(register.function("write"), "void",
                   f"const struct kplug_io *io{register.parameters()}, __u{kind} value", place)
        for number in register.in_order():
            part = f"(__u{register.word})(value >> {number * register.word})" if number else \
                f"(__u{register.word})value"
            self.statement(f"kplug_write{register.word}(io, {register.region_macro},",
                           f"{register.word_at(number)}, {part});")
        self.end()

    def getter(self, register, field, place):
        """What a field has in a value that was read."""
        high, low = items.field_range(field)
        width = high - low + 1
        kind, result = container(register.bits), container(width)
        name = f"{register.upper}_{field['name'].upper()}"
        sign = "s" if field.get("signed") else "u"
        self.begin(register.function("get", "_" + field["name"].lower()), f"__{sign}{result}",
                   f"__u{kind} value", place + "." + field["name"])
        if sign == "u":
            self.statement(f"return (__u{result})((value & {name}_MASK) >>", f"{name}_SHIFT);")
        else:
            self.statement(f"__u{result} part = (__u{result})((value & {name}_MASK) >>",
                           f"{name}_SHIFT);")
            self.put()
            top = hex_text(1 << (width - 1), 64 if result == 64 else 32)
            self.put(f"\treturn (__s{result})((part ^ {top}) - {top});")
        self.end()

    def changer(self, register, field, place):
        """Reads, changes one field, and writes."""
        high, low = items.field_range(field)
        kind, part = container(register.bits), container(high - low + 1)
        name = f"{register.upper}_{field['name'].upper()}"
        self.begin(register.function("change", "_" + field["name"].lower()), "void",
                   f"const struct kplug_io *io{register.parameters()}, __u{part} part",
                   place + "." + field["name"])
        self.put(f"\t__u{kind} value = {register.function('read')}(io{register.arguments()});")
        self.put()
        self.statement(f"value = (__u{kind})((value & ~{name}_MASK) |",
                       f"(((__u{kind})part << {name}_SHIFT) & {name}_MASK));")
        self.put(f"\t{register.function('write')}(io{register.arguments()}, value);")
        self.end()
