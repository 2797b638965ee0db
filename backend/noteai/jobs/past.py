"""How fast stages were in past jobs: what an estimate of the time left is made of."""

from sqlalchemy import column, func, select, true, values
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from noteai.jobs.graph import Workflows
from noteai.jobs.models import JobRow, StageRow
from noteai.workflows import WORKFLOWS

_MOST = 50


def speeds(session: Session, workflows: Workflows = WORKFLOWS) -> dict[str, float]:
    """Seconds of work for a minute of lecture by stage: the median of its newest runs.

    Answers from the cache, and stages that have never been done, are not in it.
    """
    names = sorted({name for each in workflows.values() for name in each.names})
    if not names:
        return {}
    wanted = values(column("stage", String), name="wanted").data([(name,) for name in names])
    runs = (
        select((StageRow.seconds * 60 / JobRow.duration).label("speed"))
        .select_from(StageRow)
        .join(JobRow, JobRow.id == StageRow.job_id)
        .where(StageRow.stage == wanted.c.stage, StageRow.state == "done")
        .where(StageRow.source == "ran", JobRow.duration > 0)
        .order_by(StageRow.ended_at.desc())
        .limit(_MOST)
        .lateral("runs")
    )
    median = func.percentile_cont(0.5).within_group(runs.c.speed)
    query = select(wanted.c.stage, median).select_from(wanted.join(runs, true()))
    return dict(session.execute(query.group_by(wanted.c.stage)).all())
