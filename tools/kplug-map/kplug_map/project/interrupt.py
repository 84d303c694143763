# SPDX-License-Identifier: MIT
"""One interrupt of the roles: its registers, and what its handler does in each place."""
from .. import effect
from ..header import container, hex_text
from ..report import BadFile
from .place import Place, State

REFS = ("status", "raw", "enable", "enable_set", "enable_clear", "ack_at", "raise_at")
MAX_STEPS = 16


class Source:
    def __init__(self, the_map, interrupt, source):
        self.name = source["name"]
        self.full = f"{interrupt['name']}.{source['name']}"
        self.bits = 1 << source["bit"]
        self.level = source.get("kind") == "level"
        self.cleared_by = Place(the_map, source["cleared_by"]) if "cleared_by" in source else None


class Interrupt:
    def __init__(self, the_map, roles):
        self.name = roles["name"]
        self.roles = roles
        self.short = f"{the_map['name']}_irq_{self.name}".lower()
        self.upper = self.short.upper()
        self.vector = roles.get("vector", 0)
        self.ack = roles["ack"]
        for key in REFS:
            setattr(self, key, Place(the_map, roles[key]) if key in roles else None)
        self.global_state = State(the_map, roles["global"]) if "global" in roles else None
        self.capture = [Place(the_map, text) for text in roles.get("capture", ())]
        self.gone = int(str(roles["gone"]), 0) if "gone" in roles else None
        self.sources = [Source(the_map, roles, one) for one in roles.get("sources", ())]
        self._check()

    def _check(self):
        if roles_count(self.roles) > 1:
            raise BadFile(f"the roles: interrupt {self.name}: count is not supported yet; give "
                          f"each vector an interrupt of its own")
        if not self.status:
            raise BadFile(f"the roles: interrupt {self.name} has no status register, without "
                          f"which there is no handler")
        for key in REFS:
            place = getattr(self, key)
            if place and place.field:
                raise BadFile(f"the roles: interrupt {self.name}: {key} is a field; give the "
                              f"register")
        if self.ack in ("write_back", "write_inverse") and not self.ack_at:
            self._check_status()

    def _check_status(self):
        """Whether the status takes the write that is to acknowledge it."""
        wanted = {"write_back": ("1clear", "1toggle"), "write_inverse": ("0clear",)}[self.ack]
        item = self.status.item
        hows = {effect.on_write(item, one) for one in item.get("fields") or [None]} | \
            {item.get("on_write", "plain")}
        if not hows & set(wanted):
            raise BadFile(f"the roles: interrupt {self.name}: ack {self.ack}, but no bit of "
                          f"{self.status.text} is {' or '.join(wanted)}; correct the map, or say "
                          f"ack_at")

    # numbers

    @property
    def bits(self):
        return self.status.register.bits

    @property
    def kind(self):
        return f"__u{container(self.bits)}"

    def ones(self):
        return (1 << self.bits) - 1

    def mask(self):
        """The bits that the handler looks at: those of the sources, or all."""
        return sum(one.bits for one in self.sources) or self.ones()

    def levels(self):
        return sum(one.bits for one in self.sources if one.level)

    def number(self, value):
        return hex_text(value, self.bits)

    # writes

    def _enable_value(self, bits):
        """What the enable register has for these bits."""
        if self.roles.get("enable_is") == "zero":
            return self.enable.ones() & ~bits
        return bits

    def enabling(self):
        """Statements that enable the sources in the device."""
        lines = []
        if self.enable:
            lines.append(self.enable.write(self.enable.number(self._enable_value(self.mask()))))
        elif self.enable_set:
            lines.append(self.enable_set.write(self.enable_set.number(self.mask())))
        if self.global_state:
            lines.append(self.global_state.write())
        return lines

    def disabling(self):
        if self.enable:
            return [self.enable.write(self.enable.number(self._enable_value(0)))]
        if self.enable_clear:
            return [self.enable_clear.write(self.enable_clear.number(self.mask()))]
        return []

    def can_mask(self):
        return bool(self.enable or self.enable_clear)

    def level_write(self):
        """(place, value) of the write that disables the level sources, or None."""
        if not self.levels() or not self.can_mask():
            return None
        if self.enable:
            return self.enable, self._enable_value(self.mask() & ~self.levels())
        return self.enable_clear, self.levels()

    def ack_place(self):
        return self.ack_at or self.status

    def acknowledging(self):
        """Statements that acknowledge the bits in `status`, which are the handler's own."""
        place = self.ack_place()
        if self.ack == "write_back":
            return [place.write("status")]
        if self.ack == "write_inverse":
            return [place.write(f"({self.kind})~status")]
        if self.ack == "write_all":
            return [place.write(place.number(place.ones()))]
        if self.ack == "sources":
            return self._by_sources()
        return []

    def _by_sources(self):
        lines = []
        for one in self.sources:
            if not one.cleared_by:
                raise BadFile(f"the roles: {one.full}: ack is sources, so it needs cleared_by")
            lines.append(f"if (status & {self.upper}_{one.name.upper()})")
            lines.append("\t" + served(one.cleared_by))
        return lines

    # the recipe

    def recipe(self):
        """(steps, None), each the initialiser of a struct kplug_step; or (None, the reason)."""
        status = self.status.register
        if status.words > 1:
            return None, f"{self.status.text} has several words"
        if self.ack == "sources":
            return None, "each source has its own acknowledgement"
        steps = [step("READ", self.status)]
        if self.gone is not None:
            steps.append(f"KPLUG_NOT_MINE({self.number(self.ones())}, {self.number(self.gone)})")
        steps.append(f"KPLUG_NOT_MINE({self.number(self.mask())}, 0)")
        steps += self._recipe_ack()
        level = self.level_write()
        if level:
            steps.append(step("WRITE", level[0], value=level[1]))
        steps.append(f"KPLUG_CAPTURE({self.number(self.mask())})")
        for place in self.capture:
            steps.append(step("READ", place))
            steps.append(f"KPLUG_CAPTURE({place.number(place.ones())})")
        wide = [one for one in self.capture + ([level[0]] if level else [])
                if one.register.words > 1]
        if wide:
            return None, f"{wide[0].text} has several words"
        if len(steps) > MAX_STEPS:
            return None, f"it would have {len(steps)} steps, of which a recipe has {MAX_STEPS}"
        return steps, None

    def _recipe_ack(self):
        place = self.ack_place()
        if self.ack == "write_back":
            return [step("WRITE_BACK", place, mask=self.mask())]
        if self.ack == "write_inverse":
            return [step("WRITE_INVERSE", place, mask=self.mask(),
                         value=place.ones() & ~self.mask())]
        if self.ack == "write_all":
            return [step("WRITE", place, value=place.ones())]
        return []


def roles_count(roles):
    return roles.get("count", 1)


def served(place):
    """The access to a register that ends what it stands for."""
    if effect.read_changes(place.item):
        return f"(void){place.read()};"
    return place.write(place.number(place.ones()))


def step(op, place, mask=None, value=None):
    """The initialiser of a step that accesses a register of one word."""
    register = place.register
    offset = sum(one["at"] for one in place.path)
    arrays = [one for one in place.path if one.get("count", 1) > 1]
    offset += sum(one["stride"] * index for one, index in zip(arrays, place.indexes))
    numbers = [str(place.region["bar"]), f"{offset:#x}"]
    if mask is not None:
        numbers.append(place.number(mask))
    if op != "READ":
        numbers.append(place.number(value or 0))
    return f"KPLUG_{op}{register.word}({', '.join(numbers)})"
