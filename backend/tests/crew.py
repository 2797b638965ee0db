"""Workers as processes of their own, and jobs for them, for tests that do them harm."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from invariants import check
from sleepy import TRADE, entries
from zygote import Forked, zygote_of

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.jobs.models import TERMINAL, JobRow
from noteai.jobs.service import JobOrder, submit
from noteai.uploads.models import UploadRow

SILENT = Journal(lambda *_: None)
DOOR = Path(__file__).with_name("worker_door.py")
LIMIT = 60.0
QUICK = {"LEASE": 5.0, "HEARTBEAT": 0.5, "SWEEP": 0.5}
"""A service whose patience is short."""


def wait_until(holds: Callable[[], Any], what: str, limit: float = LIMIT) -> None:
    until = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < until, f"in {limit:.0f} seconds it was not so that {what}"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [int(each) for each in found]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


@dataclass
class Worker:
    """`worker_door`, in a process group of its own."""

    process: Forked
    log: Path

    @property
    def family(self) -> list[int]:
        """Itself and all that it started."""
        found = [self.process.pid]
        for pid in found:
            found.extend(children(pid))
        return found

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def is_gone(self) -> bool:
        return self.process.poll() is not None


@dataclass
class Site:
    """One service: its database, its broker, a folder, and workers that come and go."""

    database: Database
    redis_url: str
    folder: Path
    patience: Mapping[str, float] = field(default_factory=lambda: QUICK)
    workers: list[Worker] = field(default_factory=list)
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of the environment, besides those of every site."""

    @property
    def diary(self) -> Path:
        return self.folder / "diary"

    def hire(self) -> Worker:
        """A new worker; it may not be ready yet."""
        return self.start(DOOR)

    def start(self, door: Path, *arguments: str) -> Worker:
        log = self.folder / f"worker-{len(self.workers)}.log"
        process = zygote_of(door).fork(arguments, self._environment(), log)
        self.workers.append(Worker(process, log))
        return self.workers[-1]

    def submit(self, **params: Mapping[str, Any]) -> UUID:
        """A job of the sleepy workflow; `params` are by stage."""
        diary = {"diary": str(self.diary)}
        stages = ("first", "left", "middle", "right", "joined", "last")
        chosen = {name: {**diary, **params.get(name, {})} for name in stages}
        order = JobOrder(upload_id=self._upload(), title="A nap", workflow="sleepy", params=chosen)
        with self.database.transaction() as session:
            return submit(session, SILENT, LOCAL, order, TRADE.workflows).id

    def job(self, job: UUID) -> JobRow:
        with self.database.transaction() as session:
            row = session.get_one(JobRow, job)
            assert row.stages
            return row

    def ended(self, job: UUID) -> JobRow:
        """The job, once it has ended."""
        wait_until(lambda: self.job(job).state in TERMINAL, f"job {job} has ended")
        return self.job(job)

    def began(self, stage: str, times: int = 1) -> int:
        """The process in which a stage began, once it did so often."""
        wait_until(lambda: len(self.entries("began", stage)) >= times, f"{stage} began {times}x")
        return int(self.entries("began", stage)[-1][2])

    def entries(self, what: str, stage: str = "") -> list[list[str]]:
        return entries(self.diary, what, stage)

    def close(self) -> None:
        for worker in self.workers:
            for pid in reversed(worker.family):
                with_no_such(os.kill, pid, signal.SIGCONT)
                with_no_such(os.kill, pid, signal.SIGKILL)
            worker.process.wait()

    def wrong(self) -> list[str]:
        """Promises that were not kept."""
        return check(self.database, TRADE.workflows)

    def logs(self) -> str:
        return "\n".join(each.log.read_text() for each in self.workers)

    def _upload(self) -> UUID:
        now = datetime.now(UTC)
        row = UploadRow(
            account_id=LOCAL, name="nap.mp4", media_type="video/mp4", size=1, digest="0" * 64,
            state="complete", part_size=1, expires_at=now + timedelta(days=1), completed_at=now,
        )  # fmt: skip
        with self.database.transaction() as session:
            session.add(row)
        return row.id

    def _environment(self) -> dict[str, str]:
        url = self.database.engine.url.render_as_string(hide_password=False)
        patience = {f"NOTEAI_SERVICE__{key}": str(value) for key, value in self.patience.items()}
        return {
            **os.environ,
            "NOTEAI_DATABASE_URL": url,
            "NOTEAI_REDIS_URL": self.redis_url,
            "NOTEAI_CACHE_DIR": str(self.folder / "cache"),
            "NOTEAI_LOG_LEVEL": "info",
            "AWS_EC2_METADATA_DISABLED": "true",  # nobody there is asked who we are
            **patience,
            **self.variables,
        }


def with_no_such(act: Callable[..., None], *arguments: Any) -> None:
    try:
        act(*arguments)
    except ProcessLookupError:
        return
