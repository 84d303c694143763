# SPDX-License-Identifier: MIT
"""Handlers that are functions of the program."""
import errno
import gc
import os
import signal

import kplug
from support import ACK, RAISE, RECIPE, STATUS, WithDevice, post


class Handler(WithDevice):
    def setUp(self):
        super().setUp()
        self.fails = None

    def handle(self, irq):
        status = self.dev.read32(0, STATUS)
        self.dev.write32(0, ACK, status)
        irq.capture(status)
        if self.fails:
            self.fails()
        return kplug.Verdict.HANDLED | (kplug.Verdict.NOTIFY if status != 2 else 0)

    def attach(self):
        self.assertEqual(self.dev.attach(0, handler=self.handle), kplug.HandlerKind.USER)
        gc.collect()

    def test_runs(self):
        self.attach()
        for word in (1, 2, 3):
            self.dev.write32(0, RAISE, word)
            events = self.dev.wait(0)
            self.assertEqual([event.data for event in events], [(word,)] if word != 2 else [])
        self.assertEqual(self.dev.read32(0, STATUS), 0)

    def test_first_that_is_there(self):
        kind = self.dev.attach(0, plugin="missing", handler=self.handle)
        self.assertEqual(kind, kplug.HandlerKind.USER)
        self.dev.detach(0)
        kind = self.dev.attach(0, plugin="missing", recipe=RECIPE, handler=self.handle)
        self.assertEqual(kind, kplug.HandlerKind.RECIPE)

    def test_exception(self):
        self.attach()
        self.fails = lambda: 1 // 0
        self.dev.write32(0, RAISE, 1)
        with self.assertRaises(ZeroDivisionError):
            self.dev.wait(1)
        self.fails = None
        self.dev.write32(0, RAISE, 3)
        self.assertEqual(self.dev.wait(1)[0].data, (3,))

    def test_exception_loses_no_event(self):
        self.attach()
        self.fails = lambda: 1 // 0
        self.dev.write32(0, RAISE, 1)
        for word in (10, 11):
            post(word, kind=kplug.EventType.CUSTOM)
        with self.assertRaises(ZeroDivisionError):
            self.dev.wait(1)
        events = self.dev.events(timeout=1)
        self.assertEqual([next(events).data for _ in range(2)], [(10,), (11,)])

    def test_interrupt_from_the_keyboard(self):
        self.attach()
        self.fails = lambda: os.kill(os.getpid(), signal.SIGINT)
        self.dev.write32(0, RAISE, 1)
        with self.assertRaises(KeyboardInterrupt):
            self.dev.wait(1)
            self.dev.wait(0.1)

    def test_may_not_wait(self):
        self.attach()
        self.fails = lambda: self.dev.wait(0)
        self.dev.write32(0, RAISE, 1)
        with self.assertRaises(kplug.Error) as raised:
            self.dev.wait(1)
        self.assertEqual(raised.exception.errno, errno.EDEADLK)

    def test_may_close(self):
        self.attach()
        self.fails = self.dev.close
        self.dev.write32(0, RAISE, 1)
        self.assertEqual(len(self.dev.wait(1)), 1)
        self.fails = None
        self.assertTrue(self.dev.closed)
