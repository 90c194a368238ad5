"""Headless Chromium, told over its DevTools protocol by a pipe: needs nothing beyond Python and Debian's chromium.

Errors: Missing when there is no Chromium; a command that Chromium refuses, or a page that does not load within its
time, raises.
"""
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

PATIENCE_S = 60


class Missing(Exception):
    pass


def binary():
    found = os.environ.get("THAW_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise Missing("no Chromium: apt-get install chromium fonts-dejavu-core, or ./dev test --all, or THAW_CHROMIUM=FILE")
    return found


class Chromium:
    """One browser with one page. Used as a context: it ends with it."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="thaw-chromium-")
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        def as_3_and_4():
            # Parked high first, so that neither overwrites the other.
            os.dup2(to_browser, 103), os.dup2(from_browser, 104)
            os.dup2(103, 3), os.dup2(104, 4)

        arguments = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
                     "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
                     "--disable-dev-shm-usage", "--force-color-profile=srgb", f"--user-data-dir={self._profile.name}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        self._process = subprocess.Popen([binary(), *arguments, "about:blank"], preexec_fn=as_3_and_4, close_fds=False,
                                         start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser), os.close(from_browser)
        self._buffer, self._last, self.events = b"", 0, []
        target = self._browser("Target.getTargets")["targetInfos"]
        page = next(one for one in target if one["type"] == "page")
        self._session = self._browser("Target.attachToTarget", targetId=page["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._in), os.close(self._out)
        for _ in range(20):  # its helpers still write for a moment
            try:
                return self._profile.cleanup()
            except OSError:
                time.sleep(0.1)

    def _message(self, until):
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0, until - time.monotonic()))
            if not ready:
                raise TimeoutError("Chromium said nothing for too long")
            read = os.read(self._in, 1 << 20)
            if not read:
                raise ConnectionError("Chromium ended")
            self._buffer += read
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)

    def _browser(self, method, session=None, **parameters):
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        if session:
            command["sessionId"] = session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data):]
        until = time.monotonic() + PATIENCE_S
        while True:
            message = self._message(until)
            if message.get("id") == self._last:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def __call__(self, method, **parameters):
        return self._browser(method, self._session, **parameters)

    def of_kind(self, method):
        """What the page has done so far, as the parameters of these events."""
        return [event["params"] for event in self.events if event.get("method") == method]

    def open(self, file, width=1100, height=900, dark=False):
        self.events.clear()
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self("Page.navigate", url="file://" + os.path.abspath(file))
        until = time.monotonic() + PATIENCE_S
        while not self.of_kind("Page.loadEventFired"):
            self.events.append(self._message(until))
        # Two frames later sizes are known and the charts drawn.
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def value(self, expression):
        answer = self("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", str(answer)))
        return answer["result"].get("value")

    def press(self, key, code=0):
        for kind in ("keyDown", "keyUp"):
            self("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, whole=False, **clip):
        """A PNG, of what is seen or of the whole page."""
        import base64
        options = {"format": "png", "captureBeyondViewport": whole}
        if clip:
            options["clip"] = {"scale": 1, **clip}
        return base64.b64decode(self("Page.captureScreenshot", **options)["data"])
