"""What `noteai send` does over a line that is slow, on a loopback server that refuses old URLs."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from noteai.client import Client, ServiceRefused

PART = 4


class Shop(ThreadingHTTPServer):
    """Takes two parts; the second only by a URL of the latest hour."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.hour = 1
        self.parts: dict[int, bytes] = {}
        self.ordered: list[dict[str, Any]] = []
        self.is_closed = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def upload(self) -> dict[str, Any]:
        missing = [number for number in (0, 1) if number not in self.parts]
        wanted = [
            {"url": f"{self.url}/{n}?hour={self.hour}", "offset": n * PART, "size": PART}
            for n in missing
        ]
        state = "awaiting_parts" if wanted else "complete"
        return {"id": "u", "state": state, "size": 2 * PART, "wanted": wanted}

    def takes(self, path: str) -> bool:
        return not self.is_closed and path.endswith(f"hour={self.hour}")


class _Door(BaseHTTPRequestHandler):
    server: Shop

    def do_PUT(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.takes(self.path):
            return self._answer(403, {})
        self.server.parts[int(self.path[1])] = sent
        self.server.hour += not int(self.path[1])  # time goes by while the first is sent
        return self._answer(200, {})

    def do_GET(self) -> None:
        self._answer(200, self.server.upload())

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.ordered.append(asked)
        self._answer(201, {"id": "j"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as opened:
        thread = threading.Thread(target=opened.serve_forever, args=(0.01,))
        thread.start()
        yield opened
        opened.shutdown()
        thread.join()


def test_a_part_whose_url_has_expired_is_sent_by_a_new_one(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "lecture.mp4").write_bytes(b"abcdefgh")
    heard: list[float] = []
    with Client(shop.url) as client:
        client.send(tmp_path / "lecture.mp4", shop.upload(), heard.append)
    assert shop.parts == {0: b"abcd", 1: b"efgh"}
    assert heard == [0.5, 1.0]


def test_a_part_that_is_refused_by_a_new_url_too_is_an_error(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "lecture.mp4").write_bytes(b"abcdefgh")
    shop.is_closed = True
    with Client(shop.url) as client, pytest.raises(ServiceRefused, match="403"):
        client.send(tmp_path / "lecture.mp4", shop.upload(), lambda _: None)


def test_a_name_that_is_no_text_is_sent_as_near_to_it_as_can_be(shop: Shop, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"Vorlesung_\xfc.mp4")
    odd.write_bytes(b"x")
    with Client(shop.url) as client:
        client.submit(odd, "highlights", odd.stem)
    (order,) = shop.ordered
    assert order["upload"]["name"] == "Vorlesung_\N{REPLACEMENT CHARACTER}.mp4"
    assert order["title"] == "Vorlesung_\N{REPLACEMENT CHARACTER}"
