"""A row of the table of faults: how it is run, and what is asked of everything afterwards."""

import random
import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from invariants import (
    check,
    check_clips,
    check_keys,
    check_objects,
    check_processes,
    check_scratch,
)
from sqlalchemy import select

from bench.chaos import nap, traps
from bench.chaos.scene import HEARTBEAT, LEASE, SWEEP, Scene
from bench.chaos.servers import Servers
from bench.chaos.staff import NotHere, Terms
from bench.table import Row
from noteai.jobs.journal import Journal
from noteai.jobs.models import TERMINAL, JobRow
from noteai.objects import intake_of
from noteai.uploads import discards
from noteai.uploads.janitor import tidy
from noteai.uploads.orphans import find_orphans
from noteai.worker.crew import PREFIX

_CALM = 90.0
"""Seconds in which everything must have ended once there are no more faults."""
_SHOWN = 5
ON = f"lease {LEASE:g} s, heartbeat {HEARTBEAT:g} s, sweep {SWEEP:g} s"


@dataclass(frozen=True)
class Trial:
    """`times`: faults of a full run and of a short one."""

    name: str
    run: Callable[[Scene, int], list[Row]]
    times: tuple[int, int]
    terms: Callable[[Path], AbstractContextManager[Terms]]
    unit: str = "faults"


def plainly(terms: Terms) -> Callable[[Path], AbstractContextManager[Terms]]:
    return lambda _: nullcontext(terms)


def run(
    trial: Trial, servers: Servers, seed: int, *, short: bool, keep: Path | None = None
) -> list[Row]:
    """The rows of a trial; one that broke says so as its violation, and the next can be run.

    Where something is wrong, its logs and its diary are kept in a folder of `keep`.
    """
    began = time.monotonic()
    try:
        with trial.terms(servers.folder) as terms:
            found, wrong, note = _run(trial, servers, terms, seed, trial.times[short], keep)
    except NotHere as why:
        return [Row(f"{trial.name}: skipped", ON, 0, note=str(why))]
    except Exception as error:  # noqa: BLE001 - it is said, and the next row is run
        found, wrong, note = [], [f"the row could not be run: {error!r}"], ""
    for each in wrong:
        print(f"   violation: {each}", flush=True)
    told = [f"seed {seed}, {time.monotonic() - began:.0f} s{note}", *wrong[:_SHOWN]]
    verdict = Row(f"{trial.name}: violations", ON, len(wrong), 0, "at most", "; ".join(told))
    return [*found, verdict]


def _run(
    trial: Trial, servers: Servers, terms: Terms, seed: int, times: int, keep: Path | None
) -> tuple[list[Row], list[str], str]:
    """Figures, violations, and what is to be said of the jobs."""
    chance = random.Random(f"{seed} {trial.name}")  # noqa: S311 - a seed, not a secret
    found: list[Row] = []
    with Scene(servers, trial.name, terms, chance) as scene:
        try:
            found = trial.run(scene, times)
        except Exception as error:  # noqa: BLE001 - what the others promised is asked all the same
            traceback.print_exc()
            scene.wrong.append(f"the row broke: {error!r}")
        left = _judge(scene)
        if scene.wrong and keep:
            _keep(scene, keep / trial.name)
    states = Counter(scene.jobs.values())
    note = "".join(f", {count} {state}" for state, count in sorted(states.items()))
    return found, scene.wrong, note + (f", {left} objects left to the janitor" if left else "")


def _keep(scene: Scene, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for each in (*scene.folder.glob("*.log"), scene.folder / "diary"):
        shutil.copy(each, place)


def _judge(scene: Scene) -> int:
    """Ask everything of everything; how many objects were left for the janitor."""
    scene.servers.mend()
    scene.until(lambda: scene.jobs and not scene.unended, "every accepted job has ended", _CALM)
    scene.until(lambda: not check(scene.database, nap.WORKFLOWS), "rows and outbox are right", 15.0)
    scene.wrong += check(scene.database, nap.WORKFLOWS)
    scene.wrong += _unwanted(scene)
    scene.wrong += [f"answered {each}" for each in sorted(set(scene.client.bad))]
    scene.close()
    scene.wrong += check_keys(scene.servers.redis_url, PREFIX)
    scene.wrong += check_scratch(scene.cache / "work")
    scene.wrong += check_processes(f"{traps.FOLDER}={scene.folder}")
    left = _clean(scene)
    scene.wrong += check_objects(scene.database, scene.objects.store)
    scene.wrong += check_clips(scene.database, scene.objects.store, _folder(scene), plays=plays)
    return left


def _clean(scene: Scene) -> int:
    """The janitor's rounds, in which what is lying about counts as old at once."""
    intake = intake_of(scene.settings, scene.objects, Journal(lambda *_: None))
    at_once = replace(intake, limits=replace(intake.limits, life=0.0))
    tidied = tidy(scene.database, at_once, stuck=timedelta(0), after=0.0)
    left = find_orphans(scene.database, at_once, timedelta(0))
    while discards.remove_due(scene.database, at_once.store):
        pass
    return left + tidied.removed


def _unwanted(scene: Scene) -> list[str]:
    """Jobs that ended as none should that met this fault."""
    with scene.database.transaction() as session:
        ended = select(JobRow.id, JobRow.state, JobRow.failure).where(JobRow.state.in_(TERMINAL))
        rows = session.execute(ended).all()
    wrong = []
    for job, state, failure in rows:
        outcome = failure["code"] if state == "failed" and failure else state
        if outcome != "completed" and outcome not in scene.may_fail.get(str(job), ()):
            wrong.append(f"job {job} ended as {outcome}")
    return wrong


def plays(path: Path) -> bool:
    """Whether all of its frames can be decoded."""
    import av

    try:
        with av.open(str(path)) as file:
            return sum(1 for _ in file.decode(video=0)) > 0
    except (av.error.FFmpegError, IndexError):
        return False


def _folder(scene: Scene) -> Path:
    folder = scene.folder / "checked"
    folder.mkdir(exist_ok=True)
    return folder
