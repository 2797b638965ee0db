"""What holds of every job however its workers died: asked of the database after each fault."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from noteai.database import Database
from noteai.jobs.models import ENDED, TERMINAL, EventRow, JobRow, OutboxRow


def check(database: Database) -> list[str]:
    """Everything that is wrong, in words; empty where every promise was kept."""
    with database.transaction() as session:
        jobs = session.scalars(select(JobRow).options(selectinload(JobRow.stages))).all()
        events = session.scalars(select(EventRow).order_by(EventRow.job_id, EventRow.seq)).all()
        unsent = session.scalar(select(func.count()).select_from(OutboxRow))
    wrong = [f"{unsent} wake-ups were never sent"] if unsent else []
    for job in jobs:
        own = [each for each in events if each.job_id == job.id]
        said = (*_of_the_job(job), *_of_its_stages(job, own), *_of_its_events(job, own))
        wrong.extend(f"job {job.id} ({job.state}): {each}" for each in said)
    return wrong


def _of_the_job(job: JobRow) -> Iterator[str]:
    if job.state not in TERMINAL:
        yield "has not ended"
    if job.state in TERMINAL and job.ended_at is None:
        yield "ended at no time"
    if job.state in ("completed", "completed_empty") and job.stages[-1].state != "done":
        yield f"completed, but its last stage is {job.stages[-1].state}"
    if job.state == "completed" and job.fraction != 1.0:
        yield f"completed at {job.fraction:.0%}"


def _of_its_stages(job: JobRow, events: Sequence[EventRow]) -> Iterator[str]:
    done = Counter(each.body["stage"] for each in events if each.kind == "stage_done")
    for row in job.stages:
        if job.state in TERMINAL and row.state not in ENDED:
            yield f"ended with stage {row.stage} {row.state}"
        if done[row.stage] != (row.state == "done"):
            yield f"stage {row.stage} is {row.state} and was told done {done[row.stage]} times"
        if row.state == "done" and (row.ended_at is None or row.failure is not None):
            yield f"stage {row.stage} is done without an end or with a failure"


def _of_its_events(job: JobRow, events: Sequence[EventRow]) -> Iterator[str]:
    numbers = [each.seq for each in events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"its events have gaps: {numbers}"
    if job.last_seq != len(numbers):
        yield f"last_seq is {job.last_seq} after {len(numbers)} events"
    fractions = [each.body["fraction"] for each in events]
    if any(later < earlier for earlier, later in pairwise(fractions)):
        yield f"its progress fell: {fractions}"
    ends = [index for index, each in enumerate(events) if each.kind == "job_ended"]
    if job.state in TERMINAL and ends != [len(events) - 1]:
        yield f"its end was told at {ends} of {len(events)} events"
