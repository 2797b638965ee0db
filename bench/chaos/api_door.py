"""The API over naps: the real one with other workflows, and with traps on its way.

    python api_door.py PORT

Its traps are laid for the job `api` and the stage that the port names.
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import uvicorn

from bench.chaos import traps
from bench.chaos.nap import WORKFLOWS
from noteai.adapters.redis_events import RedisPublisher
from noteai.adapters.s3_incoming import Part, S3Incoming
from noteai.api.app import create_app
from noteai.api.door import services_of
from noteai.api.services import ApiServices
from noteai.jobs.journal import Journal
from noteai.objects import objects_of
from noteai.settings import Settings

JOB = "api"
MOMENTS = ("committed", "begun", "sent", "joined", "filed")
"""After the commit of a job and before it is told; after a step in the store and before the row."""


def die_at(moment: str) -> None:
    if traps.take(JOB, sys.argv[1], moment):
        os.kill(os.getpid(), signal.SIGKILL)


class TrappedIncoming(S3Incoming):
    def begin(self, key: str, media_type: str = "application/octet-stream") -> str:
        multipart = super().begin(key, media_type)
        die_at("begun")
        return multipart

    def send(self, key: str, multipart: str, number: int, body: bytes) -> Part:
        part = super().send(key, multipart, number, body)
        die_at("sent")
        return part

    def join(self, key: str, multipart: str, parts: Any) -> None:
        super().join(key, multipart, parts)
        die_at("joined")


def trapped(services: ApiServices, settings: Settings) -> ApiServices:
    publish = RedisPublisher(settings.redis_url)

    def tell(job: UUID, messages: Sequence[Mapping[str, Any]]) -> None:
        die_at("committed")
        publish(job, messages)

    def ended(session: Any, upload: UUID) -> None:
        die_at("filed")
        services.uploads.ended(session, upload)

    objects = objects_of(settings)
    incoming = TrappedIncoming(objects.client, objects.bucket, objects.signer)
    return replace(
        services,
        journal=Journal(tell),
        uploads=replace(services.uploads, objects=incoming, ended=ended),
        workflows=WORKFLOWS,
    )


def main() -> None:
    settings = Settings()
    with services_of(settings) as services:
        app = create_app(trapped(services, settings))
        uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
