# SPDX-License-Identifier: MIT
"""The checks of a map, and its schema."""
import json
import os
import unittest

from helper import MapTest, text
from kplug_map import check, item as items, schema
from kplug_map.report import BadFile, Report


def of(*registers, **region):
    return items.normal({"kplug_map": 1, "name": "m",
                         "regions": [{"name": "r", **region, "items": list(registers)}]})


def reg(name, at, **more):
    return {"name": name, "at": at, **({"bits": 32} if "items" not in more and "bytes" not in more
                                       else {}), **more}


class Check(unittest.TestCase):
    def errors(self, the_map):
        self.assertEqual(schema.faults(items.written(the_map), "map.schema.json"), [])
        report = Report()
        check.check(the_map, report)
        return report.errors

    def good(self, *registers, **region):
        self.assertEqual(self.errors(of(*registers, **region)), [])

    def bad(self, part, *registers, **region):
        errors = self.errors(of(*registers, **region))
        self.assertEqual(len(errors), 1, errors)
        self.assertIn(part, errors[0])

    def test_neighbours(self):
        self.good(reg("A", 0), reg("B", 4), reg("C", 8, bits=64), reg("D", 16, bytes=64))

    def test_overlap(self):
        self.bad("r.A and r.B overlap at 0x2", reg("A", 0), reg("B", 2, bits=16))
        self.bad("r.A and r.B overlap at 0x4", reg("A", 0, bits=64), reg("B", 4))
        self.bad("r.A and r.B.C overlap at 0x8", reg("A", 0, bytes=16),
                 reg("B", 0, items=[reg("C", 8)]))

    def test_declared_overlap(self):
        self.good(reg("A", 0), reg("B", 0, overlays="A"))
        self.good(reg("A", 0, overlays="B"), reg("B", 0))
        self.bad("r.A and r.B overlap", reg("A", 0), reg("B", 0, overlays="C"),
                 reg("C", 8))

    def test_overlap_is_not_declared_for_others(self):
        block = [reg("A", 0), reg("B", 0, overlays="A")]
        self.bad("overlap at 0x0", reg("X", 0, items=block[:1]), reg("Y", 0, items=block[1:]))

    def test_arrays(self):
        self.good(reg("A", 0, count=4, stride=8), reg("B", 4, count=4, stride=8))
        self.bad("r.A and r.B overlap at 0x10", reg("A", 0, count=4, stride=8), reg("B", 16))
        self.bad("the stride 0x4 is smaller", reg("A", 0, count=1, stride=4, bits=64))
        self.bad("2 names of indexes for 3 elements", reg("A", 0, count=3, stride=4,
                                                           index=["a", "b"]))

    def test_array_without_stride(self):
        errors = self.errors(of(reg("A", 0, count=2)))
        self.assertIn("r.A: an array needs a stride", errors)
        self.assertIn("elements of r.A overlap at 0x0", errors)

    def test_nested_arrays(self):
        taps = reg("T", 0, count=4, stride=4)
        self.good(reg("C", 0, count=4, stride=16, items=[taps]))
        self.assertTrue(self.errors(of(reg("C", 0, count=4, stride=8, items=[taps]))))

    def test_too_many(self):
        inner = reg("T", 0, count=65536, stride=4)
        self.bad("of which a region may have", reg("C", 0, count=65536, stride=0x40000,
                                                   items=[inner]))

    def test_many_overlaps_are_cut(self):
        registers = [reg(f"R{at}", 0) for at in range(60)]
        errors = self.errors(of(*registers))
        self.assertLess(len(errors), 60)
        self.assertIn("more than 50 overlaps", errors[-1])

    def test_two_regions_of_one_bar(self):
        the_map = of(reg("A", 0), bar=1)
        the_map["regions"].append({"name": "s", "bar": 1, "items": []})
        self.assertIn("the regions r and s both are bar 1", self.errors(the_map)[0])
        the_map["regions"][1]["bar"] = 2
        self.assertEqual(self.errors(the_map), [])

    def test_outside_of_the_region(self):
        self.bad("outside of the region's 0x10 bytes", reg("A", 16), size=16)

    def test_names(self):
        self.bad("r has two items named A", reg("A", 0), reg("A", 4))
        self.bad("r.A has two items named F", reg("A", 0, fields=[
            {"name": "F", "bits": "0"}, {"name": "F", "bits": "1"}]))

    def test_words(self):
        self.bad("2 words, and no order of them", reg("A", 0, bits=64, word=32))
        self.good(reg("A", 0, bits=64, word=32, words="low_first"))
        self.bad("2 words, and no order of them", reg("A", 0, bits=64), widths=[32])

    def test_values(self):
        self.bad("reset 0x100 does not fit into 8 bits", reg("A", 0, bits=8, reset=256))
        field = {"name": "F", "bits": "1:0"}
        self.bad("F: BIG 0x4 does not fit", reg("A", 0, fields=[{**field, "values": {"BIG": 4}}]))
        self.bad("F: reset 0x1, but the register's has 0x2 there",
                 reg("A", 0, reset=2, fields=[{**field, "reset": 1}]))
        self.good(reg("A", 0, reset=2, known=0, fields=[{**field, "reset": 1}]))

    def test_fields(self):
        self.bad("F: bit 32 is outside of 32 bits", reg("A", 0, fields=[
            {"name": "F", "bits": "32:30"}]))
        self.bad("bits 0:3 are not from high to low", reg("A", 0, fields=[
            {"name": "F", "bits": "0:3"}]))
        self.bad("the fields F and G share bit 3", reg("A", 0, fields=[
            {"name": "F", "bits": "3:0"}, {"name": "G", "bits": "5:3"}]))
        self.bad("the fields F and H share bit 5", reg("A", 0, fields=[
            {"name": "F", "bits": "7:0", "access": "ro"},
            {"name": "G", "bits": "1", "access": "wo"}, {"name": "H", "bits": "5"}]))
        self.good(reg("A", 0, fields=[{"name": "F", "bits": "3:0", "access": "ro"},
                                      {"name": "G", "bits": "3:0", "access": "wo"}]))

    def test_effects(self):
        self.bad("a write 1clear, but the access is ro", reg("A", 0, access="ro",
                                                             on_write="1clear"))
        self.bad("a read pop, but the access is wo", reg("A", 0, access="wo", on_read="pop"))
        self.bad("F: a write pulse, but the access is ro", reg("A", 0, fields=[
            {"name": "F", "bits": "0", "access": "ro", "on_write": "pulse"}]))
        self.bad("F: rw in a register that is ro", reg("A", 0, access="ro", fields=[
            {"name": "F", "bits": "0", "access": "rw"}]))
        self.good(reg("A", 0, on_write="1clear", fields=[
            {"name": "F", "bits": "0", "access": "ro"}]))


