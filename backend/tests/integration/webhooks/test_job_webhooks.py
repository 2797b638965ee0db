"""The webhook that comes with a job, over HTTP."""

from typing import Any

import pytest
from hooking import ENDS, SECRET, URL, code, door
from jobbing import Office
from starlette.testclient import TestClient

from noteai.accounts.models import LOCAL
from noteai.database import Database
from noteai.jobs import deletion
from noteai.webhooks.models import WebhookRow


def order(office: Office, **more: Any) -> dict[str, Any]:
    return {"upload_id": str(office.upload()), "workflow": "diamond", **more}


def test_a_job_may_bring_its_own_webhook(api: TestClient, office: Office) -> None:
    answer = api.post("/jobs", json=order(office, webhook={"url": URL, "secret": SECRET}))
    job = answer.json()
    assert answer.status_code == 201
    assert (job["webhook"]["secret"], job["webhook"]["job_id"]) == (SECRET, job["id"])
    assert job["webhook"]["events"] == ENDS
    assert api.get("/webhooks").json()["webhooks"] == []
    (found,) = api.get("/webhooks", params={"job_id": job["id"]}).json()["webhooks"]
    assert found["id"] == job["webhook"]["id"]
    assert api.get(f"/webhooks/{found['id']}").json() == found
    assert "webhook" not in api.get(f"/jobs/{job['id']}").json()


def test_a_job_without_one_says_so(api: TestClient, office: Office) -> None:
    assert api.post("/jobs", json=order(office)).json()["webhook"] is None


def test_the_same_order_gives_the_same_webhook_and_another_is_refused(
    api: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted, key = order(office, webhook={"url": URL}), {"Idempotency-Key": "k"}
    first = api.post("/jobs", json=wanted, headers=key)
    again = api.post("/jobs", json=wanted, headers=key)
    assert first.json()["webhook"]["secret"].startswith("whsec_")
    assert again.json()["webhook"] == first.json()["webhook"]
    for webhook in (None, {"url": URL + "2"}, {"url": URL, "secret": SECRET}):
        other = api.post("/jobs", json={**wanted, "webhook": webhook}, headers=key)
        assert code(other) == (409, "idempotency_conflict", "Idempotency-Key")


def test_a_repeated_order_does_not_need_its_host_again(
    own: TestClient, office: Office, database: Database, redis_url: str
) -> None:
    """As where its name cannot be looked up for a moment."""
    wanted = order(office, webhook={"url": "https://127.0.0.1/"})
    key = {"Idempotency-Key": "k"}
    first = own.post("/jobs", json=wanted, headers=key).json()
    with door(database, redis_url) as strict:
        again = strict.post("/jobs", json=wanted, headers=key)
        assert again.json()["id"] == first["id"]


@pytest.mark.parametrize(
    ("webhook", "expected"),
    [
        ({}, ("request_invalid", "webhook.url")),
        ({"url": "https://127.0.0.1/"}, ("target_refused", "webhook.url")),
        ({"url": URL, "secret": "hunter2"}, ("secret_refused", "webhook.secret")),
        ({"url": URL, "events": ["x"]}, ("request_invalid", "webhook.events.0")),
        ({"url": URL, "description": "x"}, ("request_invalid", "webhook.description")),
        (URL, ("request_invalid", "webhook")),
    ],
)
def test_a_job_whose_webhook_cannot_be_is_not_submitted(
    api: TestClient, office: Office, webhook: Any, expected: tuple[str, str]
) -> None:
    answer = api.post("/jobs", json=order(office, webhook=webhook))
    assert code(answer) == (422, *expected)
    assert api.get("/jobs").json()["jobs"] == []


def test_the_webhook_of_a_job_goes_with_it(
    api: TestClient, office: Office, database: Database
) -> None:
    job = api.post("/jobs", json=order(office, webhook={"url": URL})).json()
    api.post(f"/jobs/{job['id']}/cancel")
    with database.transaction() as session:
        deletion.delete(session, LOCAL, job["id"])
    with database.transaction() as session:
        assert session.query(WebhookRow).count() == 0
