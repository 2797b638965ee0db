"""What the stages of a job have come to, as the engine reads it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from noteai.engine.events import Failure
from noteai.engine.manifest import Manifest
from noteai.engine.ports import StageRecord, StageState
from noteai.jobs.models import STAGES

_RECORDS = (
    select(*(STAGES.c[name] for name in ("stage", "state", "manifest", "failure")))
    .where(STAGES.c.job_id == bindparam("job"))
    .order_by(STAGES.c.position)
)
_RECORDED: tuple[StageState, ...] = ("ready", "running", "done", "skipped", "failed")


def records(connection: Connection | Session, job: UUID) -> dict[str, StageRecord]:
    """Of each stage that is no longer blocked, and was not cancelled.

    Raises: ValidationError, where a manifest is of another version of NoteAI.
    """
    rows = connection.execute(_RECORDS, {"job": job}).all()
    return {row.stage: _record(*row[1:]) for row in rows if row.state in _RECORDED}


def read(found: Mapping[str, Sequence[Any]]) -> dict[str, StageRecord]:
    """Those that came with a claim. Raises: ValidationError, as `records`."""
    return {stage: _record(*each) for stage, each in found.items()}


def _record(
    state: Any, manifest: Mapping[str, Any] | None, failure: Mapping[str, Any] | None
) -> StageRecord:
    return StageRecord(
        state,
        manifest=Manifest.model_validate(manifest) if manifest and state == "done" else None,
        failure=Failure.model_validate(failure) if failure else None,
    )
