# SPDX-License-Identifier: MIT
"""One DMA engine of the roles that moves a block: its registers, and what starts and ends it."""
from ..header import hex_text
from ..report import BadFile
from .place import Place, State

MAX_CHUNK = 1 << 30
WIDTH = 92


class Engine:
    def __init__(self, the_map, roles, interrupts):
        self.name, self.roles = roles["name"], roles
        self.short = f"{the_map['name']}_dma_{self.name}".lower()
        self.upper = self.short.upper()
        self.direction = roles["direction"]
        self.choice = roles.get("choice")
        self._needs("host", "length", "done")
        self.host = [Place(the_map, text) for text in roles["host"]]
        self.length = Place(the_map, roles["length"].get("at", ""))
        self.unit = roles["length"].get("unit", 1)
        self.minus_one = roles["length"].get("minus_one", False)
        self.max = int(str(roles["length"].get("max", 0)), 0) or \
            (self.length.ones() + self.minus_one) * self.unit
        self.align = roles.get("align", 1)
        self.prepare = [State(the_map, one) for one in roles.get("prepare", ())]
        self.start = [State(the_map, one) for one in roles.get("start", ())]
        self.stop = [State(the_map, one) for one in roles.get("stop", ())]
        self.idle = State(the_map, roles["idle"]) if "idle" in roles else None
        self.errors = [Place(the_map, text) for text in roles.get("error", ())]
        self.at_choice = Place(the_map, self.choice["at"]) if self.choice else None
        self.interrupt, self.source = self._done(interrupts)
        self._check()

    def _needs(self, *keys):
        for key in keys:
            if key not in self.roles:
                raise BadFile(f"the roles: dma {self.name} needs {key}")

    def _done(self, interrupts):
        name, _, source = self.roles["done"].partition(".")
        for one in interrupts:
            for each in one.sources:
                if one.name == name and each.name == source:
                    return one, each
        raise BadFile(f"the roles: dma {self.name}: done is {self.roles['done']}, which is no "
                      f"INTERRUPT.SOURCE")

    def _check(self):
        if not self.start and not self.roles["length"].get("starts"):
            raise BadFile(f"the roles: dma {self.name}: what starts it? Give start, or starts of "
                          f"the length")
        if self.direction == "choice" and not self.choice:
            raise BadFile(f"the roles: dma {self.name}: which bit is the choice?")
        if self.length.field or any(place.field for place in self.host):
            raise BadFile(f"the roles: dma {self.name}: host and length are registers, not fields")

    def bits(self):
        own = sum(place.register.bits for place in self.host)
        return self.roles.get("address_bits", own)

    def directions(self):
        """Of to_host, which of True and False it can."""
        return {"to_host": [True], "from_host": [False], "choice": [True, False]}[self.direction]

    def starting(self):
        """Statements in C with `address`, `length` and `to_host`."""
        lines = [one.write() for one in self.prepare]
        first = self.host[0]
        lines.append(first.write("address" if first.register.bits > 32 else "(__u32)address"))
        if len(self.host) > 1:
            lines.append(self.host[1].write("(__u32)(address >> 32)"))
        if self.choice:
            lines += self._choosing()
        value = "length" + (f" / {self.unit}U" if self.unit > 1 else "") + \
            (" - 1" if self.minus_one else "")
        if self.length.register.bits <= 32:
            value = f"(__u32)({value})" if value != "length" else "(__u32)length"
        lines.append(self.length.write(value))
        return lines + [one.write() for one in self.start]

    def _choosing(self):
        lines = []
        for condition, key in (("to_host", "to_host"), ("!to_host", "from_host")):
            state = self.chosen(key)
            lines += [f"if ({condition})", "\t" + state.write()]
        return lines

    def chosen(self, key):
        return State(self.at_choice.map, {"at": self.choice["at"], "value": self.choice[key]})

    def failing(self):
        """The condition in C that it has failed, or None."""
        tests = [f"({place.read()} & {place.number(place.mask())})" for place in self.errors]
        return " || ".join(tests) or None

    # the model

    def starts_model(self):
        """The write that starts it: (name, mask, value)."""
        if self.start:
            last = self.start[-1]
            return last.place.name(), last.mask, last.value
        return self.length.name(), 0, 0


def engines(the_map, roles, interrupts, report):
    """Those that the project can drive; a note for each of the others."""
    result, taken = [], set()
    for one in roles.get("dma", ()):
        if one["kind"] != "block":
            report.note(f"dma {one['name']}: the plugin has no engine of kind {one['kind']} yet")
            continue
        engine = Engine(the_map, one, interrupts)
        if taken & set(engine.directions()):
            report.note(f"dma {engine.name}: another engine has its direction; it is left out")
            continue
        taken |= set(engine.directions())
        result.append(engine)
    return result


