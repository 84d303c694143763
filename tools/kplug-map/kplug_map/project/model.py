# SPDX-License-Identifier: MIT
"""The table of the card's model, for the library of models."""
import re

from .. import effect, item as items
from ..header import hex_text
from ..report import BadFile
from .place import State
from . import engine as dma

KEYS = {"1clear": "one_clears", "1set": "one_sets", "1toggle": "one_toggles",
        "0clear": "zero_clears", "0set": "zero_sets", "0toggle": "zero_toggles",
        "clear": "write_clears", "set": "write_sets", "once": "once", "plain": "stored"}
MAX_ARRAYS = 4


def _parts(register):
    """(mask, the field or None) of what makes up a register."""
    whole = (1 << min(register["bits"], 64)) - 1
    rest = whole
    if register["bits"] <= 64:
        for field in register.get("fields", ()):
            high, low = items.field_range(field)
            one = (1 << (high - low + 1)) - 1
            step = field.get("stride", high - low + 1)
            mask = sum(one << (low + at * step) for at in range(field.get("count", 1)))
            rest &= ~mask
            yield mask, field
    if rest:
        yield rest, None


def _put(masks, name, bits):
    masks[name] = masks.get(name, 0) | bits


def masks(register):
    """What reads and writes do to the bits of a register, as the library takes it."""
    result = {}
    fields = register.get("fields")
    for mask, field in _parts(register):
        if field is None and fields and register["bits"] <= 64 and "access" not in register \
                and "on_write" not in register:
            _put(result, "readable", mask)  # bits between the fields
            continue
        if effect.access(register, field) in effect.READABLE:
            _put(result, "readable", mask)
        if effect.on_read(register, field) in ("clear", "set"):
            _put(result, f"read_{effect.on_read(register, field)}s", mask)
        elif effect.on_read(register, field) != "plain":
            result["read_acts"] = True
        if effect.access(register, field) in effect.WRITABLE:
            name = KEYS.get(effect.on_write(register, field))
            if name:
                _put(result, name, mask)
            else:
                result["acts"] = True
    return result


def reset_of(register):
    value = register.get("reset")
    if value is not None:
        return value if register["bits"] <= 64 else 0
    value = 0
    for field in register.get("fields", ()):
        if "reset" in field and register["bits"] <= 64:
            value |= field["reset"] << items.field_range(field)[1]
    return value


def place_name(region, path):
    return ".".join([region["name"]] + [one["name"] + ("[]" if one.get("count", 1) > 1 else "")
                                        for one in path])


def _arrays(path, name):
    arrays = [one for one in path if one.get("count", 1) > 1]
    if len(arrays) > MAX_ARRAYS:
        raise BadFile(f"{name}: {len(arrays)} arrays in one another; the model has {MAX_ARRAYS}")
    return ", ".join(f"{{ {one['count']}, {one['stride']:#x} }}" for one in arrays)


def _register(region, path, extra):
    register = path[-1]
    name = place_name(region, path)
    word = items.word_bits(register, region)
    lines = [f"\t{{ .name = \"{name}\",",
             f"\t  .bar = {region['bar']}, .at = {sum(one['at'] for one in path):#x}, "
             f".bits = {register['bits']}, .word = {word}, "
             f".step = {items.word_stride(register, region)},"]
    if register.get("words") == "high_first":
        lines.append("\t  .high_first = true,")
    arrays = _arrays(path, name)
    if arrays:
        lines.append(f"\t  .arrays = {{ {arrays} }},")
    if reset_of(register):
        lines.append(f"\t  .reset = {hex_text(reset_of(register), 64)},")
    found = masks(register)
    found.update(extra.get(name, {}))
    for key, value in found.items():
        lines.append(f"\t  .{key} = " + ("true," if value is True else f"{hex_text(value, 64)},"))
    lines[-1] = lines[-1].rstrip(",") + " },"
    return lines


def _state(state):
    return f"{{ .at = \"{state.place.name()}\", .mask = {hex_text(state.mask, 64)}, " \
        f".value = {hex_text(state.value, 64)} }}"


def _interrupt(one):
    lines = [f"\t{{ .name = \"{one.name}\",", f"\t  .vector = {one.vector},",
             f"\t  .ack = TABLE_ACK_{one.ack.upper()},"]
    for key in ("status", "raw", "ack_at", "enable", "enable_set", "enable_clear", "raise_at"):
        place = getattr(one, key)
        if place:
            lines.append(f"\t  .{key} = \"{place.name()}\",")
    if one.roles.get("enable_is") == "zero":
        lines.append("\t  .enable_zero = true,")
    if one.global_state:
        lines.append(f"\t  .global = {_state(one.global_state)},")
    if one.roles.get("raise") == "toggle":
        lines.append("\t  .raise_toggles = true,")
    if one.sources:
        lines += [f"\t  .sources = {one.short}_sources,",
                  f"\t  .num_sources = {len(one.sources)},"]
    lines[-1] = lines[-1].rstrip(",") + " },"
    return lines


def _sources(one):
    lines = ["", f"static const struct table_source {one.short}_sources[] = {{"]
    for source in one.sources:
        text = f"\t{{ .name = \"{source.name}\", .bits = {hex_text(source.bits, 64)}"
        if source.level:
            text += ", .level = true"
        if source.cleared_by:
            text += f", .cleared_by = \"{source.cleared_by.name()}\""
        lines.append(text + " },")
    return lines + ["};"]


