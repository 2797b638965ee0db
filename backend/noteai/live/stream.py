"""What a reader of a job is sent: how it stands, and then each event once and in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.errors import TransientError
from noteai.jobs.errors import JobNotFound
from noteai.jobs.models import TERMINAL, JobRow
from noteai.live import records
from noteai.live.backlog import Event
from noteai.live.hub import Head, Hub, Watch
from noteai.live.outlook import Outlook, Waves, stage_views
from noteai.live.records import Standing
from noteai.live.sequences import Sequences

Answer = TypeVar("Answer")
Message = dict[str, Any]
Expected = Callable[[Session, JobRow], Mapping[str, float]]
"""Seconds that whole stages of a job take, by past runs."""


@dataclass(frozen=True)
class Limits:
    """All in seconds, but `room`."""

    poll: float = 2.0
    """Between looks at the rows of all watched jobs."""
    ping: float = 20.0
    """Without news until a reader is told so."""
    idle: float = 75.0
    """Without a word from a socket until it is closed."""
    stall: float = 30.0
    """That one message may take to be sent."""
    life: float = 3600.0
    """Of one connection."""
    room: int = 64
    """Events that wait for one reader at most."""
    threads: int = 4
    """That ask the database at a time, for all readers of the process."""


@dataclass
class Opening:
    """What a reader begins with."""

    account: UUID
    job: UUID
    after: int
    head: Head
    outlook: Outlook
    knows_duration: bool
    snapshot: Message | None

    @property
    def is_over(self) -> bool:
        """The reader knows the end already."""
        return self.snapshot is None and self.head.has_ended and self.after >= self.head.last_seq


class Live:
    """Streams of one process. They share one connection to Redis and a few threads."""

    def __init__(
        self,
        database: Database,
        redis_url: str,
        waves: Callable[[JobRow], Waves],
        expected: Expected,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._database = database
        self._waves = waves
        self._expected = expected
        self._limiter: CapacityLimiter | None = None
        self.sequences = Sequences(database)
        self.hub = Hub(redis_url, self._heads, poll=self.limits.poll, room=self.limits.room)

    async def ask(self, question: Callable[[Session], Answer]) -> Answer:
        """A short transaction in a thread. Raises: DatabaseUnavailable."""
        self._limiter = self._limiter or CapacityLimiter(self.limits.threads)

        def asked() -> Answer:
            with self._database.transaction() as session:
                return question(session)

        return await to_thread.run_sync(asked, limiter=self._limiter)

    async def open(self, account: UUID, job: UUID, after: int | None) -> Opening:
        """Begin after the event `after`, or with a snapshot where that is None or not yet there.

        Raises: JobNotFound, DatabaseUnavailable.
        """
        return await self.ask(lambda session: self._opening(session, account, job, after))

    def eta(self, session: Session, job: JobRow, at: datetime) -> float | None:
        """Seconds until a job has ended, as far as past runs and its own pace tell."""
        if job.state in TERMINAL:
            return 0.0
        outlook = Outlook(job.stages, self._waves(job), self._expected(session, job))
        return outlook.eta(at)

    async def follow(self, watch: Watch, opening: Opening) -> AsyncIterator[Message]:
        """Messages until the job has ended, or this connection has lived long enough.

        Raises: JobNotFound, when it is deleted meanwhile.
        """
        watch.backlog.begin(opening.after)
        watch.note(opening.head)
        if opening.snapshot:
            yield opening.snapshot
        loop = asyncio.get_running_loop()
        last_moment = loop.time() + self.limits.life
        while not opening.is_over:
            while (event := watch.backlog.take()) is not None:
                yield await self._told(event, opening)
                if event["kind"] == "job_ended" and watch.has_all:
                    return
            if watch.is_gone:
                raise JobNotFound
            if watch.backlog.has_gap:
                await self._fill(watch, opening)
            elif watch.is_finished:
                return
            elif loop.time() >= last_moment:
                yield {"type": "reconnect", "last_seq": watch.backlog.last}
                return
            elif not await watch.wait(min(self.limits.ping, last_moment - loop.time())):
                yield {"type": "ping"}

    async def _heads(self, jobs: Sequence[UUID]) -> Mapping[UUID, Head]:
        return await self.ask(lambda session: records.heads(session, jobs))

    async def _fill(self, watch: Watch, opening: Opening) -> None:
        """Fetch the next events from where they cannot be lost; where that is away, wait."""
        backlog = watch.backlog
        try:
            events = await self.ask(
                lambda session: records.events_after(
                    session, opening.account, opening.job, backlog.last
                )
            )
        except TransientError:
            events = []
        backlog.fill(events)
        if not events:
            await asyncio.sleep(self.limits.poll)

    async def _told(self, event: Event, opening: Opening) -> Message:
        if event["seq"] <= opening.head.last_seq:
            return {"type": "event", **event}  # from before the outlook was formed
        opening.outlook.told(event)
        if event["kind"] == "stage_done" and not opening.knows_duration:
            await self._look_again(opening)  # the length of the recording may be known now
        eta = opening.outlook.eta(datetime.fromisoformat(event["at"]))
        return {"type": "event", **event, "eta": eta}

    async def _look_again(self, opening: Opening) -> None:
        """Past runs tell more once the length of the recording is known."""
        try:
            renewed = await self.open(opening.account, opening.job, None)
        except (TransientError, JobNotFound):
            return
        opening.knows_duration, opening.outlook = renewed.knows_duration, renewed.outlook
        opening.head = renewed.head

    def _opening(self, session: Session, account: UUID, job: UUID, after: int | None) -> Opening:
        standing = records.standing(session, account, job)
        head = Head(standing.job.last_seq, standing.has_ended)
        expected = self._expected(session, standing.job)
        outlook = Outlook(standing.job.stages, self._waves(standing.job), expected)
        snapshot = None
        if after is None or after > head.last_seq:
            snapshot = _snapshot(standing, outlook)
            after = records.before_end(session, standing) if head.has_ended else head.last_seq
        knows_duration = standing.job.duration is not None
        return Opening(account, job, after, head, outlook, knows_duration, snapshot)


def as_text(message: Message) -> str:
    return json.dumps(message, default=str)


def _snapshot(standing: Standing, outlook: Outlook) -> Message:
    job, at = standing.job, standing.at
    return {
        "type": "snapshot",
        "job_id": str(job.id),
        "seq": job.last_seq,
        "at": at.isoformat(),
        "state": standing.state,
        "fraction": job.fraction,
        "eta": 0.0 if standing.has_ended else outlook.eta(at),
        "is_degraded": job.is_degraded,
        "is_cancel_requested": job.cancel_requested_at is not None,
        "warnings": job.warnings,
        "failure": job.failure,
        "duration": job.duration,
        "stages": stage_views(outlook, job.stages, at, job.duration),
    }
