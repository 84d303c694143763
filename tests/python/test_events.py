# SPDX-License-Identifier: MIT
"""Waiting for events: by call, iteration and asyncio; time-outs, signals, removal, statistics."""
import asyncio
import os
import signal
import threading
import time

import kplug
from support import WithDevice, post, standin


class Waiting(WithDevice):
    def test_time_out(self):
        start = time.monotonic()
        self.assertEqual(self.dev.wait(0.05), [])
        self.assertGreaterEqual(time.monotonic() - start, 0.05)
        with self.assertRaises(kplug.Timeout):
            next(self.dev.events(timeout=0.01))

    def test_in_order(self):
        for word in range(100):
            post(word)
        events = self.dev.wait(1) + self.dev.wait(1)
        self.assertEqual([event.data[0] for event in events], list(range(100)))
        self.assertEqual([event.seq for event in events], list(range(100)))

    def test_woken(self):
        self.soon(lambda: post(7))
        self.assertEqual(self.dev.wait()[0].data, (7,))

    def test_iteration_ends_with_the_device(self):
        post(1)
        self.soon(lambda: standin("remove"))
        events = list(self.dev.events())
        self.assertEqual([event.type for event in events],
                         [kplug.EventType.IRQ, kplug.EventType.REMOVED])
        self.assertIsNone(events[-1].vector)
        with self.assertRaises(kplug.Gone):
            self.dev.wait(1)
        with self.assertRaises(kplug.Gone):
            self.dev.read32(0, 0)

    def test_iterators_take_what_they_return(self):
        for word in range(5):
            post(word)
        self.assertEqual(next(self.dev.events()).data, (0,))
        for event in self.dev.events():
            break
        self.assertEqual(event.data, (1,))

        async def one():
            async for event in self.dev.events(timeout=1):
                return event.data

        self.assertEqual(asyncio.run(one()), (2,))
        self.assertEqual([event.data for event in self.dev.wait(0)], [(3,), (4,)])

    def test_interrupt_from_the_keyboard(self):
        self.soon(lambda: os.kill(os.getpid(), signal.SIGINT))
        with self.assertRaises(KeyboardInterrupt):
            self.dev.wait()

    def test_other_signals_do_not_end_a_wait(self):
        heard = []
        before = signal.signal(signal.SIGUSR1, lambda *_: heard.append(1))
        self.addCleanup(signal.signal, signal.SIGUSR1, before)
        self.soon(lambda: os.kill(os.getpid(), signal.SIGUSR1))
        self.soon(lambda: post(3), 0.1)
        self.assertEqual(self.dev.wait()[0].data, (3,))
        self.assertEqual(heard, [1])

    def test_threads_share_events(self):
        got, count = [], 2000

        def take():
            while True:
                events = self.dev.wait(0.3)
                if not events:
                    return
                got.extend(event.data[0] for event in events)

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for word in range(count):
            post(word)
            if word % 500 == 499:
                time.sleep(0.05)
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(got), list(range(count)))

    def test_statistics(self):
        statistics = kplug.Statistics(vectors=1)
        self.dev.measure(statistics)
        for word in range(10):
            post(word)
        self.dev.wait(1)
        self.assertEqual(statistics.counts().events, 10)
        times = statistics.times(kplug.Stage.TAKEN)
        self.assertEqual(times.count, 10)
        self.assertTrue(0 < times.min <= times.p50 <= times.p99 <= times.max)
        statistics.reset()
        self.assertEqual(statistics.times().count, 0)
        with self.assertRaises(kplug.Error):
            statistics.times(vector=1)


class Spinning(WithDevice):
    options = {"spin": 0.2}

    def test_spin(self):
        self.soon(lambda: post(1), 0.02)
        self.assertEqual(len(self.dev.wait(5)), 1)
        self.assertEqual(self.dev.wait(0.02), [])


class SmallRing(WithDevice):
    options = {"ring": 4}

    def test_losses_are_counted(self):
        for word in range(10):
            post(word)
        self.assertEqual(len(self.dev.wait(1)), 3)
        post(10)
        event, = self.dev.wait(1)
        self.assertEqual((event.lost, event.seq, event.data), (7, 10, (10,)))


class Asyncio(WithDevice):
    def test_events(self):
        async def collect():
            got = []
            async for event in self.dev.events():
                got.append(event.type)
                if event.data == (2,):
                    self.soon(lambda: standin("remove"))
            return got

        self.soon(lambda: post(1))
        self.soon(lambda: post(2), 0.1)
        self.assertEqual(asyncio.run(collect()),
                         [kplug.EventType.IRQ, kplug.EventType.IRQ, kplug.EventType.REMOVED])

    def test_other_tasks_run(self):
        async def both():
            ticks = 0
            waiting = asyncio.ensure_future(anext(self.dev.events()))
            while not waiting.done():
                await asyncio.sleep(0.01)
                ticks += 1
                if ticks == 5:
                    post(9)
            return ticks, (await waiting).data

        ticks, data = asyncio.run(both())
        self.assertGreaterEqual(ticks, 5)
        self.assertEqual(data, (9,))

    def test_time_out_and_cancel(self):
        async def neither():
            with self.assertRaises(kplug.Timeout):
                await anext(self.dev.events(timeout=0.02))
            with self.assertRaises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await anext(self.dev.events())
            post(4)
            return (await anext(self.dev.events())).data

        self.assertEqual(asyncio.run(neither()), (4,))

    def test_two_tasks(self):
        async def one():
            return (await anext(self.dev.events())).data[0]

        async def both():
            tasks = [asyncio.create_task(one()) for _ in range(2)]
            await asyncio.sleep(0.01)
            post(1)
            await asyncio.sleep(0.01)
            post(2)
            return sorted(await asyncio.gather(*tasks))

        self.assertEqual(asyncio.run(both()), [1, 2])

    def test_closed_meanwhile(self):
        async def wait():
            self.soon(self.dev.close)
            with self.assertRaises(kplug.Closed):
                await anext(self.dev.events())

        asyncio.run(wait())
