"""Relay, sweeper and janitor are threads of a worker's supervisor. Any number of them may run."""

import threading
import time
from collections.abc import Callable

from noteai import telemetry
from noteai.database import Bell, Database
from noteai.jobs import outbox
from noteai.jobs.outbox import Send
from noteai.webhooks.courier import Post, deliver_next

BATCH = 100
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
    """What is in the outbox goes to the broker: as soon as it is said that there is something,
    and now and then in any case.
    """
    bell = Bell(database, outbox.CHANNEL)

    def relay() -> float:
        if outbox.relay(database, send, BATCH) < BATCH:
            bell.wait(_IDLE)
        return 0.0

    return Loop("relay", relay)


def couriers(database: Database, post: Post, count: int) -> tuple[Loop, ...]:
    """What waits for webhooks goes out, to so many at a time. While there is nothing, one looks
    for all of them.
    """
    idle_until = 0.0

    def deliver() -> float:
        nonlocal idle_until
        now = time.monotonic()
        if now < idle_until:
            return idle_until - now
        idle_until = now + _IDLE
        if not deliver_next(database, post):
            return _IDLE
        idle_until = 0.0
        return 0.0

    return tuple(Loop(f"courier {number}", deliver) for number in range(count))


def every(name: str, seconds: float, work: Callable[[], object]) -> Loop:
    def turn() -> float:
        work()
        return seconds

    return Loop(name, turn)
