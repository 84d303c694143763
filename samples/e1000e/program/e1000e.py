#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the registers of e1000e that a read does not change. This file is yours: `kplug new` wrote
it once. It needs the Python package of kplug (Debian's python3-kplug)."""
import os
import sys

import kplug

HERE = os.path.dirname(os.path.realpath(__file__))
MAP = os.path.join(HERE, "..", "generated", "e1000e.map.json")


def main():
    if len(sys.argv) != 2:
        print("usage: e1000e.py DEVICE   (see `kplug list`)", file=sys.stderr)
        return 2
    with kplug.open(sys.argv[1], map=MAP) as device:
        for register in device.regs.registers():
            if register.allows("r") and not register.read_acts:
                print(f"{register.name:40} {register.read():#x}")
    return 0


sys.exit(main())
