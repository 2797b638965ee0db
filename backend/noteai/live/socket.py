"""One WebSocket: what is sent, what is said back, and why it is closed."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from noteai import telemetry
from noteai.errors import InputError, NoteAIError, TransientError
from noteai.jobs.errors import JobNotFound
from noteai.live.errors import Code, Ending, MessageUnknown
from noteai.live.hub import Watch
from noteai.live.stream import Live, Message, Opening, as_text

Cancel = Callable[[Session, UUID, UUID], object]
"""Of a job of an account."""
_FAREWELL = 10.0
"""Seconds that a slow reader is given to take in why it is left."""
_LONGEST = 4096
"""Characters of a message that a reader may send."""


@dataclass(frozen=True)
class Conversation:
    """A socket that was accepted, and the job that it asks about."""

    socket: WebSocket
    live: Live
    account: UUID
    job: UUID
    cancel: Cancel

    async def hold(self, after: int | None) -> None:
        """Until one of the two ends it."""
        try:
            with self.live.hub.watch(self.job) as watch:
                opening = await self.live.open(self.account, self.job, after)
                ending = await _first(self._tell(watch, opening), self._listen(), _overfull(watch))
        except (NoteAIError, WebSocketDisconnect) as error:
            ending = _ending_of(error)
        await close(self.socket, ending)

    async def _tell(self, watch: Watch, opening: Opening) -> Ending:
        async for message in self.live.follow(watch, opening):
            try:
                async with asyncio.timeout(self.live.limits.stall):
                    await self._send(message)
            except TimeoutError:
                return Ending(Code.TOO_SLOW, "too slow")
            if message["type"] == "reconnect":
                return Ending(Code.RECONNECT, "connect again with last_seq")
        return Ending(Code.FINISHED, "finished")

    async def _listen(self) -> Ending:
        """Answer what is said."""
        while True:
            try:
                async with asyncio.timeout(self.live.limits.idle):
                    said = await self.socket.receive_text()
            except TimeoutError:
                return Ending(Code.IDLE, "no answer to pings")
            except KeyError:  # bytes
                said = ""
            answer = await self._answer(said)
            if answer:
                await self._send(answer)

    async def _answer(self, said: str) -> Message | None:
        match _kind(said):
            case "ping":
                return {"type": "pong"}
            case "pong":
                return None
            case "cancel":
                return await self._cancelled()
        return _refusal(MessageUnknown())

    async def _cancelled(self) -> Message:
        """The events tell how it goes on."""
        try:
            await self.live.ask(lambda session: self.cancel(session, self.account, self.job))
        except (InputError, TransientError) as error:
            return _refusal(error)
        return {"type": "cancel_accepted"}

    async def _send(self, message: Message) -> None:
        await self.socket.send_text(as_text(message))


async def close(socket: WebSocket, ending: Ending) -> None:
    """Nothing where the other side has left."""
    if WebSocketState.DISCONNECTED in (socket.client_state, socket.application_state):
        return
    with suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
        async with asyncio.timeout(_FAREWELL):
            await socket.close(ending.code, ending.reason)


async def _overfull(watch: Watch) -> Ending:
    await watch.overfull.wait()
    return Ending(Code.TOO_SLOW, "too slow")


async def _first(*sides: Coroutine[Any, Any, Ending]) -> Ending:
    """What ends first; the others are stopped."""
    tasks = [asyncio.create_task(each) for each in sides]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return await next(each for each in tasks if each in done)
    finally:
        for task in tasks:
            task.cancel()
            task.add_done_callback(_heeded)
        await asyncio.wait(tasks)


def _heeded(task: asyncio.Task[Ending]) -> None:
    """How the other sides ended is of no interest."""
    if not task.cancelled():
        task.exception()


def _ending_of(error: NoteAIError | WebSocketDisconnect) -> Ending:
    if isinstance(error, JobNotFound):
        return Ending(Code.NOT_FOUND, error.code)
    if isinstance(error, TransientError):
        return Ending(Code.UNAVAILABLE, error.code)
    if isinstance(error, WebSocketDisconnect):
        return Ending(Code.FINISHED)
    telemetry.logger().error("stream_broke", exc_info=error)
    return Ending(Code.DEFECT)


def _kind(said: str) -> str | None:
    try:
        message = json.loads(said) if len(said) <= _LONGEST else None
    except ValueError:
        return None
    kind = message.get("type") if isinstance(message, dict) else None
    return kind if isinstance(kind, str) else None


def _refusal(error: NoteAIError) -> Message:
    return {
        "type": "error",
        "code": error.code,
        "detail": error.message,
        "hint": error.remedy,
    }
