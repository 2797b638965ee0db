"""What metrics and JSON logs cost: the rate of a job's status, and the time of a pipeline of naps.

One that counts and one that does not take turns, so that each pair is measured in one breath; who
is first changes from pair to pair.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from uuid import UUID

from bench.load.ground import Ground, ground
from bench.load.idle import IDLE
from bench.load.shape import ours
from bench.load.status import CLIENTS, rate
from bench.table import Row
from noteai.accounts.models import LOCAL
from noteai.jobs.journal import Journal
from noteai.jobs.service import JobOrder, submit
from noteai.servers.process import free_port

NAP = 0.2
"""Seconds of a stage, which of a lecture has far more."""
_CROWD = 20
_LOGS = {"NOTEAI_LOG_LEVEL": "info", "NOTEAI_LOG_FORMAT": "json"}
_SILENT = Journal(lambda *_: None)
Pairs = list[tuple[float, float]]
"""Without, and with."""


def rows(*, short: bool) -> list[Row]:
    pairs, seconds = (6, 1.0) if short else (15, 3.0)
    rates = _rates(pairs, seconds)
    napping, idle = _times(pairs)
    on = f"{CLIENTS} clients, {pairs} pairs"
    stages = f"{len(IDLE.names)} stages of {NAP:g} s, {pairs} pairs"
    crowd = f"{_CROWD} jobs at once, {pairs} pairs"
    lost, added = "overhead: API's rate lost to metrics, %", "overhead: time added to"
    return [
        Row(lost, on, -_more(rates), 5.0, "at most", _note(rates, "a second")),
        Row(f"{added} a pipeline, %", stages, _more(napping), 2.0, "at most", _note(napping, "s")),
        Row(f"{added} stages that do nothing, %", crowd, _more(idle), note=_note(idle, "s")),
    ]


def taking_turns(plain: Callable[[], float], counting: Callable[[], float], pairs: int) -> Pairs:
    found = []
    for number in range(pairs):
        if number % 2:
            counted, uncounted = counting(), plain()
        else:
            uncounted, counted = plain(), counting()
        found.append((uncounted, counted))
    return found


def _rates(pairs: int, seconds: float) -> Pairs:
    with ground() as place, place.api("uncounted") as plain, place.api() as counting:
        job = _job(place)

        def asking(address: str) -> Callable[[], float]:
            return lambda: rate(f"{address}/api/v1/jobs/{job}", seconds, 200)

        return taking_turns(asking(plain), asking(counting), pairs)


def _times(pairs: int) -> tuple[Pairs, Pairs]:
    """Of one job of naps, and of jobs that do nothing. Each has servers and a worker of its own."""
    with ground() as plain, ground() as other, plain.workers(1, 2):
        terms = {"NOTEAI_SERVICE__METRICS_PORT": str(free_port()), **_LOGS}
        counting = replace(other, environment={**other.environment, **terms})
        with counting.workers(1, 2):
            return (
                taking_turns(_timed(plain, 1, NAP), _timed(counting, 1, NAP), pairs),
                taking_turns(_timed(plain, _CROWD), _timed(counting, _CROWD), pairs),
            )


def _timed(place: Ground, jobs: int, nap: float = 0.0) -> Callable[[], float]:
    """Seconds until so many have ended, that were submitted at once."""
    run = ours(place, nap)
    run(2)  # both processes have started

    def timed() -> float:
        began = time.perf_counter()
        run(jobs)
        return time.perf_counter() - began

    return timed


def _job(place: Ground) -> UUID:
    order = JobOrder(place.upload(), workflow="idle")
    with place.database.transaction() as session:
        return submit(session, _SILENT, LOCAL, order, {"idle": IDLE}).id


def _more(pairs: Pairs) -> float:
    """By how many per cent the second of a pair is more than the first: the median."""
    return 100 * (median(counted / uncounted for uncounted, counted in pairs) - 1)


def _note(pairs: Pairs, unit: str) -> str:
    without, counted = (median(each) for each in zip(*pairs, strict=True))
    spread = sorted(100 * (second / first - 1) for first, second in pairs)
    seen = f"pairs from {spread[0]:+.1f} to {spread[-1]:+.1f} %"
    return f"{without:.4g} {unit} without, {counted:.4g} {unit} with; {seen}"
