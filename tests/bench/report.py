#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the guest's rows together, holds them against the targets and prints the table."""
import argparse
import json
import sys

COLUMNS = ["path", "entry", "acked", "deferred", "user", "per_interrupt",
           "mmio_reads", "mmio_writes", "raised", "handled", "lost"]
EXTRA = ["burst", "per_call", "words", "instructions", "posted", "received",
         "depth", "per_read", "per_chunk", "per_place", "map_page", "unmap_page"]

DMA = ["per_read", "per_chunk", "per_place", "map_page"]

# Rows of the plugin that has no listener: unseen, and while a command looks on.
UNSEEN = "plugin, no listener"
LOOKING = {"by_latency": "kplug latency --dev", "by_slow": "kplug slow --dev",
           "by_trace": "kplug trace --dev",
           "by_nothing": "kplug trace, of another vector"}


def medians(row):
    """A row of `kplug ladder`, with the median of each time."""
    return {key: value["p50"] if isinstance(value, dict) else value for key, value in row.items()}


def read_rows(folder):
    """The rows of `kplug ladder`, then those of kplug-bench, an object a line."""
    rows = []
    for path in ["user", "recipe", "plugin", "bare", "uio", "vfio"]:
        with open(f"{folder}/{path}.json") as file:
            rows += [medians(row) for row in json.load(file)["rows"]]
    for part in ["floors", "bench", *LOOKING, "registers_sysfs", "registers_vfio",
                 "registers_kplug", "flood", "disk_linux", "disk_vfio", "disk_kplug", "map_vfio",
                 "map_kplug"]:
        with open(f"{folder}/{part}.json") as file:
            rows += [json.loads(line) for line in file]
    return rows


class Targets:
    """Each check is one line: what, the figure, its limit, ok or MISSED."""

    def __init__(self, rows):
        self.rows = {row["path"]: row for row in rows}
        self.lines = []

    def figure(self, path, key):
        return self.rows.get(path, {}).get(key)

    def at_most(self, what, path, key, limit):
        figure = self.figure(path, key)
        good = figure is not None and limit is not None and figure <= limit
        self.lines.append((what, figure, limit, good))

    def equal(self, what, figure, wanted):
        self.lines.append((what, figure, wanted, figure is not None and figure == wanted))

    def relative(self, path, key, factor=1.0, plus=0):
        base = self.figure(path, key)
        return None if base is None else int(base * factor + plus)

    def check(self):
        self.handlers()
        self.looking()
        self.notification()
        self.calls()
        self.registers()
        self.flood()
        self.dma()

    def handlers(self):
        # The plugin takes the time itself, as the bare driver does; the recipe cannot, so it
        # is held against the bare driver by the clock of the event record.
        for what, path, bare in [("plugin", "plugin, no listener", "bare, no listener"),
                                 ("recipe", "recipe", "bare")]:
            self.at_most(f"{what}: handler entry, bare + 30", path, "entry",
                         self.relative(bare, "entry", plus=30))
            self.at_most(f"{what}: device acknowledged, bare + 45", path, "acked",
                         self.relative(bare, "acked", plus=45))
            self.at_most(f"{what}: per interrupt with no listener, 1.10 x bare",
                         f"{what}, no listener", "per_interrupt",
                         self.relative("bare, no listener", "per_interrupt", 1.10))
        self.at_most("deferred handler entry", "plugin, deferred handler", "deferred", 720)

    def looking(self):
        for key, what, plus in [("entry", "handler entry", 200),
                                ("per_interrupt", "per interrupt", 650)]:
            self.at_most(f"watched by kplug latency: {what}, unseen + {plus}",
                         LOOKING["by_latency"], key, self.relative(UNSEEN, key, plus=plus))

    def notification(self):
        self.at_most("plugin: blocking read, no later than vfio's eventfd", "plugin", "user",
                     self.relative("vfio", "user"))
        self.at_most("recipe: blocking read, no later than vfio's eventfd", "recipe", "user",
                     self.relative("vfio", "user"))
        self.at_most("mapped ring while spinning, without times", "plugin, the same without times",
                     "user", 799)

    def calls(self):
        self.at_most("empty call, 1.15 x empty ioctl", "plugin, empty call", "per_call",
                     self.relative("bare, empty ioctl", "per_call", 1.15))
        self.at_most("64 bytes in and out, 1.15 x ioctl", "plugin, 64 bytes in and out", "per_call",
                     self.relative("bare, 64 bytes in and out", "per_call", 1.15))

    def registers(self):
        for what, path, limit in [
                ("registers: mapped, as sysfs", "kplug, mapped",
                 self.figure("sysfs, mapped", "instructions")),
                ("registers: block of 1,024 words, 7 a word",
                 "kplug, block of 1,024 words in a call", 7 * 1024),
                ("registers: FIFO of 1,024 words, 17 a word",
                 "kplug, FIFO of 1,024 words in a call", 17 * 1024),
                ("registers: list of 1,000, 1/20 of 1,000 calls",
                 "kplug, list of 1,000 accesses in a call",
                 self.relative("kplug, a word a call", "instructions", 1 / 20))]:
            self.at_most(what, path, "instructions", limit)

    def flood(self):
        flood = self.rows.get("plugin, flood", {})
        self.equal("flood: handled = raised", flood.get("handled"), flood.get("raised"))
        got = flood["received"] + flood["lost"] if flood else None
        self.equal("flood: received + lost = posted", got, flood.get("posted"))
        self.equal("flood: half of them while the reader slept", flood.get("lost", 0) > 0, True)


    def dma(self):
        for what in ["", ", 32 at a time"]:
            self.at_most(f"a read of a disk{what}, as the kernel's driver with io_uring",
                         f"kplug, nvme plugin{what}", "per_read",
                         self.relative(f"kernel driver, io_uring{what}", "per_read"))
        self.at_most("a chunk chained by the core, half of one that the program starts",
                     "kplug, chained by the core", "per_chunk",
                     self.relative("kplug, the program starts each chunk", "per_chunk", 1 / 2))
        self.at_most("a read to the end of 65,536 segments, to the beginning + 300",
                     "kplug, at its end", "per_place",
                     self.relative("kplug, at the beginning of a mapping", "per_place", plus=300))
        self.at_most("to pin and map a page, as VFIO", "kplug, pin and map 1 MiB", "map_page",
                     self.relative("VFIO, pin and map 1 MiB", "map_page"))


