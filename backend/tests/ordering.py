"""Jobs of the small workflow, ordered as a client does."""

from typing import Any
from uuid import UUID

import httpx2
from jobbing import Office
from starlette.testclient import TestClient


def order(office: Office, **more: Any) -> dict[str, Any]:
    upload = more.pop("upload_id", None) or office.upload()
    return {"upload_id": str(upload), "workflow": "diamond", **more}


def submitted(api: TestClient, office: Office, **more: Any) -> UUID:
    answer = api.post("/jobs", json=order(office, **more))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


def problem(answer: httpx2.Response) -> tuple[int, str, str | None]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["title"]
    assert said["detail"]
    assert said["type"] == f"urn:noteai:problem:{said['code']}"
    return answer.status_code, said["code"], said.get("field")
