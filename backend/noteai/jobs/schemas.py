"""Jobs as clients see them."""

import hashlib
import unicodedata
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from noteai.engine.artifact import FileRef
from noteai.jobs.models import StageState
from noteai.jobs.repository import ShownState

_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _seen(text: str) -> str:
    """Refuse what could deceive a reader: control characters, and turns of direction."""
    if any(unicodedata.category(each) == "Cc" or each in _TURNS for each in text):
        raise ValueError("has a character that cannot be seen")
    return unicodedata.normalize("NFC", text)


Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=255),
    AfterValidator(_seen),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class NewJob(BaseModel):
    """What is to be made of an upload, which may still be on its way."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "upload_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                    "workflow": "highlights",
                    "title": "Lecture 3: entropy",
                    "without": ["layout"],
                    "params": {"segments": {"max_seconds": 90}},
                }
            ]
        },
    )

    upload_id: UUID
    workflow: Name = "highlights"
    title: Title | None = Field(None, description="Left out, it is the name of the upload.")
    without: list[Name] = Field(
        default_factory=list, max_length=50, description="Stages to switch off."
    )
    params: dict[Name, dict[Name, Any]] = Field(
        default_factory=dict,
        description="By stage, what differs from the defaults: see GET /api/v1/workflows.",
    )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is asked: the same for the same request."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class FailureView(BaseModel):
    code: str
    message: str
    remedy: str


class StageView(BaseModel):
    """A stage of a job. `seconds` of a cached answer are those of the run that made it."""

    stage: str
    state: StageState
    queue: str
    attempts: int
    percent: float = Field(description="0 to 100.")
    is_cached: bool = Field(description="The answer of an earlier run was used.")
    seconds: float | None
    cost: float = Field(description="US dollars.")
    started_at: datetime | None
    ended_at: datetime | None
    failure: FailureView | None


class JobSummary(BaseModel):
    """A job in a list."""

    id: UUID
    title: str
    upload_id: UUID
    workflow: str
    state: ShownState
    is_degraded: bool = Field(description="Something was made by a second-best way: see warnings.")
    percent: float = Field(description="0 to 100; it never falls.")
    duration: float | None = Field(description="Seconds of the recording, once they are known.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


_SUMMARY = {
    "id": "0b0c1a52-5f43-4b0e-9d3c-0b8a52f2b1aa",
    "title": "Lecture 3: entropy",
    "upload_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "workflow": "highlights",
    "state": "running",
    "is_degraded": False,
    "percent": 41.5,
    "duration": 2712.4,
    "created_at": "2026-03-01T09:00:00Z",
    "started_at": "2026-03-01T09:00:01Z",
    "ended_at": None,
}


class JobView(JobSummary):
    """How a job stands. Its ETag changes with it."""

    model_config = _example(
        **_SUMMARY,
        without=["layout"],
        params={"segments": {"max_seconds": 90}},
        is_cancel_requested=False,
        warnings=[],
        failure=None,
        cost=0.0,
        eta=312.0,
        last_seq=17,
        stages=[
            {
                "stage": "recording",
                "state": "done",
                "queue": "media",
                "attempts": 1,
                "percent": 100.0,
                "is_cached": False,
                "seconds": 9.2,
                "cost": 0.0,
                "started_at": "2026-03-01T09:00:01Z",
                "ended_at": "2026-03-01T09:00:10Z",
                "failure": None,
            }
        ],
    )

    without: list[str]
    params: dict[str, Any]
    is_cancel_requested: bool
    warnings: list[str]
    failure: FailureView | None
    cost: float = Field(description="US dollars that its stages cost so far.")
    eta: float | None = Field(description="Seconds until it ends, where past runs tell.")
    last_seq: int = Field(description="Number of its newest event.")
    stages: list[StageView]


class JobList(BaseModel):
    model_config = _example(jobs=[_SUMMARY], next_cursor=None)

    jobs: list[JobSummary]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")


class LogLine(BaseModel):
    seq: int
    at: datetime
    level: Literal["info", "warning", "error"]
    event: str
    stage: str | None
    attempt: int | None
    message: str
    facts: dict[str, Any]


class LogPage(BaseModel):
    model_config = _example(
        lines=[
            {
                "seq": 3,
                "at": "2026-03-01T09:00:10Z",
                "level": "info",
                "event": "stage_done",
                "stage": "recording",
                "attempt": 1,
                "message": "",
                "facts": {"seconds": 9.2, "state": "running", "fraction": 0.02},
            }
        ],
        next_after=None,
    )

    lines: list[LogLine]
    next_after: int | None = Field(description="Send it as `after` for what follows.")


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

    model_config = _example(
        job_id=_SUMMARY["id"],
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


class QueueView(BaseModel):
    name: str
    ready: int = Field(description="Stages that wait for a worker.")
    put_off: int = Field(description="Stages that wait until they are tried again.")
    oldest: float | None = Field(description="Seconds that the first of them has waited.")
    running: int


class WorkerView(BaseModel):
    """A process that works on stages right now; idle ones hold no lease and are not seen."""

    owner: str
    stages: int


class QueueList(BaseModel):
    model_config = _example(
        depth=3,
        oldest=2.5,
        running=1,
        queues=[{"name": "speech", "ready": 3, "put_off": 0, "oldest": 2.5, "running": 1}],
        workers=[{"owner": "worker-1:4711", "stages": 1}],
    )

    depth: int = Field(description="Stages that wait for a worker.")
    oldest: float | None = Field(description="Seconds that the first of them has waited.")
    running: int
    queues: list[QueueView]
    workers: list[WorkerView]


class StageForm(BaseModel):
    """A stage that a workflow is made of, and what may be set of it."""

    name: str
    queue: str
    needs: list[str] = Field(description="Stages whose results it takes.")
    required_by: list[str] = Field(description="Stages that go with it if it is switched off.")
    params: dict[str, Any] = Field(description="JSON Schema of its parameters.")


class WorkflowForm(BaseModel):
    name: str
    stages: list[StageForm]


class WorkflowList(BaseModel):
    model_config = _example(
        workflows=[
            {
                "name": "highlights",
                "stages": [
                    {
                        "name": "silence",
                        "queue": "media",
                        "needs": ["recording"],
                        "required_by": [],
                        "params": {"type": "object", "properties": {}},
                    }
                ],
            }
        ]
    )

    workflows: list[WorkflowForm]
