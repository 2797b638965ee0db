"""The object store misbehaves, by a door on loopback: once, some times, or for good."""

from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice, product
from typing import get_args
from uuid import UUID

from faulty_store import Fault, Wanted
from sqlalchemy import select

from bench.chaos.flow import Case, Wait, flow
from bench.chaos.scene import Scene
from bench.chaos.staff import Terms
from bench.chaos.trial import ON, Trial, plainly
from bench.table import Row
from noteai.jobs.models import JobRow

FAULTS: tuple[Fault, ...] = tuple(each for each in get_args(Fault) if each != "altered")
CODED = frozenset({"store_unavailable", "store_refused", "file_gone", "file_altered"})
TIMES = (1, 3, 8, 10_000)
METHODS = ("", "GET", "PUT", "HEAD")
_AT_ONCE = 20
_LIMIT = 420.0


def faults(scene: Scene, times: int) -> list[Row]:
    every = list(product(FAULTS, TIMES, METHODS))
    scene.chance.shuffle(every)
    cases = (_case(scene, *each) for each in islice(cycle(every), times))
    well = flow(scene, cases, _AT_ONCE, _LIMIT)
    with scene.database.transaction() as session:
        failures = session.scalars(select(JobRow.failure).where(JobRow.state == "failed")).all()
    codes = Counter(each["code"] for each in failures if each)
    note = f"{len(scene.jobs) - len(failures)} completed; " + ", ".join(
        f"{count} failed as {code}" for code, count in sorted(codes.items())
    )
    return [Row("store: faulty jobs that completed or say why not", ON, well, times, note=note)]


def _case(scene: Scene, fault: Fault, times: int, method: str) -> Case:
    """A job of an account of its own, whose requests the fault meets."""
    assert scene.faulty
    account = scene.account()
    upload = scene.upload(account)
    skip = scene.chance.randrange(8)
    wanted = _Wanted(account, method, skip)
    scene.faulty.misbehave_also(fault, times, when=wanted)
    job = scene.submit(account=account, upload=upload)
    scene.may_fail[job] = CODED
    yield Wait(lambda: scene.has_ended(job), f"{job} ended ({fault} {times}x {method})", 120.0)
    wanted.is_over = True


class _Wanted:
    """The requests of an account, but for the first."""

    def __init__(self, account: UUID, method: str, skip: int) -> None:
        self._account, self._method, self._skip = str(account), method, skip
        self.is_over = False

    def __call__(self, method: str, path: str) -> bool:
        if self.is_over or self._account not in path or self._method not in ("", method):
            return False
        self._skip -= 1
        return self._skip < 0


def any_request(limit: int) -> Wanted:
    """So many of the next, whoever asks."""
    left = [limit]

    def wanted(_method: str, _path: str) -> bool:
        left[0] -= 1
        return left[0] >= 0

    return wanted


def trials() -> Iterator[Trial]:
    terms = plainly(Terms(workers=3, attempts=3, faulty=True))
    yield Trial("store", faults, (200, 14), terms)
