"""`serve`: the API as a process, until it is told to stop."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from noteai import telemetry
from noteai.adapters.redis_events import RedisPublisher
from noteai.api.app import create_app
from noteai.api.services import ApiServices
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.media.scratch import Scratch, sweep_scratch
from noteai.objects import intake_of, objects_of
from noteai.otlp import traced
from noteai.settings import Settings

_GRACE = 5
"""Seconds for requests to be answered, once it is to stop."""


def serve(settings: Settings, host: str, port: int) -> None:
    """Answer requests until SIGTERM or SIGINT; what was begun is answered first.

    Must be called in the main thread.
    """
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has ended
    with traced(settings.otlp_endpoint, "api") as watched, services_of(settings) as services:
        answer(watched(create_app(services)), settings, host, port)


def answer(app: FastAPI, settings: Settings, host: str, port: int) -> None:
    """By an app that was made already."""
    telemetry.set_up("api", settings.log_level, settings.log_format)
    telemetry.answer_for_threads()
    telemetry.logger().info("api_opens", host=host, port=port)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )


@contextmanager
def services_of(settings: Settings) -> Iterator[ApiServices]:
    """What endpoints ask for, from the settings: to be made after a fork."""
    database = Database(settings.database_url, pool=settings.database_pool)
    publish = RedisPublisher(settings.redis_url)
    journal = Journal(publish)
    objects = objects_of(settings)
    intake = intake_of(settings, objects, journal)
    scratch = _scratch(settings)
    try:
        yield ApiServices(
            database,
            journal,
            objects.store,
            intake,
            settings.redis_url,
            settings.service,
            scratch=scratch.folder,
        )
    finally:
        scratch.close()
        database.close()
        publish.close()


def _scratch(settings: Settings) -> Scratch:
    """In the cache, where what dead processes left is removed; or where temporary files go."""
    parent = settings.cache_dir.absolute() / "exports"
    try:
        sweep_scratch(parent)
        return Scratch(parent)
    except OSError:  # the cache cannot be written to, as in a container without a volume
        return Scratch(Path(tempfile.gettempdir()))
