"""Wake-ups as Celery messages: one stage is a task, several are a chord. Ids only.

Helpers of a stage are asked by tasks, too; they belong to no chord.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from celery import Celery, chord

from noteai import tracing
from noteai.engine.workflow import Workflow
from noteai.jobs.canary import Release
from noteai.jobs.outbox import Send
from noteai.worker.app import (
    ADVANCE_TASK,
    CANARY_TASK,
    DEFAULT_QUEUE,
    HELP_TASK,
    STAGE_TASK,
    TRACE_HEADER,
)


def queues_of(workflows: Iterable[Workflow]) -> dict[str, str]:
    """Which queue each stage is asked for on."""
    return {stage.name: stage.queue for each in workflows for stage in each.stages}


def wake(
    app: Celery,
    queues: Mapping[str, str],
    job: UUID,
    stages: Sequence[str],
    traceparent: str | None = None,
) -> Any:
    """What to send so that `stages` of a job are done, and then the job advances.

    A single stage ends with `advance` itself; the body of a chord is `advance`.
    """
    signatures = [
        _signature(
            app, STAGE_TASK, queues.get(name, DEFAULT_QUEUE), str(job), name, parent=traceparent
        )
        for name in stages
    ]
    if len(signatures) == 1:
        return signatures[0]
    body = _signature(app, ADVANCE_TASK, DEFAULT_QUEUE, str(job), parent=traceparent)
    return chord(signatures, body=body, app=app)


def wake_helper(
    app: Celery,
    queues: Mapping[str, str],
    job: UUID,
    stage: str,
    traceparent: str | None = None,
) -> Any:
    """What to send so that somebody does parts of a stage that another holds."""
    queue = queues.get(stage, DEFAULT_QUEUE)
    return _signature(app, HELP_TASK, queue, str(job), stage, parent=traceparent)


def sender(app: Celery, queues: Mapping[str, str]) -> Send:
    """Sends wake-ups; raises what the broker's client raises when it cannot."""

    def send(
        job: UUID, stages: Sequence[str], helpers: int = 0, traceparent: str | None = None, /
    ) -> None:
        name = f"{'ask for help with' if helpers else 'wake'} {', '.join(stages)}"
        with tracing.span(name, traceparent, job=job):
            parent = tracing.traceparent() or traceparent
            if not helpers:
                wake(app, queues, job, stages, parent).apply_async()
            for message in helpers * [wake_helper(app, queues, job, stages[0], parent)]:
                message.apply_async()

    return send


def releaser(app: Celery) -> Release:
    """Sends canaries; raises what the broker's client raises when it cannot."""

    def release(queue: str, number: int, life: float, /) -> None:
        canary = app.signature(CANARY_TASK, args=(queue, number), queue=queue, immutable=True)
        canary.apply_async(expires=life)

    return release


def _signature(app: Celery, task: str, queue: str, *ids: str, parent: str | None) -> Any:
    headers = {TRACE_HEADER: parent} if parent else {}
    return app.signature(task, args=ids, queue=queue, immutable=True, headers=headers)
