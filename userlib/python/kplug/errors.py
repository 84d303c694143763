# SPDX-License-Identifier: MIT
"""What the package raises."""
import errno
import os
from typing import Any

# For these, ENODEV means that there is no such device.
_FINDING = {"kplug_bind", "kplug_unbind"}


class Error(OSError):
    """A function of libkplug failed.

    errno: as in the module errno; call: the C function; reason: one sentence that says why, and
    what to do about it where there is something.
    """

    def __init__(self, number: int, call: str, reason: str = "") -> None:
        self.call = call
        self.reason = reason or os.strerror(number)
        super().__init__(number, f"{call}: {self.reason}")

    def __str__(self) -> str:
        name = errno.errorcode.get(self.errno or 0, str(self.errno))
        return f"{self.call}: {self.reason} ({name.replace('ENOTSUP', 'EOPNOTSUPP')})"

    def __reduce__(self) -> Any:
        return type(self), (self.errno, self.call, self.reason)


class Gone(Error):
    """The device was removed or revoked (ENODEV). Only close() remains."""


class Timeout(Error, TimeoutError):
    """The time was over before an event came, or before a transaction ended (ETIMEDOUT)."""


class Closed(Error):
    """The device was closed, here or in another thread, or belongs to a parent process (EBADF)."""


def error_of(number: int, call: str, reason: str = "") -> Error:
    """The exception for an errno."""
    kind = {errno.ENODEV: Gone, errno.ETIMEDOUT: Timeout, errno.EBADF: Closed}.get(number, Error)
    if number == errno.ENODEV and call in _FINDING:
        kind = Error
    return kind(number, call, reason)
