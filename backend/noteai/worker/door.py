"""`serve`: a supervisor that keeps a Celery worker running, and the loops beside it.

The worker is a process of its own, so that its children are forked from a process with one
thread. It lives no longer than the supervisor does, of whose life it knows by a pipe.
"""

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from types import FrameType

from noteai import telemetry
from noteai.jobs.workers import Worker
from noteai.media.scratch import sweep_scratch
from noteai.otlp import traced
from noteai.settings import Settings
from noteai.worker import chores, crew, figures
from noteai.worker.app import QUEUES
from noteai.worker.trade import Trade

_PAUSE = 1.0
_GRACE = 15.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve(
    settings: Settings,
    queues: Sequence[str] = QUEUES,
    concurrency: int = 2,
    trade: Trade | None = None,
) -> int:
    """Work until SIGTERM or SIGINT; what was being done is given back. A second ends at once.

    Must be called in the main thread. Gives the exit status.

    Raises: what `trade.furnish` raises, where the settings do not fit.
    """
    telemetry.set_up("worker", settings.log_level, settings.log_format)
    telemetry.answer_for_threads()
    telemetry.logger()  # loaded once, and not anew by each process that is forked
    if trade is None:
        from noteai.worker.furnish import everything

        trade = everything()
    threads = max(1, settings.threads // concurrency)
    settings = settings.model_copy(update={"threads": threads})
    trade.furnish(settings)  # what is wrong with the settings is said at once
    with figures.kept(settings, trade.workflows) as folder, _asked_to_leave() as asked:
        supervisor = Supervisor(settings, trade, queues, concurrency)
        try:
            with (
                traced(settings.otlp_endpoint, "worker"),  # its threads come after the fork
                chores.done_beside(settings, trade, _worker(queues, concurrency)) as beside,
                figures.served(settings, folder, beside.tell_connections),
            ):
                supervisor.keep_running(asked)
                supervisor.leave(asked)
        finally:
            supervisor.kill()
    return 0


class Supervisor:
    """Starts the worker, and again when it dies."""

    def __init__(
        self, settings: Settings, trade: Trade, queues: Sequence[str], concurrency: int
    ) -> None:
        self._settings = settings
        self._order = (settings, trade, tuple(queues), concurrency)
        self._start()

    def keep_running(self, asked: Connection) -> None:
        """Until asked to leave."""
        while asked not in wait([self._worker.sentinel, asked]):
            telemetry.logger().error("worker_died", status=self._worker.exitcode)
            self.kill()
            if asked.poll(_PAUSE):
                return
            self._start()

    def leave(self, asked: Connection) -> None:
        """Take nothing more, give back what is being done; until done, asked again, or late."""
        asked.recv_bytes()
        telemetry.logger().info("worker_leaving")
        if self._worker.is_alive() and self._worker.pid:
            os.kill(self._worker.pid, signal.SIGTERM)
            self._lifeline.close()
            wait([self._worker.sentinel, asked], _GRACE)
        self.kill()

    def kill(self) -> None:
        """With its children, and with the programs that they run."""
        self._worker.kill()
        self._worker.join()
        self._lifeline.close()
        sweep_scratch(crew.scratch_of(self._settings))

    def _start(self) -> None:
        """Forked, which is quick, as long as there is one thread; later on started afresh."""
        watched, self._lifeline = Pipe(duplex=False)
        terms = (*self._order, watched)
        supervisor = os.getpid()
        if threading.active_count() == 1 and sys.platform == "linux":
            fork = multiprocessing.get_context("fork").Process
            self._run(fork(target=crew.work, args=(*terms, self._lifeline, supervisor)))
        else:
            spawn = multiprocessing.get_context("spawn").Process
            self._run(spawn(target=crew.work, args=(*terms, None, supervisor)))
        watched.close()

    def _run(self, worker: BaseProcess) -> None:
        self._worker = worker
        worker.start()


def _worker(queues: Sequence[str], concurrency: int) -> Worker:
    process = os.getpid()
    return Worker(
        crew.name_of(process),
        socket.gethostname(),
        process,
        queues,
        concurrency,
        datetime.now(UTC),
    )


@contextmanager
def _asked_to_leave() -> Iterator[Connection]:
    """A connection on which there is something to read for each signal that was received."""
    asked, ask = Pipe(duplex=False)

    def hear(_number: int, _frame: FrameType | None) -> None:
        ask.send_bytes(b"leave")

    before = {each: signal.signal(each, hear) for each in _SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
