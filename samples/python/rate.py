#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads a counter of interrupts, and plots interrupts per second, as text and as SVG.

    kplug bind 0000:00:04.0                      (QEMU's edu device)
    rate.py 0000:00:04.0 --raise 200 --svg rate.svg

Without --raise it watches what another program does with the device. The cells (# %%) run one by
one in an editor that knows them.
"""
# %% The device, and how long
import argparse
import contextlib
import math
import threading
import time

import kplug

parser = argparse.ArgumentParser(description="plots interrupts per second")
parser.add_argument("device", help="see `kplug list`")
parser.add_argument("--vector", type=int, default=0)
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--every", type=float, default=0.25, help="seconds between two readings")
parser.add_argument("--raise", type=int, dest="rate", metavar="RATE",
                    help="raise about RATE interrupts a second, of an edu device")
parser.add_argument("--svg", metavar="FILE")
options = parser.parse_args()


# %% Interrupts to look at: more, then fewer
def raise_some(dev: kplug.Device, end: threading.Event) -> None:
    """Raises interrupts at a rate that swings, until the end."""
    start = time.monotonic()
    while not end.wait(1 / (options.rate * (1.1 + math.sin(2 * (time.monotonic() - start))))):
        dev.write32(0, 0x60, 1)


def handler() -> kplug.Recipe:
    """The kernel reads the status of edu, and acknowledges."""
    return kplug.Recipe().read(0, 0x24).not_mine(0xffffffff).write_back(0, 0x64)


@contextlib.contextmanager
def interrupts(dev: kplug.Device):
    """Has the device interrupt meanwhile."""
    end = threading.Event()
    thread = threading.Thread(target=raise_some, args=(dev, end))
    dev.attach(options.vector, recipe=handler())
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


# %% Read the counter again and again
def rates(dev: kplug.Device) -> list[float]:
    """Interrupts per second of each interval."""
    found = []
    last, then = dev.vector(options.vector).raised, time.monotonic()
    for _ in range(max(int(options.seconds / options.every), 1)):
        time.sleep(options.every)
        raised, now = dev.vector(options.vector).raised, time.monotonic()
        found.append((raised - last) / (now - then))
        last, then = raised, now
    return found


with kplug.open(options.device, ring=0) as device:
    with interrupts(device) if options.rate else contextlib.nullcontext():
        measured = rates(device)

# %% As text
most = max(max(measured), 1)
for index, rate in enumerate(measured):
    print(f"{index * options.every:7.2f} s {rate:9.1f} {'#' * round(50 * rate / most)}")
print(f"mean {sum(measured) / len(measured):.1f} interrupts/s, most {most:.1f}")


# %% As SVG
def svg(values: list[float], width: int = 640, height: int = 240) -> str:
    """A line over the intervals, with axes from 0."""
    left, bottom = 60, height - 30
    step = (width - left - 10) / max(len(values) - 1, 1)
    points = " ".join(f"{left + step * index:.1f},{bottom - (bottom - 20) * value / most:.1f}"
                      for index, value in enumerate(values))
    labels = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>' for x, y, anchor, text in (
            (left - 6, 24, "end", f"{most:.0f}"), (left - 6, bottom + 4, "end", "0"),
            (left, height - 10, "start", "0 s"), (left + 6, 14, "start", "interrupts per second"),
            (width - 10, height - 10, "end", f"{len(values) * options.every:g} s")))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif" font-size="12">'
            f'<rect width="{width}" height="{height}" fill="white"/>'
            f'<path d="M{left} 20V{bottom}H{width - 10}" fill="none" stroke="#777"/>'
            f'<polyline points="{points}" fill="none" stroke="#0060a8" stroke-width="2"/>'
            f"{labels}</svg>\n")


if options.svg:
    with open(options.svg, "w", encoding="utf-8") as file:
        file.write(svg(measured))
    print(f"wrote {options.svg}")
