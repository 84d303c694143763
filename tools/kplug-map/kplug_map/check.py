# SPDX-License-Identifier: MIT
"""Checks a map: overlaps, names that are there twice, places of fields, effects and access."""
from . import effect, item as items

MAX_OVERLAPS = 50
MAX_OPEN = 64  # more at one place are overlaps that are named already


def check(the_map, report):
    """Puts what is wrong with a map, which has the form of the schema, into the report."""
    _names(the_map["regions"], "the map", report)
    _bars(the_map["regions"], report)
    for region in the_map["regions"]:
        _check_items(region["items"], region["name"], report)
        for path, one in items.walk(region["items"]):
            _Definition(region, path, one, report).check()
        if not _too_large(region, report):
            _overlaps(region, report)


def _bars(regions, report):
    seen = {}
    for region in regions:
        other = seen.setdefault(region.get("bar", region["name"]), region["name"])
        if other != region["name"]:
            report.error(f"the regions {other} and {region['name']} both are bar {region['bar']}; "
                         f"make them blocks of one region")


def _check_items(some, where, report):
    _names(some, where, report)
    for one in some:
        if "items" in one:
            _check_items(one["items"], f"{where}.{one['name']}", report)


def _names(some, where, report):
    seen = set()
    for one in some:
        if one["name"] in seen:
            report.error(f"{where} has two items named {one['name']}; rename one in the roles")
        seen.add(one["name"])


class _Definition:
    """The checks of one item alone."""

    def __init__(self, region, path, item, report):
        self.region = region
        self.item = item
        self.place = f"{region['name']}.{items.path_text(path)}"
        self.report = report

    def error(self, text):
        self.report.error(f"{self.place}: {text}", self.item.get("_line"), self.item.get("_file"))

    def check(self):
        self.array(self.item)
        if "bits" not in self.item:
            if any(key in self.item for key in effect.EFFECTS) and "items" in self.item:
                self.error("a block has no access and no effects; its registers have")
            return
        self.register()
        _names(self.item.get("fields", ()), self.place, self.report)
        for field in self.item.get("fields", ()):
            self.field(field)
        self.field_overlaps()

    def array(self, item):
        if item.get("count", 1) > 1 and "stride" not in item:
            self.error("an array needs a stride")
        elif "stride" in item and item["stride"] < items.extent(item, self.region):
            self.error(f"the stride {item['stride']:#x} is smaller than one element")
        if "index" in item and len(item["index"]) != item.get("count", 1):
            self.error(f"{len(item['index'])} names of indexes for {item.get('count', 1)} elements")

    def register(self):
        item = self.item
        words = items.word_count(item, self.region)
        if words > 1 and "words" not in item:
            self.error(f"{words} words, and no order of them: say low_first or high_first")
        self.value("reset", item.get("reset", 0), item["bits"])
        self.value("known", item.get("known", 0), item["bits"])
        self.contradiction(item, item.get("access", "rw"), "")

    def value(self, what, value, bits):
        if value >> bits:
            self.error(f"{what} {value:#x} does not fit into {bits} bits")

    def field(self, field):
        name = field["name"]
        high, low = items.field_range(field)
        if high < low:
            self.error(f"{name}: bits {field['bits']} are not from high to low")
            return
        last = high + (field.get("count", 1) - 1) * field.get("stride", high - low + 1)
        if last >= self.item["bits"]:
            self.error(f"{name}: bit {last} is outside of {self.item['bits']} bits")
        width = high - low + 1
        self.value(f"{name}: reset", field.get("reset", 0), width)
        self.fits(field, width)
        for word, value in field.get("values", {}).items():
            self.value(f"{name}: {word}", value, width)
        self.contradiction(field, effect.access(self.item, field), f"{name}: ")
        if self.item.get("access") in ("ro", "wo", "none") and \
                field.get("access", self.item["access"]) not in (self.item["access"], "none"):
            self.error(f"{name}: {field['access']} in a register that is {self.item['access']}")

    def fits(self, field, width):
        """The reset of a field is a part of the reset of its register."""
        known = self.item.get("known", (1 << self.item["bits"]) - 1)
        high, low = items.field_range(field)
        mask = ((1 << width) - 1) << low
        if "reset" not in field or "reset" not in self.item or known & mask != mask:
            return
        part = (self.item["reset"] & mask) >> low
        if field.get("count", 1) == 1 and part != field["reset"]:
            self.error(f"{field['name']}: reset {field['reset']:#x}, but the register's has "
                       f"{part:#x} there")

    def contradiction(self, part, access, name):
        if part.get("on_write", "plain") != "plain" and access not in effect.WRITABLE:
            self.error(f"{name}a write {part['on_write']}, but the access is {access}")
        if part.get("on_read", "plain") != "plain" and access not in effect.READABLE:
            self.error(f"{name}a read {part['on_read']}, but the access is {access}")

    def field_overlaps(self):
        taken = []
        for field in self.item.get("fields", ()):
            high, low = items.field_range(field)
            step = field.get("stride", high - low + 1)
            if field.get("count", 1) > 1 and step < high - low + 1:
                self.error(f"{field['name']}: the stride {step} is smaller than the field")
            for at in range(field.get("count", 1)):
                taken.append((low + at * step, high + at * step, field))
        taken.sort(key=lambda one: one[:2])
        still_open = []
        for low, high, field in taken:
            still_open = [one for one in still_open if one[1] >= low][-MAX_OPEN:]
            for _, _, other in still_open:
                if other is not field and not self.may_share(other, field):
                    self.error(f"the fields {other['name']} and {field['name']} share bit {low}")
            still_open.append((low, high, field))

    def may_share(self, one, other):
        """What is read and what is written at one place may differ."""
        return {effect.access(self.item, one), effect.access(self.item, other)} == {"ro", "wo"}


