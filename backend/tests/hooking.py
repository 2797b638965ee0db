"""The API of webhooks as its tests ask it."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jobbing import WORKFLOWS
from starlette.testclient import TestClient

from noteai.api.app import create_app
from noteai.api.services import ApiServices
from noteai.database import Database
from noteai.jobs.journal import Journal
from noteai.settings import ServiceSettings
from noteai.uploads.service import Intake, Limits

URL = "https://93.184.216.34/hook"
SECRET = "whsec_" + b64encode(b"k" * 24).decode()
ENDS = ["job.completed", "job.failed", "job.cancelled"]


@contextmanager
def door(database: Database, redis_url: str, **service: Any) -> Iterator[TestClient]:
    """The API, without a store."""
    nothing: Any = None
    journal = Journal(lambda *_: None)
    intake = Intake(nothing, nothing, Limits(1, 1, 1, 1), nothing)
    terms = ServiceSettings(**service)
    services = ApiServices(database, journal, nothing, intake, redis_url, terms, WORKFLOWS)
    with TestClient(create_app(services), base_url="http://localhost/api/v1") as client:
        yield client


def code(answer: Any) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    return answer.status_code, said["code"], said.get("field")


def made(api: TestClient, **wanted: Any) -> dict[str, Any]:
    answer = api.post("/webhooks", json={"url": URL, **wanted})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
