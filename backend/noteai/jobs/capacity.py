"""Who works, how much waits, and what can be made, as clients see it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from noteai.jobs.schemas import example


class QueueView(BaseModel):
    name: str
    ready: int = Field(description="Stages that wait for a worker.")
    put_off: int = Field(description="Stages that wait until they are tried again.")
    oldest: float | None = Field(description="Seconds that the first of them has waited.")
    running: int


class WorkerView(BaseModel):
    """A worker, which does as many stages at a time as its concurrency says."""

    name: str
    hostname: str
    process: int
    queues: list[str] = Field(description="It takes stages of these.")
    concurrency: int
    since: datetime
    silent: float = Field(description="Seconds since its last sign of life.")
    is_lost: bool = Field(description="It has been silent for longer than a lease.")
    stages: list[str] = Field(description="What it works on now.")


_WORKER = {
    "name": "worker-1:4711",
    "hostname": "worker-1",
    "process": 4711,
    "queues": ["speech"],
    "concurrency": 2,
    "since": "2026-03-01T08:00:00Z",
    "silent": 2.1,
    "is_lost": False,
    "stages": ["transcript"],
}


class QueueList(BaseModel):
    model_config = example(
        depth=3,
        oldest=2.5,
        running=1,
        queues=[{"name": "speech", "ready": 3, "put_off": 0, "oldest": 2.5, "running": 1}],
        workers=[_WORKER],
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
    model_config = example(
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
