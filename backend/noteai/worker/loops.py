"""Relay, sweeper and janitor are threads of a worker's supervisor. Any number of them may run."""

import threading
from collections.abc import Callable

from noteai import telemetry
from noteai.database import Database
from noteai.jobs import outbox
from noteai.worker.canvas import Send

BATCH = 100
_BUSY = 0.2
_IDLE = 1.0
_TROUBLED = 2.0


class Loop:
    """Does a thing again and again; `work` says how many seconds to wait until the next time.

    Whatever goes wrong is written to the log and tried again: a database or broker that was
    restarted is found again.
    """

    def __init__(self, name: str, work: Callable[[], float]) -> None:
        self._name = name
        self._work = work
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._turn, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def join(self) -> None:
        """Let it finish what it does, for a while."""
        self._thread.join(_TROUBLED)

    def _turn(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            pause = self._once()

    def _once(self) -> float:
        try:
            return self._work()
        except Exception as error:  # noqa: BLE001 - a loop outlives what it meets
            telemetry.logger().warning("loop_troubled", loop=self._name, reason=repr(error))
            return _TROUBLED


def relay_loop(database: Database, send: Send) -> Loop:
    """What is in the outbox goes to the broker."""

    def relay() -> float:
        return pause_after(outbox.relay(database, send, BATCH))

    return Loop("relay", relay)


def pause_after(sent: int) -> float:
    """At once after a full batch, soon after some, later after none."""
    if sent >= BATCH:
        return 0.0
    return _BUSY if sent else _IDLE


def every(name: str, seconds: float, work: Callable[[], object]) -> Loop:
    def turn() -> float:
        work()
        return seconds

    return Loop(name, turn)
