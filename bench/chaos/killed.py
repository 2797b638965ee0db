"""Workers are killed, and stopped for longer than their lease, at the worst moments."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import cycle, islice, product
from statistics import median

from bench.chaos.flow import Case, Wait, flow
from bench.chaos.nap import STAGES
from bench.chaos.scene import LEASE, SWEEP, Scene
from bench.chaos.staff import Terms
from bench.chaos.traps import MOMENTS, Entry
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row
from noteai.jobs.models import EventRow

TARGETS = ("child", "celery", "whole")
_AT_ONCE = 3
_LIMIT = 1800.0


def kill(scene: Scene, times: int) -> list[Row]:
    """Each target in each stage at each moment, in an order of chance."""
    wanted = _some(scene, product(TARGETS, STAGES, MOMENTS), times)
    well = flow(scene, (_killed(scene, *each) for each in wanted), _AT_ONCE, _LIMIT)
    late = [(after, each) for each in scene.entries("sprung") if (after := _idle(scene, each))]
    slowest, which = max(late, key=lambda each: each[0], default=(0.0, None))
    usual = median(after for after, _ in late) if late else 0.0
    note = (
        f"{scene.terms.workers} workers, a fault when all or all but one of them are up; "
        f"{len(late)} stages were begun again, "
        f"half of them within {usual:.1f} s of the kill"
    )
    if which:
        note += f"; the slowest: {which.what}, {which.stage}"
    return [
        Row("kill: workers killed and their jobs completed", ON, well, times),
        Row(
            "kill: seconds beyond lease and sweep until a stage was at work again, slowest",
            ON,
            slowest - LEASE - SWEEP,
            5,
            "at most",
            note,
        ),
    ]


def _some(scene: Scene, all_: Iterable[tuple[str, ...]], times: int) -> list[tuple[str, ...]]:
    """So many of all, each as often as the others, in an order of chance."""
    found = list(all_)
    scene.chance.shuffle(found)
    return list(islice(cycle(found), times))


def _killed(scene: Scene, target: str, stage: str, moment: str) -> Case:
    others = scene.terms.workers - 1
    yield Wait(lambda: scene.staff.up >= others, "the workers that were killed are back")
    job = scene.submit({f"{stage}.{moment}": target})
    yield Wait(lambda: scene.entries("sprung", job), f"{target} came to {stage} {moment}")
    yield Wait(lambda: scene.has_ended(job), f"{job} ended after {target} {stage} {moment}")


def _idle(scene: Scene, sprung: Entry) -> float:
    """Seconds until the stage was begun again; 0 where the attempt went on, and was done."""
    for each in scene.entries("", sprung.job, sprung.stage):
        if each.what == "began" and each.attempt > sprung.attempt:
            return each.at - sprung.at
    return 0.0


def sleep(scene: Scene, times: int) -> list[Row]:
    """A child is stopped for longer than its lease, and goes on when another did its stage."""
    wanted = _some(scene, product(STAGES, MOMENTS), times)
    well = flow(scene, (_stopped(scene, *each) for each in wanted), _AT_ONCE, _LIMIT)
    return [
        Row("sleep: workers stopped past their lease", ON, well, times),
        Row("sleep: writes by the attempt that slept", ON, _stale(scene), 0, "at most"),
    ]


def _stopped(scene: Scene, stage: str, moment: str) -> Case:
    job = scene.submit({f"{stage}.{moment}": "stop"})
    yield Wait(lambda: scene.entries("sprung", job), f"one was stopped in {stage} {moment}")
    sleeper = scene.entries("sprung", job)[0]
    try:
        yield Wait(lambda: _successor(scene, sleeper), f"another did {stage} after {moment}")
    finally:
        with suppress(ProcessLookupError):
            os.kill(sleeper.pid, signal.SIGCONT)
    yield Wait(lambda: scene.has_ended(job), f"{job} ended after the sleep in {stage} {moment}")


def _successor(scene: Scene, sleeper: Entry) -> bool:
    done = scene.entries("done", sleeper.job, sleeper.stage)
    return any(each.attempt > sleeper.attempt for each in done)


def _stale(scene: Scene) -> int:
    """Ends that were told of attempts that had been overtaken."""
    from sqlalchemy import select

    asleep = {(each.job, each.stage, each.attempt) for each in scene.entries("sprung-stop")}
    with scene.database.transaction() as session:
        events = session.scalars(select(EventRow).where(EventRow.kind != "stage_started")).all()
    told = [(str(each.job_id), each.body.get("stage"), each.body.get("attempt")) for each in events]
    return sum(each in asleep for each in told)


def trials() -> Iterator[Trial]:
    yield Trial("kill", kill, (315, 21), plainly(Terms(workers=4)))
    yield Trial("sleep", sleep, (42, 7), plainly(Terms(workers=3)))
