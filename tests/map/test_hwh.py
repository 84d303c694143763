# SPDX-License-Identifier: MIT
"""Vivado's .hwh."""
import unittest

from helper import MapTest, text
from kplug_map.report import BadFile

BASE = 0x43C00000


class Hwh(MapTest):
    def setUp(self):
        self.map, self.report = self.read("design.hwh", base=BASE)

    def test_bus_addresses(self):
        self.has(self.find(self.map, "regs.blink"), at=0)
        self.has(self.find(self.map, "regs.mute"), at=0x10000)
        whole, report = self.read("design.hwh")
        self.has(self.find(whole, "regs.blink"), at=BASE)
        self.noted(report, "--base ADDRESS subtracts")

    def test_small_register(self):
        self.has(self.find(self.map, "regs.blink.ISR"), bits=2, at=0x10)
        self.has(self.map["regions"][0], widths=[32])

    def test_disabled_registers(self):
        names = [one["name"] for one in self.find(self.map, "regs.blink")["items"]]
        self.assertEqual(names, ["ISR", "LED"])
        self.noted(self.report, "1 registers with IS_ENABLED false")

    def test_numbered_names_become_an_array(self):
        self.has(self.find(self.map, "regs.blink.LED"), at=0x20, count=3, stride=8, was="LED[%s]")

    def test_other_distance_is_no_array(self):
        the_map, _ = self.read_text(text("design.hwh").replace('VALUE="0x30"', 'VALUE="0x40"'))
        self.has(self.find(the_map, "regs.blink.LED_2"), was="LED[2]", at=0x40)

    def test_effect_against_the_access(self):
        self.one_error(self.report, "DONE: a write 1toggle, but the access is ro")

    def test_module_that_says_nothing(self):
        self.has(self.find(self.map, "regs.blink"), effects=None)
        self.has(self.find(self.map, "regs.mute"), effects="unsaid")
        self.noted(self.report, "no register of mute says")

    def test_interrupts(self):
        self.assertEqual(self.map["from"]["interrupts"],
                         [{"name": "irq", "at": "blink", "kind": "level_high"}])

    def test_below_the_base(self):
        _, report = self.read("design.hwh", base=BASE + 0x10000)
        self.assertIn("blink is at 0x43c00000, below the base", report.errors[0])
        with self.assertRaisesRegex(BadFile, "at or above the base"):
            self.read("design.hwh", base=BASE + 0x20000)

    def test_two_places(self):
        content = text("design.hwh")
        start = content.index("<MEMRANGE")
        line = content[start:content.index("/>", start) + 2]
        content = content.replace(line, line + line.replace("0x43C00000", "0x50000000"))
        _, report = self.read_text(content)
        self.assertIn("blink is at 0x43C00000 and at 0x50000000", report.errors[0])

    def test_no_place(self):
        _, report = self.read_text(text("design.hwh").replace(
            'ADDRESSBLOCK="Reg" INSTANCE="blink"', 'ADDRESSBLOCK="Reg" INSTANCE="other"'))
        self.one_error(report, "no MEMRANGE says where blink is")


if __name__ == "__main__":
    unittest.main()
