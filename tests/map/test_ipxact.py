# SPDX-License-Identifier: MIT
"""IP-XACT of 2009 and 2014."""
import unittest

from helper import MapTest, text
from kplug_map.report import BadFile


class Of2009(MapTest):
    def setUp(self):
        self.map, self.report = self.read("meter.2009.xml")

    def test_overlap_is_named(self):
        self.one_error(self.report, "LOW_TIME and regs.main.HIGH_TIME overlap at 0x180")

    def test_name_with_a_space(self):
        self.has(self.find(self.map, "regs.main.EVENTS.Over_limit"), was="Over limit",
                 on_write="1toggle")
        self.noted(self.report, "'Over limit' is no C identifier")

    def test_reset_and_mask(self):
        self.has(self.find(self.map, "regs.main.EVENTS"), reset=0, known=0xff)

    def test_arrays(self):
        self.has(self.find(self.map, "regs.main.COUNT"), at=0x10, count=4, stride=4, access="ro")
        self.has(self.find(self.map, "regs.main.COUNT.VALUE"), on_read="clear")
        self.has(self.find(self.map, "regs.main.PORT"), at=0x40, count=2, stride=0x10)

    def test_block(self):
        self.has(self.find(self.map, "regs.main"), at=0x100)
        self.has(self.map["regions"][0], widths=[32], effects=None)

    def test_no_effects_said(self):
        content = text("meter.2009.xml")
        for tag in ("modifiedWriteValue", "readAction"):
            content = content.replace(f"<spirit:{tag}>", "<!--").replace(f"</spirit:{tag}>", "-->")
        the_map, _ = self.read_text(content)
        self.has(the_map["regions"][0], effects="unsaid")


class Of2014(MapTest):
    def setUp(self):
        self.map, self.report = self.read("mover.2014.xml")

    def test_parameters(self):
        self.has(self.find(self.map, "regs.main.CTRL"), bits=32)
        self.has(self.find(self.map, "regs.main.CTRL.BURST"), bits="5:4", reset=2,
                 values={"ONE": 0, "FOUR": 2})
        self.has(self.find(self.map, "regs.main.ADDRESS"), bits=64)

    def test_set(self):
        the_map, report = self.read("mover.2014.xml", parameters={"uuid_b1": 3, "uuid_missing": 4})
        self.has(self.find(the_map, "regs.main.CTRL.BURST"), bits="6:4")
        self.has(self.find(the_map, "regs.main.DEBUG"), at=4)
        self.has(self.find(the_map, "regs.main.ODD"), at=8)

    def test_not_present(self):
        names = [one["name"] for one in self.find(self.map, "regs.main")["items"]]
        self.assertEqual(names, ["CTRL", "ADDRESS"])

    def test_unknown_parameter_is_named(self):
        self.assertTrue(any("give it by --set uuid_missing=VALUE" in one
                            for one in self.report.errors), self.report.errors)

    def test_words_without_an_order(self):
        self.assertTrue(any("ADDRESS: 2 words, and no order of them" in one
                            for one in self.report.errors), self.report.errors)

    def test_memory(self):
        self.has(self.find(self.map, "regs.buffer"), at=0x10000, bytes=0x10000)

    def test_no_memory_map(self):
        content = text("mover.2014.xml")
        start, end = content.index("<ipxact:memoryMaps>"), content.index("</ipxact:memoryMaps>")
        content = content[:start] + content[end + len("</ipxact:memoryMaps>"):]
        with self.assertRaisesRegex(BadFile, "this file has no registers"):
            self.read_text(content)


if __name__ == "__main__":
    unittest.main()
