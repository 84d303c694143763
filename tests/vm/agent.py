#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Host side of a test guest: serves its requests, drives QEMU over QMP, rings ivshmem doorbells.

usage: agent.py SOCKETS OUT SECONDS

Listens on three sockets in the folder SOCKETS, to which QEMU connects:
  request   the guest's third serial port: a request a line, an answer a line (ok ... / error ...)
  qmp       QEMU's monitor
  ivshmem   the ivshmem-doorbell device (docs/specs/ivshmem-spec of QEMU)
Puts files that the guest sends into the folder OUT. Sends an NMI to a guest that still runs after
SECONDS, and writes the file SOCKETS/late. Ends when QEMU ends.
"""
import base64
import json
import os
import re
import socket
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../tools"))
from doorbell import Doorbells  # noqa: E402

VECTORS = 4
SHARED_BYTES = 1 << 20
UNPLUG_SECONDS = 30
SLEEP_SECONDS = 60
MIB = 1 << 20
SLOT_TAKEN = re.compile("Duplicate device ID|occupied|in use|Permission conflict")


class Qmp:
    """One command at a time; events are skipped."""

    def __init__(self, connection):
        self.lock = threading.Lock()
        self.file = connection.makefile("rw")
        self.file.readline()  # the greeting
        self.command("qmp_capabilities")

    def command(self, name, **arguments):
        with self.lock:
            return self.command_locked(name, arguments)

    def command_locked(self, name, arguments):
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            line = self.file.readline()
            if not line:
                raise ConnectionError("QEMU is gone")
            answer = json.loads(line)
            if "error" in answer:
                raise ValueError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]


class Requests:
    """Each method named do_X answers the request X; what it returns follows 'ok'."""

    def __init__(self, lines, qmp, doorbells, sockets, out):
        self.lines, self.qmp, self.doorbells = lines, qmp, doorbells
        self.sockets, self.out = sockets, out

    def serve(self):
        for line in self.lines:
            words = line.decode(errors="replace").split()
            if words:
                self.lines.write((self.answer(*words) + "\n").encode())
                self.lines.flush()

    def answer(self, name, *arguments):
        method = getattr(self, "do_" + name.replace("-", "_"), None)
        if method is None:
            return f"error unknown request {name}"
        try:
            return " ".join(["ok", method(*arguments) or ""]).strip()
        except (ValueError, TypeError, IndexError, OSError) as error:
            return "error " + " ".join(str(error).split())

    def do_device_del(self, device):
        self.qmp.command("device_del", id=device)

    def do_device_add(self, driver, device, bus, *properties):
        # A PCIe port has one slot; without an address QEMU would choose another while it is taken.
        arguments = {"addr": "0", **dict(entry.split("=", 1) for entry in properties)}
        deadline = time.monotonic() + UNPLUG_SECONDS
        while True:
            try:
                self.qmp.command("device_add", driver=driver, id=device, bus=bus, **arguments)
                return
            except ValueError as error:
                # The guest lets go of a device before QEMU does.
                if not SLOT_TAKEN.search(str(error)) or time.monotonic() > deadline:
                    raise
            time.sleep(0.01)

    def do_qom_set(self, device, name, value):
        self.qmp.command("qom-set", path=f"/machine/peripheral/{device}", property=name,
                         value=json.loads(value))

    def do_hmp(self, *words):
        text = self.qmp.command("human-monitor-command", **{"command-line": " ".join(words)})
        return " | ".join(text.split("\r\n"))

    def do_wakeup(self):
        """Wakes the guest as soon as it sleeps; answers before."""
        threading.Thread(target=self.wake_when_asleep, daemon=True).start()

    def wake_when_asleep(self):
        deadline = time.monotonic() + SLEEP_SECONDS
        try:
            while time.monotonic() < deadline:
                if self.qmp.command("query-status")["status"] == "suspended":
                    self.qmp.command("system_wakeup")
                    return
                time.sleep(0.05)
        except ConnectionError:
            pass  # the guest ended without having slept: its report says so

    def do_doorbell(self, vector, count="1", interval_us="0"):
        self.doorbells.ring(int(vector), int(count), float(interval_us) / 1e6)

    def do_sleep(self, milliseconds):
        time.sleep(int(milliseconds) / 1000)

    def disk(self, name, mode):
        return open(os.path.join(self.sockets, os.path.basename(name)), mode)

    def do_disk_fill(self, name, first, count):
        """Writes COUNT random MiB into the image of a disk."""
        with self.disk(name, "r+b") as image:
            image.seek(int(first) * MIB)
            for _ in range(int(count)):
                image.write(os.urandom(MIB))

    def do_disk_compare(self, name, first, second, count):
        """Both parts of the image are the same, as the host sees it."""
        with self.disk(name, "rb") as one, self.disk(name, "rb") as other:
            one.seek(int(first) * MIB)
            other.seek(int(second) * MIB)
            for mib in range(int(count)):
                if one.read(MIB) != other.read(MIB):
                    raise ValueError(f"they differ in MiB {mib}")

    def do_model(self, name, *words):
        """Asks a model (tests/models/control.h)."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(os.path.join(self.sockets, f"model-{os.path.basename(name)}.control"))
            control.sendall((" ".join(words) + "\n").encode())
            answer = control.makefile().readline().strip()
        if answer.startswith("error"):
            raise ValueError(answer)
        return answer

    def do_put(self, name):
        text = b"".join(iter(self.lines.readline, b".\n"))
        with open(os.path.join(self.out, os.path.basename(name)), "wb") as file:
            file.write(base64.b64decode(text))


def main():
    sockets, out, seconds = sys.argv[1:]
    listeners = {}
    for name in ("request", "qmp", "ivshmem"):
        listeners[name] = socket.socket(socket.AF_UNIX)
        listeners[name].bind(os.path.join(sockets, name))
        listeners[name].listen(1)
    print("listening", flush=True)

    doorbells = Doorbells(VECTORS, SHARED_BYTES)
    ivshmem = listeners["ivshmem"]

    def serve_ivshmem():
        # Each time: QEMU connects anew when the device is plugged again.
        kept = []
        while True:
            kept.append(ivshmem.accept()[0])
            doorbells.greet(kept[-1])

    threading.Thread(target=serve_ivshmem, daemon=True).start()
    doorbells.serve_guest()
    request = listeners["request"].accept()[0].makefile("rwb")
    qmp = Qmp(listeners["qmp"].accept()[0])

    def late():
        open(os.path.join(sockets, "late"), "w").close()
        try:
            qmp.command("inject-nmi")
        except ValueError:
            pass  # this machine has none

    watchdog = threading.Timer(float(seconds), late)
    watchdog.daemon = True
    watchdog.start()
    Requests(request, qmp, doorbells, sockets, out).serve()


main()