class Schema(MapTest):
    def faults(self, change):
        the_map = json.loads(text("tagger.json"))
        change(the_map["regions"][0]["items"])
        return schema.faults(the_map, "map.schema.json")

    def test_good(self):
        self.assertEqual(self.faults(lambda registers: None), [])

    def test_faults(self):
        for change in (
                {"name": "two words"}, {"name": "x\n"}, {"at": -1}, {"at": "0x"}, {"at": "010"},
                {"at": True}, {"at": 1.5}, {"bits": 0}, {"bits": 1025}, {"bits": "32"},
                {"bytes": 4}, {"access": "rc"}, {"on_write": "clears"}, {"colour": "red"},
                {"count": 0}, {"count": 65537}, {"fields": [{"name": "F"}]}, {"fields": {}},
                {"fields": [{"name": "F", "bits": "1:"}]}, {"reset": "0x" + "f" * 300}):
            found = self.faults(lambda registers, change=change: registers[1].update(change))
            self.assertNotEqual(found, [], change)
        self.assertNotEqual(self.faults(lambda registers: registers[1].pop("at")), [])
        self.assertNotEqual(self.faults(lambda registers: registers[1].pop("bits")), [])

    def test_message_names_the_place(self):
        found = self.faults(lambda registers: registers[1].update(access="rc"))
        self.assertEqual(found, ["regions[regs].items[CTRL].access: is 'rc', not rw, ro, wo, none"])

    def test_every_keyword_is_known(self):
        def visit(value, inside_properties=False):
            if isinstance(value, list):
                for one in value:
                    visit(one)
            elif isinstance(value, dict):
                for key, one in value.items():
                    if not inside_properties and key not in (
                            "$schema", "$defs", "$ref", "title", "additionalProperties"):
                        self.assertTrue(hasattr(schema._Checker, "on_" + key), key)
                    visit(one, key in ("properties", "$defs") and not inside_properties)

        for name in ("map.schema.json", "roles.schema.json"):
            with open(os.path.join(os.path.dirname(schema.__file__), name), encoding="utf-8") as f:
                visit(json.load(f))

    def test_json(self):
        for content in ('{"kplug_map": 1', '{"kplug_map": 1, "kplug_map": 1}',
                        '{"kplug_map": NaN}', '{"kplug_map": 1, "regions": []}',
                        '{"kplug_map": %s}' % ("9" * 5000), '{"kplug_map": %s' % ("[" * 100000)):
            with self.assertRaises(BadFile, msg=content[:40]):
                self.read_text(content)


if __name__ == "__main__":
    unittest.main()
