# SPDX-License-Identifier: MIT
"""Registers and fields by the names of a map."""
import errno
import os
import unittest

import kplug
from support import NAME, WithDevice

FILES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "new", "files")


def register(name, at, **more):
    return {"name": name, "at": at, "bits": 32} | more


MAP = kplug.RegisterMap({
    "kplug_map": 1, "name": "made", "regions": [{
        "name": "regs", "bar": 0, "widths": [32], "items": [
            register("ID", 0, access="ro"),
            register("STATUS", "0x24", access="ro"),
            register("ACK", "0x64", access="wo", on_write="1clear"),
            register("RAISE", "0x60", access="wo", on_write="1set"),
            register("CTRL", 0x100, fields=[
                {"name": "ON", "bits": "0"},
                {"name": "MODE", "bits": "3:1", "values": {"SLOW": 1, "FAST": "0x5"}},
                {"name": "OFFSET", "bits": "15:8", "signed": True, "reset": 3},
                {"name": "LANE", "bits": "17:16", "count": 4, "stride": 2}]),
            register("TRAP", 0x104, fields=[{"name": "A", "bits": "0"},
                                            {"name": "B", "bits": "1", "on_write": "1clear"}]),
            {"name": "CH", "at": 0x200, "count": 4, "stride": 0x20, "items": [
                register("LEVEL", 4), {"name": "TIME", "at": 8, "bits": 64, "word": 32,
                                       "words": "high_first"}]},
        ]}, {"name": "silent", "bar": 0, "effects": "unsaid", "widths": [32],
             "items": [register("CTRL", 0x400), register("LONELY", 0x404, fields=[
                 {"name": "A", "bits": "0"}])]}]})


class Named(WithDevice):
    options = {"map": MAP}

    def test_registers(self):
        regs = self.dev.regs
        self.assertEqual(regs.ID.read(), 0x010000ed)
        regs.CH[2].LEVEL.write(77)
        self.assertEqual(self.dev.read32(0, 0x244), 77)
        self.assertEqual(regs["CH[2].LEVEL"].read(), 77)
        self.assertEqual(regs.CH[2].LEVEL.name, "regs.CH[2].LEVEL")
        with self.assertRaises(IndexError):
            print(regs.CH[4])
        with self.assertRaises(AttributeError):
            print(regs.NOWHERE)
        with self.assertRaises(KeyError):
            print(regs["CH[2].NOWHERE"])

    def test_words_in_their_order(self):
        self.dev.regs.CH[0].TIME.write(0x1122334455667788)
        self.assertEqual([self.dev.read32(0, at) for at in (0x208, 0x20c)],
                         [0x11223344, 0x55667788])
        self.assertEqual(self.dev.regs.CH[0].TIME.read(), 0x1122334455667788)

    def test_several_regions(self):
        self.assertEqual(self.dev.regs.LONELY.offset, 0x404)
        self.assertEqual(self.dev.regs.silent.CTRL.offset, 0x400)
        with self.assertRaises(AttributeError):
            print(self.dev.regs.CTRL)
        self.assertIn("LONELY", dir(self.dev.regs))

    def test_fields(self):
        control = self.dev.regs.regs.CTRL
        control.write(ON=1, MODE="FAST")
        self.assertEqual(control.read(), 1 | 5 << 1 | 3 << 8)
        control.OFFSET.write(-2)
        control.LANE[3].write(1)
        self.assertEqual(control.read_fields(),
                         {"ON": 1, "MODE": 5, "OFFSET": -2, "LANE[0]": 0, "LANE[1]": 0,
                          "LANE[2]": 0, "LANE[3]": 1})
        control.update(ON=0, MODE=2)
        self.assertEqual((control.ON.read(), control.MODE.read(), control.OFFSET.read()),
                         (0, 2, -2))
        for wrong in ({"MODE": 8}, {"MODE": "NONE"}, {"OFFSET": -129}, {"OFFSET": 128}):
            with self.assertRaises(ValueError):
                control.update(**wrong)

    def test_side_effects_are_respected(self):
        for field in (self.dev.regs.TRAP.A, self.dev.regs.silent.LONELY.A):
            with self.assertRaises(kplug.Error) as raised:
                field.write(1)
            self.assertEqual(raised.exception.errno, errno.EXDEV)
        with self.assertRaises(kplug.Error):
            self.dev.regs.ACK.update()
        self.dev.regs.TRAP.write(A=1)
        self.assertEqual(self.dev.regs.TRAP.read(), 1)

    def test_recipe_by_names(self):
        regs = self.dev.regs
        self.dev.attach(0, recipe=kplug.Recipe().read(regs.STATUS).not_mine(0xffffffff)
                        .write_back(regs.ACK).capture())
        regs.RAISE.write(12)
        self.assertEqual(self.dev.wait(1)[0].data, (12,))

    def test_all(self):
        names = [register.name for register in self.dev.regs.registers()]
        self.assertEqual(len(names), 6 + 8 + 2)
        self.assertIn("regs.CH[3].TIME", names)
        for name in names:
            self.assertEqual(self.dev.regs[name].name, name)


class Files(unittest.TestCase):
    def test_load(self):
        with kplug.open(NAME, map=os.path.join(FILES, "tagger.json")) as dev:
            self.assertEqual(dev.regs.NOW.words, 2)
            self.assertTrue(dev.regs.LOST.read_acts)
            self.assertEqual(dev.regs.CTRL.CLOCK.values["PTP"], 2)

    def test_no_map(self):
        with self.assertRaises(ValueError):
            kplug.RegisterMap({"name": "nothing"})
        with kplug.open(NAME) as dev, self.assertRaises(FileNotFoundError):
            print(dev.regs)
