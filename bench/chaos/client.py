"""A client of the API that asks again, as clients do."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2

from noteai.servers.process import is_listening

_PATIENCE = 20.0
_PAUSE = 0.1


class Client:
    """`ports`: of the doors that are open now; each question goes to the next of them."""

    def __init__(self, ports: Callable[[], list[int]]) -> None:
        self._ports = ports
        self._turn = 0
        self._http = httpx2.Client(timeout=_PATIENCE)
        self.statuses: list[int] = []
        """Of all answers."""
        self.bad: list[str] = []
        """Answers that say that it is the server's fault, and not when to come again."""

    def answers(self, doors: int) -> bool:
        """As many doors are open as there should be."""
        return sum(map(self.is_open, self._ports())) >= doors

    def is_open(self, port: int) -> bool:
        return is_listening(port)

    def ask(self, method: str, path: str, port: int | None = None, **body: Any) -> Any:
        """The answer of one door; None where there was none."""
        chosen = port or self._next()
        return self._asked(method, chosen, f"/api/v1{path}", **body) if chosen else None

    def insist(
        self,
        method: str,
        path: str,
        wait: Callable[[float], None],
        seconds: float = 60.0,
        **body: Any,
    ) -> Any:
        """The first answer that is no 5xx; None where there is none in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.ask(method, path, **body)
            if answer is not None and answer.status_code < 500:
                return answer
            wait(_PAUSE)
        return None

    def _next(self) -> int | None:
        ports = self._ports()
        self._turn += 1
        return ports[self._turn % len(ports)] if ports else None

    def _asked(self, method: str, port: int, path: str, **body: Any) -> Any:
        try:
            answer = self._http.request(method, f"http://127.0.0.1:{port}{path}", **body)
        except httpx2.HTTPError:
            return None
        self.statuses.append(answer.status_code)
        comes_again = answer.status_code == 503 and "retry-after" in answer.headers
        if answer.status_code >= 500 and not comes_again:
            self.bad.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


def key() -> dict[str, str]:
    """A header by which a request that is repeated is known."""
    return {"Idempotency-Key": uuid4().hex}
