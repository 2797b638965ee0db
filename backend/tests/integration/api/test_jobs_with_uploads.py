"""A job and its upload in one request."""

from typing import Any

import httpx2
import pytest
from jobbing import Office, at_once
from starlette.testclient import TestClient
from uploading import LECTURE, sha256

from noteai.api.services import ApiServices
from noteai.jobs import submission

UPLOAD = {"name": "lecture.mp4", "size": len(LECTURE)}
KEY = {"Idempotency-Key": "k1"}


def order(**upload: Any) -> dict[str, Any]:
    return {"workflow": "diamond", "upload": {**UPLOAD, **upload}}


def send(upload: dict[str, Any]) -> None:
    for part in upload["wanted"]:
        body = LECTURE[part["offset"] : part["offset"] + part["size"]]
        assert httpx2.put(part["url"], content=body).status_code == 200


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def nothing_is_there(api: TestClient) -> bool:
    return not api.get("/jobs").json()["jobs"] and not api.get("/uploads").json()["uploads"]


def test_a_job_comes_with_its_upload_and_begins_once_that_is_complete(api: TestClient) -> None:
    answer = api.post("/jobs", json=order())
    job = answer.json()
    assert (answer.status_code, job["state"], job["title"]) == (
        201,
        "awaiting_upload",
        "lecture.mp4",
    )
    assert (job["upload"]["id"], job["upload"]["wanted_count"]) == (job["upload_id"], 1)
    send(job["upload"])
    assert api.post(f"/uploads/{job['upload_id']}/complete").json()["state"] == "complete"
    assert api.get(f"/jobs/{job['id']}").json()["state"] == "queued"


def test_a_file_that_is_there_already_is_not_asked_for(api: TestClient) -> None:
    first = api.post("/jobs", json=order()).json()["upload"]
    send(first)
    api.post(f"/uploads/{first['id']}/complete")
    job = api.post("/jobs", json=order(sha256=sha256(LECTURE))).json()
    assert (job["state"], job["upload"]["state"]) == ("queued", "complete")
    assert job["upload"]["wanted"] == []


def test_the_same_request_gives_the_same_job_and_upload(api: TestClient) -> None:
    first = api.post("/jobs", json=order(), headers=KEY).json()
    send(first["upload"])
    again = api.post("/jobs", json=order(), headers=KEY).json()
    assert (again["id"], again["upload_id"]) == (first["id"], first["upload_id"])
    assert [each["number"] for each in again["upload"]["received"]] == [1]
    assert again["upload"]["wanted"] == []
    assert len(api.get("/uploads").json()["uploads"]) == 1
    other = api.post("/jobs", json=order(size=5), headers=KEY)
    assert code(other) == (409, "idempotency_conflict")
    assert len(api.get("/uploads").json()["uploads"]) == 1


def test_racing_requests_with_a_key_make_one_job_and_one_upload(
    api: TestClient, services: ApiServices
) -> None:
    answers = at_once([lambda: api.post("/jobs", json=order(), headers=KEY)] * 4)
    assert {each.status_code for each in answers} == {201}
    assert len({(each.json()["id"], each.json()["upload"]["id"]) for each in answers}) == 1
    assert len(api.get("/uploads").json()["uploads"]) == 1
    assert len(list(services.uploads.objects.unfinished(""))) == 1


def test_who_was_overtaken_leaves_nothing(
    api: TestClient, services: ApiServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its look for the key and its own job another one was made."""
    first = api.post("/jobs", json=order(), headers=KEY).json()
    look, looks = submission._repeated, iter([False, True])

    def blind_at_first(*asked: Any) -> Any:
        return look(*asked) if next(looks) else None

    monkeypatch.setattr(submission, "_repeated", blind_at_first)
    again = api.post("/jobs", json=order(), headers=KEY).json()
    assert (again["id"], again["upload"]["id"]) == (first["id"], first["upload"]["id"])
    assert len(list(services.uploads.objects.unfinished(""))) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (422, "one_upload_wanted")),
        ({"upload": UPLOAD, "upload_id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"},
         (422, "one_upload_wanted")),
        ({"upload": {**UPLOAD, "size": 0}}, (422, "empty_upload")),
        ({"upload": {**UPLOAD, "size": 1 << 40}}, (413, "upload_too_large")),
        ({"upload": {**UPLOAD, "name": "../a"}}, (422, "bad_name")),
        ({"upload": {**UPLOAD, "colour": "red"}}, (422, "request_invalid")),
        ({"upload": UPLOAD, "params": {"first": {"depth": "x"}}}, (422, "bad_parameter")),
        ({"upload": UPLOAD, "without": ["left"]}, (422, "stage_required")),
        ({"upload": UPLOAD, "workflow": "magic"}, (422, "unknown_workflow")),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_leaves_neither_job_nor_upload(
    api: TestClient, services: ApiServices, given: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code(api.post("/jobs", json={"workflow": "diamond", **given})) == expected
    assert nothing_is_there(api)
    assert not list(services.uploads.objects.unfinished(""))


def test_a_job_of_an_upload_that_is_there_shows_no_new_one(api: TestClient, office: Office) -> None:
    given = {"workflow": "diamond", "upload_id": str(office.upload())}
    assert api.post("/jobs", json=given).json()["upload"] is None
