"""One request to someone else's server, who may answer anything, slowly, or not at all."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import anyio
import httpx2

import noteai
from noteai.webhooks.errors import TargetRefused
from noteai.webhooks.target import Guard, Target

_READ_AT_MOST = 64 << 10
_KEPT = 1 << 10
_CONNECT = 3.0
"""Seconds for each address of a host; the next is tried after it."""
_FIXED = {
    "content-type": "application/json",
    "user-agent": f"NoteAI/{noteai.__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": "close",
}


@dataclass(frozen=True)
class Answer:
    """What came of a request. Without a status, `error` says why there is none."""

    seconds: float = 0.0
    status: int | None = None
    text: str = ""
    """Its first kilobyte."""
    retry_after: float | None = None
    """Seconds that were asked for."""
    error: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and self.status // 100 == 2

    @property
    def is_gone(self) -> bool:
        return self.status == HTTPStatus.GONE


@dataclass(frozen=True)
class Sender:
    """Posts to what the guard lets through: no redirect is followed and no proxy asked.

    `limit`: seconds from the lookup of the host to the last byte of the answer.
    """

    guard: Guard
    tls: ssl.SSLContext
    limit: float = 10.0

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Never raises for what the other side does."""
        began = time.monotonic()
        try:
            target = self.guard.check(url)
            until = began + self.limit
            answer = anyio.run(self._send, target, headers, body, until)
        except TargetRefused as error:
            return self._unanswered(began, error.message)
        except TimeoutError:
            return self._unanswered(began, f"There was no whole answer in {self.limit:g} seconds.")
        except httpx2.HTTPError as error:
            return self._unanswered(began, f"{type(error).__name__}: {error}"[:_KEPT])
        return Answer(time.monotonic() - began, **answer)

    def _unanswered(self, began: float, why: str) -> Answer:
        return Answer(time.monotonic() - began, error=why)

    async def _send(
        self, target: Target, headers: Mapping[str, str], body: bytes, until: float
    ) -> dict[str, Any]:
        """Raises: TimeoutError, httpx2.HTTPError."""
        with anyio.fail_after(until - time.monotonic()):
            async with httpx2.AsyncClient(
                verify=self.tls, trust_env=False, timeout=httpx2.Timeout(None, connect=_CONNECT)
            ) as client:
                for address in target.addresses[:-1]:
                    try:
                        return await _post(client, target, target.pinned(address), headers, body)
                    except (httpx2.ConnectError, httpx2.ConnectTimeout):
                        continue
                last = target.pinned(target.addresses[-1])
                return await _post(client, target, last, headers, body)


def sender(*, to_private: bool = False) -> Sender:
    """With the certificates that this machine trusts."""
    return Sender(Guard(to_private), httpx2.create_ssl_context())


async def _post(
    client: httpx2.AsyncClient,
    target: Target,
    url: httpx2.URL,
    headers: Mapping[str, str],
    body: bytes,
) -> dict[str, Any]:
    """To an address, in the name of the host: its certificate must be for that."""
    name = target.url.raw_host.decode()
    given = {**_FIXED, **headers, "host": target.url.netloc.decode()}
    asked = client.stream(
        "POST",
        url,
        content=body,
        headers=given,
        extensions={"sni_hostname": name},
        follow_redirects=False,
    )
    async with asked as response:
        text = await _beginning(response)
        after = response.headers.get("retry-after")
        return {"status": response.status_code, "text": text, "retry_after": _seconds(after)}


async def _beginning(response: httpx2.Response) -> str:
    """As it came, not unpacked; NUL, which Postgres does not keep, is replaced."""
    read = bytearray()
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= _READ_AT_MOST:
            break
    return read[:_KEPT].decode(errors="replace").replace("\0", "\ufffd")


def _seconds(retry_after: str | None) -> float | None:
    """Of `Retry-After`, which is a number of seconds or a date."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 10:
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())
