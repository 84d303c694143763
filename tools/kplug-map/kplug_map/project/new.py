# SPDX-License-Identifier: MIT
"""Writes a project: what is generated each time, and once what is the person's own."""
import json
import os
import re

from .. import check, formats, header, item as items, roles as roles_file, schema
from ..formats import own
from ..report import BadFile
from ..source import Options, Source
from . import checks, device, function, guess, model
from .engine import engines as engines_of
from .interrupt import Interrupt
from .place import Place

HERE = os.path.dirname(os.path.realpath(__file__))
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}$")
DEFINED = re.compile(r"^#define (\w+)|^static inline \w+(?: \w+)? (\w+)\(", re.M)
ROLE_KEYS = ("match", "identity", "reset", "interrupts", "dma")

# Files of the person, written once: (template, place).
ONCE = (("Makefile", "Makefile"), ("README.md", "README.md"), ("gitignore", ".gitignore"),
        ("plugin.c", "plugin/kplug_@name@.c"), ("msg.h", "plugin/@name@_msg.h"),
        ("plugin.mk", "plugin/Makefile"), ("dkms.conf", "dkms.conf"),
        ("udev.rules", "70-@name@.rules"), ("program.c", "program/@name@.c"),
        ("program.py", "program/@name@.py"),
        ("behaviour.h", "model/@name@_behaviour.h"), ("own.c", "tests/own.c"),
        ("run", "tests/run"), ("guest.sh", "tests/guest.sh"))
PROGRAMS = ("tests/run", "program/@name@.py")
EACH_TIME = (("test.c", "generated/@name@_test.c"), ("test.h", "generated/@name@_test.h"),
             ("ask.c", "generated/@name@_ask.c"))


def _template(name, words):
    with open(os.path.join(HERE, "templates", name + ".in"), encoding="utf-8") as handle:
        return _filled(handle.read(), words)


def _filled(text, words):
    """A part between @if WORD@ and @end@ is there if that word is not empty."""
    text = re.sub(r"^@if (\w+)@\n(.*?)^@end@\n",
                  lambda match: match.group(2) if words[match.group(1)] else "", text,
                  flags=re.M | re.S)
    return re.sub(r"@(\w+)@", lambda match: words.get(match.group(1), match.group(0)), text)


def split(source):
    """(map, roles or None): a file may have both in one."""
    whole = source.json()
    if not isinstance(whole, dict) or "kplug_map" not in whole:
        return None, None
    roles = {key: whole.pop(key) for key in ROLE_KEYS if key in whole}
    found = schema.faults(whole, "map.schema.json")
    if found:
        raise BadFile(f"{source.name} is no map: " + "; ".join(found[:5]))
    if roles:
        roles = {"kplug_roles": 1, "map": whole["name"], **roles}
        found = schema.faults(roles, "roles.schema.json")
        if found:
            raise BadFile(f"{source.name}: its roles are wrong: " + "; ".join(found[:5]))
    return items.normal(whole), roles or None


def tree():
    """The sources of kplug, if this program is in them; they have the guests."""
    top = os.path.realpath(os.path.join(HERE, "..", "..", "..", ".."))
    return top if os.path.exists(os.path.join(top, "tests", "vm", "run")) else ""


