"""How many statements an endpoint sends to the database: the same for few jobs and for many."""

from uuid import UUID

import pytest
from jobbing import Office
from starlette.testclient import TestClient
from statements import counted

from noteai.database import Database


@pytest.fixture
def job(office: Office) -> UUID:
    jobs = [office.submit() for _ in range(5)]
    office.do(jobs[0], "first")
    return jobs[0]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/jobs/{job}", 1),
        ("/jobs", 1),
        ("/jobs?state=queued&limit=1", 1),
        ("/jobs/{job}/logs", 2),
        ("/jobs/{job}/logs?after=2.5&level=warning&stage=first", 2),
        ("/jobs/{job}/manifest", 2),
        ("/queue", 2),
        ("/workflows", 0),
    ],
)
def test_reading_takes_few_statements(
    api: TestClient, database: Database, job: UUID, path: str, most: int
) -> None:
    with counted(database) as said:
        assert api.get(f"{path.format(job=job)}").status_code == 200
    assert len(said) <= most, said


def test_an_etag_is_compared_with_one_small_statement(
    api: TestClient, database: Database, job: UUID
) -> None:
    tag = {"If-None-Match": api.get(f"/jobs/{job}").headers["ETag"]}
    with counted(database) as said:
        assert api.get(f"/jobs/{job}", headers=tag).status_code == 304
    assert len(said) == 1
    assert "title" not in said[0]


@pytest.mark.parametrize(("action", "most"), [("cancel", 14), ("retry", 16)])
def test_acting_takes_as_many_statements_for_any_job(
    api: TestClient, database: Database, office: Office, job: UUID, action: str, most: int
) -> None:
    if action == "retry":
        office.fail(job, "left")
        api.post(f"/jobs/{job}/cancel")
    with counted(database) as said:
        assert api.post(f"/jobs/{job}/{action}").status_code == 200
    assert len(said) <= most, said


def test_submitting_takes_few_statements(
    api: TestClient, database: Database, office: Office
) -> None:
    given = {"upload_id": str(office.upload()), "workflow": "diamond"}
    with counted(database) as said:
        assert api.post("/jobs", json=given).status_code == 201
    assert len(said) <= 11, said


def test_submitting_with_an_upload_takes_few_statements(
    api: TestClient, database: Database
) -> None:
    given = {"upload": {"name": "a.mp4", "size": 5}, "workflow": "diamond"}
    with counted(database) as said:
        assert api.post("/jobs", json=given).status_code == 201
    assert len(said) <= 20, said


def test_deleting_takes_as_many_statements_for_any_job(
    api: TestClient, database: Database, office: Office, job: UUID
) -> None:
    office.change(job, state="cancelled")
    with counted(database) as said:
        assert api.delete(f"/jobs/{job}").status_code == 204
    assert len(said) <= 8, said
