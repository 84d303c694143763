# SPDX-License-Identifier: MIT
"""Tests of the package in the guest: guest.py TEST DEVICE. An exception fails the test."""
import asyncio
import gc
import os
import signal
import struct
import sys
import threading
import time

import kplug

STATUS, RAISE, ACK, FACTORIAL = 0x24, 0x60, 0x64, 1
RECIPE = kplug.Recipe().read(0, STATUS).not_mine(0xffffffff).write_back(0, ACK).capture()
DMA_MAX = 4088


def registers(name):
    """Accesses by the kernel and in a map, and properties."""
    with kplug.open(name) as dev:
        info = dev.info
        assert (info.vendor, info.device, info.name) == (0x1234, 0x11e8, name), info
        assert dev.read32(0, 0) == 0x010000ed
        dev.write32(0, 4, 0x12345678)
        view = dev.regions[0].map()
        assert view[1] == 0x12345678 ^ 0xffffffff, hex(view[1])
        view[1] = 1
        assert dev.read32(0, 4) == 0xfffffffe
        assert dev.regions[0].read_block(0, 2) == struct.pack("<2I", 0x010000ed, 0xfffffffe)
        assert dev.read(7, 0, 2) == 0x1234
        part = view[:2]
    # Valid after close(), until it goes.
    assert part[0] in (0x010000ed, 0xffffffff), hex(part[0])


def refused(name):
    """Errors say what failed and what to do."""
    try:
        kplug.open("0000:00:1e.7")
    except kplug.Error as error:
        assert "kplug bind" in error.reason, error.reason
    with kplug.open(name, exclusive=True) as dev:
        for use in (lambda: kplug.open(name), lambda: dev.read8(0, 0), lambda: dev.read32(0, 2),
                    lambda: dev.attach(200), lambda: dev.call(FACTORIAL, b"1234", 4)):
            try:
                use()
            except kplug.Error:
                continue
            raise AssertionError("it was not refused")
        assert [one.pid for one in kplug.holders(name)] == [os.getpid()]


def recipe_events(name):
    """A recipe's events, and statistics of them."""
    with kplug.open(name) as dev:
        statistics = kplug.Statistics()
        dev.measure(statistics)
        assert dev.attach(0, recipe=RECIPE) == kplug.HandlerKind.RECIPE
        for word in range(1, 101):
            dev.write32(0, RAISE, word)
            event = next(dev.events(timeout=10))
            assert (event.vector, event.data, event.lost) == (0, (word,), 0), event
            assert event.t_hard <= event.t_handler_end <= event.t_post <= time.monotonic_ns()
        assert dev.wait(0.01) == []
        assert statistics.counts() == kplug.EventCounts(100, 0, 0)
        whole = statistics.times(kplug.Stage.WHOLE)
        assert whole.count == 100 and 0 < whole.min <= whole.p50 <= whole.max, whole
        info = dev.vector(0)
        assert 100 <= info.handled <= info.raised, info
    with kplug.open(name) as dev:
        assert dev.vector(0).flags & kplug.VectorFlag.ARMED == 0


def masked_line(name):
    """Without a handler: the program acknowledges, and unmasks the line."""
    with kplug.open(name) as dev:
        dev.irq_mode(kplug.IrqMode.INTX)
        assert dev.attach(0) == kplug.HandlerKind.USER
        for word in (1, 2, 3):
            dev.write32(0, RAISE, word)
            assert len(dev.wait(10)) == 1
            dev.write32(0, ACK, dev.read32(0, STATUS))
            dev.unmask(0)
        assert dev.wait(0.01) == []


def handler(name):
    """A function of this program has the same events as the plugin, and then the plugin."""
    def handle(irq):
        status = dev.read32(0, STATUS)
        if not status:
            return kplug.Verdict.NONE
        dev.write32(0, ACK, status)
        irq.capture(status)
        return kplug.Verdict.HANDLED | kplug.Verdict.NOTIFY

    for mode in (kplug.IrqMode.INTX, kplug.IrqMode.MSI):
        for plugin, kind in (("missing", kplug.HandlerKind.USER),
                             ("edu", kplug.HandlerKind.PLUGIN)):
            with kplug.open(name) as dev:
                dev.irq_mode(mode)
                assert dev.attach(0, plugin=plugin, handler=handle) == kind
                for word in range(1, 11):
                    dev.write32(0, RAISE, word)
                    assert [event.data for event in dev.wait(10)] == [(word,)]


