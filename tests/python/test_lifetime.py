# SPDX-License-Identifier: MIT
"""What outlives what: views, threads, child processes, and a device that is closed."""
import errno
import gc
import os
import threading
import time
import unittest

import kplug
from support import NAME, RECIPE, WithDevice, post, standin


class Closing(WithDevice):
    def test_twice(self):
        self.dev.close()
        self.dev.close()
        self.assertTrue(self.dev.closed)
        for use in (lambda: self.dev.read32(0, 0), lambda: self.dev.wait(0), self.dev.events,
                    lambda: self.dev.info, self.dev.fileno):
            with self.assertRaises(kplug.Closed):
                use()

    def test_in_a_block_that_fails(self):
        self.dev.close()
        try:
            with kplug.open(NAME) as dev:
                view = dev.regions[0].map()
                print(view[0], dev.read32(0, 2))
        except kplug.Error as error:
            # The exception, which knows its variables, does not keep the device open.
            self.assertEqual((error.errno, standin("opens")), (errno.EINVAL, 0))

    def test_view_is_released(self):
        view = self.dev.regions[0].map()
        self.dev.close()
        with self.assertRaises(ValueError):
            print(view[0])
        self.assertEqual(standin("opens"), 0)

    def test_slice_stays_valid(self):
        part = self.dev.regions[0].map()[:4]
        self.dev.attach(0, recipe=RECIPE)
        self.dev.close()
        gc.collect()
        self.assertEqual(part[0], 0x010000ed)
        self.assertEqual(standin("opens"), 1)
        del part
        self.assertEqual((standin("opens"), standin("maps")), (0, 0))

    def test_buffer_outlives_the_device(self):
        buffer = self.dev.dma_buffer(5000)
        part = buffer.memory[4096:]
        part[0] = 17
        self.dev.close()
        buffer.close()
        buffer.close()
        gc.collect()
        self.assertEqual((part[0], standin("opens")), (17, 0))

    def test_wakes_a_thread(self):
        raised = []

        def wait():
            with self.assertRaises(kplug.Closed):
                self.dev.wait()
            raised.append(1)

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        self.dev.close()
        thread.join(10)
        self.assertEqual((raised, standin("opens")), ([1], 0))

    def test_ends_a_call(self):
        self.dev.attach(0, plugin="edu")
        codes = []

        def call():
            try:
                self.dev.call(99)
            except kplug.Error as error:
                codes.append(error.errno)

        thread = threading.Thread(target=call)
        thread.start()
        time.sleep(0.05)
        self.dev.close()
        thread.join(10)
        self.assertEqual((codes, standin("opens")), ([errno.ECANCELED], 0))

    def test_under_load(self):
        for _ in range(20):
            dev = self.dev
            threads = [threading.Thread(target=self._use, args=(dev,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(0.01)
            dev.close()
            for thread in threads:
                thread.join(10)
            self.assertEqual(standin("opens"), 0)
            self.dev = kplug.open(NAME)

    @staticmethod
    def _use(dev):
        try:
            while True:
                dev.read32(0, 0)
                post(1)
                dev.wait(0)
                part = dev.regions[0].map()[:1]
                part[0] + 1
        except (kplug.Closed, ValueError):
            pass  # ValueError: the view was released just now

    def test_without_a_reference(self):
        self.dev.close()
        kplug.open(NAME)
        gc.collect()
        self.assertEqual(standin("opens"), 0)


class Fork(WithDevice):
    def test_child(self):
        self.dev.attach(0, recipe=RECIPE)
        child = os.fork()
        if not child:
            os._exit(self._in_child())
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        # The child's end has changed nothing here.
        self.dev.write32(0, 0x60, 5)
        self.assertEqual(self.dev.wait(1)[0].data, (5,))

    def _in_child(self):
        try:
            self.dev.read32(0, 0)
        except kplug.Closed as error:
            self.dev.close()
            return 0 if "fork()" in error.reason and standin("opens") == 0 else 2
        return 1


class WithoutRing(WithDevice):
    options = {"ring": 0}

    def test_no_events(self):
        with self.assertRaises(kplug.Error) as raised:
            self.dev.wait(0)
        self.assertEqual(raised.exception.errno, errno.ENOTCONN)


if __name__ == "__main__":
    unittest.main()