def header(the_map, found):
    """What the device's header has for all engines, as lines."""
    short, upper = the_map["name"].lower(), the_map["name"].upper()
    io = "const struct kplug_io *io"
    lines = ["", "/* DMA */",
             f"#define {upper}_DMA_BITS {min(one.bits() for one in found)}U",
             f"#define {upper}_DMA_ALIGN {max(one.align for one in found)}U",
             f"#define {upper}_DMA_UNIT {max(one.unit for one in found)}U",
             f"#define {upper}_DMA_MAX {hex_text(_max(found), 32)}",
             f"#define {upper}_DMA_CAN_POLL {int(all(one.idle for one in found))}"]
    for one in found:
        lines += _function(f"Starts the engine {one.name}.",
                           f"static inline void {one.short}_start({io}, __u64 address, "
                           f"__u64 length, int to_host)",
                           ([] if one.choice else ["(void)to_host;"]) + one.starting())
        lines += _function("Makes it release memory; it may take until it is idle.",
                           f"static inline void {one.short}_stop({io})",
                           [state.write() for state in one.stop] or ["(void)io;"])
        lines += _function("Does it access no memory? All ones: the device is gone.",
                           f"static inline int {one.short}_idle({io})",
                           [f"return {one.idle.test()};"] if one.idle else
                           ["(void)io;", "return 0;"])
        failing = one.failing()
        lines += _function("Has the last block failed?",
                           f"static inline int {one.short}_failed({io})",
                           [f"return {failing} ? 1 : 0;" if failing and "||" not in failing else
                            f"return {failing};"] if failing else ["(void)io;", "return 0;"])
    return lines + _dispatch(found, short, io)


def _max(found):
    """Bytes of a chunk: what each engine can, in whole units and alignments."""
    step = max(max(one.align, one.unit) for one in found)
    most = min(min(one.max for one in found), MAX_CHUNK)
    return most - most % step


def _function(comment, start, body):
    return ["", f"/* {comment} */", *_wrapped(start), "{", *(f"\t{line}" for line in body), "}"]


def _wrapped(start):
    """The head of a function on two lines if it is long."""
    if len(start) <= WIDTH:
        return [start]
    at = start.rindex(", ", 0, WIDTH)
    return [start[:at + 1], "\t\t" + start[at + 2:]]


def _each(found, line):
    """Statements for the engine of each direction."""
    result = []
    for one in found:
        for to_host in one.directions():
            result += [f"if ({'' if to_host else '!'}to_host)", "\t" + line(one)]
    return result


def _dispatch(found, short, io):
    directions = [to_host for one in found for to_host in one.directions()]
    can = " || ".join("to_host" if one else "!to_host" for one in directions)
    lines = _function("Is there an engine for this direction?",
                      f"static inline int {short}_dma_can(int to_host)", [f"return {can};"])
    lines += _function("Starts the engine of a direction.",
                       f"static inline void {short}_dma_start({io}, __u64 address, __u64 length, "
                       f"int to_host)",
                       _each(found,
                             lambda one: f"{one.short}_start(io, address, length, to_host);"))
    lines += _function("The opposite.", f"static inline void {short}_dma_stop({io}, int to_host)",
                       _each(found, lambda one: f"{one.short}_stop(io);"))
    for verb in ("idle", "failed"):
        lines += _function("As of the engine.",
                           f"static inline int {short}_dma_{verb}({io}, int to_host)",
                           _each(found, lambda one, verb=verb: f"return {one.short}_{verb}(io);")
                           + ["return 0;"])
    body = []
    for one in found:
        for to_host in one.directions():
            body += [f"if ({'' if to_host else '!'}to_host)",
                     f"\treturn vector == {one.interrupt.upper}_VECTOR &&",
                     f"\t\t(status & {one.interrupt.upper}_{one.source.name.upper()});"]
    return lines + _function("Does this interrupt say that the block is done?",
                             f"static inline int {short}_dma_done(unsigned int vector, "
                             f"__u64 status, int to_host)", body + ["return 0;"])


def table(one):
    """The engine in the model's table."""
    def state(it):
        return f"{{ .at = \"{it.place.name()}\", .mask = {hex_text(it.mask, 64)}, " \
            f".value = {hex_text(it.value, 64)} }}"

    name, mask, value = one.starts_model()
    lines = [f"\t{{ .name = \"{one.name}\",",
             f"\t  .host = \"{one.host[0].name()}\","]
    if one.direction == "to_host":
        lines.append("\t  .to_host = true,")
    if one.choice:
        lines.append(f"\t  .to_host_when = {state(one.chosen('to_host'))},")
    if len(one.host) > 1:
        lines.append(f"\t  .host_high = \"{one.host[1].name()}\",")
    lines += [f"\t  .length = \"{one.length.name()}\",",
              f"\t  .unit = {one.unit}, .max = {one.max:#x}, .align = {one.align},"]
    if one.minus_one:
        lines.append("\t  .minus_one = true,")
    lines.append(f"\t  .start = {{ .at = \"{name}\", .mask = {hex_text(mask, 64)}, "
                 f".value = {hex_text(value, 64)} }},")
    if one.idle:
        lines.append(f"\t  .idle = {state(one.idle)},")
    if one.errors:
        place = one.errors[0]
        lines.append(f"\t  .error = {{ .at = \"{place.name()}\", "
                     f".mask = {hex_text(place.mask(), 64)}, "
                     f".value = {hex_text(place.mask(), 64)} }},")
    lines.append(f"\t  .done = \"{one.source.full}\" }},")
    return lines
