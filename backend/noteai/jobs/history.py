"""What happened to a job, and how its results were made, as clients see it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from noteai.engine.artifact import FileRef
from noteai.jobs.logs import Level
from noteai.jobs.schemas import example

_JOB = "0b0c1a52-5f43-4b0e-9d3c-0b8a52f2b1aa"


class LogLine(BaseModel):
    """An event of the job, or a line that a worker wrote after it."""

    seq: int = Field(description="Of the event; of the last one before a worker's line.")
    source: Literal["event", "worker"]
    at: datetime = Field(description="Of a worker's line by the worker's clock.")
    level: Level
    event: str
    stage: str | None
    attempt: int | None
    message: str
    reference: str | None = Field(description="Of a defect, for a report to the operator.")
    facts: dict[str, Any]


class LogPage(BaseModel):
    model_config = example(
        lines=[
            {
                "seq": 3,
                "source": "event",
                "at": "2026-03-01T09:00:10Z",
                "level": "info",
                "event": "stage_done",
                "stage": "recording",
                "attempt": 1,
                "message": "",
                "reference": None,
                "facts": {"seconds": 9.2, "state": "running", "fraction": 0.02},
            },
            {
                "seq": 3,
                "source": "worker",
                "at": "2026-03-01T09:00:11Z",
                "level": "warning",
                "event": "attempt_stopped",
                "stage": "transcript",
                "attempt": 1,
                "message": "",
                "reference": None,
                "facts": {"why": "told_to_stop"},
            },
        ],
        next_after="3.1204",
    )

    lines: list[LogLine]
    next_after: str | None = Field(description="Send it as `after` for what follows.")


class StageManifest(BaseModel):
    """How a result was made: what went in, with what, and what it took. Its output is left out."""

    key: str
    stage: str
    version: str
    inputs: dict[str, str | None]
    params: dict[str, Any]
    resources: dict[str, str]
    digest: str
    files: list[FileRef]
    seconds: float
    peak_memory: int = Field(description="Bytes.")
    cost: float
    is_degraded: bool
    attempt: int
    source: Literal["ran", "cached"]


class JobManifest(BaseModel):
    """The birth certificate of what a job made: the manifests of its stages."""

    model_config = example(
        job_id=_JOB,
        workflow="highlights",
        stages=[
            {
                "key": "5f" * 32,
                "stage": "silence",
                "version": "1",
                "inputs": {"recording": "0a" * 32},
                "params": {"min_seconds": 0.5},
                "resources": {"voice": "silero-vad 5", "ffmpeg": "ffmpeg 7.0.2"},
                "digest": "9e" * 32,
                "files": [],
                "seconds": 3.1,
                "peak_memory": 268435456,
                "cost": 0.0,
                "is_degraded": False,
                "attempt": 1,
                "source": "ran",
            }
        ],
    )

    job_id: UUID
    workflow: str
    stages: list[StageManifest]
