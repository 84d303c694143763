# SPDX-License-Identifier: MIT
"""Roles over a map."""
import json
import unittest

from helper import MapTest, text
from kplug_map import roles as roles_file
from kplug_map.formats import own
from kplug_map.report import BadFile, Report
from kplug_map.source import Source


class Roles(MapTest):
    def setUp(self):
        self.map = own.load(Source("tagger.json", text("tagger.json").encode()))
        self.roles = json.loads(text("tagger.roles.json"))

    def load(self, **change):
        content = json.dumps({**self.roles, **change})
        return roles_file.load(Source("roles.json", content.encode()))

    def corrected(self, **corrections):
        roles = self.load(corrections={key.replace("__", "."): value
                                       for key, value in corrections.items()})
        return roles_file.apply(self.map, roles)

    def errors(self, **change):
        roles = self.load(**change)
        report = Report()
        roles_file.check(roles_file.apply(self.map, roles), roles, report)
        return report.errors

    def test_good(self):
        self.assertEqual(self.errors(), [])

    def test_merge(self):
        the_map = roles_file.apply(self.map, self.load())
        self.has(self.find(the_map, "regs.CTRL.RUN"), on_write="pulse", bits="0")
        self.has(self.find(the_map, "regs.CH.TAP"), desc="Where the signal is taken", count=3)

    def test_the_map_stays_as_it_was(self):
        roles_file.apply(self.map, self.load())
        self.has(self.find(self.map, "regs.CTRL.RUN"), on_write=None)

    def test_null_removes(self):
        the_map = self.corrected(CTRL__RUN=None, regs__ID={"reset": None})
        self.assertEqual([one["name"] for one in self.find(the_map, "regs.CTRL")["fields"]],
                         ["CLOCK"])
        self.has(self.find(the_map, "regs.ID"), reset=None)

    def test_fields_merge_by_name(self):
        the_map = self.corrected(CTRL={"fields": [{"name": "RUN", "access": "wo"},
                                                  {"name": "NEW", "bits": "31"}]})
        self.has(self.find(the_map, "regs.CTRL.RUN"), access="wo", bits="0")
        self.has(self.find(the_map, "regs.CTRL.NEW"), bits="31")

    def test_numbers_and_regions(self):
        the_map = self.corrected(ID={"at": "0x30"}, pattern={"bar": 4})
        self.has(self.find(the_map, "regs.ID"), at=0x30)
        self.has(self.find(the_map, "pattern"), bar=4)

    def test_rename_uses_the_names_of_the_map(self):
        the_map = self.corrected(ID={"name": "NOW"}, NOW={"name": "ID"})
        self.has(self.find(the_map, "regs.NOW"), at=0)
        self.has(self.find(the_map, "regs.ID"), at=0x10)

    def test_correction_of_nothing(self):
        with self.assertRaisesRegex(BadFile, "the roles name NONE, which the map does not have"):
            self.corrected(NONE={"at": 0})

    def test_correction_to_no_map(self):
        for change in ({"access": "rc"}, {"at": "zz"}, {"bits": None}, {"name": "a b"}):
            with self.assertRaisesRegex(BadFile, "make the map wrong"):
                self.corrected(ID=change)

    def test_other_map(self):
        with self.assertRaisesRegex(BadFile, "for the map other, not for tag"):
            roles_file.apply(self.map, self.load(map="other"))

    def test_two_regions(self):
        self.map["regions"][1]["items"].append({"name": "ID", "at": 0x3000, "bits": 32})
        with self.assertRaisesRegex(BadFile, "ID is in several regions"):
            self.corrected(ID={"at": 0})
        self.has(self.find(self.corrected(pattern__ID={"at": 8}), "pattern.ID"), at=8)

    def test_references(self):
        for text_, part in (("NONE", "name NONE, which"), ("CH.LEVEL", "CH is an array"),
                            ("CH[4].LEVEL", "CH has 4 elements"),
                            ("ID[1]", "ID has 1 elements"), ("CTRL.NONE", "name CTRL.NONE")):
            errors = self.errors(identity={"at": text_, "value": 0})
            self.assertEqual(len(errors), 1, errors)
            self.assertIn(part, errors[0])
        self.assertEqual(self.errors(identity={"at": "regs.CH[3].TAP[2]", "value": 0}), [])

    def test_lists_of_references(self):
        engine = {"name": "e", "kind": "block", "direction": "to_host", "host": ["NONE"]}
        self.assertIn("name NONE", self.errors(dma=[engine])[0])

    def test_source_of_an_engine(self):
        engine = dict(self.roles["dma"][0], done="main.NONE")
        self.assertIn("done is main.NONE", self.errors(dma=[engine])[0])

    def test_schema(self):
        for change in ({"kplug_roles": 2}, {"colour": 1}, {"identity": {"at": "ID"}},
                       {"match": {"pci": [{"vendor": 1, "device": 2}]}},
                       {"interrupts": [{"name": "x", "ack": "maybe"}]}):
            with self.assertRaisesRegex(BadFile, "is no roles file", msg=change):
                self.load(**change)


if __name__ == "__main__":
    unittest.main()
