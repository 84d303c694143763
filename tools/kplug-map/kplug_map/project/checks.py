# SPDX-License-Identifier: MIT
"""The table of the project's tests: registers and interrupts with what must be true of them."""
from .. import effect, item as items
from ..header import Register, hex_text
from . import model
from .interrupt import served

MAX_ELEMENTS = 2  # of an array: its first and its last one


def _indexes(register):
    """The elements that are tested: in C, one tuple a row."""
    counts = [one["count"] for one in register.arrays]
    if not counts:
        return [[]]
    return [[0] * len(counts), [count - 1 for count in counts]][:MAX_ELEMENTS]


def _named(region, path, indexes):
    indexes = iter(indexes)
    parts = [one["name"] + (f"[{next(indexes)}]" if one.get("count", 1) > 1 else "")
             for one in path]
    return ".".join([region["name"]] + parts)


class _Checks:
    def __init__(self, the_map, roles, interrupts, found):
        self.starting = {one.starts_model()[0] for one in found}
        self.map, self.roles, self.interrupts = the_map, roles, interrupts
        self.short = the_map["name"].lower()
        self.extra = model.roles_masks(interrupts)
        # The status of such an interrupt is what is pending and enabled.
        self.derived = {one.status.name() for one in interrupts if one.raw}
        self.functions, self.rows, self.changes, self.gets = [], [], [], []

    def _wrap(self, kind, name, body, number):
        self.functions += ["", kind.replace("NAME", f"{name}_{number}"), "{", f"\t{body}", "}"]
        return f"{name}_{number}"

    def register(self, region, path):
        item = path[-1]
        if item["bits"] > 64:
            return
        register = Register(self.map, region, path)
        access = effect.whole(item)
        for indexes in _indexes(register):
            self.element(register, item, access, indexes)
        self.getters(register, item, access)

    def element(self, register, item, access, indexes):
        number = len(self.rows)
        arguments = "".join(f", {index}" for index in indexes)
        name = _named(register.region, register.path, indexes)
        found = {**model.masks(item), **self.extra.get(model.plain(name), {})}
        stored, readable = found.get("stored", 0), found.get("readable", 0)
        fields = [f".name = \"{name}\"", f".bits = {item['bits']}"]
        if access in effect.READABLE and name not in self.derived:
            read = self._wrap("static uint64_t NAME(const struct kplug_io *io)", "read",
                              f"return {register.function('read')}(io{arguments});", number)
            fields += [f".read = {read}", f".readable = {hex_text(readable, 64)}"]
        if access in effect.WRITABLE and stored and name not in self.starting:
            write = self._wrap("static void NAME(const struct kplug_io *io, uint64_t value)",
                               "write", f"{register.function('write')}(io{arguments}, value);",
                               number)
            fields += [f".write = {write}", f".stored = {hex_text(stored, 64)}"]
            for one in self._idle(item):
                fields.append(f".idle = {hex_text(one, 64)}")
        if "reset" in item and not effect.read_changes(item) and access in effect.READABLE \
                and name not in self.derived:
            known = item.get("known", (1 << item["bits"]) - 1) & readable
            fields += [f".reset = {hex_text(item['reset'], 64)}", f".known = {hex_text(known, 64)}"]
        self.rows.append("\t{ " + ",\n\t  ".join(fields) + " },")
        if effect.why_no_change(register.region, register.path) is None and \
                access in effect.WRITABLE and name not in self.starting:
            self.changers(register, item, name, arguments)

    @staticmethod
    def _idle(item):
        """The value that bits with an effect have in a write that is to have none."""
        found = model.masks(item)
        value = sum(found.get(key, 0) for key in ("zero_clears", "zero_sets", "zero_toggles"))
        return [value] if value else []

    def changers(self, register, item, name, arguments):
        stored = model.masks(item).get("stored", 0)
        for field in item.get("fields", ()):
            if field.get("count", 1) > 1 or \
                    effect.access(item, field) not in effect.WRITABLE:
                continue
            high, low = items.field_range(field)
            mask = ((1 << (high - low + 1)) - 1) << low
            function = register.function("change", "_" + field["name"].lower())
            change = self._wrap("static void NAME(const struct kplug_io *io, uint64_t part)",
                                "change", f"{function}(io{arguments}, part);", len(self.changes))
            self.changes.append(
                f"\t{{ .name = \"{name}\", .change = {change}, .mask = {hex_text(mask, 64)},\n"
                f"\t  .shift = {low}, .stored = {hex_text(stored, 64)} }},")

    def getters(self, register, item, access):
        if access not in effect.READABLE and access not in effect.WRITABLE:
            return
        for field in item.get("fields", ()):
            if field.get("count", 1) > 1:
                continue
            high, low = items.field_range(field)
            function = register.function("get", "_" + field["name"].lower())
            get = self._wrap("static uint64_t NAME(uint64_t value)", "get",
                             f"return {function}(value);", len(self.gets))
            signed = ", .is_signed = true" if field.get("signed") else ""
            self.gets.append(f"\t{{ .name = \"{register.lower}.{field['name']}\", .get = {get}, "
                             f".shift = {low},\n\t  .width = {high - low + 1}{signed} }},")

    # interrupts

    def interrupt(self, one):
        lines = []
        name = one.short
        serve = [source for source in one.sources if source.level and source.cleared_by]
        for source in serve:
            self.functions += ["", f"static void serve_{name}_{source.name.lower()}"
                               f"(const struct kplug_io *io)", "{",
                               f"\t{served(source.cleared_by)}", "}"]
        lines += ["", f"static const struct source {name}_sources[] = {{"]
        for source in one.sources:
            text = f"\t{{ .name = \"{source.full}\", .bits = {hex_text(source.bits, 64)}"
            if source.level:
                text += ", .level = true"
            if source in serve:
                text += f",\n\t  .serve = serve_{name}_{source.name.lower()}"
            lines.append(text + " },")
        lines.append("};")
        if one.recipe()[0]:
            lines += ["", f"static const struct kplug_step {name}_steps[] = {one.upper}_RECIPE;"]
        return lines

    def row(self, one):
        name = one.short
        fields = [f".name = \"{one.name}\"", f".vector = {one.vector}",
                  f".handler = {name}_handler", f".enable = {name}_enable",
                  f".disable = {name}_disable", f".forget = {name}_forget",
                  f".rearm = {name}_rearm",
                  f".sources = {name}_sources", f".num_sources = COUNT({name}_sources)",
                  f".mask = {hex_text(one.mask(), 64)}"]
        if one.recipe()[0]:
            fields += [f".steps = {name}_steps", f".num_steps = COUNT({name}_steps)"]
        fields.append(f".pending = \"{(one.raw or one.status).name()}\"")
        fields.append(f".status = \"{one.status.name()}\"")
        if one.gone is not None:
            fields.append(f".gone = {hex_text(one.gone, 64)}")
        if one.enable or one.enable_clear:
            place = one.enable or one.enable_set or one.enable_clear
            fields += [f".enable_at = \"{place.name()}\""]
            on = one.mask() ^ (place.ones() if one.roles.get("enable_is") == "zero" else 0)
            off = place.ones() if one.roles.get("enable_is") == "zero" else 0
            fields += [f".on = {hex_text(on, 64)}", f".off = {hex_text(off, 64)}"]
        if one.raise_at:
            raising = self._wrap("static void NAME(const struct kplug_io *io, uint64_t bits)",
                                 "raise", f"{name}_raise(io, bits);", one.name)
            fields.append(f".raise = {raising}")
        return "\t{ " + ",\n\t  ".join(fields) + " },"

    def text(self):
        for region, path, _ in items.registers(self.map):
            self.register(region, path)
        tail = []
        for one in self.interrupts:
            tail += self.interrupt(one)
        rows = [self.row(one) for one in self.interrupts]
        lines = ["/* SPDX-License-Identifier: MIT */",
                 f"/* What the tests of {self.map['name']} check. kplug new wrote this file from "
                 f"the map. */", *self.functions]
        for kind, name, content in (("check", "registers", self.rows),
                                    ("change", "changes", self.changes),
                                    ("get", "gets", self.gets)):
            lines += ["", f"static const struct {kind} {name}[] = {{", *content, "\t{ 0 },", "};"]
        lines += tail + ["", "static const struct interrupt interrupts[] = {", *rows,
                         "\t{ 0 },", "};"]
        return "\n".join(lines) + "\n"


def _engines(the_map, found):
    """For each direction the name of its engine, and its limits."""
    lines = ["", "static const struct engine engines[] = {"]
    for one in found:
        for to_host in one.directions():
            lines.append(f"\t{{ .name = \"{one.name}\", .to_host = {str(to_host).lower()}, "
                         f".max = {one.max:#x}, "
                         f".vector = {one.interrupt.vector} }},")
    return lines + ["\t{ 0 },", "};"]


def text(the_map, roles, interrupts, found):
    return _Checks(the_map, roles, interrupts, found).text() + \
        "\n".join(_engines(the_map, found)) + "\n"
