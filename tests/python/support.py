# SPDX-License-Identifier: MIT
"""What the tests of the package on the host share: the device of the stand-in."""
import ctypes
import gc
import os
import threading
import unittest

import kplug

NAME = "0000:00:04.0"
STATUS, RAISE, ACK = 0x24, 0x60, 0x64
RECIPE = kplug.Recipe().read(0, STATUS).not_mine(0xffffffff).write_back(0, ACK).capture()


def standin(name, *arguments):
    """Calls a function of standin.c."""
    return getattr(ctypes.CDLL(os.environ["KPLUG_LIBRARY"]), f"standin_{name}")(*arguments)


def post(word, vector=0, kind=kplug.EventType.IRQ):
    """An event, as an interrupt would post it."""
    standin("post", ctypes.c_uint32(vector), ctypes.c_uint16(kind), ctypes.c_uint64(word))


class WithDevice(unittest.TestCase):
    """Each test has the device open; afterwards nothing is open or mapped."""

    options = {}

    def setUp(self):
        self.timers = []
        self.dev = kplug.open(NAME, **self.options)

    def tearDown(self):
        # One that closes the device still holds it when waits have ended.
        for timer in self.timers:
            timer.join()
        self.dev.close()
        del self.dev
        gc.collect()
        self.assertEqual((standin("opens"), standin("maps")), (0, 0))

    def soon(self, work, delay=0.05):
        """Does it in another thread, shortly."""
        timer = threading.Timer(delay, work)
        timer.start()
        self.timers.append(timer)
