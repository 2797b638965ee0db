"""A client of the service: a file in parts, a job on it, how it goes, and what came of it.

Every request is repeated until it is answered or patience ends; the store's own list of parts
says what is still missing, so a connection that breaks costs the part that was on its way.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from uuid import uuid4

import httpx2
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random_exponential

from noteai.errors import InputError, TransientError

Json = dict[str, Any]
TERMINAL = frozenset(["completed", "completed_empty", "failed", "cancelled"])
PATIENCE = 300.0
"""Seconds for which a service that does not answer is asked again."""
_WAIT = 20
"""Seconds that the service holds a question back until something has changed."""
_BLOCK = 1 << 20


class ServiceAway(TransientError):
    """The service at {url} does not answer: {reason}."""

    hint = "Start it with `noteai up`, or say where it is with --to."
    exit_status = 69  # EX_UNAVAILABLE of sysexits.h


class ServiceRefused(InputError):
    """The service refused: {detail}"""

    hint = "{remedy}"
    exit_status = 43


_persistently = retry(
    retry=retry_if_exception_type(ServiceAway),
    wait=wait_random_exponential(multiplier=0.2, max=10),
    stop=stop_after_delay(PATIENCE),
    reraise=True,
)


class Client:
    """One service, spoken to as any program would."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx2.Client(timeout=httpx2.Timeout(60.0, connect=5.0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def check(self) -> None:
        """Whether anybody is there at all, asked once. Raises: ServiceAway."""
        try:
            self._answered(self._http.get(f"{self.url}/health/live"))
        except httpx2.TransportError as error:
            raise ServiceAway(url=self.url, reason=error) from error

    def submit(self, file: Path, workflow: str, title: str) -> Json:
        """A new job on a file, whose `upload` says what of it is still to be sent.

        Its key makes the request safe to repeat.
        """
        declared = {
            "name": _written(file.name),
            "size": file.stat().st_size,
            "sha256": digest(file),
        }
        order = {"upload": declared, "workflow": workflow, "title": _written(title)}
        return self.ask("POST", "/jobs", json=order, headers={"Idempotency-Key": uuid4().hex})

    def send(self, file: Path, upload: Json, on_sent: Callable[[float], None]) -> None:
        """Send what is missing, and complete the upload; `on_sent` hears fractions from 0 to 1.

        Raises: ServiceAway; ServiceRefused, of a part whose URL is new.
        """
        refused = -1
        while upload["state"] == "awaiting_parts" and upload["wanted"]:
            refused = self._send_parts(file, upload, on_sent, refused)
            upload = self.ask("GET", f"/uploads/{upload['id']}")
        if upload["state"] != "complete":
            self.ask("POST", f"/uploads/{upload['id']}/complete")

    def _send_parts(
        self, file: Path, upload: Json, on_sent: Callable[[float], None], refused: int
    ) -> int:
        """Up to the first part that is refused, as URLs expire; which one that is, or -1."""
        for part in upload["wanted"]:
            try:
                self._put(part["url"], _bytes(file, part["offset"], part["size"]))
            except ServiceRefused:
                if part["offset"] == refused:
                    raise
                return int(part["offset"])
            on_sent((part["offset"] + part["size"]) / upload["size"])
        return -1

    def follow(self, job: str) -> Iterator[Json]:
        """How the job stands, each time it has changed, to its end."""
        tag = ""
        while True:
            asked = {"params": {"wait": _WAIT}, "headers": {"If-None-Match": tag} if tag else {}}
            answer = self._request("GET", f"/jobs/{job}", **asked)
            if answer.status_code == httpx2.codes.NOT_MODIFIED:
                continue
            tag, view = answer.headers.get("etag", ""), answer.json()
            yield view
            if view["state"] in TERMINAL:
                return

    def fetch(self, job: str, out: Path) -> None:
        """The job's folder, unpacked into `out`."""
        with TemporaryDirectory() as folder:
            packed = Path(folder) / "export.zip"
            self._download(f"/results/{job}/export.zip", packed)
            with zipfile.ZipFile(packed) as archive:
                archive.extractall(out)

    def ask(self, method: str, path: str, **options: Any) -> Json:
        found: Json = self._request(method, path, **options).json()
        return found

    @_persistently
    def _request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        try:
            answer = self._http.request(method, f"{self.url}/api/v1{path}", **options)
        except httpx2.TransportError as error:
            raise ServiceAway(url=self.url, reason=error) from error
        return self._answered(answer)

    @_persistently
    def _put(self, url: str, content: bytes) -> None:
        try:
            self._answered(self._http.put(url, content=content))
        except httpx2.TransportError as error:
            raise ServiceAway(url=self.url, reason=error) from error

    @_persistently
    def _download(self, path: str, place: Path) -> None:
        try:
            with self._http.stream("GET", f"{self.url}/api/v1{path}") as answer:
                if answer.is_error:
                    answer.read()
                self._answered(answer)
                with place.open("wb") as file:
                    for chunk in answer.iter_bytes(_BLOCK):
                        file.write(chunk)
        except httpx2.TransportError as error:
            raise ServiceAway(url=self.url, reason=error) from error

    def _answered(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
            raise ServiceAway(url=self.url, reason=f"status {answer.status_code}")
        if answer.is_client_error:
            raise _refusal(answer)
        return answer


def digest(file: Path) -> str:
    """SHA-256 in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _bytes(file: Path, offset: int, size: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(offset)
        return opened.read(size)


def _written(name: str) -> str:
    """A name as text, whatever bytes the disk has."""
    return os.fsencode(name).decode("utf-8", "replace")


def _refusal(answer: httpx2.Response) -> ServiceRefused:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    detail = problem.get("detail") or f"status {answer.status_code}"
    return ServiceRefused(detail=detail, remedy=problem.get("hint", "See the service's log."))
