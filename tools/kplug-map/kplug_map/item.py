# SPDX-License-Identifier: MIT
"""Items of a map: registers, blocks and memories, their sizes and their paths.

A map in memory is the JSON of map.schema.json with every number as an int. A key that begins with
an underscore is the importer's own, and is not written.
"""
MAX_COUNT = 65536
MAX_LEAVES = 1 << 18
WIDTHS = (8, 16, 32, 64)
NUMBERS = ("at", "stride", "bytes", "reset", "known", "size", "word_stride")
ORDER = ("name", "was", "desc", "bar", "kind", "size", "endian", "widths", "effects", "at", "count",
         "stride", "index", "overlays", "like", "bits", "word", "words", "word_stride", "bytes",
         "access", "on_read", "on_write", "reset", "known", "locked_by", "signed", "min", "max",
         "values", "fields", "items")


def field_range(field):
    """(high, low) of the bits of a field."""
    parts = [int(part) for part in field["bits"].split(":")]
    return parts[0], parts[-1]


def bits_text(high, low):
    return str(high) if high == low else f"{high}:{low}"


def word_bits(register, region=None):
    """The width of one access: what the register says, what the region takes, or its own width."""
    if "word" in register:
        return register["word"]
    fitting = [width for width in WIDTHS if width >= register["bits"]]
    widths = (region or {}).get("widths") or list(WIDTHS)
    return next((width for width in fitting if width in widths), max(widths))


def word_count(register, region=None):
    return -(-register["bits"] // word_bits(register, region))


def word_stride(register, region=None):
    return register.get("word_stride", word_bits(register, region) // 8)


def extent(item, region=None):
    """The bytes of one element of an item."""
    if "bits" in item:
        words = word_count(item, region)
        return (words - 1) * word_stride(item, region) + word_bits(item, region) // 8
    if "bytes" in item:
        return item["bytes"]
    return max((one["at"] + whole(one, region) for one in item["items"]), default=0)


def whole(item, region=None):
    """The bytes of all elements of an item."""
    count = item.get("count", 1)
    return (count - 1) * item.get("stride", 0) + extent(item, region)


def walk(items, path=()):
    """(path of dicts from the top, item) for every definition, the parent first."""
    for item in items:
        here = path + (item,)
        yield here, item
        yield from walk(item.get("items", ()), here)


def path_text(path, field=None):
    names = [item["name"] for item in path] + ([field["name"]] if field else [])
    return ".".join(names)


def registers(the_map):
    """(region, path, register) for every register that the map defines; an array counts once."""
    for region in the_map["regions"]:
        for path, item in walk(region["items"]):
            if "bits" in item:
                yield region, path, item


def count_of(path):
    """The number of registers that one definition stands for."""
    total = 1
    for item in path:
        total *= item.get("count", 1)
    return total


def normal(value):
    """The JSON of a map with numbers as ints."""
    if isinstance(value, list):
        return [normal(one) for one in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, one in value.items():
        if key in NUMBERS:
            result[key] = _int(one)
        elif key == "values" and isinstance(one, dict):
            result[key] = {name: _int(number) for name, number in one.items()}
        else:
            result[key] = normal(one)
    return result


def _int(value):
    try:
        return int(value, 0) if isinstance(value, str) else value
    except ValueError:
        return value  # the schema refuses it


def written(value, key=None):
    """The JSON as it is written: addresses in hexadecimal, keys in one order."""
    if isinstance(value, list):
        return [written(one) for one in value]
    if isinstance(value, dict):
        keys = [one for one in value if not one.startswith("_")]
        if key != "values":
            place = {name: at for at, name in enumerate(ORDER)}
            keys.sort(key=lambda name: place.get(name, -1))
        return {one: written(value[one], one) for one in keys}
    if key in NUMBERS and isinstance(value, int):
        return hex(value)
    return value
