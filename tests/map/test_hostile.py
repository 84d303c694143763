# SPDX-License-Identifier: MIT
"""Files that want to harm: what is wrong is named, soon, and never by a trace of Python."""
import copy
import json
import os
import random
import time
import unittest

from helper import HERE, MapTest, text
from kplug_map import check, header, number, roles as roles_file
from kplug_map.formats import own
from kplug_map.report import BadFile, Report
from kplug_map.source import Source

BOMB = """<?xml version="1.0"?>
<!DOCTYPE device [<!ENTITY a "aaaaaaaaaaaaaaaa">%s]>
<device schemaVersion="1.1"><name>&z;</name></device>
""" % "".join(f'<!ENTITY {chr(98 + at)} "{("&" + chr(97 + at) + ";") * 16}">' for at in range(25))
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE device [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<device schemaVersion="1.1"><name>&file;</name></device>
"""
SEED = int(os.environ.get("SEED", 20))
ROUNDS = int(os.environ.get("ROUNDS", 60))


class Xml(MapTest):
    def refused(self, content, part):
        with self.assertRaises(BadFile) as caught:
            self.read_text(content)
        self.assertIn(part, str(caught.exception))

    def test_entity_bomb(self):
        self.refused(BOMB, "test:2: the file has a DOCTYPE")

    def test_file_as_entity(self):
        self.refused(OUTSIDE, "the file has a DOCTYPE")

    def test_too_deep(self):
        self.refused('<device schemaVersion="1.1">' + "<a>" * 5000, "more than 64 levels")

    def test_cut_off(self):
        self.refused(text("pulser.svd")[:2000], "no XML that can be read")

    def test_not_utf8(self):
        self.refused(text("pulser.svd").replace("First", "F\udcff").encode(
            "utf-8", "surrogateescape"), "no XML that can be read")

    def test_unknown_encoding(self):
        self.refused('<?xml version="1.0" encoding="none-such"?>\n<device schemaVersion="1"/>',
                     "test")

    def test_other_root(self):
        self.refused('<x><device schemaVersion="1.1"/></x>', "the first element is x")

    def test_long_chain(self):
        """Each cluster derives from the one before it."""
        clusters = "<cluster><name>C0</name><addressOffset>0</addressOffset>" + "".join(
            f"<register><name>R{at}</name><addressOffset>{at * 4}</addressOffset></register>"
            for at in range(50)) + "</cluster>"
        for at in range(1, 200):
            clusters += f'<cluster derivedFrom="C{at - 1}"><name>C{at}</name>' \
                        f"<addressOffset>{at * 4096}</addressOffset></cluster>"
        content = '<device schemaVersion="1.1"><name>D</name><peripherals><peripheral>' \
                  f"<name>P</name><baseAddress>0</baseAddress><registers>{clusters}</registers>" \
                  "</peripheral></peripherals></device>"
        began = time.monotonic()
        _, report = self.read_text(content)
        self.assertLess(time.monotonic() - began, 60)
        self.assertTrue(any("a chain of more than 16" in one for one in report.errors))

    def test_many_names_and_derivations(self):
        registers = "".join(
            f'<register derivedFrom="R {at - 1}"><name>R {at}</name></register>'
            if at % 8 else f"<register><name>R {at}</name><addressOffset>0</addressOffset>"
            "</register>" for at in range(3000))
        content = '<device schemaVersion="1.1"><name>D</name><peripherals><peripheral>' \
                  f"<name>P</name><baseAddress>0</baseAddress><registers>{registers}</registers>" \
                  "</peripheral></peripherals></device>"
        try:
            _, report = self.read_text(content)
            self.assertEqual(len(report.notes), 1001)
            self.assertIn("the rest is not listed", report.notes[-1])
        except BadFile as error:
            self.assertIn("too many derivedFrom", str(error))

    def test_cluster_inside_of_itself(self):
        inner = '<cluster derivedFrom="P.A"><name>%s</name><addressOffset>16</addressOffset>' \
                "</cluster>"
        content = '<device schemaVersion="1.1"><name>D</name><peripherals><peripheral>' \
                  "<name>P</name><baseAddress>0</baseAddress><registers><cluster><name>A</name>" \
                  "<addressOffset>0</addressOffset><register><name>R</name>" \
                  f"<addressOffset>0</addressOffset></register>{inner % 'B'}{inner % 'C'}" \
                  "</cluster></registers></peripheral></peripherals></device>"
        try:
            _, report = self.read_text(content)
            self.assertTrue(any("levels of clusters" in one for one in report.errors))
        except BadFile as error:
            self.assertIn("derivedFrom makes more than", str(error))


class Text(MapTest):
    def test_not_utf8(self):
        for name in ("soc.csr.json", "soc.csr.csv", "mixer.hjson", "card.csv", "tagger.json"):
            data = text(name).encode()
            at = data.index(b"\n") + 1
            with self.assertRaisesRegex(BadFile, "test:2: not UTF-8; convert it"):
                self.read_text(data[:at] + b"\xff\xfe" + data[at:])

    def test_deep_map(self):
        for depth in (100, 300, 3000):
            items = '[{"name": "B", "at": 0, "items": ' * depth + "[]" + "}]" * depth
            content = '{"kplug_map": 1, "name": "m", "regions": [{"name": "r", "bar": 0, ' \
                      f'"items": {items}}}]}}'
            try:
                the_map, report = self.read_text(content)
                header.text(the_map, report)
            except BadFile as error:
                self.assertIn("nested too deeply", str(error))

    def test_unknown_format(self):
        for content in ("", "\0" * 1000, "hello", "<html></html>", "{}", "addrmap a {};"):
            with self.assertRaisesRegex(BadFile, "the format is not known"):
                self.read_text(content)

    def test_csv_without_end_of_quote(self):
        with self.assertRaises(BadFile):
            self.read_text('register,offset\n"A,0\n' + "x,1\n" * 100)

    def test_huge_numbers(self):
        for one in ("9" * 10000, "0x" + "f" * 1000, "1" * 400, "-1", "1e9", "0b2", "8'h", "0x"):
            with self.assertRaises(ValueError, msg=one[:20]):
                number.number(one)

    def test_huge_expressions(self):
        for one in ("9 ** 9 ** 9", "1 << 100000", "(" * 5000, "1 / 0", "2 - 3", "-" * 900 + "1",
                    "a", "1 +", "1 2", "x y", "__import__('os')", "(1 << 1024) * (1 << 1024) * 4"):
            with self.assertRaises(ValueError, msg=one[:20]):
                number.evaluate(one, {"x": 1})

    def test_expressions(self):
        for one, value in (("N-1", 10), ("(N + 1) * 2", 24), ("2 ** 3 ** 2", 512), ("8'h1F", 31),
                           ("'d12", 12), ("$clog2(N)", 4), ("7 - 2 - 1", 4), ("1 << 4 + 1", 32)):
            self.assertEqual(number.evaluate(one, {"N": 11}), value)


class Json(MapTest):
    """Maps and roles with random changes: they are refused, or used as they are."""

    VALUES = (0, -1, 1.5, True, None, "", "x", "0x1", "0xg", "7:4", [], {}, "1clear", [1], 70000,
              {"a": 1}, "CTRL", "CH[9]", "regs.CH", [None], [3], [{"name": "RUN"}])
    KEYS = ("bits", "items", "bytes", "access", "count", "word", "CTRL", "regs", "fields", "name",
            "stride", "words", "CTRL.RUN", "CH.TAP")

    def containers(self, value):
        if isinstance(value, (dict, list)):
            yield value
            for one in value.values() if isinstance(value, dict) else value:
                yield from self.containers(one)

    def changed(self, value, chance):
        value = copy.deepcopy(value)
        for _ in range(chance.randint(0, 3)):
            place = chance.choice(list(self.containers(value)))
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            kind = chance.randrange(3)
            if kind == 0 and keys:
                del place[chance.choice(keys)]
            elif kind == 1 and keys:
                place[chance.choice(keys)] = copy.deepcopy(chance.choice(self.VALUES))
            elif isinstance(place, dict):
                place[chance.choice(self.KEYS)] = copy.deepcopy(chance.choice(self.VALUES))
        return value

    def use(self, the_map, the_roles):
        loaded = own.load(Source("map", json.dumps(the_map).encode()))
        roles = roles_file.load(Source("roles", json.dumps(the_roles).encode()))
        report = Report()
        loaded = roles_file.apply(loaded, roles)
        roles_file.check(loaded, roles, report)
        check.check(loaded, report)
        if not report.errors:
            header.text(loaded, report)

    def test_changed_json(self):
        chance = random.Random(SEED)
        the_map, the_roles = (json.loads(text(name)) for name in ("tagger.json",
                                                                  "tagger.roles.json"))
        used = 0
        for at in range(10 * ROUNDS):
            with self.subTest(seed=SEED, round=at):
                try:
                    self.use(self.changed(the_map, chance), self.changed(the_roles, chance))
                    used += 1
                except BadFile:
                    pass
        self.assertGreater(used, ROUNDS // 4)


class Changed(MapTest):
    """Good files with random damage: an importer takes them, or says what is wrong."""

    def damaged(self, data, chance):
        data = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            kind = chance.randrange(5)
            if kind == 0:
                data[at] = chance.randrange(256)
            elif kind == 1:
                del data[at:at + chance.randint(1, 40)]
            elif kind == 2:
                data[at:at] = data[at // 2:at // 2 + chance.randint(1, 200)]
            elif kind == 3:
                data[at:at] = chance.choice([b"99999999999", b"-1", b"0x", b"<", b">", b"{", b"]",
                                             b'"', b"'", b",", b"\n", b"null", b"%s", b"[0]"])
            else:
                other = chance.randrange(len(data))
                data[at:at + 20] = data[other:other + 20]
        return bytes(data)

    def test_damaged_files(self):
        chance = random.Random(SEED)
        taken = 0
        for name in sorted(os.listdir(os.path.join(HERE, "files"))):
            if name.endswith(".roles.json"):
                continue
            with open(os.path.join(HERE, "files", name), "rb") as handle:
                data = handle.read()
            for at in range(ROUNDS):
                with self.subTest(name=name, seed=SEED, round=at):
                    taken += self.take(self.damaged(data, chance))
        self.assertGreater(taken, ROUNDS // 2)

    def take(self, data):
        try:
            the_map, report = self.read_text(data, bar=0)
        except BadFile:
            return 0
        if not report.errors:
            header.text(the_map, Report())
        return 1


if __name__ == "__main__":
    unittest.main()
