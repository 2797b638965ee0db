"""Jobs are cancelled in every state and stage, twice, and in a race with their end."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, islice, product
from pathlib import Path

from bench.chaos.client import key
from bench.chaos.flow import Case, Wait, flow
from bench.chaos.nap import STAGES
from bench.chaos.scene import Scene
from bench.chaos.staff import Terms
from bench.chaos.traps import Entry
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row

MANNERS = ("naps", "program", "deep")
"""A stage that looks up, one that waits for a program, and one that never looks up."""
_CANCELLED = frozenset({"cancelled"})
_AT_ONCE = 5
_LIMIT = 420.0


@dataclass
class Times:
    """Seconds until a cancel was answered, and until nothing worked on the job any more."""

    answered: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)


def cancel(scene: Scene, times: int) -> list[Row]:
    """Three of five amid a stage, the others before, between and at the end."""
    took = Times()
    amid = cycle(product(STAGES, MANNERS))
    ends = cycle(STAGES)
    kinds = cycle(("amid", "amid", "amid", "early", "late"))
    cases = [_case(scene, took, each, amid, ends) for each in islice(kinds, times)]
    scene.chance.shuffle(cases)
    well = flow(scene, cases, _AT_ONCE, _LIMIT)
    kept = sum(state == "completed" for state in scene.jobs.values())
    note = f"{kept} of them had ended before"
    return [
        Row("cancel: jobs cancelled twice", ON, well, times, note=note),
        Row("cancel: seconds until it was acknowledged, slowest", ON,
            max(took.answered, default=0.0), 1, "at most"),
        Row("cancel: seconds until compute had stopped, slowest", ON,
            max(took.stopped, default=0.0), 12, "at most", f"{len(took.stopped)} amid a stage"),
    ]  # fmt: skip


def _case(
    scene: Scene,
    took: Times,
    kind: str,
    amid: Iterator[tuple[str, str]],
    ends: Iterator[str],
) -> Case:
    if kind == "amid":
        return _amid(scene, took, *next(amid))
    if kind == "early":
        return _awaiting(scene, took) if scene.chance.random() < 0.5 else _queued(scene, took)
    return _racing(scene, took, next(ends))


def _amid(scene: Scene, took: Times, stage: str, manner: str) -> Case:
    job = scene.submit({f"{stage}.mid": manner})
    yield Wait(lambda: scene.entries("sprung", job), f"{stage} was at work ({manner})")
    worker, asked = scene.entries("sprung", job)[0], time.monotonic()
    _cancel(scene, took, job, {200})
    yield Wait(lambda: not _works(scene, worker), f"{stage} was stopped ({manner})")
    took.stopped.append(time.monotonic() - asked)
    yield Wait(lambda: scene.jobs.get(job) == "cancelled", f"{job} was cancelled in {stage}")


def _queued(scene: Scene, took: Times) -> Case:
    job = scene.submit()
    _cancel(scene, took, job, {200, 409})
    yield Wait(lambda: scene.has_ended(job), f"{job} was cancelled in the queue")


def _awaiting(scene: Scene, took: Times) -> Case:
    """Its upload has not come, and is given up."""
    said = {"name": "nap.mp4", "size": 5000}
    upload = scene.client.insist("POST", "/uploads", scene.pause, json=said).json()["id"]
    job = scene.order(upload, key(), insist=True)
    assert job
    _cancel(scene, took, job, {200})
    yield Wait(lambda: scene.jobs.get(job) == "cancelled", f"{job} was cancelled awaiting")
    scene.client.ask("DELETE", f"/uploads/{upload}")


def _racing(scene: Scene, took: Times, stage: str) -> Case:
    """About when a stage is done: of the last one, when the job ends."""
    job = scene.submit()
    yield Wait(lambda: scene.entries("left", job, stage), f"{stage} was about to end")
    _cancel(scene, took, job, {200, 409})
    yield Wait(lambda: scene.has_ended(job), f"{job} ended, cancelled at the end of {stage}")


def _cancel(scene: Scene, took: Times, job: str, right: set[int]) -> None:
    scene.may_fail[job] = _CANCELLED
    for _ in range(2):
        asked = time.monotonic()
        answer = scene.client.ask("POST", f"/jobs/{job}/cancel")
        took.answered.append(time.monotonic() - asked)
        assert answer is not None, "a cancel was not answered"
        assert answer.status_code in right, f"a cancel was answered {answer.status_code}"


def _works(scene: Scene, worker: Entry) -> bool:
    """The process is in the stage, or a program of its."""
    left = scene.entries("left", worker.job, worker.stage)
    if any(each.attempt == worker.attempt for each in left):
        return False
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(worker.pid, 0)
        return Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def trials() -> Iterator[Trial]:
    terms = plainly(Terms(workers=3, apis=1))
    yield Trial("cancel", cancel, (200, 10), terms)
