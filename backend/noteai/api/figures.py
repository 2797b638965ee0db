"""What the rows say of the service, asked when the metrics are: every replica says the same."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import text
from sqlalchemy.orm import Session

from noteai import telemetry
from noteai.database import Database
from noteai.errors import TransientError
from noteai.jobs import canary, views
from noteai.jobs.capacity import QueueList
from noteai.jobs.graph import Workflows
from noteai.jobs.models import JobState
from noteai.metrics.families import Family

Values = Iterator[tuple[str, tuple[str, ...], float]]
"""The name of a family, the values of its labels, and its own."""
_FRESH = 5.0
"""Seconds for which an answer is given again."""
_SHARE = 50.0
"""And for so many times the seconds that it took: at most 2 % of a connection's time."""
_PATIENCE = 5_000
"""Milliseconds of one statement."""
_STATES: tuple[JobState, ...] = JobState.__args__  # type: ignore[attr-defined]

ROWS = (
    Family("noteai_database_up", "gauge", (), "1 where the database answered, else 0."),
    Family("noteai_jobs", "gauge", ("state",), "Jobs by state."),
    Family("noteai_queue_depth", "gauge", ("queue",), "Stages that wait for a worker."),
    Family(
        "noteai_queue_oldest_seconds",
        "gauge",
        ("queue",),
        "For how long the first of them has waited; 0 where there is none.",
    ),
    Family("noteai_stages_running", "gauge", ("queue",), "Stages that are worked on."),
    Family(
        "noteai_workers",
        "gauge",
        ("state",),
        "Workers that gave a sign of life within a lease (alive), and those that did not (lost).",
    ),
    Family(
        "noteai_worker_slots",
        "gauge",
        ("queue",),
        "Stages that the workers which are alive can do at a time; one may serve several queues.",
    ),
    Family("noteai_outbox_rows", "gauge", (), "Wake-ups that were not sent yet."),
    Family(
        "noteai_outbox_oldest_seconds",
        "gauge",
        (),
        "For how long the first of those has been due: the relay's lag.",
    ),
    Family(
        "noteai_webhooks_pending",
        "gauge",
        (),
        "Deliveries that have not arrived at webhooks that are enabled.",
    ),
    Family("noteai_webhooks_oldest_seconds", "gauge", (), "The age of the first of them."),
    Family("noteai_stored_bytes", "gauge", (), "Of complete uploads; equal files count once."),
    Family(
        "noteai_canary_last_success_timestamp_seconds",
        "gauge",
        ("queue",),
        "When a canary came through a queue last.",
    ),
    Family("noteai_canary_duration_seconds", "gauge", ("queue",), "What that one took."),
    Family(
        "noteai_canary_waiting_seconds",
        "gauge",
        ("queue",),
        "For how long none was answered of those that were sent; 0 where the last one was.",
    ),
)
_ONE_BY_ONE = text(
    """
    WITH wanted AS (
        SELECT since FROM webhook_deliveries JOIN webhooks ON webhooks.id = webhook_id
        WHERE state = 'pending' AND is_enabled
    )
    SELECT (SELECT count(*) FROM outbox) AS outbox_rows,
           (SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM outbox
            WHERE due_at <= now()) AS outbox_oldest_seconds,
           (SELECT count(*) FROM wanted) AS webhooks_pending,
           (SELECT coalesce(extract(epoch FROM now() - min(since)), 0) FROM wanted)
               AS webhooks_oldest_seconds,
           (SELECT coalesce(sum(size), 0) FROM (
                SELECT DISTINCT account_id, digest, size FROM uploads WHERE state = 'complete'
            ) AS kept) AS stored_bytes
    """
)
_JOBS = text("SELECT state, count(*) FROM jobs GROUP BY state")


@dataclass(frozen=True)
class Question:
    """`lease`: seconds of silence after which a worker is lost."""

    database: Database
    lease: float
    workflows: Workflows

    def ask(self) -> list[GaugeMetricFamily]:
        """Raises: DatabaseUnavailable."""
        with self.database.transaction() as session:
            session.execute(text(f"SET LOCAL statement_timeout = {_PATIENCE}"))
            found = [
                *_of_jobs(session),
                *self._of_queues(session),
                *_of_canaries(session, self.lease),
                *_of_the_rest(session),
            ]
        return _families([("noteai_database_up", (), 1.0), *found])

    def _of_queues(self, session: Session) -> Values:
        shown = views.queues(session, self.lease)
        known = {stage.queue for each in self.workflows.values() for stage in each.stages}
        for name in sorted(known | {each.name for each in shown.queues}):
            yield from _of_queue(name, shown)
        lost = sum(each.is_lost for each in shown.workers)
        yield "noteai_workers", ("lost",), lost
        yield "noteai_workers", ("alive",), len(shown.workers) - lost


class Rows:
    """A collector. Scrapers that come together, or one after the other, cost one answer."""

    def __init__(self, question: Question, clock: Callable[[], float] = time.monotonic) -> None:
        self._question = question
        self._clock = clock
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._found: list[GaugeMetricFamily] = []

    def collect(self) -> Iterable[GaugeMetricFamily]:
        with self._lock:
            began = self._clock()
            if began >= self._until:
                self._found = self._asked()
                ended = self._clock()
                self._until = ended + max(_FRESH, _SHARE * (ended - began))
            return self._found

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """The names, so that to be registered asks nothing."""
        return [_family(each) for each in ROWS]

    def _asked(self) -> list[GaugeMetricFamily]:
        try:
            return self._question.ask()
        except TransientError as error:
            telemetry.logger().warning("figures_not_to_be_had", code=error.code)
            return _families([("noteai_database_up", (), 0.0)])


def _of_jobs(session: Session) -> Values:
    found: Mapping[str, int] = dict(session.execute(_JOBS).all())
    for state in _STATES:
        yield "noteai_jobs", (state,), found.get(state, 0)


def _of_queue(name: str, shown: QueueList) -> Values:
    found = next((each for each in shown.queues if each.name == name), None)
    yield "noteai_queue_depth", (name,), found.ready if found else 0
    yield "noteai_queue_oldest_seconds", (name,), (found.oldest if found else None) or 0.0
    yield "noteai_stages_running", (name,), found.running if found else 0
    able = [each for each in shown.workers if name in each.queues and not each.is_lost]
    yield "noteai_worker_slots", (name,), sum(each.concurrency for each in able)


def _of_the_rest(session: Session) -> Values:
    for name, value in session.execute(_ONE_BY_ONE).mappings().one().items():
        yield f"noteai_{name}", (), float(value)


def _of_canaries(session: Session, lease: float) -> Values:
    """Of a queue that nobody serves none is missed."""
    for each in canary.standing(session, lease):
        if not each.is_served:
            continue
        yield "noteai_canary_waiting_seconds", (each.queue,), each.waited
        if each.last_success is None or each.seconds is None:
            continue
        at = each.last_success.timestamp()
        yield "noteai_canary_last_success_timestamp_seconds", (each.queue,), at
        yield "noteai_canary_duration_seconds", (each.queue,), each.seconds


def _families(values: Iterable[tuple[str, tuple[str, ...], float]]) -> list[GaugeMetricFamily]:
    """Those that have a value."""
    made = {each.name: _family(each) for each in ROWS}
    for name, labels, value in values:
        made[name].add_metric(labels, value)
    return [each for each in made.values() if each.samples]


def _family(family: Family) -> Any:
    return GaugeMetricFamily(family.name, family.meaning, labels=family.labels)
