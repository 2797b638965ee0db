"""Jobs as a client sees them."""

from typing import Any
from uuid import uuid4

import pytest
from jobbing import Office, at_once
from ordering import order, problem, submitted
from starlette.testclient import TestClient


def test_a_job_is_submitted_and_stands_as_it_does(api: TestClient, office: Office) -> None:
    given = order(office, title=" Lecture 3 ", without=["right"], params={"first": {"depth": 2}})
    answer = api.post("/jobs", json=given)
    assert answer.status_code == 201
    job = answer.json()
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["title"], job["state"], job["percent"]) == ("Lecture 3", "queued", 0.0)
    assert (job["without"], job["params"]) == (["right"], {"first": {"depth": 2}})
    assert [each["stage"] for each in job["stages"]] == ["first", "left", "joined", "last"]
    assert [each["state"] for each in job["stages"]][:2] == ["ready", "blocked"]
    again = api.get(f"/jobs/{job['id']}").json()
    assert job == {**again, "upload": None, "webhook": None}


def test_a_job_without_a_title_has_that_of_its_upload(api: TestClient, office: Office) -> None:
    assert api.post("/jobs", json=order(office)).json()["title"] == "a.mp4"


def test_a_job_of_an_unfinished_upload_awaits_it(api: TestClient, office: Office) -> None:
    job = submitted(api, office, upload_id=office.upload("awaiting_parts"))
    found = api.get(f"/jobs/{job}").json()
    assert found["state"] == "awaiting_upload"
    assert {each["state"] for each in found["stages"]} == {"blocked"}
    assert len(api.get("/jobs?state=awaiting_upload").json()["jobs"]) == 1
    assert api.get("/jobs?state=queued").json()["jobs"] == []


def test_a_job_says_what_its_stages_took(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    office.do(job, "first", remark="Faint sound.")
    found = api.get(f"/jobs/{job}").json()
    first = found["stages"][0]
    assert (first["state"], first["attempts"], first["seconds"]) == ("done", 1, 2.0)
    assert (first["percent"], first["is_cached"]) == (100.0, False)
    assert found["state"] == "running"
    assert 0 < found["percent"] < 100
    office.do(job, "left", "right")
    office.do(job, "joined")
    office.do(job, "last")
    found = api.get(f"/jobs/{job}").json()
    assert (found["state"], found["percent"], found["eta"]) == ("completed", 100.0, 0.0)
    assert found["warnings"] == ["Faint sound."]


def test_a_failed_job_says_why(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    office.fail(job, "first")
    found = api.get(f"/jobs/{job}").json()
    assert found["state"] == "failed"
    assert found["failure"] == {"code": "broken", "message": "It broke.", "remedy": "Mend it."}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"workflow": "magic"}, (422, "unknown_workflow", "workflow")),
        ({"without": ["left"]}, (422, "stage_required", "without")),
        ({"without": ["nothing"]}, (422, "unknown_stage", "without")),
        ({"params": {"nothing": {}}}, (422, "unknown_stage", "params.nothing")),
        ({"params": {"first": {"size": 1}}}, (422, "unknown_parameter", "params.first.size")),
        ({"params": {"first": {"depth": "x"}}}, (422, "bad_parameter", "params.first.depth")),
        ({"params": {"first": 1}}, (422, "request_invalid", "params.first")),
        ({"upload_id": "1"}, (422, "request_invalid", "upload_id")),
        ({"upload_id": str(uuid4())}, (404, "upload_not_found", None)),
        ({"title": " "}, (422, "request_invalid", "title")),
        ({"title": "x" * 256}, (422, "request_invalid", "title")),
        ({"title": "gpj.\u202eexe"}, (422, "request_invalid", "title")),
        ({"colour": "red"}, (422, "request_invalid", "colour")),
    ],
)
def test_what_is_wrong_with_an_order_is_said_with_its_field(
    api: TestClient, office: Office, change: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    answer = api.post("/jobs", json={**order(office), **change})
    assert problem(answer) == expected
    assert api.get("/jobs").json()["jobs"] == []


def test_no_job_is_made_of_an_upload_that_was_aborted(api: TestClient, office: Office) -> None:
    answer = api.post("/jobs", json=order(office, upload_id=office.upload("aborted")))
    assert problem(answer) == (409, "upload_not_usable", "upload_id")


def test_the_same_request_with_its_key_gives_the_same_job(api: TestClient, office: Office) -> None:
    given = order(office)
    key = {"Idempotency-Key": "k1"}
    first, again = (api.post("/jobs", json=given, headers=key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    other = api.post("/jobs", json={**given, "title": "Another"}, headers=key)
    assert problem(other) == (409, "idempotency_conflict", "Idempotency-Key")
    assert len(api.get("/jobs").json()["jobs"]) == 1


def test_racing_requests_with_a_key_make_one_job(api: TestClient, office: Office) -> None:
    given = order(office)
    key = {"Idempotency-Key": "k1"}
    answers = at_once([lambda: api.post("/jobs", json=given, headers=key)] * 4)
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["id"] for each in answers}) == 1


def test_keys_of_different_accounts_have_nothing_to_do_with_each_other(
    api: TestClient, office: Office
) -> None:
    foreign = office.submit(office.account(), idempotency_key="k1", fingerprint="f")
    answer = api.post("/jobs", json=order(office), headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 201
    assert answer.json()["id"] != str(foreign)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "?wait=1"),
        ("POST", "/cancel"),
        ("POST", "/retry"),
        ("DELETE", ""),
        ("GET", "/logs"),
        ("GET", "/manifest"),
    ],
)
def test_foreign_and_unknown_jobs_are_not_found(
    api: TestClient, office: Office, method: str, path: str
) -> None:
    account = office.account()
    foreign = office.submit(account)
    for job in (foreign, uuid4()):
        assert problem(api.request(method, f"/jobs/{job}{path}")) == (404, "job_not_found", None)
    assert office.job(foreign, account).state == "queued"


