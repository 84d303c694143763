# SPDX-License-Identifier: MIT
"""A headless Chromium, by the DevTools protocol over two pipes. It reaches no network."""
import base64
import fcntl
import json
import os
import select
import subprocess
import tempfile

COMMAND = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
           "--remote-debugging-pipe", "--host-resolver-rules=MAP * ~NOTFOUND",
           "--hide-scrollbars", "--no-first-run")
LIMIT = 60  # seconds for one answer


class BrowserError(Exception):
    """The browser answers with an error, or not at all."""


def pipe():
    """Two ends above the descriptors 3 and 4, which the browser uses."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high


class Browser:
    """One browser with one page."""

    def __init__(self, shots=None):
        self.shots = shots  # a folder for pictures, or None
        self.profile = tempfile.TemporaryDirectory()
        theirs_in, self.to = pipe()
        self.back, theirs_out = pipe()

        def give():
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        self.process = subprocess.Popen(
            [*COMMAND, f"--user-data-dir={self.profile.name}"], preexec_fn=give,
            pass_fds=(3, 4), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.number, self.session = b"", 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        self.call("Page.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.to)
        os.close(self.back)
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()

    def message(self):
        while b"\0" not in self.buffer:
            if not select.select([self.back], [], [], LIMIT)[0]:
                raise BrowserError(f"no answer within {LIMIT} s")
            part = os.read(self.back, 1 << 16)
            if not part:
                raise BrowserError("the browser has ended")
            self.buffer += part
        text, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(text)

    def call(self, method, **params):
        """The answer; events that come before are not needed."""
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            pass
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def open(self, path):
        answer = self.call("Page.navigate", url="file://" + os.path.realpath(path))
        if "errorText" in answer:
            raise BrowserError(f"{path}: {answer['errorText']}")
        while self.message().get("method") != "Page.loadEventFired":
            pass

    def see(self, width, scheme, height=1000):
        """How wide the page is, and whether the reader prefers light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        # The page has then drawn itself again.
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def run(self, script):
        """The value of a script, or of its promise."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