def text(value):
    if value is None or isinstance(value, bool):
        return {None: "-", True: "yes", False: "no"}[value]
    return f"{value:,}" if isinstance(value, int) else str(value)


def table(header, lines, markdown):
    """Lists of texts as aligned columns, the first one to the left."""
    cells = [header] + [[text(cell) for cell in line] for line in lines]
    widths = [max(len(line[i]) for line in cells) for i in range(len(header))]
    out = []
    for n, line in enumerate(cells):
        padded = [cell.rjust(w) if i else cell.ljust(w)
                  for i, (cell, w) in enumerate(zip(line, widths))]
        out.append("| " + " | ".join(padded) + " |" if markdown else "  ".join(padded))
        if n == 0 and markdown:
            out.append("|" + "|".join(["-" * (widths[0] + 2)] +
                                      ["-" * (w + 1) + ":" for w in widths[1:]]) + "|")
    return "\n".join(out)


def print_section(title, header, lines, markdown):
    print(f"{'## ' if markdown else ''}{title}\n")
    print(table(header, lines, markdown) + "\n")


def print_looking(rows, markdown):
    rows = {row["path"]: row for row in rows}
    lines = []
    for path in [UNSEEN, *LOOKING.values()]:
        line = ["no command" if path == UNSEEN else path]
        for key in ["entry", "per_interrupt"]:
            line += [rows[path][key], rows[path][key] - rows[UNSEEN][key]]
        lines.append(line)
    print_section("Cost of watching",
                  ["watched by", "handler entry", "added", "per interrupt", "added"],
                  lines, markdown)


def print_tables(rows, targets, markdown):
    interrupts = [row for row in rows if not {"per_call", "words", *DMA} & row.keys() and
                  row["path"] not in LOOKING.values()]
    registers = [row for row in rows if "words" in row]
    calls = [row for row in rows if "per_call" in row]
    print_section("Interrupts",
                  ["path", "handler entry", "device acked", "deferred entry", "user notified",
                   "per interrupt", "MMIO reads", "writes", "raised", "handled", "lost"],
                  [[row.get(key) for key in COLUMNS] for row in interrupts], markdown)
    for row in rows:
        if "unavailable" in row:
            print(f"{row['path']} is not available: {row['unavailable']}\n")
    print_looking(rows, markdown)
    print_section("Calls", ["call", "instructions"],
                  [[row["path"], row["per_call"]] for row in calls], markdown)
    print_section("Registers", ["way", "words of 32 bits", "instructions", "a word"],
                  [[row["path"], row["words"], row["instructions"],
                    f"{row['instructions'] / row['words']:,.1f}"] for row in registers], markdown)
    print_section("Reads of 4 KiB from a disk", ["way", "at a time", "instructions a read"],
                  [[row["path"], row["depth"], row["per_read"]]
                   for row in rows if "per_read" in row], markdown)
    print_section("Chunks of 4 KiB", ["way", "instructions a chunk"],
                  [[row["path"], row["per_chunk"]] for row in rows if "per_chunk" in row], markdown)
    print_section("Reads of 4 KiB into a large mapping", ["place", "segments", "instructions"],
                  [[row["path"], row["segments"], row["per_place"]]
                   for row in rows if "per_place" in row], markdown)
    print_section("Memory for a device", ["way", "instructions a page", "and back"],
                  [[row["path"], row["map_page"], row["unmap_page"]]
                   for row in rows if "map_page" in row], markdown)
    print_section("Targets", ["target", "measured", "limit", ""],
                  [[what, figure, limit, "ok" if good else "MISSED"]
                   for what, figure, limit, good in targets.lines], markdown)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where the guest's files are")
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()

    rows = read_rows(args.folder)
    targets = Targets(rows)
    targets.check()
    if args.json:
        with open(args.json, "w") as file:
            json.dump([{key: row.get(key) for key in COLUMNS + EXTRA} for row in rows], file,
                      indent=1)
    print_tables(rows, targets, args.markdown)
    missed = sum(not good for *_, good in targets.lines)
    if missed:
        print(f"{missed} of {len(targets.lines)} targets MISSED", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
