"""What is counted of jobs and stages: once it is committed, by whoever brought it about."""

from collections.abc import Callable
from functools import partial
from typing import Literal

from sqlalchemy.orm import Session

from noteai import metrics
from noteai.database import Json, after_commit
from noteai.engine.manifest import Manifest
from noteai.jobs.graph import Workflows
from noteai.jobs.models import TERMINAL, JobState
from noteai.jobs.standing import Locked

Outcome = Literal["done", "cached", "skipped", "failed", "put_off", "released", "stale"]
"""`stale`: another has the stage by now, or it was deleted; nothing was written."""


def expect(workflows: Workflows) -> None:
    """What whoever works on these will count."""
    for name, workflow in workflows.items():
        metrics.expect("noteai_job_length_ratio", workflow=name)
        for state in TERMINAL:
            metrics.expect("noteai_jobs_ended_total", workflow=name, state=state)
        for stage in workflow.names:
            labels = {"workflow": name, "stage": stage}
            metrics.expect("noteai_stage_attempts_total", **labels)
            metrics.expect("noteai_stage_cache_hits_total", **labels)
            metrics.expect("noteai_stage_speed_ratio", **labels)
            metrics.expect("noteai_stage_duration_seconds", **labels, outcome="done")


def stage_claimed(workflow: str, stage: str) -> None:
    metrics.add("noteai_stage_attempts_total", workflow=workflow, stage=stage)


def attempt_ended(
    session: Session, job: Locked, stage: str, outcome: Outcome, seconds: float
) -> None:
    """`seconds` since it was claimed; 0 of one that is stale."""
    labels = {"workflow": job.workflow, "stage": stage}
    _observe(session, "noteai_stage_duration_seconds", seconds, **labels, outcome=outcome)
    if outcome == "cached":
        after_commit(session, partial(metrics.add, "noteai_stage_cache_hits_total", **labels))


def stage_ran(session: Session, job: Locked, manifest: Manifest, output: Json) -> None:
    """How fast it was, and how large; the stage that reads the recording says its length."""
    length = job.duration or output.get("duration") or 0.0
    if length and manifest.seconds:
        speed, labels = length / manifest.seconds, {"workflow": job.workflow}
        _observe(session, "noteai_stage_speed_ratio", speed, **labels, stage=manifest.stage)
    memory = float(manifest.peak_memory)
    _observe(session, "noteai_stage_peak_memory_bytes", memory, stage=manifest.stage)


def stage_failed(session: Session, job: Locked, stage: str, code: str) -> None:
    labels = {"workflow": job.workflow, "stage": stage, "code": code}
    after_commit(session, partial(metrics.add, "noteai_stage_failures_total", **labels))


def job_ended(session: Session, job: Locked, state: JobState) -> None:
    labels = {"workflow": job.workflow}
    ended = partial(metrics.add, "noteai_jobs_ended_total", **labels, state=state)
    after_commit(session, ended)
    if state in ("completed", "completed_empty") and job.duration:
        _observe(session, "noteai_job_length_ratio", job.age / job.duration, **labels)


def _observe(session: Session, name: str, value: float, **labels: str) -> None:
    observed: Callable[[], None] = partial(metrics.observe, name, value, **labels)
    after_commit(session, observed)
