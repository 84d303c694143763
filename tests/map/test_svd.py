# SPDX-License-Identifier: MIT
"""CMSIS-SVD."""
import unittest

from helper import MapTest, text
from kplug_map.report import BadFile

BASE = 0x40000000


class Svd(MapTest):
    def setUp(self):
        self.map, self.report = self.read("pulser.svd", base=BASE)

    def changed(self, old, new):
        content = text("pulser.svd")
        self.assertIn(old, content)
        return self.read_text(content.replace(old, new, 1), base=BASE)

    def test_no_errors(self):
        self.assertEqual(self.report.errors, [])

    def test_names_and_places(self):
        self.assertEqual(self.map["name"], "PULSER")
        self.has(self.find(self.map, "regs.GEN0"), at=0x1000, desc="First generator")
        self.has(self.find(self.map, "regs.GEN0.CTRL"), at=0, bits=32, reset=0x10, access=None)

    def test_effects(self):
        self.has(self.find(self.map, "regs.GEN0.STATUS.DONE"), on_write="1clear", access=None)
        self.has(self.find(self.map, "regs.GEN0.STATUS.BUSY"), access="ro")
        self.has(self.find(self.map, "regs.GEN0.LOST"), access="ro", on_read="clear")

    def test_declared_overlap(self):
        self.has(self.find(self.map, "regs.GEN0.DATA_IN"), overlays="DATA_OUT")

    def test_cluster_stays_an_array(self):
        self.has(self.find(self.map, "regs.GEN0.CH"), count=3, stride=0x10, index=["A", "B", "C"],
                 was="CH[%s]")
        self.has(self.find(self.map, "regs.GEN0.CH.TAP"), count=2, stride=4)

    def test_derived_register_inherits_its_size(self):
        self.has(self.find(self.map, "regs.GEN0.CH.DELAY"), at=2, bits=16, like="WIDTH")

    def test_derived_peripheral(self):
        self.has(self.find(self.map, "regs.GEN1"), at=0x2000, like="GEN0")
        self.has(self.find(self.map, "regs.GEN1.STATUS.DONE"), on_write="1clear")

    def test_interrupt_is_not_derived(self):
        self.assertEqual([one["name"] for one in self.map["from"]["interrupts"]], ["GEN0_DONE"])

    def test_values(self):
        self.has(self.find(self.map, "regs.GEN0.CTRL.MODE"), bits="5:4",
                 values={"SINGLE": 0, "TRAIN": 1, "GATED": 2})
        self.noted(self.report, "'#1x' stands for several numbers")

    def test_field_array(self):
        self.has(self.find(self.map, "regs.GEN0.CTRL.LINE"), bits="9:8", count=4, stride=2)

    def test_memory(self):
        self.has(self.find(self.map, "regs.RAM"), at=0x10000, bytes=0x1000)

    def test_effects_that_no_register_has_are_unknown(self):
        content = text("pulser.svd").replace("<readAction>clear</readAction>", "")
        content = content.replace("<modifiedWriteValues>oneToClear</modifiedWriteValues>", "")
        the_map, report = self.read_text(content)
        self.assertEqual(the_map["regions"][0]["effects"], "unsaid")
        self.noted(report, "no register says what a read or a write does")

    def test_address_unit(self):
        the_map, report = self.changed("<addressUnitBits>8<", "<addressUnitBits>16<")
        self.has(self.find(the_map, "regs.GEN0"), at=0x1000)
        self.noted(report, "addressUnitBits is 16")

    def test_below_the_base(self):
        _, report = self.read("pulser.svd", base=BASE + 0x2000)
        self.one_error(report, "GEN0 is at 0x40001000, below the base")

    def test_overlap_that_is_not_declared(self):
        _, report = self.changed("<alternateRegister>DATA_OUT</alternateRegister>", "")
        self.assertIn("GEN0.DATA_OUT and regs.GEN0.DATA_IN overlap at 0x100c", report.errors[0])

    def test_effect_against_the_access(self):
        _, report = self.changed("<access>read-only</access>\n          <readAction>",
                                 "<access>write-only</access>\n          <readAction>")
        self.assertIn("LOST: a read clear, but the access is wo", report.errors[0])

    def test_circle(self):
        the_map, report = self.changed("<name>WIDTH</name>", "<name>WIDTH</name>")
        _, report = self.changed('<register><name>WIDTH</name>',
                                 '<register derivedFrom="DELAY"><name>WIDTH</name>')
        self.assertTrue(any("goes in a circle" in one for one in report.errors), report.errors)

    def test_derived_from_itself(self):
        _, report = self.changed('<register derivedFrom="WIDTH"><name>DELAY',
                                 '<register derivedFrom="DELAY"><name>DELAY')
        self.assertIn("which the file does not have", report.errors[0])

    def test_huge_count(self):
        _, report = self.changed("<dim>3</dim>", "<dim>4000000000</dim>")
        self.assertIn("an array of 4000000000 elements", report.errors[0])

    def test_count_of_zero(self):
        _, report = self.changed("<dim>3</dim>", "<dim>0</dim>")
        self.assertIn("an array of 0 elements", report.errors[0])

    def test_two_ranges_of_one_field(self):
        _, report = self.changed("<bitRange>[0:0]</bitRange>", "<bitRange>[5:0]</bitRange>")
        self.assertIn("the fields GO and MODE share bit 4", report.errors[0])

    def test_line_of_an_error(self):
        _, report = self.changed("<bitRange>[0:0]</bitRange>", "<bitRange>0..0</bitRange>")
        self.assertRegex(report.errors[0], r"^test:\d+: GO: the bitRange '0..0'")

    def test_no_registers(self):
        with self.assertRaisesRegex(BadFile, "no registers"):
            self.read_text('<device schemaVersion="1.1"><name>X</name></device>')


if __name__ == "__main__":
    unittest.main()
