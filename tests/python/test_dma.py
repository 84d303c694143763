# SPDX-License-Identifier: MIT
"""Buffers, mappings and transactions."""
import array
import asyncio
import errno
import gc
import threading
import time

import kplug
from support import WithDevice, standin


class Dma(WithDevice):
    def setUp(self):
        super().setUp()
        self.dev.attach(0, plugin="edu")

    def test_there_and_back(self):
        with self.dev.dma_buffer(8192) as buffer, buffer.map() as mapping:
            buffer.memory[:100] = bytes(range(100))
            up = mapping.transaction(kplug.Direction.TO_DEVICE)
            down = mapping.transaction(kplug.Direction.FROM_DEVICE)
            self.assertEqual(up.run(0, 100), 100)
            mapping.sync(kplug.SyncFor.CPU)
            self.assertEqual(down.run(4096, 100), 100)
            self.assertEqual(buffer.memory[4096:4196], bytes(range(100)))
            ends = [event.dma for event in self.dev.wait(1)]
            self.assertEqual([(end.transaction, end.bytes, end.error) for end in ends],
                             [(up.id, 100, 0), (down.id, 100, 0)])

    def test_buffer_protocol(self):
        with self.dev.dma_buffer(4096) as buffer:
            numbers = buffer.memory.cast("I")
            numbers[3] = 0x01020304
            self.assertEqual(bytes(buffer.memory[12:16]), b"\4\3\2\1")
            self.assertEqual(array.array("I", numbers)[3], 0x01020304)

    def test_time_out_and_abort(self):
        with self.dev.dma_buffer(4096) as buffer, buffer.map() as mapping, \
                mapping.transaction(kplug.Direction.TO_DEVICE) as never:
            never.execute(0, 64, args=(0, 1), cookie=5)
            self.assertEqual(never.info().state, kplug.TransactionState.RUNNING)
            with self.assertRaises(kplug.Timeout):
                never.wait(0.05)
            self.soon(never.abort)
            with self.assertRaises(kplug.Error) as raised:
                never.wait()
            self.assertEqual(raised.exception.errno, errno.ECANCELED)
            self.assertEqual(never.info().cookie, 5)

    def test_asyncio(self):
        async def both(transaction):
            done = await transaction.run_async(0, 64)
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await transaction.run_async(0, 64, args=(0, 1))
            return done

        with self.dev.dma_buffer(4096) as buffer, buffer.map() as mapping, \
                mapping.transaction(kplug.Direction.TO_DEVICE) as transaction:
            self.assertEqual(asyncio.run(both(transaction)), 64)
            self.assertEqual(transaction.info().state, kplug.TransactionState.IDLE)

    def test_removed_meanwhile(self):
        with self.dev.dma_buffer(4096) as buffer, buffer.map() as mapping, \
                mapping.transaction(kplug.Direction.TO_DEVICE) as never:
            never.execute(0, 64, args=(0, 1))
            standin("remove")
            with self.assertRaises(kplug.Gone):
                never.wait()
            with self.assertRaises(kplug.Gone):
                self.dev.detach(0)

    def test_close_ends_a_wait(self):
        buffer = self.dev.dma_buffer(4096)
        never = buffer.map().transaction(kplug.Direction.TO_DEVICE)
        never.execute(0, 64, args=(0, 1))
        codes = []

        def wait():
            try:
                never.wait(10)
            except kplug.Error as error:
                codes.append(error.errno)

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        self.dev.close()
        thread.join(5)
        self.assertEqual(codes, [errno.ECANCELED])

    def test_pinned_memory_stays(self):
        memory = bytearray(100)
        buffer = self.dev.dma_pin(memory)
        with self.assertRaises(BufferError):
            memory.extend(b"more")
        buffer.close()
        del buffer
        gc.collect()
        memory.extend(b"more")
        with self.assertRaises(BufferError):
            self.dev.dma_pin(b"constant")
