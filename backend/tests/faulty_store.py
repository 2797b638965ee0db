"""An object store that misbehaves: a door on loopback before a real one."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

from noteai.servers.object_store import StoreAddress

Fault = Literal["500", "503", "403", "404", "reset", "truncated", "altered", "slow"]
_HOP = {"connection", "transfer-encoding", "keep-alive"}


Wanted = Callable[[str, str], bool]


@dataclass
class _Plan:
    fault: Fault
    times: int
    wanted: Wanted


@dataclass
class FaultyStore:
    """`address` is to be used in place of the real one's."""

    address: StoreAddress
    _plans: list[_Plan] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def misbehave(
        self, fault: Fault, times: int = 1000, *, when: Wanted = lambda _method, _path: True
    ) -> None:
        """So many of the next requests that fit, by method and path, have this fault."""
        self.behave()
        self.misbehave_also(fault, times, when=when)

    def misbehave_also(self, fault: Fault, times: int, *, when: Wanted) -> None:
        """Besides what was planned before, of which the first that fits is done."""
        with self._lock:
            self._plans.append(_Plan(fault, times, when))

    def behave(self) -> None:
        with self._lock:
            self._plans = []

    def next(self, method: str, path: str) -> Fault | None:
        with self._lock:
            plan = next((each for each in self._plans if each.wanted(method, path)), None)
            if plan is None:
                return None
            plan.times -= 1
            self._plans = [each for each in self._plans if each.times > 0]
            return plan.fault


@contextmanager
def faulty_store(real: StoreAddress) -> Iterator[FaultyStore]:
    with _Door(real) as door:
        thread = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield door.faulty
        finally:
            door.shutdown()
            thread.join()


class _Door(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, real: StoreAddress) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.real = urlsplit(real.endpoint).netloc
        self.faulty = FaultyStore(replace(real, endpoint=f"http://127.0.0.1:{self.server_port}"))

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a client that was killed is no news
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Door

    def answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        sent, fault = self.rfile.read(length), self.server.faulty.next(self.command, self.path)
        if fault in ("500", "503", "403", "404"):
            self.refuse(int(fault))
        elif fault == "reset":
            self.reset()
        else:
            self.pass_on(sent, fault)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - as the server calls

    def refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def pass_on(self, sent: bytes, fault: Fault | None) -> None:
        with closing(HTTPConnection(self.server.real, timeout=60)) as connection:
            connection.request(self.command, self.path, sent, dict(self.headers))
            answer = connection.getresponse()
            self.give_back(answer, answer.read(), fault)

    def give_back(self, answer: HTTPResponse, body: bytes, fault: Fault | None) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP | {"content-length"}:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.deliver(body, fault)

    def deliver(self, body: bytes, fault: Fault | None) -> None:
        half = len(body) // 2
        if fault == "altered" and body:
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == "slow":
            self.wfile.write(body[:half])
            time.sleep(0.5)
            body = body[half:]
        if fault == "truncated":
            body = body[:half]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Faults are no news here."""
