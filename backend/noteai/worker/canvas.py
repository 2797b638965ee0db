"""Wake-ups as Celery messages: one stage is a task, several are a chord. Ids only.

Helpers of a stage are asked by tasks, too; they belong to no chord.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from celery import Celery, chord

from noteai import tracing
from noteai.engine.workflow import Workflow
from noteai.jobs.canary import Release
from noteai.jobs.outbox import Send
from noteai.worker.app import (
    ADVANCE_TASK,
    BEGUN,
    CANARY_TASK,
    DEFAULT_QUEUE,
    HELP_TASK,
    NEW,
    STAGE_TASK,
    TRACE_HEADER,
)


class Way(NamedTuple):
    """How a stage is asked for."""

    queue: str = DEFAULT_QUEUE
    priority: int = BEGUN


Ways = Mapping[str, Way]
"""Of stages, by their names."""


def ways_of(workflows: Iterable[Workflow]) -> dict[str, Way]:
    """What a job begins with waits until those that were begun have all they ask for."""
    all_stages = [(each, stage) for each in workflows for stage in each.stages]
    later = {stage.name for each, stage in all_stages if each.upstream(stage)}
    return {
        stage.name: Way(stage.queue, BEGUN if stage.name in later else NEW)
        for _, stage in all_stages
    }


def wake(
    app: Celery,
    ways: Ways,
    job: UUID,
    stages: Sequence[str],
    traceparent: str | None = None,
) -> Any:
    """What to send so that `stages` of a job are done, and then the job advances.

    A single stage ends with `advance` itself; the body of a chord is `advance`.
    """
    signatures = [
        _signature(app, STAGE_TASK, ways.get(name, Way()), str(job), name, parent=traceparent)
        for name in stages
    ]
    if len(signatures) == 1:
        return signatures[0]
    body = _signature(app, ADVANCE_TASK, Way(), str(job), parent=traceparent)
    return chord(signatures, body=body, app=app)


def wake_helper(
    app: Celery,
    ways: Ways,
    job: UUID,
    stage: str,
    traceparent: str | None = None,
) -> Any:
    """What to send so that somebody does parts of a stage that another holds."""
    way = ways.get(stage, Way())._replace(priority=BEGUN)
    return _signature(app, HELP_TASK, way, str(job), stage, parent=traceparent)


def sender(app: Celery, ways: Ways) -> Send:
    """Sends wake-ups; raises what the broker's client raises when it cannot."""

    def send(
        job: UUID, stages: Sequence[str], helpers: int = 0, traceparent: str | None = None, /
    ) -> None:
        name = f"{'ask for help with' if helpers else 'wake'} {', '.join(stages)}"
        with tracing.span(name, traceparent, job=job):
            parent = tracing.traceparent() or traceparent
            if not helpers:
                wake(app, ways, job, stages, parent).apply_async()
            for message in helpers * [wake_helper(app, ways, job, stages[0], parent)]:
                message.apply_async()

    return send


def releaser(app: Celery) -> Release:
    """Sends canaries; raises what the broker's client raises when it cannot."""

    def release(queue: str, number: int, life: float, /) -> None:
        canary = app.signature(CANARY_TASK, args=(queue, number), queue=queue, immutable=True)
        canary.apply_async(expires=life)

    return release


def _signature(app: Celery, task: str, way: Way, *ids: str, parent: str | None) -> Any:
    headers = {TRACE_HEADER: parent} if parent else {}
    return app.signature(task, args=ids, immutable=True, headers=headers, **way._asdict())
