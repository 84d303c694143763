# SPDX-License-Identifier: MIT
"""The header of what a driver does with the device: identity, reset, interrupts, recipes."""
from .place import State
from . import engine as dma

WIDTH = 96


class _Lines:
    def __init__(self):
        self.lines = []

    def put(self, *lines):
        self.lines += lines

    def function(self, comment, start, *body):
        self.put("", f"/* {comment} */", start, "{")
        self.put(*(f"\t{line}" if line else "" for line in body))
        self.put("}")

    def text(self):
        return "\n".join(self.lines) + "\n"


def _states(out, the_map, roles):
    short = the_map["name"].lower()
    io = "const struct kplug_io *io"
    if "identity" in roles:
        out.function("Is it this device? Before the first write.",
                     f"static inline int {short}_identify({io})",
                     f"return {State(the_map, roles['identity']).test()};")
    else:
        out.function("The roles do not say which register proves that it is this device.",
                     f"static inline int {short}_identify({io})", "(void)io;", "return 1;")
    reset = roles.get("reset", {"do": []})
    writes = [State(the_map, one).write() for one in reset["do"]]
    out.put("", f"#define {short.upper()}_RESET_US {reset.get('wait_us', 0)}U")
    out.function("Begins a reset of the device, which takes some time." if writes else
                 "The roles do not say how the device is reset.",
                 f"static inline void {short}_reset({io})", *(writes or ["(void)io;"]))
    done = State(the_map, reset["done"]).test() if "done" in reset else None
    out.function("Is the reset over?", f"static inline int {short}_ready({io})",
                 *([f"return {done};"] if done else ["(void)io;", "return 1;"]))


def _numbers(out, one):
    out.put("", f"/* The interrupt {one.name} */")
    out.put(f"#define {one.upper}_VECTOR {one.vector}U")
    for source in one.sources:
        kind = " /* it stays until it is served */" if source.level else ""
        out.put(f"#define {one.upper}_{source.name.upper()} {one.number(source.bits)}{kind}")
    out.put(f"#define {one.upper}_SOURCES {one.number(one.mask())}")
    out.put(f"#define {one.upper}_LEVELS {one.number(one.levels())}")


def _switches(out, one):
    io = "const struct kplug_io *io"
    nothing = ["(void)io;"]
    out.function("Lets the sources interrupt.", f"static inline void {one.short}_enable({io})",
                 *(one.enabling() or nothing))
    out.function("Lets no source interrupt.", f"static inline void {one.short}_disable({io})",
                 *(one.disabling() or nothing))
    out.function("Forgets what has happened until now.",
                 f"static inline void {one.short}_forget({io})", *_forget(one))
    if one.raise_at:
        value = f"{one.kind} sources"
        out.function("Raises interrupts for a test.",
                     f"static inline void {one.short}_raise({io}, {value})",
                     one.raise_at.write("sources"))


def _forget(one):
    """What is pending may not be in the status, if that shows enabled sources only."""
    place = one.raw if one.raw and one.ack != "read" else one.status
    if one.ack in ("read", "write_back", "write_inverse", "sources"):
        lines = [f"{one.kind} status = {place.read()} & {one.upper}_SOURCES;", ""]
        return lines + (one.acknowledging() or ["(void)status;"])
    return one.acknowledging() or ["(void)io;"]


def _handler(out, one):
    body = [f"{one.kind} status = {one.status.read('irq->io')};", ""]
    if one.gone is not None:
        body += ["/* The device is gone. */", f"if (status == {one.number(one.gone)})",
                 "\treturn KPLUG_NONE;"]
    body += [f"status &= {one.upper}_SOURCES;", "if (!status)", "\treturn KPLUG_NONE;"]
    body += [line.replace("(io", "(irq->io") for line in one.acknowledging()]
    level = one.level_write()
    if level:
        body += ["/* They stay, and would interrupt again at once: see _rearm(). */",
                 f"if (status & {one.upper}_LEVELS)",
                 "\t" + level[0].write(level[0].number(level[1]), "irq->io")]
    body.append("kplug_capture(irq, status);")
    body += [f"kplug_capture(irq, {place.read('irq->io')});" for place in one.capture]
    body.append("return KPLUG_HANDLED | KPLUG_NOTIFY;")
    out.function("The handler, in a program and in the kernel.",
                 f"static inline unsigned int {one.short}_handler(struct kplug_irq *irq)", *body)