def plain(name):
    """The name of the whole array that an element is of."""
    return re.sub(r"\[\d+\]", "[]", name)


def roles_masks(interrupts):
    """What the roles say about registers, where the map may be silent."""
    result = {}
    for one in interrupts:
        ones = one.status.ones()
        for key, name in (("enable_set", "one_sets"), ("enable_clear", "one_clears")):
            place = getattr(one, key)
            if place and masks(place.item).get("stored") == ones:
                result[plain(place.name())] = {"stored": 0, name: ones}
        for place in (one.ack_at, one.raise_at):
            if place:
                result.setdefault(plain(place.name()), {})["acts"] = True
    return result


def bar_size(region):
    """The size of a BAR is a power of two."""
    size = region.get("size") or max((one["at"] + items.whole(one, region)
                                      for one in region["items"]), default=1)
    return max(16, 1 << (size - 1).bit_length())


def _bars(the_map):
    lines = ["\t.bars = {"]
    for region in the_map["regions"]:
        widths = {items.word_bits(one, region) // 8
                  for _, one in items.walk(region["items"]) if "bits" in one}
        if any("bytes" in one for _, one in items.walk(region["items"])):
            widths |= {1, 2, 4, 8}
        kind = ""
        if region.get("kind") == "ports":
            kind = ".kind = PCI_BASE_ADDRESS_SPACE_IO, "
        elif bar_size(region) >= 1 << 32:
            kind = ".kind = PCI_BASE_ADDRESS_MEM_TYPE_64, "
        lines.append(f"\t\t[{region['bar']}] = {{ .size = {bar_size(region):#x}, {kind}"
                     f".widths = {' | '.join(str(one) for one in sorted(widths)) or 4} }},")
    return lines + ["\t},"]


def text(the_map, roles, interrupts, engines):
    short = the_map["name"].lower()
    extra = roles_masks(interrupts)
    lines = ["// SPDX-License-Identifier: MIT",
             f"// The registers of {the_map['name']} for its model. kplug new wrote this file from "
             f"the map.", "#include <table.h>", "", f"#include \"{short}_behaviour.h\"", "",
             "static const struct table_register registers[] = {"]
    count = 0
    for region, path, _ in items.registers(the_map):
        lines += _register(region, path, extra)
        count += 1
    lines += ["};"] + _memories(the_map)
    for one in interrupts:
        if one.sources:
            lines += _sources(one)
    if interrupts:
        lines += ["", "static const struct table_interrupt interrupts[] = {"]
        for one in interrupts:
            lines += _interrupt(one)
        lines.append("};")
    if engines:
        lines += ["", "static const struct table_engine engines[] = {"]
        for one in engines:
            lines += dma.table(one)
        lines.append("};")
    return "\n".join(lines + _table(the_map, roles, interrupts, engines)) + "\n"


def _memories(the_map):
    lines = []
    for region in the_map["regions"]:
        for path, one in items.walk(region["items"]):
            if "bytes" not in one:
                continue
            name = place_name(region, path)
            arrays = _arrays(path, name)
            lines.append(f"\t{{ .name = \"{name}\", .bar = {region['bar']}, "
                         f".at = {sum(each['at'] for each in path):#x}, "
                         f".bytes = {one['bytes']:#x}"
                         + (f", .arrays = {{ {arrays} }}" if arrays else "") + " },")
    if lines:
        lines = ["", "static const struct table_memory memories[] = {"] + lines + ["};"]
    return lines


def _table(the_map, roles, interrupts, engines):
    short = the_map["name"].lower()
    pci = roles["match"]["pci"][0]
    lines = ["", "#define COUNT(array) (sizeof(array) / sizeof(*(array)))", "",
             "static const struct table table = {",
             "\t.registers = registers,", "\t.num_registers = COUNT(registers),"]
    if _memories(the_map):
        lines += ["\t.memories = memories,", "\t.num_memories = COUNT(memories),"]
    if interrupts:
        lines += ["\t.interrupts = interrupts,", "\t.num_interrupts = COUNT(interrupts),"]
    if engines:
        lines += ["\t.engines = engines,", "\t.num_engines = COUNT(engines),"]
    reset = roles.get("reset", {}).get("do", [])
    if reset:
        lines.append(f"\t.reset = {_state(State(the_map, reset[-1]))},")
    vectors = max((one.vector for one in interrupts), default=0) + 1
    lines += [f"\t.written = {short}_written,", "};", "",
              f"static const struct model {short}_model = {{",
              f"\t.name = \"{short}\",",
              f"\t.ids = {{ .vendor = {pci['vendor']}, .device = {pci['device']}, "
              f".subsystem_vendor = {pci.get('subvendor', pci['vendor'])}, "
              f".subsystem = {pci.get('subdevice', pci['device'])}, .class = 0xff0000 }},"]
    lines += _bars(the_map)
    lines += [f"\t.msi = {1 << (vectors - 1).bit_length()},", "\t.table = &table,",
              "\tTABLE_MODEL,", "};", "",
              "/* The program has this model alone, whatever its name. */",
              "const struct model *model_find(const char *name)", "{", "\t(void)name;",
              f"\treturn &{short}_model;", "}"]
    return lines
