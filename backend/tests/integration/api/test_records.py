"""What is written down of jobs and workers, as a client sees it."""

from datetime import UTC, datetime
from typing import Any

from jobbing import Office
from ordering import problem, submitted
from sqlalchemy import text
from starlette.testclient import TestClient

from noteai.jobs import logs, workers
from noteai.jobs.logs import Line
from noteai.jobs.workers import Worker


def test_the_manifest_has_every_stage_that_is_done_without_its_output(
    api: TestClient, office: Office
) -> None:
    job = submitted(api, office)
    office.do(job, "first", remark="x")
    found = api.get(f"/jobs/{job}/manifest").json()
    assert (found["job_id"], found["workflow"]) == (str(job), "diamond")
    assert [each["stage"] for each in found["stages"]] == ["first"]
    assert "output" not in found["stages"][0]


def test_the_log_says_what_happened(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    office.fail(job, "first")
    seen: list[dict[str, Any]] = []
    after: str | None = "0"
    while after is not None:
        page = api.get(f"/jobs/{job}/logs?limit=2&after={after}").json()
        seen += page["lines"]
        after = page["next_after"]
    assert [each["event"] for each in seen] == office.kinds(job)
    (failed,) = [each for each in seen if each["event"] == "stage_failed"]
    assert (failed["level"], failed["stage"], failed["message"]) == ("error", "first", "It broke.")
    assert seen[0]["level"] == "info"


def test_the_log_has_what_workers_said_and_no_traceback(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    line = Line(
        job,
        datetime.now(UTC),
        "error",
        "stage_broke",
        stage="first",
        attempt=1,
        fields={"seconds": 1.5},
        reference="0a1b2c3d4e5f",
        traceback="Traceback: insides",
    )
    logs.write(office.database, [line])
    answer = api.get(f"/jobs/{job}/logs?level=error&stage=first")
    (shown,) = answer.json()["lines"]
    assert (shown["source"], shown["event"], shown["reference"]) == (
        "worker",
        "stage_broke",
        "0a1b2c3d4e5f",
    )
    assert shown["facts"] == {"seconds": 1.5}
    assert "reference" in shown["message"]
    assert "insides" not in answer.text


def test_a_cursor_of_the_log_that_is_none_is_refused(api: TestClient, office: Office) -> None:
    job = submitted(api, office)
    for after in ("x", "1.", "-1", "1.2.3", "9" * 19):
        answer = api.get(f"/jobs/{job}/logs?after={after}")
        assert problem(answer) == (422, "request_invalid", "after")


def test_the_queue_says_what_waits_and_who_works(api: TestClient, office: Office) -> None:
    assert api.get("/queue").json() == {
        "depth": 0,
        "oldest": None,
        "running": 0,
        "queues": [],
        "workers": [],
    }
    worker = Worker("host:1", "host", 1, ("media",), 2, datetime.now(UTC))
    workers.give_sign(office.database, worker)
    assert office.ledger(owner="host:1/2").claim(str(submitted(api, office)), "first")
    submitted(api, office)
    found = api.get("/queue").json()
    assert (found["depth"], found["running"]) == (1, 1)
    assert found["oldest"] >= 0
    assert [each["name"] for each in found["queues"]] == ["media"]
    (shown,) = found["workers"]
    assert (shown["name"], shown["stages"], shown["is_lost"]) == ("host:1", ["first"], False)
    with office.database.transaction() as session:
        session.execute(text("UPDATE workers SET seen_at = seen_at - interval '1 minute'"))
    assert api.get("/queue").json()["workers"][0]["is_lost"]


def test_workflows_say_what_may_be_set(api: TestClient) -> None:
    (diamond,) = api.get("/workflows").json()["workflows"]
    stages = {each["name"]: each for each in diamond["stages"]}
    assert stages["first"]["params"]["properties"]["depth"]["default"] == 1
    assert stages["joined"]["needs"] == ["left", "right"]
    assert stages["left"]["required_by"] == ["joined"]
    assert stages["right"]["required_by"] == []