def test_foreign_uploads_are_not_found(api: TestClient, office: Office) -> None:
    upload = office.upload(account=office.account())
    answer = api.post("/jobs", json=order(office, upload_id=upload))
    assert problem(answer)[:2] == (404, "upload_not_found")


def test_a_cancelled_job_is_cancelled_again_without_complaint(
    api: TestClient, office: Office
) -> None:
    job = submitted(api, office)
    for _ in range(2):
        answer = api.post(f"/jobs/{job}/cancel")
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")


def test_a_job_that_is_worked_on_says_that_it_is_to_be_cancelled(
    api: TestClient, office: Office
) -> None:
    job = submitted(api, office)
    office.claimed(job, "first")
    found = api.post(f"/jobs/{job}/cancel").json()
    assert (found["state"], found["is_cancel_requested"]) == ("running", True)


def test_a_job_that_failed_is_tried_again_from_there(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    assert problem(api.post(f"/jobs/{job}/retry"))[:2] == (409, "job_not_retryable")
    office.do(job, "first")
    office.do(job, "right")
    office.fail(job, "left")
    found = api.post(f"/jobs/{job}/retry").json()
    assert found["state"] == "queued"
    states = {each["stage"]: each["state"] for each in found["stages"]}
    assert (states["first"], states["right"], states["left"]) == ("done", "done", "ready")
    assert problem(api.post(f"/jobs/{submitted(api, office)}/retry"))[1] == "job_not_retryable"


def test_a_job_that_has_ended_is_deleted(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    assert problem(api.delete(f"/jobs/{job}"))[:2] == (409, "job_not_ended")
    api.post(f"/jobs/{job}/cancel")
    assert api.delete(f"/jobs/{job}").status_code == 204
    assert problem(api.delete(f"/jobs/{job}"))[:2] == (404, "job_not_found")


def test_pages_lead_through_all_jobs_once(api: TestClient, office: Office) -> None:
    made = [str(submitted(api, office)) for _ in range(5)]
    for sort, expected in (("-created_at", made[::-1]), ("created_at", made)):
        seen: list[str] = []
        cursor = ""
        while True:
            page = api.get(f"/jobs?limit=2&sort={sort}{cursor}").json()
            seen += [each["id"] for each in page["jobs"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == expected


def test_jobs_are_found_by_state_and_workflow(api: TestClient, office: Office) -> None:
    queued, cancelled = submitted(api, office), submitted(api, office)
    api.post(f"/jobs/{cancelled}/cancel")

    def ids(query: str) -> list[str]:
        return [each["id"] for each in api.get(f"/jobs?{query}").json()["jobs"]]

    assert ids("state=queued") == [str(queued)]
    assert ids("state=cancelled&state=failed") == [str(cancelled)]
    assert len(ids("workflow=diamond")) == 2
    assert ids("workflow=highlights") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cursor=x", (422, "bad_cursor", "cursor")),
        ("limit=0", (422, "request_invalid", "limit")),
        ("limit=101", (422, "request_invalid", "limit")),
        ("state=dancing", (422, "request_invalid", "state.0")),
        ("sort=title", (422, "request_invalid", "sort")),
        ("cursor=%00", (400, "nul_character", None)),
    ],
)
def test_lists_that_cannot_be_made_say_why(
    api: TestClient, query: str, expected: tuple[int, str, str | None]
) -> None:
    assert problem(api.get(f"/jobs?{query}")) == expected
