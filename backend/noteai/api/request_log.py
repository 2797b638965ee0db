"""Each request has an id, by which its lines in the log are found, and one line of its own."""

import re
import time
from http import HTTPStatus
from uuid import UUID, uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from noteai import telemetry

HEADER = "X-Request-ID"
_NAME = HEADER.lower().encode()
_VALID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_JOB = re.compile(r"/(?:jobs|results|ws)/([0-9A-Fa-f-]{32,36})(?:/|$)")
_ASKED_ALL_DAY = ("/health/live", "/health/ready", "/metrics")
"""What goes well there is of no interest."""
_STARTS = ("http.response.start", "websocket.accept")


class RequestLog:
    """ASGI middleware, outside all others: takes the id that a proxy gave, or makes one, and
    answers with it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = id_of(scope)
        started, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] in _STARTS:
                status = message.get("status", HTTPStatus.SWITCHING_PROTOCOLS)
                message["headers"] = [*message.get("headers", ()), (_NAME, request.encode())]
            await send(message)

        with telemetry.about(request=request, **job_of(scope["path"])):
            try:
                await self._app(scope, receive, sending)
            finally:
                _say(scope, status, time.perf_counter() - started)


def id_of(scope: Scope) -> str:
    """What was sent, where it has the form of an id."""
    sent = (value for name, value in scope["headers"] if name == _NAME)
    given = next(sent, b"").decode("latin-1")
    return given if _VALID.fullmatch(given) else uuid4().hex


def job_of(path: str) -> dict[str, str]:
    """The job that a path is about, in the form in which every process writes it."""
    found = _JOB.search(path)
    try:
        return {"job": str(UUID(found[1]))} if found else {}
    except ValueError:
        return {}


def route_of(scope: Scope) -> str:
    """The template of the path, whole: that of a router which was included lacks its prefix."""
    included = scope.get("fastapi", {}).get("effective_route_context")
    return getattr(included, "path", "") or getattr(scope.get("route"), "path", "")


def _say(scope: Scope, status: int, seconds: float) -> None:
    """Without a status nothing was answered: the client was gone before."""
    if not telemetry.is_heard("info"):
        return
    route = route_of(scope)
    log = telemetry.logger()
    is_dull = route in _ASKED_ALL_DAY and status == HTTPStatus.OK
    write = log.debug if is_dull else log.info
    facts = {"method": scope.get("method", "WEBSOCKET"), "route": route, "status": status}
    write("request_answered", **facts, seconds=round(seconds, 6))
