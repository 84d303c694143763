#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rings the doorbell of QEMU's ivshmem-doorbell device at a rate, from outside of the guest."""
import argparse
import mmap
import os
import select
import socket
import struct
import threading
import time

GUEST_ID = 0
PROTOCOL = 0
BELL_BEFORE_END = 4096
# struct doorbell of tools/kplug/bench/doorbell.h
MAGIC = b"kplgbell"
BELL = struct.Struct("<8sIIQQQQIIII")
DONE, RAISED, NS, ALIVE = 12, 32, 40, 56
LOOK_SECONDS = 0.01
SLOW_SECONDS = 5  # a guest that takes no interrupt for so long has stopped
SPIN_SECONDS = 0.0005

DESCRIPTION = """\
Serves one QEMU at a socket, as its ivshmem server, and rings the doorbell of its device: at once
with --rate, else when the guest asks for it, as `kplug bench irq` there does."""

EXAMPLES = """\
examples:
  tools/doorbell.py /tmp/bell
  tools/doorbell.py /tmp/bell --rate 5000 --count 50000 --random
and QEMU with
  -chardev socket,id=bell,path=/tmp/bell -device ivshmem-doorbell,vectors=1,chardev=bell
"""


class Random:
    """xorshift64, with the same intervals in each run."""

    def __init__(self):
        self.state = 0x9E3779B97F4A7C15

    def below(self, end):
        for shift in (13, -7, 17):
            self.state ^= self.state << shift if shift > 0 else self.state >> -shift
            self.state &= (1 << 64) - 1
        return self.state / (1 << 64) * end


class Doorbells:
    """The ivshmem server with one client, QEMU: an eventfd for each vector of the guest."""

    def __init__(self, vectors, shared_bytes):
        self.memory = os.memfd_create("ivshmem")
        os.ftruncate(self.memory, shared_bytes)
        self.shared = mmap.mmap(self.memory, shared_bytes)
        self.bell = shared_bytes - BELL_BEFORE_END
        self.eventfds = [os.eventfd(0, os.EFD_NONBLOCK) for _ in range(vectors)]

    def greet(self, connection):
        self.send(connection, PROTOCOL)
        self.send(connection, GUEST_ID)
        self.send(connection, -1, self.memory)
        for eventfd in self.eventfds:
            self.send(connection, GUEST_ID, eventfd)

    @staticmethod
    def send(connection, number, *fds):
        socket.send_fds(connection, [struct.pack("<q", number)], fds)

    @staticmethod
    def wait_until(due):
        while True:
            left = due - time.monotonic()
            if left <= 0:
                return
            # A shorter sleep would end too late.
            if left > SPIN_SECONDS:
                time.sleep(left - SPIN_SECONDS)

    def ring(self, vector, count, interval, random=False, progress=None):
        """Rings COUNT times, every INTERVAL seconds; with RANDOM after 0 to twice that.

        Returns how many times it rang.
        """
        eventfd, numbers = self.eventfds[vector], Random()
        due = time.monotonic()
        for number in range(1, count + 1):
            due += numbers.below(2 * interval) if random else interval
            due = max(due, time.monotonic() - interval)
            self.wait_until(due)
            os.eventfd_write(eventfd, 1)
            if progress:
                progress(number)
            # QEMU merges writes into one interrupt, so wait until it has taken this one.
            late = time.monotonic() + SLOW_SECONDS
            while select.select([eventfd], [], [], 0)[0]:
                if time.monotonic() > late:
                    return number
                time.sleep(0)
        return count

    def store(self, form, offset, value):
        struct.pack_into(form, self.shared, self.bell + offset, value)

    def serve_guest(self):
        """Serves the requests of the guest in the shared memory from now on."""
        for loop in (self.look_for_requests, self.show_life):
            threading.Thread(target=loop, daemon=True).start()

    def asked(self):
        return self.shared[self.bell:self.bell + len(MAGIC)] == MAGIC

    def show_life(self):
        alive = 0
        while True:
            alive = alive + 1 & 0xFFFFFFFF
            if self.asked():
                self.store("<I", ALIVE, alive)
            time.sleep(LOOK_SECONDS)

    def look_for_requests(self):
        while True:
            bell = BELL.unpack_from(self.shared, self.bell)
            _, request, done, interval, count, _, _, vector, random, _, _ = bell
            if self.asked() and request != done:
                self.serve_request(request, interval, count, vector, random)
            time.sleep(LOOK_SECONDS)

    def serve_request(self, request, interval, count, vector, random):
        since = time.monotonic_ns()
        if vector < len(self.eventfds):
            self.ring(vector, count, interval / 1e9, bool(random),
                      lambda number: self.store("<Q", RAISED, number))
        self.store("<Q", NS, time.monotonic_ns() - since)
        self.store("<I", DONE, request)


def parse_arguments():
    parser = argparse.ArgumentParser(description=DESCRIPTION, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("socket", help="made here; QEMU connects to it")
    parser.add_argument("--vectors", type=int, default=1,
                        help="number of vectors of QEMU's device (1)")
    parser.add_argument("--size", type=int, default=1, metavar="MIB",
                        help="size of the shared memory (1)")
    parser.add_argument("--rate", type=float,
                        help="rings a second, from when QEMU has connected")
    parser.add_argument("--count", type=int, default=1000,
                        help="with --rate: number of rings (1000)")
    parser.add_argument("--vector", type=int, default=0, help="with --rate: the vector (0)")
    parser.add_argument("--random", action="store_true", help="with --rate: at random intervals")
    arguments = parser.parse_args()
    if not 1 <= arguments.vectors <= 64 or not 0 <= arguments.vector < arguments.vectors:
        parser.error("there are 1 to 64 vectors, and --vector is one of them")
    if arguments.size < 1 or arguments.size & (arguments.size - 1):
        parser.error("the size must be a power of two")
    if arguments.rate is not None and arguments.rate <= 0:
        parser.error("the rate must be more than 0")
    return arguments


def main():
    arguments = parse_arguments()
    bells = Doorbells(arguments.vectors, arguments.size << 20)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(arguments.socket)
        listener.listen(1)
        print(f"waiting for QEMU at {arguments.socket}", flush=True)
        try:
            connection = listener.accept()[0]
            bells.greet(connection)
            if arguments.rate:
                rung = bells.ring(arguments.vector, arguments.count, 1 / arguments.rate,
                                  arguments.random)
                print(f"rang {rung} times", flush=True)
            else:
                bells.serve_guest()
            connection.recv(1)  # until QEMU is gone
        finally:
            os.unlink(arguments.socket)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
