"""Jobs as clients see them."""

import hashlib
import unicodedata
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from noteai.jobs.models import StageState
from noteai.jobs.repository import ShownState
from noteai.uploads.schemas import NewUpload, UploadProgress
from noteai.webhooks.schemas import NewJobWebhook, WebhookMade

_TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def _seen(text: str) -> str:
    """Refuse what could deceive a reader: control characters, and turns of direction."""
    if any(unicodedata.category(each) == "Cc" or each in _TURNS for each in text):
        raise ValueError("has a character that cannot be seen")
    return unicodedata.normalize("NFC", text)


Seen = AfterValidator(_seen)
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255), Seen]
Name = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def example(**shown: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [shown]})


def _never_null(schema: dict[str, Any]) -> None:
    """It is there, or it is left out."""
    (kind,) = (each for each in schema.pop("anyOf") if each != {"type": "null"})
    schema.update(kind)
    schema.pop("default")


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
                },
                {"upload": {"name": "lecture 3.mp4", "size": 734003200}},
            ],
            "oneOf": [{"required": ["upload_id"]}, {"required": ["upload"]}],
        },
    )

    upload_id: UUID | None = Field(
        None, description="Of an upload that was declared before.", json_schema_extra=_never_null
    )
    upload: NewUpload | None = Field(
        None,
        description="Instead of `upload_id`: a new upload, which comes with the answer.",
        json_schema_extra=_never_null,
    )
    workflow: Name = "highlights"
    title: Title | None = Field(None, description="Left out, it is the name of the upload.")
    without: list[Name] = Field(
        default_factory=list, max_length=50, description="Stages to switch off."
    )
    params: dict[Name, dict[Name, Any]] = Field(
        default_factory=dict,
        description="By stage, what differs from the defaults: see GET /api/v1/workflows.",
    )

    webhook: NewJobWebhook | None = Field(
        None, description="Where the events of this job are told, besides the account's webhooks."
    )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is asked: the same for the same request."""
        without = set() if self.webhook else {"webhook"}
        return hashlib.sha256(self.model_dump_json(exclude=without).encode()).hexdigest()


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
    parent_id: UUID | None = Field(
        description="The job of whose results this one changes something."
    )
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
    "parent_id": None,
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

    model_config = example(
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


class SubmittedJob(JobView):
    """With its new upload, and with its webhook, whose secret is not shown again."""

    upload: UploadProgress | None = Field(
        description="The new one: send each of its `wanted`, then complete it."
    )
    webhook: WebhookMade | None


class JobList(BaseModel):
    model_config = example(jobs=[_SUMMARY], next_cursor=None)

    jobs: list[JobSummary]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")
