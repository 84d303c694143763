# SPDX-License-Identifier: MIT
"""What docs/python.md shows runs as it is, one piece after the other."""
import contextlib
import io
import os
import re
import threading
import unittest

import kplug
from support import NAME, post, standin

HERE = os.path.dirname(os.path.realpath(__file__))
PAGE = os.path.join(HERE, "..", "..", "docs", "python.md")
MAP = os.path.join(HERE, "..", "new", "files", "tagger.json")


def pieces():
    with open(PAGE, encoding="utf-8") as file:
        return re.findall(r"^```python\n(.*?)^```$", file.read(), re.M | re.S)


class Guide(unittest.TestCase):
    def run_piece(self, piece, **names):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(piece, PAGE, "exec"), {"kplug": kplug} | names)
        return said.getvalue()

    def test_first_program(self):
        self.assertEqual(self.run_piece(pieces()[0]), "status 42\n")

    def test_registers(self):
        with kplug.open(NAME) as dev:
            self.run_piece(pieces()[1], dev=dev)

    def test_names(self):
        opened = []

        class Package:
            @staticmethod
            def open(*_, **__):
                opened.append(kplug.open(NAME, map=MAP))
                return opened[0]

        self.run_piece(pieces()[2], kplug=Package)
        with opened[0] as dev:
            # The register there is one of edu, which reads as the inverse.
            self.assertEqual(dev.regs.CTRL.read(), 0xffffffff ^ (2 << 4 | 1 << 1))
            self.assertEqual(dev.regs.CH[2].LEVEL.MILLIVOLT.read(), -100)

    def test_events(self):
        with kplug.open(NAME) as dev:
            for word in range(3):
                post(word)
            timer = threading.Timer(0.05, standin, ("remove",))
            timer.start()
            self.addCleanup(timer.join)
            said = self.run_piece(pieces()[3].replace("dev.wait(0.5)", "dev.wait(0.5, 2)"),
                                  dev=dev)
        self.assertEqual(said, "0 (2,) 0\nNone () 0\n")

    def test_statistics(self):
        with kplug.open(NAME) as dev:
            post(1)
            self.run_piece(pieces()[4], dev=dev)

    def test_plugin(self):
        with kplug.open(NAME) as dev:
            self.assertEqual(self.run_piece(pieces()[5], dev=dev), "0\n")

    def test_no_others(self):
        self.assertEqual(len(pieces()), 6)
