"""A stage fills the disk of its scratch folder, or eats the memory of its worker."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice, product
from pathlib import Path

from sqlalchemy import select

from bench.chaos.flow import Case, Wait, flow
from bench.chaos.nap import STAGES
from bench.chaos.scene import Scene
from bench.chaos.staff import NotHere, Terms
from bench.chaos.trial import ON, Trial
from bench.table import Row
from noteai.jobs.models import JobRow, StageRow

CODES = {
    "disk": "no_space_left",
    "memory": "no_memory_left",
    "child always": "worker_lost",
    "hungry": "tool_failed",
}
"""What a job fails with whose stage fills the disk; asks for more memory than there is; is killed
by the kernel for it, each time; has a program that does so."""
_ATTEMPTS = 3
_SIZE = "48m"
_AT_ONCE = 3
_LIMIT = 300.0
_OPTIONAL = ("silence", "layout")


def lack(scene: Scene, times: int) -> list[Row]:
    """Half of the faults of the disk, half of memory; each beside a job that wants neither."""
    stages = [each for each in STAGES if each not in _OPTIONAL]
    acts = ("disk", "memory", "disk", "child always", "disk", "hungry")
    wanted = list(islice(cycle(product(stages, acts)), times))
    scene.chance.shuffle(wanted)
    well = flow(scene, (_case(scene, *each) for each in wanted), _AT_ONCE, _LIMIT)
    with scene.database.transaction() as session:
        failures = session.scalars(select(JobRow.failure).where(JobRow.state == "failed")).all()
        tries = session.scalars(select(StageRow.attempt)).all()
    codes = Counter(each["code"] for each in failures if each)
    note = ", ".join(f"{count} {code}" for code, count in sorted(codes.items()))
    return [
        Row("space: jobs that failed with their code while others completed", ON, well, times,
            note=note),
        Row("space: attempts at one stage, most", ON, max(tries, default=0), _ATTEMPTS, "at most"),
    ]  # fmt: skip


def _case(scene: Scene, stage: str, act: str) -> Case:
    job = scene.submit({f"{stage}.mid": f"{act} always".replace("always always", "always")})
    other = scene.submit()
    scene.may_fail[job] = frozenset({CODES[act]})
    yield Wait(lambda: scene.has_ended(job), f"{job} ended ({act} in {stage})", 90.0)
    assert scene.jobs[job] == "failed", f"{job} {scene.jobs[job]} in spite of {act} in {stage}"
    yield Wait(lambda: scene.jobs[other] == "completed", f"{other} completed beside {act}", 90.0)


@contextmanager
def small_disk(folder: Path) -> Iterator[Terms]:
    """A file system in memory, where we may mount one; else no trial of the disk is made."""
    place = folder / "small"
    place.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place)]
    is_root = os.geteuid() == 0
    if not is_root or subprocess.run(mount, check=False, capture_output=True).returncode:
        raise NotHere("a small file system can be mounted by root alone")
    try:
        yield Terms(workers=2, attempts=_ATTEMPTS, scratch=place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def trials() -> Iterator[Trial]:
    yield Trial("space", lack, (40, 6), small_disk)