def _rearm(out, one):
    lines = one.enabling()[:1] if one.level_write() else []
    out.function("After each event, once a program has served the sources that stay.",
                 f"static inline void {one.short}_rearm(const struct kplug_io *io)",
                 *(lines or ["(void)io;"]))


def _recipe(out, one):
    steps, why = one.recipe()
    if not steps:
        out.put("", f"/* There is no recipe: {why}. */", f"#define {one.upper}_NO_RECIPE 1")
        return
    out.put("", "/* The same as a recipe: an array of struct kplug_step. */",
            f"#define {one.upper}_RECIPE \\", "\t{ \\")
    for text in steps:
        parts = text.split(", .mask", 1) if len(text) > WIDTH - 20 else [text]
        out.put(f"\t\t{parts[0]}" + (", \\" if len(parts) > 1 else ", \\"))
        if len(parts) > 1:
            out.put(f"\t\t  .mask{parts[1]}, \\")
    out.put("\t}")


def _all(out, the_map, mode, interrupts):
    """What serves the vectors, each of which may have several interrupts."""
    short = the_map["name"].lower()
    vectors = max((one.vector for one in interrupts), default=-1) + 1
    out.put("", f"#define {short.upper()}_VECTORS {vectors}",
            f"#define {short.upper()}_IRQ_MODE KPLUG_IRQ_{mode.upper()} /* for kplug_irq_mode() */")
    for verb, text in (("enable", "Lets the sources of a vector interrupt."),
                       ("disable", "The opposite."),
                       ("forget", "Forgets what has happened until now."),
                       ("rearm", "After each event of the vector, see above.")):
        body = []
        for one in interrupts:
            body += [f"if (vector == {one.upper}_VECTOR)", f"\t{one.short}_{verb}(io);"]
        out.function(text, f"static inline void {short}_{verb}(const struct kplug_io *io, "
                     f"unsigned int vector)", *(body or ["(void)io;", "(void)vector;"]))
    body = ["unsigned int verdict = KPLUG_NONE;", ""] + ([] if interrupts else ["(void)irq;"])
    for one in interrupts:
        body += [f"if (irq->vector == {one.upper}_VECTOR)",
                 f"\tverdict |= {one.short}_handler(irq);"]
    out.function("The handler of each vector.",
                 f"static inline unsigned int {short}_handler(struct kplug_irq *irq)",
                 *body, "return verdict;")


def text(the_map, roles, interrupts, engines):
    out = _Lines()
    upper = the_map["name"].upper()
    out.put("/* SPDX-License-Identifier: GPL-2.0 OR MIT */",
            f"/* What a driver of {the_map['name']} does. kplug new wrote it; change the roles. */",
            f"#ifndef {upper}_DEVICE_H", f"#define {upper}_DEVICE_H", "",
            f"#include \"{the_map['name'].lower()}_regs.h\"")
    pci = roles["match"]["pci"][0]
    out.put("", f"#define {upper}_PCI_VENDOR {pci['vendor']}",
            f"#define {upper}_PCI_DEVICE {pci['device']}")
    _states(out, the_map, roles)
    for one in interrupts:
        _numbers(out, one)
        _switches(out, one)
        _rearm(out, one)
        _handler(out, one)
        _recipe(out, one)
    _all(out, the_map, roles.get("interrupt_mode", "auto"), interrupts)
    if engines:
        out.put(*dma.header(the_map, engines))
    out.put("", f"#endif /* {upper}_DEVICE_H */")
    return out.text()


