# SPDX-License-Identifier: MIT
"""CSV."""
import unittest

from helper import MapTest
from kplug_map.report import BadFile

HEAD = "register,offset,bits,field,high,low,access,on_read,on_write\n"


class Csv(MapTest):
    def test_own_columns(self):
        the_map, report = self.read("card.csv")
        self.assertEqual((report.errors, report.notes), ([], []))
        self.has(self.find(the_map, "regs.main"), at=0)
        self.has(self.find(the_map, "regs.main.CTRL"), at=0, reset=0x10)
        self.has(self.find(the_map, "regs.main.CTRL.SPEED"), bits="5:4", access="rw")
        self.has(self.find(the_map, "regs.main.STATUS.DONE"), on_write="1clear")
        self.has(self.find(the_map, "regs.main.STATUS.FIFO"), access="ro", on_read="pop")
        self.has(self.find(the_map, "regs.channels"), at=0x100)
        self.has(self.find(the_map, "regs.channels.LEVEL"), count=8, stride=0x10)

    def test_columns_of_another_program(self):
        the_map, report = self.read("tool.csv")
        self.assertEqual((report.errors, report.notes), ([], []))
        self.has(self.find(the_map, "regs.LAMP.ON"), bits="0", reset=1, on_write="1set")
        self.has(self.find(the_map, "regs.LAMP.WORN"), access="ro", on_read="clear")

    def test_texts_and_words(self):
        the_map, report = self.read_text(
            "addrmap_offset,addrmap_name,reg_offset,reg_name,reg_width,hw_access,words,"
            "description\n0x40,PANEL,,,,,,A panel\n"
            ',,0x0,NOW,64,RW,high_first,"Time, of\nall"\n')
        self.assertEqual(report.errors, [])
        self.has(self.find(the_map, "regs.PANEL"), at=0x40, desc="A panel")
        self.has(self.find(the_map, "regs.PANEL.NOW"), bits=64, word=32, words="high_first",
                 desc="Time, of all")

    def test_without_blocks(self):
        the_map, _ = self.read_text(HEAD + "A,0x10,,,,,,,\nB,0x14,,,,,ro,,\n", base=0x10)
        self.has(self.find(the_map, "regs.A"), at=0)
        self.has(self.find(the_map, "regs.B"), at=4, access="ro")

    def test_effects_without_columns(self):
        the_map, report = self.read_text("register,offset\nA,0\n")
        self.has(the_map["regions"][0], effects="unsaid")
        self.noted(report, "no columns on_read and on_write")

    def test_rows_that_are_wrong(self):
        for row, part in (("A,x,,,,,,,", "'x' is not a number"), ("A,,,,,,,,", "A has no offset"),
                          ("A,0,0,,,,,,", "a register of 0 bits"),
                          (",,,F,,0,,,", "a field without a register"),
                          ("A,0,,F,,,,,", "F: the column low is empty"),
                          ("A,0,,F,,99999,,,", "F: bits 99999"),
                          ("A,0,,,,,rwx,,", "access is 'rwx'"), (",0,,,,,,,", "a row without")):
            _, report = self.read_text(HEAD + "GOOD,0x100,,,,,,,\nNO,x,,,,,,,\n" + row + "\n")
            self.assertIn("test:4: ", report.errors[1])
            self.assertIn(part, report.errors[1])

    def test_field_after_a_bad_register_is_not_put_elsewhere(self):
        the_map, report = self.read_text(HEAD + "A,0,,,,,,,\nB,x,,,,,,,\n,,,F,0,0,,,\n")
        self.assertNotIn("fields", self.find(the_map, "regs.A"))
        self.assertEqual(len(report.errors), 2)

    def test_contradiction(self):
        _, report = self.read_text(HEAD + "A,0,,F,0,0,ro,,1clear\n")
        self.one_error(report, "F: a write 1clear, but the access is ro")

    def test_unknown_column(self):
        _, report = self.read_text("register,offset,colour\nA,0,red\n")
        self.noted(report, "the column 'colour' is not read")

    def test_headers(self):
        for head in ("register,offset,register\n", "a,b\n"):
            with self.assertRaises(BadFile):
                self.read_text(head + "A,0,B\n", form="csv")
        with self.assertRaisesRegex(BadFile, "no registers"):
            self.read_text(HEAD)


if __name__ == "__main__":
    unittest.main()
