"""What a supervisor does beside its worker. Any number of processes may do so at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import timedelta

from noteai import metrics
from noteai.adapters.redis_events import RedisPublisher
from noteai.database import Database, tell_connections
from noteai.jobs import canary, outbox, workers
from noteai.jobs.journal import Journal
from noteai.jobs.sweep import Swept, sweep
from noteai.jobs.workers import Worker
from noteai.media.scratch import sweep_scratch
from noteai.objects import intake_of, objects_of
from noteai.settings import Settings
from noteai.uploads import discards
from noteai.uploads.janitor import Tidied, tidy
from noteai.uploads.orphans import AGE, find_orphans
from noteai.webhooks import courier
from noteai.webhooks.sending import sender as sender_of
from noteai.worker import crew
from noteai.worker.canvas import releaser, sender, ways_of
from noteai.worker.loops import Loop, couriers, every, relay_loop
from noteai.worker.trade import Trade

_UNCLAIMED = 2 / 3
"""Leases that a ready stage may wait until it is woken again."""
_TIDY = 300.0
"""Seconds between two looks for what uploads left in the store."""
_FORGET = 3600.0
"""Seconds between two looks for deliveries that are too old to be kept."""
_ORPHANS = 6 * 3600.0
"""Seconds between two looks for what nobody knows of: each reads the whole list of the store."""


@contextmanager
def done_beside(settings: Settings, trade: Trade, worker: Worker) -> Iterator["Chores"]:
    """The loops run; at the end, what was given back is sent."""
    chores = Chores(settings, trade, worker)
    loops = (*chores.of_jobs(), *chores.of_the_store(), *chores.of_webhooks())
    for loop in loops:
        loop.start()
    try:
        yield chores
    finally:
        for loop in loops:
            loop.stop()
        for loop in loops:
            loop.join()
        chores.close()


class Chores:
    def __init__(self, settings: Settings, trade: Trade, worker: Worker) -> None:
        self._settings = settings
        self._service = settings.service
        self._trade = trade
        self._worker = worker
        self._database = Database(settings.database_url, pool=2, idle=settings.service.lease)
        self._patient = Database(settings.database_url, pool=1)
        """Waits for the store within a transaction."""
        self._publish = RedisPublisher(settings.redis_url)
        self._journal = Journal(self._publish)
        self._intake = intake_of(settings, objects_of(settings), self._journal)
        app = crew.app_of(settings)
        self._send = sender(app, ways_of(trade.workflows.values()))
        self._release = releaser(app)

    def of_jobs(self) -> tuple[Loop, ...]:
        folder = crew.scratch_of(self._settings)
        service = self._service
        return (
            relay_loop(self._database, self._send),
            every("sweeper", service.sweep, self._sweep),
            every("signs of life", service.heartbeat, self._give_sign),
            every("scratch", service.sweep, lambda: sweep_scratch(folder)),
            *self._canary_loop(),
        )

    def of_the_store(self) -> tuple[Loop, ...]:
        return (
            every("janitor", _TIDY, self._tidy),
            every("discards", self._service.sweep, self._remove),
            every("orphans", _ORPHANS, self._find_orphans),
        )

    def of_webhooks(self) -> tuple[Loop, ...]:
        post = sender_of(to_private=self._service.webhooks_to_private)
        return (
            *couriers(self._database, post, self._service.couriers),
            every("webhooks", _FORGET, lambda: courier.tidy(self._database)),
        )

    def close(self) -> None:
        with suppress(Exception):  # the next worker's relay will do it
            outbox.relay(self._database, self._send)
            workers.leave(self._database, self._worker)
        self._database.close()
        self._patient.close()
        self._publish.close()

    def tell_connections(self) -> None:
        tell_connections(self._database, self._patient)

    def _sweep(self) -> Swept:
        began = time.monotonic()
        swept = sweep(
            self._database,
            self._journal,
            attempts=self._service.attempts,
            patience=self._service.lease * _UNCLAIMED,
            workflows=self._trade.workflows,
        )
        metrics.observe("noteai_sweep_duration_seconds", time.monotonic() - began)
        metrics.put("noteai_sweeper_last_success_timestamp_seconds", time.time())
        for action, many in asdict(swept).items():
            metrics.add("noteai_sweeper_actions_total", many, action=action)
        return swept

    def _canary_loop(self) -> tuple[Loop, ...]:
        """Looks often, sends seldom: whoever looks first when one is due sends it."""
        period = self._service.canary
        return (every("canary", self._service.sweep, self._send_canaries),) if period else ()

    def _send_canaries(self) -> int:
        service = self._service
        return canary.send_due(
            self._database, self._release, period=service.canary, lease=service.lease
        )

    def _give_sign(self) -> None:
        workers.give_sign(self._database, self._worker)

    def _tidy(self) -> Tidied:
        return tidy(self._patient, self._intake, after=self._service.discard_after)

    def _remove(self) -> int:
        return discards.remove_due(self._patient, self._intake.store)

    def _find_orphans(self) -> int:
        age = max(AGE, timedelta(seconds=self._service.job_life))
        return find_orphans(self._patient, self._intake, age)
