"""Postgres is restarted, killed and gone for a minute while jobs are done."""

import time
from collections.abc import Iterator
from itertools import takewhile

from bench.chaos.client import key
from bench.chaos.scene import Scene
from bench.chaos.staff import Terms
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row

_LONG, _LIMIT = 60.0, 420.0


def restarted(scene: Scene, times: int) -> list[Row]:
    """By turns told to stop and killed; clients go on asking."""
    done, end = 0, time.monotonic() + _LIMIT
    for number in takewhile(lambda _: time.monotonic() < end, range(times)):
        done += 1
        jobs = [scene.hand_in(key()) for _ in range(2)]
        scene.pause(scene.chance.uniform(0.0, 0.4))
        _end(scene, kills=bool(number % 2))
        _ask(scene, jobs[0], scene.chance.uniform(0.1, 1.0))
        scene.servers.postgres.start()
        scene.servers.postgres.wait()
        _ask(scene, jobs[0], 1.0)
    return [*_answers(scene, "postgres"), Row("postgres: restarts amid jobs", ON, done, times)]


def down(scene: Scene, times: int) -> list[Row]:
    """For much longer than a lease."""
    for number in range(times):
        jobs = [scene.hand_in(key()) for _ in range(2)]
        scene.pause(0.2)
        _end(scene, kills=bool(number % 2))
        _ask(scene, jobs[0], _LONG)
        scene.servers.postgres.start()
        scene.servers.postgres.wait()
        scene.until(lambda: not scene.unended, "all jobs have ended", 60.0)
    on = f"{ON}; down {_LONG:g} s"
    return [*_answers(scene, "down"), Row("down: times that Postgres was away", on, times, times)]


def _end(scene: Scene, *, kills: bool) -> None:
    if kills:
        scene.servers.postgres.kill()
    else:
        scene.servers.postgres.stop()


def _ask(scene: Scene, job: str | None, seconds: float) -> None:
    """How a job stands, and to take another, again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        scene.client.ask("GET", f"/jobs/{job}")
        scene.client.ask("POST", f"/jobs/{job}/retry")
        scene.pause(0.2)


def _answers(scene: Scene, name: str) -> list[Row]:
    said = scene.client.statuses
    counts = ", ".join(f"{said.count(each)} x {each}" for each in sorted(set(said)))
    bad = len(scene.client.bad)
    refused = said.count(503)
    return [
        Row(f"{name}: answers of 5xx but 503 with Retry-After", ON, bad, 0, "at most", counts),
        Row(f"{name}: requests that were put off with 503", ON, refused, 1),
    ]


def trials() -> Iterator[Trial]:
    yield Trial("postgres", restarted, (30, 4), plainly(Terms(workers=2, apis=1)))
    yield Trial("down", down, (5, 0), plainly(Terms(workers=2, apis=1)))
