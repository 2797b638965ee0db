"""Headless Chromium, spoken to by its own protocol, for looking at the page."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--remote-debugging-port=0",
)

_AT_REST = """async (query) => {
  const element = document.querySelector(query);
  const frame = () => new Promise(requestAnimationFrame);
  const middle = () => {
    const box = element.getClientRects()[0];
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  element.scrollIntoView({block: "center", behavior: "instant"});
  const seen = [];
  do {
    await frame();
    seen.push(`${middle()}`);
  } while (seen.length < 3 || new Set(seen.slice(-3)).size > 1);
  return middle();
}"""
"""Where to click: the same in three frames, since a page may still scroll or lay something out."""


def program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """One tab. What it logs and what goes wrong in it is kept in `complaints`."""

    def __init__(self, socket: ClientConnection) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._count = 0
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv(timeout=30))
            self._note(said)
            if said.get("id") == self._count:
                assert "error" not in said, said["error"]
                result: dict[str, Any] = said["result"]
                return result

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        is_there = f"location.href === {json.dumps(url)} && document.readyState === 'complete'"
        self.wait_for(is_there)

    def value(self, script: str) -> Any:
        """What an expression comes to; a promise is awaited."""
        said = self.call(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def wait_for(self, script: str, seconds: float = 20.0) -> Any:
        end = time.monotonic() + seconds
        while not (found := self.value(script)):
            assert time.monotonic() < end, f"never came true: {script}"
            time.sleep(0.05)
        return found

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def click(self, x: float, y: float) -> None:
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def click_on(self, query: str) -> None:
        """Click in the middle of an element, or of its first line, once it has come to rest."""
        self.click(*self.value(f"({_AT_REST})({json.dumps(query)})"))

    def size(self, width: int, height: int, *, is_phone: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if is_phone else 1,
            mobile=is_phone,
        )

    def scheme(self, name: str) -> None:
        """`light` or `dark`."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def photograph(self, path: Path) -> None:
        said = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(said["data"]))

    def _note(self, said: dict[str, Any]) -> None:
        method, params = said.get("method"), said.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        if method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(json.dumps(params["entry"]))
        if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(params["args"]))


@contextmanager
def browsing(folder: Path) -> Iterator[Page]:
    """A browser with an empty profile in `folder`, ended with the block."""
    found = program()
    assert found
    profile = folder / "profile"
    command = [found, *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_tab(profile), max_size=1 << 28, compression=None) as socket:
            yield Page(socket)
    finally:
        child.terminate()
        child.wait(timeout=20)


def _tab(profile: Path, seconds: float = 30.0) -> str:
    """The address of the browser's tab, once it says which port it chose."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError, IndexError, StopIteration):
            port = int((profile / "DevToolsActivePort").read_text().split()[0])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
                tabs = json.load(answer)
            return str(next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page"))
        time.sleep(0.05)
    raise AssertionError("the browser did not start")