def _leaves(some, base, region, path=(), index=()):
    """(start, end, path, index) of every register and memory, arrays expanded."""
    for one in some:
        for at in range(one.get("count", 1)):
            start = base + one["at"] + at * one.get("stride", 0)
            here, where = path + (one,), index + (at,)
            if "items" in one:
                yield from _leaves(one["items"], start, region, here, where)
            else:
                yield start, start + items.extent(one, region), here, where


def _leaf_count(some):
    return sum(one.get("count", 1) * (_leaf_count(one["items"]) if "items" in one else 1)
               for one in some)


def _too_large(region, report):
    count = _leaf_count(region["items"])
    if count > items.MAX_LEAVES:
        report.error(f"{region['name']}: {count} registers, of which a region may have "
                     f"{items.MAX_LEAVES}; describe memory as memory (bytes)")
    return count > items.MAX_LEAVES


def _overlaps(region, report):
    leaves = sorted(_leaves(region["items"], 0, region), key=lambda one: one[:2])
    size = region.get("size")
    said = set()
    open_leaves = []
    for leaf in leaves:
        if size is not None and leaf[1] > size:
            report.error(f"{region['name']}.{items.path_text(leaf[2])}: ends at {leaf[1]:#x}, "
                         f"outside of the region's {size:#x} bytes")
            size = None
        open_leaves = [one for one in open_leaves if one[1] > leaf[0]][-MAX_OPEN:]
        for one in open_leaves:
            _overlap(one, leaf, region, said, report)
        open_leaves.append(leaf)
        if len(said) > MAX_OVERLAPS:
            report.error(f"{region['name']}: more than {MAX_OVERLAPS} overlaps; the rest is not "
                         f"listed")
            return


def _overlap(one, other, region, said, report):
    texts = [f"{region['name']}.{items.path_text(leaf[2])}" for leaf in (one, other)]
    if tuple(texts) in said or _declared(one, other):
        return
    said.add(tuple(texts))
    if texts[0] == texts[1]:
        report.error(f"elements of {texts[0]} overlap at {other[0]:#x}")
        return
    item = other[2][-1]
    report.error(f"{texts[0]} and {texts[1]} overlap at {other[0]:#x}; correct one in the roles, "
                 f"or say there that it overlays the other", item.get("_line"), item.get("_file"))


def _declared(one, other):
    """Whether the file says that two leaves share a place: where their paths part."""
    for mine, its, at, there in zip(one[2], other[2], one[3], other[3]):
        if mine is its and at == there:
            continue
        return mine.get("overlays") == its["name"] or its.get("overlays") == mine["name"]
    return False
