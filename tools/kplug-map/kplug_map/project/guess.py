# SPDX-License-Identifier: MIT
"""Roles that exact patterns of names give away, and the blanks that a person fills in."""
from .. import effect, item as items

QUESTIONS = (
    ("match", "which device is it? --pci VENDOR:DEVICE, as `lspci -n` shows it"),
    ("identity", "which register proves that it is this device, and not another one?\n"
     "      { \"at\": \"ID\", \"value\": \"0x...\", \"mask\": \"0x...\" }"),
    ("reset", "which write resets it, and how long does that take?\n"
     "      { \"do\": [ { \"at\": \"CTRL.RESET\", \"value\": 1 } ], \"wait_us\": ... }"),
    ("interrupts", "which register says why it interrupts, which one enables, which write\n"
     "      acknowledges?\n"
     "      [ { \"name\": \"main\", \"status\": \"...\", \"enable\": \"...\", "
     "\"ack\": \"write_back\" } ]"),
)


def roles(the_map):
    """Roles with what the names of registers give away."""
    result = {"kplug_roles": 1, "map": the_map["name"]}
    found = [_Guess(*one) for one in _groups(the_map)]
    entries = [entry for guess in found for entry in guess.entries]
    if entries:
        result["interrupts"] = entries
    corrections = {path: change for guess in found for path, change in guess.corrections.items()}
    if corrections:
        result["corrections"] = corrections
    return result


def _groups(the_map):
    """(path of the block, its registers by name), where there are no arrays."""
    for region in the_map["regions"]:
        yield from _blocks(region["items"], region["name"])


def _blocks(some, path):
    registers = {one["name"]: one for one in some
                 if isinstance(one.get("bits"), int) and one.get("count", 1) == 1}
    yield path, registers
    for one in some:
        if "items" in one and one.get("count", 1) == 1:
            yield from _blocks(one["items"], f"{path}.{one['name']}")


class _Guess:
    """The interrupts of one block."""

    def __init__(self, path, registers):
        self.path, self.registers = path, registers
        self.entries, self.corrections = [], {}
        self.reggen()
        self.xilinx()
        for name in registers:
            if name.endswith("ev_pending"):
                self.litex_event(name[:-len("pending")])
        self.litex_msi()

    def has(self, *names):
        return all(name in self.registers for name in names)

    def ref(self, name):
        return f"{self.path}.{name}"

    def add(self, name, **entry):
        block = self.path.split(".", 1)[1:] or ["main"]
        self.entries.append({"name": (name or block[0]).replace(".", "_"), "vector": 0, **entry})

    def sources(self, name, level=None):
        """One for each field, or none."""
        register, result = self.registers[name], []
        for field in register.get("fields", ()):
            high, low = items.field_range(field)
            if high != low or low > 63 or field.get("count", 1) > 1:
                continue
            one = {"name": field["name"], "bit": low}
            if level and level(register, field):
                one["kind"] = "level"
            result.append(one)
        return {"sources": result} if result else {}

    def reggen(self):
        """OpenTitan: its program makes these three, and a field for each interrupt."""
        if not self.has("INTR_STATE", "INTR_ENABLE", "INTR_TEST"):
            return
        register = self.registers["INTR_STATE"]
        hows = [effect.on_write(register, field) for field in register.get("fields", ())]
        if not set(hows) <= {"1clear", "plain"}:
            return
        self.add(None, status=self.ref("INTR_STATE"), enable=self.ref("INTR_ENABLE"),
                 ack="write_back" if "1clear" in hows else "none",
                 raise_at=self.ref("INTR_TEST"), **{"raise": "write_bits"},
                 **self.sources("INTR_STATE", lambda register, field:
                                effect.access(register, field) == "ro"))

    def xilinx(self):
        """AXI cores: writing a 1 to a bit of ISR toggles it, which acknowledges and raises."""
        if not self.has("ISR", "IER"):
            return
        register = self.registers["ISR"]
        parts = register.get("fields") or [None]
        if any(effect.on_write(register, part) != "1toggle" for part in parts):
            return
        entry = {"status": self.ref("ISR"), "enable": self.ref("IER"), "ack": "write_back",
                 "raise_at": self.ref("ISR"), "raise": "toggle"}
        fields = self.registers.get("GIE", {}).get("fields", ())
        if len(fields) == 1 and len(set(items.field_range(fields[0]))) == 1:
            entry["global"] = {"at": f"{self.ref('GIE')}.{fields[0]['name']}", "value": 1}
        self.add(None, **entry, **self.sources("ISR"))

    def litex_event(self, start):
        """An event manager: its file does not say that a written 1 clears."""
        if not self.has(f"{start}status", f"{start}pending", f"{start}enable"):
            return
        self.add(f"{start}pending", status=self.ref(f"{start}pending"),
                 enable=self.ref(f"{start}enable"), ack="write_back",
                 **self.sources(f"{start}pending"))
        self.corrections[self.ref(f"{start}pending")] = {"on_write": "1clear"}

    def litex_msi(self):
        """LitePCIe: what is pending, and a register that clears it."""
        if not self.path.endswith("msi") or not self.has("vector", "clear", "enable"):
            return
        self.add(None, status=self.ref("vector"), enable=self.ref("enable"), ack="write_back",
                 ack_at=self.ref("clear"))
        self.corrections[self.ref("clear")] = {"on_write": "pulse"}


def blanks(the_roles, guessed):
    """What the roles do not say yet, and what was guessed, as lines to print."""
    missing = [(key, text) for key, text in QUESTIONS if key not in the_roles]
    lines = []
    if guessed:
        lines += ["Guessed from the names of registers, so check it in roles.json:"]
        lines += [f"  interrupt {one['name']}: {one['status']}, enabled by "
                  f"{one.get('enable', 'nothing')}" for one in the_roles.get("interrupts", ())]
    if missing:
        lines.append("roles.json does not say yet:")
        lines += [f"  {key}: {text}" for key, text in missing]
        lines.append("Fill it in, and run `make new`.")
    return lines
