"""Progress of a job over a WebSocket, and the same as Server-Sent Events."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response, WebSocket, status
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from noteai import metrics
from noteai.api.dependencies import Caller, Services
from noteai.api.schema import problems
from noteai.api.services import ApiServices
from noteai.errors import InputError
from noteai.jobs import service
from noteai.jobs.errors import JobNotFound
from noteai.jobs.graph import shape
from noteai.jobs.models import JobRow
from noteai.live.errors import BadSequenceNumber, Code, Ending
from noteai.live.origin import is_welcome
from noteai.live.outlook import Waves
from noteai.live.past import Past
from noteai.live.socket import Conversation, close
from noteai.live.stream import Live, Message, Opening, as_text

router = APIRouter()

_HIGHEST = 2**63 - 1
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Messages as they come; the id of each is the number to go on from.",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": (
                    "event: event\nid: 18\n"
                    'data: {"type": "event", "seq": 18, "kind": "stage_progressed", '
                    '"stage": "transcript", "stage_fraction": 0.4, "state": "running", '
                    '"fraction": 0.24, "eta": 312.0}\n\n'
                ),
            }
        },
    },
    204: {"description": "The job has ended, and its end was received: do not connect again."},
}


@router.websocket("/ws/{job_id}")
async def follow_job_by_socket(
    socket: WebSocket, job_id: str, caller: Caller, services: Services
) -> None:
    """See docs/api.md for the messages and the codes that it is closed with."""
    heard = socket.headers
    allowed = services.service.allowed_origins
    if not is_welcome(heard.get("origin"), heard.get("host"), allowed):
        await socket.close()  # which is answered with 403
        return
    await socket.accept()
    try:
        after = _number(socket.query_params.get("last_seq"))
        job = UUID(job_id)
    except BadSequenceNumber as error:
        await close(socket, Ending(Code.BAD_REQUEST, error.code))
    except ValueError:
        await close(socket, Ending(Code.NOT_FOUND, JobNotFound().code))
    else:
        cancel = partial(_cancel, services)
        with _open("websocket"):
            await Conversation(socket, live_of(socket), caller, job, cancel).hold(after)


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses=_STREAM | problems(JobNotFound(), BadSequenceNumber(given="soon")),
)
async def follow_job_by_events(
    connection: HTTPConnection,
    job_id: UUID,
    caller: Caller,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    last_seq: Annotated[int | None, Query(ge=0, le=_HIGHEST)] = None,
) -> Response:
    """Follow a job by Server-Sent Events: a snapshot, or all events after `Last-Event-ID`."""
    live = live_of(connection)
    after = last_seq if last_event_id is None else _number(last_event_id)
    opening = await live.open(caller, job_id, after)
    if opening.is_over:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return EventStream(_lines(live, opening), live.limits.stall)


class EventStream(StreamingResponse):
    """Ends where a reader does not take a message for `stall` seconds."""

    media_type = "text/event-stream"

    def __init__(self, lines: AsyncGenerator[str], stall: float) -> None:
        super().__init__(lines, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._lines = lines
        self._stall = stall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Any) -> None:
            async with asyncio.timeout(self._stall):
                await send(message)

        # Nobody else closes what was not read to its end, and it watches until it is closed.
        with suppress(TimeoutError), _open("sse"):
            async with aclosing(self._lines):
                await super().__call__(scope, receive, sending)


@contextmanager
def _open(kind: Literal["websocket", "sse"]) -> Iterator[None]:
    metrics.add("noteai_open_streams", 1, kind=kind)
    try:
        yield
    finally:
        metrics.add("noteai_open_streams", -1, kind=kind)


def _cancel(services: ApiServices, session: Session, account: UUID, job: UUID) -> None:
    service.cancel(session, services.journal, account, job, services.workflows)


def live_of(connection: HTTPConnection) -> Live:
    """Of this process; it holds nothing while nobody reads."""
    state = connection.app.state
    if not hasattr(state, "live"):
        state.live = _live(state.services)
    found: Live = state.live
    return found


def _live(services: ApiServices) -> Live:
    def waves(job: JobRow) -> Waves:
        try:
            shaped = shape(job, services.workflows)
        except InputError:  # of a version that had other workflows
            return (tuple(each.stage for each in job.stages),)
        return tuple(tuple(stage.name for stage in wave) for wave in shaped.waves)

    past = Past(services.workflows)
    return Live(services.database, services.redis_url, waves, past.expected)


async def _lines(live: Live, opening: Opening) -> AsyncGenerator[str]:
    with live.hub.watch(opening.job) as watch:
        live.hub.doubt(opening.job)
        try:
            async for message in live.follow(watch, opening):
                if watch.overfull.is_set():
                    return
                yield _event(message)
        except JobNotFound as error:
            yield _event({"type": "error", "code": error.code, "detail": error.message})


def _event(message: Message) -> str:
    if message["type"] == "ping":
        return ": ping\n\n"
    number = f"id: {message['seq']}\n" if "seq" in message else ""
    return f"event: {message['type']}\n{number}data: {as_text(message)}\n\n"


def _number(given: str | None) -> int | None:
    """Raises: BadSequenceNumber."""
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and int(given) <= _HIGHEST):
        raise BadSequenceNumber(given=given[:20])
    return int(given)