def asynchronous(name):
    """One task waits for events, another one raises them."""
    async def both(dev):
        arrived = asyncio.Semaphore(0)

        async def take():
            got = []
            async for event in dev.events():
                got.append(event.data[0])
                arrived.release()
                if len(got) == 50:
                    return got

        async def put():
            for word in range(1, 51):
                dev.write32(0, RAISE, word)
                await arrived.acquire()

        return (await asyncio.gather(take(), put()))[0]

    with kplug.open(name) as dev:
        dev.attach(0, recipe=RECIPE)
        got = asyncio.run(asyncio.wait_for(both(dev), 60))
        assert got == list(range(1, 51)), got


def plugin_calls(name):
    """Messages, in several threads, and a plugin's events."""
    with kplug.open(name) as dev:
        assert dev.attach(0, plugin="edu") == kplug.HandlerKind.PLUGIN
        assert dev.info.plugin == "edu"
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(
            dev.call_struct(FACTORIAL, "I", 10, answer="I"))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [(3628800,)] * 4, answers


def dma(name):
    """A transaction each way, by the plugin's engine."""
    with kplug.open(name) as dev:
        dev.attach(0, plugin="edu")
        with dev.dma_buffer(16384) as buffer, buffer.map() as mapping:
            data = bytes(index * 7 // 3 % 256 for index in range(DMA_MAX))
            buffer.memory[:DMA_MAX] = data
            with mapping.transaction(kplug.Direction.TO_DEVICE) as up, \
                    mapping.transaction(kplug.Direction.FROM_DEVICE) as down:
                assert up.run(length=DMA_MAX) == DMA_MAX
                assert down.run(4096, 2 * DMA_MAX) == 2 * DMA_MAX
                mapping.sync(kplug.SyncFor.CPU)
                assert bytes(buffer.memory[4096:4096 + 2 * DMA_MAX]) == data * 2
                events = (event for event in dev.events(timeout=10)
                          if event.type == kplug.EventType.DMA)
                ends = [next(events).dma for _ in range(2)]
                assert [end[:1] + end[3:] for end in ends] == [(up.id, 0), (down.id, 0)], ends


def killed_by_keyboard(name):
    """Ctrl-C ends a wait, and the device is given back."""
    with kplug.open(name) as dev:
        dev.attach(0, recipe=RECIPE)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            dev.wait()
        except KeyboardInterrupt:
            pass
        else:
            raise AssertionError("the wait went on")
    with kplug.open(name, exclusive=True):
        pass


def closed_meanwhile(name):
    """close() ends a wait and a transaction in other threads; a slice keeps the map."""
    dev = kplug.open(name)
    dev.attach(0, recipe=RECIPE)
    part = dev.regions[0].map()[:4]
    ended = []

    def wait():
        try:
            dev.wait()
        except kplug.Closed:
            ended.append(1)

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    dev.close()
    thread.join(10)
    assert ended == [1]
    assert part[0] == 0x010000ed
    # The handler is gone although the slice keeps the device open.
    with kplug.open(name) as other:
        assert other.vector(0).flags & kplug.VectorFlag.ARMED == 0
    del part
    gc.collect()
    with kplug.open(name, exclusive=True):
        pass


def removed(name):
    """Waits until the device is unplugged."""
    with kplug.open(name) as dev:
        dev.attach(0, recipe=RECIPE)
        view = dev.regions[0].map()
        with open("/run/python-waits", "w", encoding="utf-8"):
            pass
        types = [event.type for event in dev.events()]
        assert types == [kplug.EventType.REMOVED], types
        assert view[0] == 0xffffffff
        for use in (lambda: dev.wait(1), lambda: dev.read32(0, 0), dev.reset):
            try:
                use()
            except kplug.Gone:
                continue
            raise AssertionError("the device is still there")


globals()[sys.argv[1]](sys.argv[2])
