# SPDX-License-Identifier: MIT
"""Opening, registers, regions, handlers, calls, errors."""
import errno
import os
import pickle
import re
import struct
import unittest

import kplug
from kplug import _abi
from support import ACK, NAME, RAISE, RECIPE, STATUS, WithDevice


class Device(WithDevice):
    def test_properties(self):
        info = self.dev.info
        self.assertEqual((info.name, info.vendor, info.device), (NAME, 0x1234, 0x11e8))
        self.assertEqual((info.bus, info.irq_mode), (kplug.Bus.PCI, kplug.IrqMode.AUTO))
        self.assertEqual(info.plugin, "")
        region = self.dev.regions[0]
        self.assertEqual((region.length, region.widths),
                         (1 << 20, kplug.Width.BITS_32 | kplug.Width.BITS_64))
        self.assertEqual(region.ranges(), [kplug.Range(0, 1 << 20)])
        self.assertEqual(self.dev.regions[1].length, 0)

    def test_registers(self):
        self.assertEqual(self.dev.read32(0, 0), 0x010000ed)
        self.dev.write32(0, 4, 0x12345678)
        self.assertEqual(self.dev.read32(0, 4), 0x12345678 ^ 0xffffffff)
        with self.assertRaises(ValueError):
            self.dev.write32(0, 4, 1 << 32)
        with self.assertRaises(ValueError):
            self.dev.write32(0, 4, -1)

    def test_map(self):
        view = self.dev.regions[0].map()
        self.assertEqual((view.format, view.itemsize, len(view)), ("I", 4, 1 << 18))
        self.assertEqual(view[0], 0x010000ed)
        view[0x100 // 4] = 5
        self.assertEqual(self.dev.read32(0, 0x100), 5)
        self.assertEqual(self.dev.regions[0].map(8, 0x1000, 0x1000).nbytes, 0x1000)
        with self.assertRaises(kplug.Error) as raised:
            self.dev.regions[0].map(1)
        self.assertEqual(raised.exception.errno, errno.EOPNOTSUPP)
        with self.assertRaises(kplug.Error):
            self.dev.regions[1].map()

    def test_blocks(self):
        data = struct.pack("<4I", 1, 2, 3, 4)
        self.dev.regions[0].write_block(0x200, data)
        self.assertEqual(self.dev.regions[0].read_block(0x200, 4), data)
        self.assertEqual(self.dev.regions[0].read_block(0x204, 2, fifo=True), data[4:8] * 2)
        self.dev.regions[0].write_block(0x300, data, fifo=True)
        self.assertEqual(self.dev.read32(0, 0x300), 4)
        with self.assertRaises(ValueError):
            self.dev.regions[0].write_block(0x200, b"123")

    def test_transfer(self):
        values = self.dev.transfer([(0, 0x100, 7), kplug.Access(0, 0x100), (0, 0)])
        self.assertEqual(values, [7, 0x010000ed])
        with self.assertRaises(kplug.Error):
            self.dev.transfer([(0, 0x100, 8), (5, 0)])
        self.assertEqual(self.dev.read32(0, 0x100), 7)

    def test_features(self):
        self.assertEqual(self.dev.features, kplug.Feature.STRIDE)
        with self.assertRaises(kplug.Error):
            self.dev.capabilities()

    def test_recipe(self):
        self.assertEqual(self.dev.attach(0, recipe=RECIPE), kplug.HandlerKind.RECIPE)
        self.dev.write32(0, RAISE, 42)
        event, = self.dev.wait(1)
        self.assertEqual((event.vector, event.type, event.data),
                         (0, kplug.EventType.IRQ, (42,)))
        self.assertEqual(self.dev.read32(0, STATUS), 0)
        self.dev.detach(0)
        self.dev.write32(0, RAISE, 1)
        self.assertEqual(self.dev.wait(0), [])
        self.dev.write32(0, ACK, 1)

    def test_recipe_without_its_plugin(self):
        kind = self.dev.attach(0, plugin="missing", recipe=RECIPE)
        self.assertEqual(kind, kplug.HandlerKind.RECIPE)

    def test_plugin(self):
        self.assertEqual(self.dev.attach(0, plugin="edu"), kplug.HandlerKind.PLUGIN)
        self.assertEqual(self.dev.call(1, struct.pack("I", 5), 4), struct.pack("I", 120))
        self.assertEqual(self.dev.call_struct(1, "I", 6, answer="I"), (720,))
        self.assertEqual(self.dev.call_struct(2, "I", 9), ())
        self.assertEqual(self.dev.wait(1)[0].data, (9,))
        with self.assertRaises(ValueError):
            self.dev.call_struct(1, "I", 6, answer="2I")
        with self.assertRaises(kplug.Error):
            self.dev.call(77)

    def test_shared_memory(self):
        with self.dev.shared_memory(100) as shared:
            self.assertEqual((shared.id, shared.length), (7, 4096))
            shared.memory[:3] = b"abc"
            rest = shared.memory[1:]
        self.assertEqual(bytes(rest[:2]), b"bc")

    def test_scan(self):
        self.assertEqual([type(one) for one in kplug.scan()],
                         [kplug.Found for one in kplug.scan()])
        self.assertEqual(kplug.select("no such name"), [])


class Complete(unittest.TestCase):
    # What the package does by other means, or what is of no use in Python.
    WITHOUT = {"kplug_read", "kplug_unmap", "kplug_match", "kplug_set_spin", "kplug_find_cap",
               "kplug_find_ext_cap", "kplug_stats_merge"}

    def test_every_function(self):
        folder = os.path.dirname(kplug.__file__)
        text = ""
        for name in os.listdir(folder):
            if name.endswith(".py") and name != "_abi.py":
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    text += file.read()
        called = set(re.findall(r'"(kplug_\w+)"', text))  # with "kplug_map" of register maps
        self.assertEqual(set(_abi.FUNCTIONS) - called, self.WITHOUT)
        self.assertEqual(called - set(_abi.FUNCTIONS), set())


class Errors(unittest.TestCase):
    def test_reason(self):
        with self.assertRaises(kplug.Error) as raised:
            kplug.open("0000:00:1e.7")
        error = raised.exception
        self.assertIsInstance(error, OSError)
        self.assertEqual((error.errno, error.call), (errno.ENOENT, "kplug_open"))
        self.assertIn("`kplug bind`", error.reason)
        self.assertIn("ENOENT", str(error))

    def test_classes(self):
        self.assertTrue(issubclass(kplug.Timeout, TimeoutError))
        error = kplug.Gone(errno.ENODEV, "kplug_wait")
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), again.errno, again.call, again.reason),
                         (kplug.Gone, errno.ENODEV, "kplug_wait", error.reason))

    def test_not_attached(self):
        with kplug.open(NAME) as dev, self.assertRaises(kplug.Error) as raised:
            dev.call(1, b"1234", 4)
        self.assertEqual(raised.exception.errno, errno.ENOTCONN)
