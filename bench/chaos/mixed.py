"""Everything at once: a fault every one to three seconds, while jobs come and go."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from bench.chaos import broker
from bench.chaos.client import key
from bench.chaos.nap import NAP
from bench.chaos.scene import LEASE, Scene
from bench.chaos.staff import Terms, children
from bench.chaos.store import CODED, FAULTS, any_request
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row
from noteai.adapters.s3 import StoreUnavailable
from noteai.database import DatabaseUnavailable
from noteai.jobs.models import TERMINAL, JobRow
from noteai.worker.canvas import wake, ways_of
from noteai.worker.crew import app_of

_MOST = 30
"""Jobs on their way at a time."""
_CANCELLED = frozenset({"cancelled"})


@dataclass
class Storm:
    scene: Scene
    done: Counter[str] = field(default_factory=Counter)
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    """What is to be mended, and when."""
    asked: tuple[str, dict[str, str]] | None = None
    """An upload and a key for which no job has been answered yet."""
    accepted: int = 0

    @property
    def chance(self) -> random.Random:
        return self.scene.chance

    def rage(self, seconds: float) -> None:
        end, next_ = time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            self._mend()
            if time.monotonic() >= next_:
                self._harm()
                next_ = time.monotonic() + self.chance.uniform(1.0, 3.0)
            self._hand_in()
            self.scene.pause(0.15)
        while self.later:
            self._mend()
            self.scene.pause(0.15)

    def _harm(self) -> None:
        name = self.chance.choice(list(_HARMS))
        if _HARMS[name](self):
            self.done[name] += 1

    def _mend(self) -> None:
        now = time.monotonic()
        due = [act for at, act in self.later if at <= now]
        self.later = [each for each in self.later if each[0] > now]
        for act in due:
            act()

    def _hand_in(self) -> None:
        """One request after the other, each again with its key until a door has answered it."""
        if self.asked is None and self.scene.unended < _MOST:
            with suppress(DatabaseUnavailable, StoreUnavailable):
                self.asked = str(self.scene.upload().id), key()
        if self.asked is None:
            return
        job = self.scene.order(*self.asked)
        if job:
            self.asked = None
            self.accepted += 1
            self.scene.may_fail.setdefault(job, CODED)

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        self.later.append((time.monotonic() + seconds, act))

    def worker(self) -> int | None:
        """A supervisor that runs."""
        alive = [each.pid for each in self.scene.staff.workers if each.is_alive]
        return self.chance.choice(alive) if alive else None

    def celery(self) -> int | None:
        worker = self.worker()
        found = children(worker) if worker else []
        return self.chance.choice(found) if found else None

    def child(self) -> int | None:
        celery = self.celery()
        found = children(celery) if celery else []
        return self.chance.choice(found) if found else None


def _kill(pid: int | None) -> bool:
    with suppress(ProcessLookupError):
        if pid:
            os.kill(pid, signal.SIGKILL)
            return True
    return False


def _sleep(storm: Storm) -> bool:
    pid = storm.child()
    if not pid:
        return False

    def wake_up() -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        storm.after(storm.chance.uniform(0.5, 3 * LEASE), wake_up)
        return True
    return False


def _redis(storm: Storm) -> bool:
    servers = storm.scene.servers
    if not servers.redis.answers:
        return False
    broker.harm(servers, storm.chance.choice(broker.HARMS))
    storm.after(storm.chance.uniform(0.1, 2.0), servers.redis.start)
    return True


def _postgres(storm: Storm) -> bool:
    server = storm.scene.servers.postgres
    if not server.answers:
        return False
    storm.chance.choice((server.kill, server.stop))()
    storm.after(storm.chance.uniform(0.1, 4.0), server.start)
    return True


def _api(storm: Storm) -> bool:
    door = storm.chance.choice(storm.scene.staff.doors)
    return door.child.is_alive and _kill(door.child.pid)


def _store(storm: Storm) -> bool:
    faulty = storm.scene.faulty
    assert faulty
    times = storm.chance.randint(1, 12)
    faulty.misbehave(storm.chance.choice(FAULTS), times, when=any_request(times))
    return True


def _messages(storm: Storm) -> bool:
    """Wake-ups that nobody asked for: of any stage of any job, as if they came again."""
    scene = storm.scene
    jobs = storm.chance.sample(sorted(scene.jobs), min(5, len(scene.jobs)))
    app, ways = app_of(scene.settings), ways_of([NAP])
    with suppress(Exception):  # Redis may be away
        for job in jobs:
            stages = storm.chance.sample(sorted(ways), 3)
            wake(app, ways, UUID(job), stages).apply_async(retry=False)
    return bool(jobs)


def _cancel(storm: Storm) -> bool:
    jobs = [job for job, state in storm.scene.jobs.items() if state not in TERMINAL]
    if not jobs:
        return False
    job = storm.chance.choice(jobs)
    storm.scene.may_fail[job] = CODED | _CANCELLED
    storm.scene.client.ask("POST", f"/jobs/{job}/cancel")
    return True


_HARMS: dict[str, Callable[[Storm], bool]] = {
    "child killed": lambda storm: _kill(storm.child()),
    "Celery killed": lambda storm: _kill(storm.celery()),
    "worker killed": lambda storm: _kill(storm.worker()),
    "child stopped": _sleep,
    "Redis harmed": _redis,
    "Postgres away": _postgres,
    "API killed": _api,
    "store faulty": _store,
    "wake-ups out of turn": _messages,
    "job cancelled": _cancel,
}


def mixed(scene: Scene, seconds: int) -> list[Row]:
    storm = Storm(scene)
    storm.rage(seconds)
    if scene.faulty:
        scene.faulty.behave()
    scene.servers.mend()
    scene.until(lambda: not scene.unended, "all jobs have ended", 120.0)
    for job in scene.jobs:
        scene.may_fail.setdefault(job, CODED)
    with scene.database.transaction() as session:
        states = Counter(session.scalars(select(JobRow.state)).all())
    done = ", ".join(f"{count} x {name}" for name, count in sorted(storm.done.items()))
    rows = [
        Row("mixed: seconds of faults", ON, seconds),
        Row("mixed: faults", ON, storm.done.total(), note=done),
        Row("mixed: jobs completed", ON, states["completed"], note=f"{storm.accepted} accepted"),
    ]
    slowest = max(broker.delays(scene), default=0.0)
    return [*rows, Row("mixed: seconds from acceptance to end, slowest", ON, slowest)]


def trials() -> Iterator[Trial]:
    terms = plainly(Terms(workers=3, apis=2, attempts=50, faulty=True))
    yield Trial("mixed", mixed, (600, 30), terms)
