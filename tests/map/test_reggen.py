# SPDX-License-Identifier: MIT
"""OpenTitan's hjson, and Hjson itself."""
import unittest

from helper import MapTest, text
from kplug_map import hjson
from kplug_map.report import BadFile


class Reggen(MapTest):
    def setUp(self):
        self.map, self.report = self.read("mixer.hjson")

    def changed(self, old, new):
        content = text("mixer.hjson")
        self.assertIn(old, content)
        return self.read_text(content.replace(old, new, 1))

    def test_no_errors(self):
        self.assertEqual(self.report.errors, [])

    def test_inserted_registers(self):
        places = [(one["name"], one["at"]) for one in self.map["regions"][0]["items"][:5]]
        self.assertEqual(places, [("INTR_STATE", 0), ("INTR_ENABLE", 4), ("INTR_TEST", 8),
                                  ("ALERT_TEST", 12), ("CFG_REGWEN", 16)])
        self.noted(self.report, "are not in the file")

    def test_kinds_of_interrupts(self):
        self.has(self.find(self.map, "regs.INTR_STATE.done"), access="rw", on_write="1clear")
        self.has(self.find(self.map, "regs.INTR_STATE.empty"), access="ro", on_write=None)
        self.has(self.find(self.map, "regs.INTR_TEST"), access="wo")
        self.has(self.find(self.map, "regs.INTR_TEST.done"), on_write="pulse")

    def test_no_automatic_registers(self):
        the_map, _ = self.changed('regwidth: "32"', 'regwidth: "32", no_auto_intr_regs: "true"')
        self.has(self.find(the_map, "regs.ALERT_TEST"), at=0)
        self.has(self.find(the_map, "regs.CFG_REGWEN"), at=4)

    def test_lock_and_boolean(self):
        self.has(self.find(self.map, "regs.CFG_REGWEN"), on_write="0clear", reset=6)
        self.has(self.find(self.map, "regs.CFG_REGWEN.en"), reset=6,
                 values={"MUBI_TRUE": 6, "MUBI_FALSE": 9})
        self.has(self.find(self.map, "regs.CTRL"), locked_by="CFG_REGWEN", desc="Starts and stops.")

    def test_fields(self):
        self.has(self.find(self.map, "regs.CTRL.mode"), bits="1:0", reset=2,
                 values={"OFF": 0, "SUM": 2})
        self.has(self.find(self.map, "regs.CTRL.stop"), access="wo")
        self.has(self.find(self.map, "regs.CTRL.mute"), bits="12:8")

    def test_mixed_access(self):
        self.has(self.find(self.map, "regs.STATUS"), on_write=None, reset=0, known=0xfffffffe)
        self.has(self.find(self.map, "regs.STATUS.busy"), access="ro", on_write=None)
        self.has(self.find(self.map, "regs.STATUS.over"), access="rw", on_write="1clear")

    def test_arrays(self):
        self.has(self.find(self.map, "regs.GAIN"), at=0x1c, count=5, stride=4)
        level = self.find(self.map, "regs.LEVEL")
        self.has(level, at=0x100, count=2, stride=4)
        self.has(level["fields"][0], bits="7:0", count=4, stride=8)
        self.noted(self.report, "the last of 2 registers has 2 fields, the others 4")

    def test_packing(self):
        field = 'fields: [ { bits: "7:0", name: "level" } ]'
        the_map, _ = self.changed(field, 'compact: "false", ' + field)
        self.has(self.find(the_map, "regs.LEVEL"), count=6)
        the_map, _ = self.changed(field, 'regwen_multi: "true", ' + field)
        self.has(self.find(the_map, "regs.LEVEL"), count=6)
        the_map, report = self.changed("count: 6", "count: 0")
        self.has(self.find(the_map, "regs.LAST"), at=0x108)
        self.noted(report, "LEVEL: an array of no elements")
        with self.assertRaisesRegex(BadFile, "LEVEL: 3 fields in a register, which do not"):
            self.changed('{ bits: "7:0", name: "level" }', '{ bits: "8:1", name: "level" }')

    def test_shadowed(self):
        the_map, report = self.changed('regwen: "CFG_REGWEN"', "shadowed: true")
        self.has(self.find(the_map, "regs.CTRL"), on_write="other")
        self.noted(report, "CTRL is shadowed")

    def test_interrupt_that_is_pending_at_first(self):
        the_map, _ = self.changed('type: "status"', 'type: "status", default_val: true')
        self.has(self.find(the_map, "regs.INTR_STATE"), reset=2)
        self.has(self.find(the_map, "regs.INTR_ENABLE"), reset=0)

    def test_reserved_and_window(self):
        self.has(self.find(self.map, "regs.LAST"), at=0x110, access="ro", on_read="clear")
        self.has(self.find(self.map, "regs.FIFO"), at=0x200, bytes=256, access="wo")

    def test_parameter_from_outside(self):
        the_map, _ = self.read("mixer.hjson", parameters={"NumChannels": 7})
        self.has(self.find(the_map, "regs.GAIN"), count=7)

    def test_unknown_parameter_ends_the_import(self):
        with self.assertRaisesRegex(BadFile, "GAIN: the parameter NumChannels is not known|CTRL: "
                                             "the parameter NumChannels is not known"):
            self.changed('{ name: "NumChannels"', '{ name: "Other"')

    def test_skip_back(self):
        with self.assertRaisesRegex(BadFile, "skipto 0x10 goes back"):
            self.changed('skipto: "0x100"', 'skipto: "0x10"')

    def test_unknown_entry(self):
        with self.assertRaisesRegex(BadFile, "unknown kind: sameaddr"):
            self.changed("{ reserved: 2 }", "{ sameaddr: 2 }")

    def test_huge_count(self):
        with self.assertRaisesRegex(BadFile, "an array of 4294967295 elements"):
            self.changed("count: 6", "count: 0xffffffff")

    def test_wrong_shapes(self):
        for old, new in (('fields: [ { bits: "31:0" } ]', "fields: 3"),
                         ('fields: [ { bits: "31:0" } ]', "fields: [ 3 ]"),
                         ('swaccess: "rc"', "swaccess: []"), ('bits: "31:0"', "bits: {}"),
                         ('bits: "31:0"', 'bits: "0:31"'), ("{ reserved: 2 }", "7"),
                         ("{ reserved: 2 }", "{ window: 7 }"), ('regwidth: "32"', "regwidth: 31")):
            with self.assertRaises(BadFile, msg=new):
                self.changed(old, new)


class Hjson(unittest.TestCase):
    def test_forms(self):
        content = """{ a: 1, "b": 'two' # comment
            c: a string without quotes, with a comma
            d: [ true, null, -3, "x\\ty" ] /* e: 5 */ f: {} // end
            g: '''
               long ''' }"""
        self.assertEqual(hjson.parse(content, "x"), {
            "a": 1, "b": "two", "c": "a string without quotes, with a comma",
            "d": [True, None, -3, "x\ty"], "f": {}, "g": "\n               long "})

    def test_stray_quote(self):
        self.assertEqual(hjson.parse('{ name: SYS_ADDR"\n }', "x"), {"name": 'SYS_ADDR"'})

    def test_broken(self):
        for content in ("", "{", "[", "{ a", "{ a: ", "{ a: '''", '{ a: "b', "{ a: 1, a: 2 }",
                        "{} x", "/*", "[" * 1000, "{ a: , }", "{ : 1 }"):
            with self.assertRaises(BadFile, msg=content[:20]):
                hjson.parse(content, "x")


if __name__ == "__main__":
    unittest.main()
