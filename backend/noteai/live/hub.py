"""What is said of jobs, for all readers of a process: one subscription, one look at the rows.

Redis is quick and forgetful. Every few seconds the database is asked how far the watched jobs
are: one question for all of them. Whoever missed something finds out, and fetches it there.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as Unconnected
from redis.exceptions import RedisError

from noteai import telemetry
from noteai.adapters.redis_events import channel
from noteai.errors import TransientError
from noteai.live.backlog import Backlog, Event

_CONTROL = "job_progress"
"""Nothing is said here: a connection without any subscription cannot be listened to."""
_PING = 10.0
_SILENT = 30.0
"""Seconds without even an answer to a ping, after which a connection is taken for dead."""
_PAUSES = (0.05, 2.0)
_MANY = 1000


@dataclass(frozen=True)
class Head:
    """How far a job is."""

    last_seq: int
    has_ended: bool


Heads = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Head]]]


class Watch:
    """One reader's ear at one job."""

    def __init__(self, room: int) -> None:
        self.backlog = Backlog(room)
        self.head: Head | None = None
        self.is_gone = False
        """The job was deleted."""
        self.overfull = asyncio.Event()
        self._rung = asyncio.Event()

    @property
    def has_all(self) -> bool:
        """Whether no later event is known of."""
        return self.backlog.is_drained

    @property
    def is_finished(self) -> bool:
        return self.has_all and self.head is not None and self.head.has_ended

    def hear(self, event: Event) -> None:
        if self.overfull.is_set():
            return
        self.backlog.hear(event)
        if self.backlog.is_overfull:
            self.overfull.set()
        self._rung.set()

    def note(self, head: Head | None) -> None:
        if head is None:
            self.is_gone = True
        else:
            self.head = head
            self.backlog.note(head.last_seq)
        self._rung.set()

    async def wait(self, seconds: float) -> bool:
        """Whether there was news, since the last wait or within so many seconds."""
        await _heard(self._rung, seconds)
        has_news = self._rung.is_set()
        self._rung.clear()
        return has_news


class Hub:
    """Hears of the jobs that are watched, and of nothing while none is."""

    def __init__(self, redis_url: str, heads: Heads, *, poll: float, room: int) -> None:
        self._redis_url = redis_url
        self._heads = heads
        self._every = poll
        self._room = room
        self._watches: dict[UUID, set[Watch]] = {}
        self._unsure: set[UUID] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self._doubted = asyncio.Event()

    @contextmanager
    def watch(self, job: UUID) -> Iterator[Watch]:
        """To be taken before the job is read, so that nothing is missed in between."""
        watch = Watch(self._room)
        self._watches.setdefault(job, set()).add(watch)
        self._changed.set()
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(_unbroken(each)) for each in (self._listen, self._look)
            ]
        try:
            yield watch
        finally:
            self._forget(job, watch)

    def doubt(self, job: UUID) -> None:
        """Look at once: something may have been said that was not heard."""
        self._unsure.add(job)
        self._doubted.set()

    def _forget(self, job: UUID, watch: Watch) -> None:
        watches = self._watches[job]
        watches.discard(watch)
        if watches:
            return
        del self._watches[job]
        self._changed.set()
        if not self._watches:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _listen(self) -> None:
        shortest, longest = _PAUSES
        pause = shortest
        while True:
            try:
                redis = Redis.from_url(self._redis_url, socket_connect_timeout=2)
                async with redis, redis.pubsub() as subscription:
                    await subscription.subscribe(_CONTROL)
                    pause = shortest
                    await self._hear(subscription)
            except (RedisError, OSError) as error:
                telemetry.logger().warning("events_unheard", reason=type(error).__name__)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads them
            pause = min(longest, 2 * pause)

    async def _hear(self, subscription: PubSub) -> None:
        """Raises: RedisError, OSError, when the connection is lost."""
        self._changed.set()
        following = asyncio.create_task(self._follow(subscription))
        try:
            while not following.done():
                message = await subscription.get_message(timeout=_SILENT)
                if message is None:
                    raise Unconnected("silent")
                self._take(message)
            await following
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError, RedisError, OSError):
                await following

    async def _follow(self, subscription: PubSub) -> None:
        """Keep the subscriptions as the watches are."""
        joined: set[UUID] = set()
        while True:
            await _heard(self._changed, _PING)
            self._changed.clear()
            wanted = set(self._watches)
            if new := [channel(each) for each in wanted - joined]:
                await subscription.subscribe(*new)
            if old := [channel(each) for each in joined - wanted]:
                await subscription.unsubscribe(*old)
            if not new and not old:
                await subscription.ping()
            joined = wanted

    def _take(self, message: Mapping[str, object]) -> None:
        name = message["channel"]
        if not isinstance(name, bytes) or b":" not in name:
            return
        job = UUID(name.rpartition(b":")[2].decode())  # one of ours: it was subscribed to
        if message["type"] == "subscribe":
            self.doubt(job)
        elif message["type"] == "message":
            self._pass_on(job, message["data"])

    def _pass_on(self, job: UUID, said: object) -> None:
        """What is no event is left to the database."""
        event = _event_of(said)
        if event is None:
            self.doubt(job)
            return
        for watch in self._watches.get(job, ()):
            watch.hear(event)

    async def _look(self) -> None:
        while True:
            await _heard(self._doubted, self._every)
            self._doubted.clear()
            jobs = list(self._unsure or self._watches)
            self._unsure.clear()
            for first in range(0, len(jobs), _MANY):
                await self._note(jobs[first : first + _MANY])

    async def _note(self, jobs: Sequence[UUID]) -> None:
        try:
            heads = await self._heads(jobs)
        except TransientError as error:
            telemetry.logger().warning("heads_unread", reason=error.code)
            return
        for job in jobs:
            for watch in self._watches.get(job, ()):
                watch.note(heads.get(job))


async def _unbroken(loop: Callable[[], Awaitable[None]]) -> None:
    """All readers of the process hang on it: a defect must not silence them."""
    while True:
        try:
            await loop()
        except Exception as bug:  # noqa: BLE001 - see above
            telemetry.logger().error("hub_broke", exc_info=bug)
        await asyncio.sleep(1)


async def _heard(event: asyncio.Event, seconds: float) -> None:
    """Wait for it so long at most. Not `wait_for`, which before 3.12 swallows a cancellation."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _event_of(said: object) -> Event | None:
    """Anybody can publish anything."""
    try:
        event = json.loads(said) if isinstance(said, bytes) else None
    except ValueError:
        return None
    needed = {"seq": int, "kind": str, "at": str}
    is_event = isinstance(event, dict) and all(
        isinstance(event.get(name), kind) for name, kind in needed.items()
    )
    return event if is_event else None
