"""The Celery worker proper: a process of its own, whose children do the stages."""

import logging
import os
import signal
import socket
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path

from celery import Celery, platforms, signals
from celery.exceptions import SecurityWarning

from noteai import telemetry
from noteai.adapters.redis_events import RedisPublisher
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.jobs.ledger import SqlLedger
from noteai.jobs.parts import SqlParts
from noteai.media.scratch import Scratch
from noteai.metrics import shared
from noteai.otlp import traced
from noteai.settings import Settings
from noteai.worker import tasks
from noteai.worker.app import make_app
from noteai.worker.canvas import sender, ways_of
from noteai.worker.logbook import Logbook
from noteai.worker.trade import Trade
from noteai.worker.vigil import Rhythm
from noteai.worker.workplace import Workplace

PREFIX = "noteai:"
_MARGIN = 3600.0


def app_of(settings: Settings) -> Celery:
    """No message comes again by itself before the job that it belongs to is overdue."""
    return make_app(settings.redis_url, PREFIX, settings.service.job_life + _MARGIN)


def scratch_of(settings: Settings) -> Path:
    return settings.cache_dir.absolute() / "work"


def work(
    settings: Settings,
    trade: Trade,
    queues: Sequence[str],
    concurrency: int,
    lifeline: Connection,
    inherited: Connection | None,
    supervisor: int,
) -> None:
    """Run until told to leave; dies with its supervisor.

    `lifeline` ends when all must leave. Its other end is the supervisor's alone: a copy that was
    `inherited` is closed.
    """
    if inherited:
        inherited.close()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    os.setsid()  # Ctrl-C is for the supervisor
    platforms.set_pdeathsig("SIGKILL")
    if os.getppid() != supervisor:
        return
    telemetry.set_up("worker", settings.log_level, settings.log_format)
    telemetry.answer_for_threads()
    warnings.simplefilter("ignore", SecurityWarning)  # of pickle as root: we read JSON only
    app = app_of(settings)

    traces = ExitStack()

    @cache
    def workplace() -> Workplace:
        traces.enter_context(traced(settings.otlp_endpoint, "worker"))
        return make_workplace(settings, trade, app, queues, lifeline, supervisor)

    def leave(**_: object) -> None:
        if workplace.cache_info().currsize:
            workplace().close()
        traces.close()

    tasks.register(app, workplace)
    signals.setup_logging.connect(_leave_logging_alone)
    signals.worker_process_shutdown.connect(leave, weak=False)
    signals.worker_ready.connect(_say_ready)
    _crew(app, queues, concurrency).start()


def name_of(supervisor: int) -> str:
    """Of the worker that a process supervises."""
    return f"{socket.gethostname()}:{supervisor}"


def make_workplace(
    settings: Settings,
    trade: Trade,
    app: Celery,
    queues: Sequence[str],
    lifeline: Connection | None,
    supervisor: int,
) -> Workplace:
    """All that the stages of this process share."""
    service = settings.service
    if service.metrics_port:
        shared.take_part()
    connect = partial(Database, settings.database_url, pool=1, overflow=2, idle=service.lease)
    database, heart = connect(), connect()
    publisher, scratch = RedisPublisher(settings.redis_url), Scratch(scratch_of(settings))
    journal = Journal(publisher)
    book = Logbook.of(heart)
    owner = f"{name_of(supervisor)}/{os.getpid()}"
    ledger = partial(
        SqlLedger, journal=journal, owner=owner, lease=service.lease, attempts=service.attempts
    )
    return Workplace(
        workflows=trade.workflows,
        equipment=trade.furnish(settings),
        database=database,
        journal=journal,
        ledger=ledger(database),
        heart=ledger(heart),
        parts=SqlParts(database, owner, service.lease),
        part_heart=SqlParts(heart, owner, service.lease),
        rhythm=Rhythm(lease=service.lease, heartbeat=service.heartbeat),
        scratch=scratch,
        send=sender(app, ways_of(trade.workflows.values())),
        queues=queues,
        closing=(book, scratch, database, heart, publisher),
        lifeline=lifeline,
    )


def _crew(app: Celery, queues: Sequence[str], concurrency: int) -> "Celery.Worker":
    return app.Worker(
        hostname=f"noteai@{socket.gethostname()}-{os.getpid()}",
        queues=list(queues),
        concurrency=concurrency,
        pool="prefork",
        optimization="fair",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        quiet=True,
    )


def _say_ready(**_: object) -> None:
    telemetry.logger().info("worker_ready", process=os.getpid())


def _leave_logging_alone(**_: object) -> None:
    logging.getLogger("celery").setLevel(logging.WARNING)
