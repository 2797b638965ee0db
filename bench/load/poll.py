"""Clients that ask one thing over and over: `python -m bench.load.poll URL CLIENTS SECONDS [ETAG]`.

Each sends its next request when it has the answer to its last. Prints, as JSON, how many answers
a second there were by status. It reads no more of HTTP than it must, to cost little itself.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from urllib.parse import urlsplit


class Client(asyncio.Protocol):
    def __init__(self, request: bytes, answers: Counter[int]) -> None:
        self._request = request
        self._answers = answers
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._answers[int(head[9:12])] += 1
            self._got = b""
            self._transport.write(self._request)


def _length(head: bytes) -> int:
    found = head.lower().partition(b"content-length: ")[2]
    return int(found.partition(b"\r\n")[0] or 0)


async def ask(url: str, clients: int, seconds: float, etag: str) -> dict[int, float]:
    where = urlsplit(url)
    lines = [f"GET {where.path} HTTP/1.1", f"Host: {where.netloc}"]
    lines += [f"If-None-Match: {etag}"] if etag else []
    request = "\r\n".join([*lines, "", ""]).encode()
    answers: Counter[int] = Counter()
    loop = asyncio.get_running_loop()
    made = [
        loop.create_connection(lambda: Client(request, answers), where.hostname, where.port)
        for _ in range(clients)
    ]
    opened = await asyncio.gather(*made)
    await asyncio.sleep(0.5)
    before, began = Counter(answers), time.monotonic()
    await asyncio.sleep(seconds)
    took = time.monotonic() - began
    found = {status: (count - before[status]) / took for status, count in answers.items()}
    for transport, _ in opened:
        transport.abort()
    return found


if __name__ == "__main__":
    url, clients, seconds, *etag = sys.argv[1:]
    print(json.dumps(asyncio.run(ask(url, int(clients), float(seconds), *(etag or [""])))))
