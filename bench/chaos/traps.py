"""Traps for workers and the API: a file that names a moment, and what happens there.

The harness lays a trap before a job can be seen; the process that comes to that moment takes it up
and does itself the harm, so that a fault comes at the very point that it is meant for. What
happens is written to a diary as `what job stage attempt pid time`.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from noteai.engine.manifest import Manifest
from noteai.engine.ports import Attempt
from noteai.jobs.claim import Claimed
from noteai.jobs.ledger import SqlLedger

FOLDER = "CHAOS_FOLDER"
TRIPLE = "CHAOS_TRIPLE"
"""Set where every message is to be put into its queue three times."""
MOMENTS = ("claim", "mid", "commit")
"""Right after a stage was claimed; amid its work; and within the transaction that ends it."""
_Project = Callable[[Session, UUID, str, dict[str, Any]], None]


@dataclass(frozen=True)
class Entry:
    """A line of the diary."""

    what: str
    job: str
    stage: str
    attempt: int
    pid: int
    at: float


def folder() -> Path:
    return Path(os.environ[FOLDER])


def write(what: str, attempt: Attempt) -> None:
    line = f"{what} {attempt.run} {attempt.stage} {attempt.number} {os.getpid()} {time.time()}\n"
    with (folder() / "diary").open("a") as diary:
        diary.write(line)


def read(line: str) -> Entry:
    what, job, stage, attempt, pid, at = line.split()
    return Entry(what, job, stage, int(attempt), int(pid), float(at))


def lay(where: Path, job: UUID | str, stage: str, moment: str, act: str) -> None:
    """`act`: child, celery, whole, stop, or one of the stage's own; `always` repeats it."""
    trap = where / "traps" / str(job) / f"{stage}.{moment}"
    trap.parent.mkdir(parents=True, exist_ok=True)
    trap.write_text(act)


def take(job: str, stage: str, moment: str) -> str:
    """What is to happen; empty where no trap was laid."""
    trap = folder() / "traps" / job / f"{stage}.{moment}"
    try:
        act = trap.read_text()
        if not act.endswith("always"):
            trap.rename(trap.with_suffix(f".{moment}-{os.getpid()}"))
    except FileNotFoundError:
        return ""
    return act.removesuffix("always").strip()


class _Here:
    """What this process works on: one stage at a time."""

    attempt: Attempt | None = None


def here() -> Attempt:
    assert _Here.attempt is not None
    return _Here.attempt


def come_to(moment: str) -> str:
    """Harm that a process does to itself is done here; the rest is answered."""
    attempt = here()
    act = take(attempt.run, attempt.stage, moment)
    if act:
        write(f"sprung-{act.replace(' ', '-')}", attempt)
    if act in _HARM:
        _HARM[act]()
        return ""
    return act


def install() -> None:
    """In a worker: the ledger comes by the traps at a claim and before a commit."""
    hold, done = SqlLedger.hold, SqlLedger.done
    terms = SqlLedger.__init__.__kwdefaults__ or {}
    project: _Project = terms["project"]

    def held(self: SqlLedger, claimed: Claimed) -> Claimed:
        hold(self, claimed)
        _Here.attempt = Attempt(str(claimed.id), claimed.stage, claimed.attempt)
        write("began", _Here.attempt)
        come_to("claim")
        return claimed

    def projected(session: Session, job: UUID, stage: str, output: dict[str, Any]) -> None:
        project(session, job, stage, output)
        come_to("commit")

    def was_done(self: SqlLedger, attempt: Attempt, manifest: Manifest) -> bool:
        is_so = done(self, attempt, manifest)
        write("done" if is_so else "stale", attempt)
        return is_so

    terms["project"] = projected
    SqlLedger.hold = held  # type: ignore[method-assign]
    SqlLedger.done = was_done  # type: ignore[method-assign]


def put_thrice() -> None:
    """Every message of this process goes into its queue three times, and is written down."""
    from kombu.transport.redis import Channel

    put = Channel._put  # noqa: SLF001 - as a broker does that gives a message again

    def again(channel: Any, queue: str, message: Any, **options: Any) -> None:
        for _ in range(3):
            put(channel, queue, message, **options)
        with (folder() / "messages").open("a") as file:
            file.write(f"{queue} {message['properties']['priority']} {_body(message)}\n")

    Channel._put = again  # noqa: SLF001


def _body(message: Any) -> str:
    from kombu.utils.json import dumps

    return str(dumps(message))


def _kill_child() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _kill_celery() -> None:
    """The child goes on with what it does."""
    os.kill(os.getppid(), signal.SIGKILL)


def _kill_whole() -> None:
    """All at once, as when a container is killed."""
    supervisor = _parent(os.getppid())
    family = [supervisor]
    for pid in family:
        family += _children(pid)
    for pid in family:
        if pid != os.getpid():
            os.kill(pid, signal.SIGKILL)
    _kill_child()


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


_HARM: dict[str, Callable[[], None]] = {
    "child": _kill_child,
    "celery": _kill_celery,
    "whole": _kill_whole,
    "stop": _stop,
}


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(each) for file in found for each in file.read_text().split()]
