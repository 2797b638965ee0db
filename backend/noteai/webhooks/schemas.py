"""Webhooks as clients see them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from noteai.webhooks import signing
from noteai.webhooks.models import ENDS, DeliveryRow, DeliveryState, DisabledBy, Event, WebhookRow
from noteai.webhooks.service import HookOrder

_DAY = 24 * 3600.0
_URL = "https://hooks.example.org/noteai"
_SECRET = "whsec_" + "3mEb3z0b" * 5 + "3w=="
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Description = Annotated[str, StringConstraints(max_length=255)]
Events = Annotated[list[Event], Field(min_length=1, max_length=20)]


def _example(**example: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


def _asked(**example: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class NewJobWebhook(BaseModel):
    """Where the events of one job are told."""

    model_config = _asked(url=_URL, events=["job.completed", "job.failed"])

    url: Url = Field(description="https, of a server that can be reached from the internet.")
    events: Events = Field(list(ENDS), description="Left out: the ways in which a job ends.")
    secret: Secret | None = Field(
        None, description="whsec_ and base64 of 24 to 64 bytes; left out, one is made."
    )

    def order(self) -> HookOrder:
        secret = self.secret or signing.new_secret()
        return HookOrder(self.url, tuple(self.events), secret=secret)


class NewWebhook(NewJobWebhook):
    """Where the events of all jobs are told."""

    model_config = _asked(url=_URL, events=list(ENDS), description="Course site")

    description: Description = ""

    def order(self) -> HookOrder:
        secret = self.secret or signing.new_secret()
        return HookOrder(self.url, tuple(self.events), self.description, secret)


class WebhookChange(BaseModel):
    """What is left out stays as it is."""

    model_config = _asked(is_enabled=True)

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    is_enabled: bool | None = Field(None, strict=True)

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class Rotation(BaseModel):
    model_config = _asked(overlap=_DAY)

    secret: Secret | None = Field(None, description="Left out, one is made.")
    overlap: float = Field(
        _DAY, ge=0, le=7 * _DAY, description="Seconds for which the old secret signs as well."
    )


_VIEW = {
    "id": "b7f7b2f4-6a4e-4f0b-9d0e-3f1f2d3c4b5a",
    "job_id": None,
    "url": _URL,
    "description": "Course site",
    "events": list(ENDS),
    "is_enabled": True,
    "disabled_by": None,
    "failing_since": None,
    "previous_secret_until": None,
    "created_at": "2026-03-01T09:00:00Z",
}


class WebhookView(BaseModel):
    model_config = _example(**_VIEW)

    id: UUID
    job_id: UUID | None = Field(description="The one job that it is about; null: all of them.")
    url: str
    description: str
    events: list[Event]
    is_enabled: bool
    disabled_by: DisabledBy | None = Field(
        description="`request`, `gone` (it answered 410), or `failing` (no success for five days)."
    )
    failing_since: datetime | None = Field(description="The first failure since a success.")
    previous_secret_until: datetime | None = Field(
        description="Requests are signed with the previous secret, too, until then."
    )
    created_at: datetime


class WebhookMade(WebhookView):
    """With its secret, which is not shown again."""

    model_config = _example(**_VIEW, secret=_SECRET)

    secret: str


class WebhookList(BaseModel):
    model_config = _example(webhooks=[_VIEW], next_cursor=None)

    webhooks: list[WebhookView]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")


class AttemptView(BaseModel):
    at: datetime
    seconds: float
    status: int | None = Field(description="Null where there was no answer.")
    error: str | None = Field(description="Why there was none.")
    answer: str = Field(description="Its first kilobyte.")


_DELIVERY = {
    "id": "0d4f2f6e-3c1b-4f57-8f4e-8a1c5a0f9a11",
    "event": "job.completed",
    "state": "pending",
    "body": '{"type":"job.completed","timestamp":"2026-03-01T09:05:00+00:00","data":{}}',
    "created_at": "2026-03-01T09:05:00Z",
    "ended_at": None,
    "next_try_at": "2026-03-01T09:05:06Z",
    "attempts": [
        {
            "at": "2026-03-01T09:05:01Z",
            "seconds": 0.21,
            "status": 500,
            "error": None,
            "answer": "Oops",
        }
    ],
}


class DeliveryView(BaseModel):
    """An event on its way."""

    model_config = _example(**_DELIVERY)

    id: UUID = Field(description="The `webhook-id` of its requests.")
    event: str
    state: DeliveryState
    body: str = Field(description="What is sent.")
    created_at: datetime
    ended_at: datetime | None
    next_try_at: datetime | None = Field(description="Not before those that it waits behind.")
    attempts: list[AttemptView] = Field(description="The newest 30, the last one last.")


class DeliveryList(BaseModel):
    model_config = _example(deliveries=[_DELIVERY], next_cursor=None)

    deliveries: list[DeliveryView]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")


def view(row: WebhookRow) -> WebhookView:
    return WebhookView.model_validate(_facts(row))


def made(row: WebhookRow) -> WebhookMade:
    return WebhookMade(**_facts(row), secret=row.secret)


def delivery_view(row: DeliveryRow) -> DeliveryView:
    facts = {name: getattr(row, name) for name in DeliveryView.model_fields if hasattr(row, name)}
    due = row.due_at if row.state == "pending" else None
    return DeliveryView(**facts, next_try_at=due)


def _facts(row: WebhookRow) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in WebhookView.model_fields if hasattr(row, name)}
    return {**known, "previous_secret_until": row.previous_until}