class Project:
    def __init__(self, arguments, report):
        self.arguments, self.report = arguments, report
        self.name = arguments.name
        if not NAME.match(self.name):
            raise BadFile(f"{self.name} is no name of a plugin: small letters, digits and _, up "
                          f"to 31 of them")
        self.folder = arguments.into or self.name
        self.written, self.kept = [], []
        self.guessed = False

    def path(self, place):
        return os.path.join(self.folder, place.replace("@name@", self.name))

    # input

    def load(self):
        if self.arguments.function:
            self.map, ids = function.read(self.arguments.function, self.name,
                                          self.arguments.sysfs)
            self.arguments.pci = self.arguments.pci or ids
            self.roles = self._roles(None)
            return
        sources = [Source(path) for path in self.arguments.map]
        the_map, roles = (split(sources[0]) if len(sources) == 1 and own.claims(sources[0])
                          else (None, None))
        if the_map is None:
            options = Options(self.arguments.base, self.arguments.bar, None, self.arguments.set)
            the_map = formats.read(sources, options, self.report, self.arguments.format)
            the_map = items.normal(items.written(the_map))
        the_map["name"] = self.name
        self.map = the_map
        self.roles = self._roles(roles)

    def _roles(self, inside):
        mine, given = self.path("roles.json"), self.arguments.roles
        new = not os.path.exists(mine)
        if given and not new and not os.path.samefile(given, mine):
            raise BadFile(f"{mine} is there already; change that file, or remove it first")
        roles = {} if new and not given else roles_file.load(Source(given or mine))
        roles = roles or inside or {"kplug_roles": 1}
        if new and "interrupts" not in roles:
            self._guess(roles)
        roles.setdefault("map", self.name)
        if inside and roles["map"] != self.name:
            roles["map"] = self.name
        if self.arguments.pci:
            vendor, device_id = self.arguments.pci
            roles["match"] = {"pci": [{"vendor": vendor, "device": device_id}]}
        return roles

    def _guess(self, roles):
        found = guess.roles(self.map)
        self.guessed = "interrupts" in found
        corrections = {**found.get("corrections", {}), **roles.get("corrections", {})}
        roles.update({key: found[key] for key in ("interrupts",) if key in found})
        if corrections:
            roles["corrections"] = corrections

    def check(self):
        """The map with its corrections, and errors in the report."""
        for region in self.map["regions"]:
            if "bar" not in region and len(self.map["regions"]) == 1:
                region["bar"] = self.arguments.bar or 0
        whole = roles_file.apply(self.map, self.roles)
        roles_file.check(whole, self.roles, self.report)
        check.check(whole, self.report)
        for region in whole["regions"]:
            if region.get("bar", 0) > 5:
                self.report.error(f"the region {region['name']} is bar {region['bar']}, which "
                                  f"the model does not have")
        return whole

    # output

    def words(self, whole, engines):
        pci = self.roles["match"]["pci"][0]
        identity = self.roles.get("identity")
        return {"name": self.name, "NAME": self.name.upper(),
                "vendor": pci["vendor"], "device": pci["device"],
                "desc": whole.get("desc", f"A driver of {self.name}."),
                "tree": self.arguments.tree if self.arguments.tree is not None else tree(),
                "dma": "true" if engines else "", "no_dma": "" if engines else "true",
                "identity": "true" if identity else "false",
                "identity_at": Place(whole, identity["at"]).name() if identity else "",
                "resets": "true" if self.roles.get("reset", {}).get("do") else "false"}

    def put(self, place, text, once=False):
        path = self.path(place)
        if once and os.path.exists(path):
            self.kept.append(place.replace("@name@", self.name))
            return
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w", encoding="utf-8") as handle:
            handle.write(text)
        if place in PROGRAMS:
            os.chmod(path, 0o755)
        self.written.append(place.replace("@name@", self.name))

    def write(self):
        whole = self.check()
        if self.report.errors:
            return
        if not self.roles.get("match", {}).get("pci"):
            raise BadFile("which device is it? Say --pci VENDOR:DEVICE, as `lspci -n` shows it")
        interrupts = [Interrupt(whole, one) for one in self.roles.get("interrupts", ())]
        engines = engines_of(whole, self.roles, interrupts, self.report)
        registers = header.text(whole, self.report)
        if self.report.errors:
            return
        driver = device.text(whole, self.roles, interrupts, engines)
        self.collisions(registers, driver)
        if self.report.errors:
            return
        words = self.words(whole, engines)
        parts = (("generated/@name@_regs.h", registers),
                 ("generated/@name@_device.h", driver),
                 ("generated/@name@_model.c", model.text(whole, self.roles, interrupts, engines)),
                 ("generated/@name@_checks.h", checks.text(whole, self.roles, interrupts, engines)))
        self.put("map.json", self._json(items.written(self.map)))
        self.put("roles.json", self._json(self.roles), once=True)
        for place, text in parts:
            self.put(place, text)
        self.put("generated/@name@.map.json", self._json(items.written(whole)))
        for template, place in EACH_TIME:
            self.put(place, _template(template, words))
        for template, place in ONCE:
            self.put(place, _template(template, words), once=True)

    def collisions(self, registers, driver):
        """The two headers must not give one name to two things."""
        twice = set(DEFINED.findall(registers)) & set(DEFINED.findall(driver))
        for pair in sorted(one or other for one, other in twice):
            self.report.error(f"both a register and an interrupt make the name {pair}; rename "
                              f"the interrupt in the roles")

    @staticmethod
    def _json(value):
        return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def run(arguments, report):
    project = Project(arguments, report)
    project.load()
    project.write()
    if report.errors:
        return None
    for line in guess.blanks(project.roles, project.guessed):
        print(line)
    kept = f"; kept {', '.join(project.kept)}" if project.kept else ""
    return f"{project.folder}: wrote {len(project.written)} files{kept}"
