"""Everything at once: workers that die, messages that are lost and doubled, cancels, sweepers."""

import random
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import pytest
from invariants import check
from jobbing import WHY, WORKFLOWS, Office, at_once, manifest

from noteai.accounts.models import LOCAL
from noteai.engine.ports import Attempt
from noteai.jobs import outbox
from noteai.jobs.errors import JobEnded
from noteai.jobs.models import TERMINAL
from noteai.jobs.service import cancel

JOBS = 8
LIMIT = 60.0


class Storm:
    def __init__(self, office: Office, seed: int) -> None:
        self.office = office
        self.seed = seed
        self.jobs = [office.submit() for _ in range(JOBS)]
        self.messages: deque[tuple[UUID, tuple[str, ...]]] = deque()
        self.stale: deque[Attempt] = deque()

    @property
    def is_over(self) -> bool:
        return all(self.office.job(each).state in TERMINAL for each in self.jobs)

    def send(self, job: UUID, stages: Sequence[str], *_: object) -> None:
        self.messages.append((job, tuple(stages)))

    def work(self, number: int) -> None:
        chance = random.Random(self.seed * 100 + number)  # noqa: S311 - a seed, not a secret
        until = time.monotonic() + LIMIT
        while time.monotonic() < until and not self.is_over:
            outbox.relay(self.office.database, self.send, batch=5)
            self.meddle(chance)
            with suppress(IndexError):
                self.receive(chance, *self.messages.popleft())

    def receive(self, chance: random.Random, job: UUID, stages: tuple[str, ...]) -> None:
        if chance.random() < 0.2:
            self.messages.append((job, stages))
        for name in stages:
            if attempt := self.office.ledger(attempts=5).claim(str(job), name):
                self.end(chance, attempt)
        if chance.random() < 0.7:
            self.office.advance(job)

    def end(self, chance: random.Random, attempt: Attempt) -> None:
        ledger = self.office.ledger(attempts=5)
        ledger.heartbeat(attempt, chance.random())
        kind = chance.choices(["done", "put_off", "release", "failed", "dies"], [70, 8, 8, 4, 10])
        if kind == ["done"]:
            ledger.done(attempt, manifest(attempt.stage, attempt.number))
        elif kind == ["put_off"]:
            ledger.put_off(attempt, WHY)
        elif kind == ["release"]:
            ledger.release(attempt)
        elif kind == ["failed"]:
            ledger.failed(attempt, WHY)
        else:
            self.office.let_die(UUID(attempt.run), attempt.stage)
            self.stale.append(attempt)

    def meddle(self, chance: random.Random) -> None:
        """The dead come back, the sweeper looks around, and now and then somebody cancels."""
        with suppress(IndexError):
            attempt = self.stale.popleft()
            self.office.ledger(attempts=5).done(attempt, manifest(attempt.stage))
        if chance.random() < 0.3:
            self.office.sweep(attempts=5, patience=0.2)
        if chance.random() < 0.02:
            with suppress(JobEnded), self.office.database.transaction() as session:
                cancel(session, self.office.journal, LOCAL, chance.choice(self.jobs), WORKFLOWS)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_job_ends_once_and_tells_the_truth(office: Office, seed: int) -> None:
    storm = Storm(office, seed)
    at_once([lambda number=number: storm.work(number) for number in range(4)])  # type: ignore[misc]
    assert storm.is_over
    outbox.relay(office.database, storm.send)
    office.empty_outbox()
    assert check(office.database) == []
