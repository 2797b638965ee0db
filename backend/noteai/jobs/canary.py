"""A message through each queue now and then, which shows that the whole way is open.

Any number of processes may send: whose claim of the row counts is the database's business, and so
is the time. A queue has one canary outstanding at most, so that none pile up while nobody answers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Interval, bindparam, text
from sqlalchemy.orm import Session

from noteai import telemetry
from noteai.database import Database
from noteai.jobs.graph import Workflows

ADVANCES = "default"
"""The queue of the messages by which jobs go on."""
_PERIODS = 2
"""After so many one that was not answered is taken for lost, and another is sent."""


class Release(Protocol):
    def __call__(self, queue: str, number: int, life: float, /) -> None:
        """Send a canary, which nobody answers after `life` seconds."""
        ...


@dataclass(frozen=True)
class Standing:
    """How it stands with a queue, by the database's clock."""

    queue: str
    last_success: datetime | None
    """When a canary was last answered."""
    seconds: float | None
    """From the sending of that one to its answer."""
    outstanding_since: datetime | None
    """When the first of those was sent that were not answered since then."""
    waited: float
    """Seconds since `outstanding_since`; 0 where there is none."""
    is_served: bool
    """By a worker that is alive."""
    has_room: bool
    """One of these workers does fewer stages than it could."""

    def is_lost(self, period: float) -> bool:
        """It waits, and not because every worker of the queue is busy."""
        return self.is_served and self.has_room and self.waited > patience(period)


_CLAIM = text(
    """
    INSERT INTO canaries AS canary (queue, number, sent_at, outstanding_since)
    SELECT DISTINCT served.queue, 1, now(), now()
    FROM workers, unnest(workers.queues) AS served(queue)
    WHERE workers.seen_at > now() - :lease
    ORDER BY served.queue
    ON CONFLICT (queue) DO UPDATE
    SET number = canary.number + 1, sent_at = now(),
        outstanding_since = coalesce(canary.outstanding_since, now())
    WHERE canary.sent_at <= now() - CASE WHEN canary.outstanding_since IS NULL
          THEN :period ELSE :patience END
    RETURNING queue, number
    """
).bindparams(*(bindparam(name, type_=Interval()) for name in ("lease", "period", "patience")))

_ANSWER = text(
    """
    UPDATE canaries
    SET answered_at = now(), seconds = extract(epoch FROM now() - sent_at),
        outstanding_since = NULL
    WHERE queue = :queue AND number = :number AND outstanding_since IS NOT NULL
    """
)

_STANDING = text(
    """
    WITH work AS (
        SELECT owner FROM stage_runs WHERE state = 'running' AND lease_until > now()
        UNION SELECT owner FROM stage_parts WHERE state = 'running' AND lease_until > now()
    ), held AS (
        SELECT split_part(owner, '/', 1) AS worker, count(*) AS stages FROM work GROUP BY 1
    ), served AS (
        SELECT queue, bool_or(workers.concurrency > coalesce(held.stages, 0)) AS has_room
        FROM workers LEFT JOIN held ON held.worker = workers.name,
             unnest(workers.queues) AS each(queue)
        WHERE workers.seen_at > now() - :lease
        GROUP BY queue
    )
    SELECT queue, answered_at AS last_success, seconds, outstanding_since,
           coalesce(extract(epoch FROM now() - outstanding_since), 0)::float AS waited,
           has_room IS NOT NULL AS is_served, coalesce(has_room, false) AS has_room
    FROM canaries FULL JOIN served USING (queue)
    ORDER BY queue
    """
).bindparams(bindparam("lease", type_=Interval()))


def needed(workflows: Workflows) -> set[str]:
    """Queues without which some job does not get on."""
    return {ADVANCES, *(stage.queue for each in workflows.values() for stage in each.stages)}


def patience(period: float) -> float:
    """Seconds until a canary that was not answered is replaced."""
    return _PERIODS * period


def send_due(database: Database, release: Release, *, period: float, lease: float) -> int:
    """Send one through each queue that an alive worker serves, where it is due: how many.

    One that could not be sent is outstanding all the same, and replaced after the patience.
    """
    with database.transaction() as session:
        due = claim(session, period=period, lease=lease)
    for queue, number in due:
        _release(release, queue, number, patience(period))
    return len(due)


def claim(session: Session, *, period: float, lease: float) -> list[tuple[str, int]]:
    """The canaries that this process is to send, as (queue, number)."""
    terms = {"lease": lease, "period": period, "patience": patience(period)}
    spans = {name: timedelta(seconds=seconds) for name, seconds in terms.items()}
    return [(row.queue, row.number) for row in session.execute(_CLAIM, spans)]


def answer(session: Session, queue: str, number: int) -> None:
    """The message came through; nothing happens where it is no longer waited for."""
    session.execute(_ANSWER, {"queue": queue, "number": number})


def standing(session: Session, lease: float = 45.0) -> tuple[Standing, ...]:
    """Of each queue that had a canary or is served, by name.

    `lease`: seconds without a sign of life after which a worker is not alive.
    """
    rows = session.execute(_STANDING, {"lease": timedelta(seconds=lease)})
    return tuple(Standing(**row._mapping) for row in rows)  # noqa: SLF001 - its public name


def _release(release: Release, queue: str, number: int, life: float) -> None:
    try:
        release(queue, number, life)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises
        telemetry.logger().warning("canary_not_sent", queue=queue, reason=repr(error))
