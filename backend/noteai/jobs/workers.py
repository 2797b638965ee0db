"""Which workers there are, by the signs of life that their supervisors give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from noteai.database import Database
from noteai.jobs.models import PartRow, StageRow, WorkerRow

_REMEMBERED = timedelta(minutes=10)
"""For so long one that was lost is still shown."""


@dataclass(frozen=True)
class Worker:
    """A supervisor and the processes that do its stages."""

    name: str
    """`HOST:PROCESS`; the owners of its stages begin with it and a slash."""
    hostname: str
    process: int
    queues: Sequence[str]
    concurrency: int
    since: datetime


def give_sign(database: Database, worker: Worker) -> None:
    """Say that it is alive, and forget those that have not said so for long."""
    facts = {"queues": list(worker.queues), "concurrency": worker.concurrency}
    new = insert(WorkerRow).values(
        name=worker.name,
        hostname=worker.hostname,
        process=worker.process,
        created_at=worker.since,
        seen_at=func.now(),
        **facts,
    )
    anew = {"seen_at": func.now(), "created_at": worker.since, **facts}
    with database.transaction() as session:
        session.execute(new.on_conflict_do_update(index_elements=["name"], set_=anew))
        lost = WorkerRow.seen_at < func.now() - _REMEMBERED
        session.execute(delete(WorkerRow).where(lost))


def leave(database: Database, worker: Worker) -> None:
    with database.transaction() as session:
        session.execute(delete(WorkerRow).where(WorkerRow.name == worker.name))


def present(session: Session) -> Sequence[Row[Any]]:
    """Each with the seconds since its last sign of life, and the stages that it works on."""
    work = _work().subquery()
    stages = func.array_remove(func.array_agg(aggregate_order_by(work.c.stage, work.c.stage)), None)
    query = (
        select(
            WorkerRow.name,
            WorkerRow.hostname,
            WorkerRow.process,
            WorkerRow.queues,
            WorkerRow.concurrency,
            WorkerRow.created_at.label("since"),
            func.extract("epoch", func.now() - WorkerRow.seen_at).label("silent"),
            stages.label("stages"),
        )
        .outerjoin(work, work.c.worker == WorkerRow.name)
        .group_by(WorkerRow.name)
        .order_by(WorkerRow.name)
    )
    return session.execute(query).all()


def _work() -> Any:
    """Stages that are held, and those that somebody helps with."""
    held = [
        select(func.split_part(row.owner, "/", 1).label("worker"), row.stage.label("stage")).where(
            row.state == "running", row.lease_until > func.now()
        )
        for row in (StageRow, PartRow)
    ]
    return union_all(*held)
