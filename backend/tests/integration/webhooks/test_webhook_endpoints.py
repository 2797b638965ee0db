"""Webhooks over HTTP: what is asked, what is answered, and every refusal with its code."""

from typing import Any
from uuid import uuid4

import pytest
from hooking import ENDS, SECRET, URL, code, door, made
from jobbing import Office
from receiving import Hooks
from starlette.testclient import TestClient
from statements import counted

from noteai.database import Database


def test_a_webhook_is_made_with_a_secret_that_is_shown_once(api: TestClient) -> None:
    hook = made(api)
    assert hook["events"] == ENDS
    assert hook["secret"].startswith("whsec_")
    assert (hook["is_enabled"], hook["job_id"], hook["disabled_by"]) == (True, None, None)
    shown = api.get(f"/webhooks/{hook['id']}")
    assert shown.json() == {name: value for name, value in hook.items() if name != "secret"}
    assert "secret" not in api.get("/webhooks").json()["webhooks"][0]


def test_its_secret_may_be_given_and_its_address_is_kept_as_it_is_used(api: TestClient) -> None:
    hook = made(api, url=f"{URL}/ü?a=b#c", secret=SECRET, events=["stage.done", "stage.done"])
    assert hook["secret"] == SECRET
    assert hook["url"] == f"{URL}/%C3%BC?a=b"
    assert hook["events"] == ["stage.done"]
    assert api.get(f"/webhooks/{hook['id']}").json()["url"] == hook["url"]


def test_where_it_is_can_be_followed(api: TestClient) -> None:
    answer = api.post("/webhooks", json={"url": URL})
    assert answer.headers["Location"] == f"/api/v1/webhooks/{answer.json()['id']}"


@pytest.mark.parametrize(
    ("wanted", "field", "expected"),
    [
        ({}, "url", "request_invalid"),
        ({"url": ""}, "url", "request_invalid"),
        ({"url": 7}, "url", "request_invalid"),
        ({"url": "x" * 2049}, "url", "request_invalid"),
        ({"url": URL, "events": []}, "events", "request_invalid"),
        ({"url": URL, "events": ["job.exploded"]}, "events.0", "request_invalid"),
        ({"url": URL, "description": "x" * 256}, "description", "request_invalid"),
        ({"url": URL, "colour": "red"}, "colour", "request_invalid"),
        ({"url": "no url"}, "url", "target_refused"),
        ({"url": "http://93.184.216.34/"}, "url", "target_refused"),
        ({"url": "https://user:word@93.184.216.34/"}, "url", "target_refused"),
        ({"url": "https://93.184.216.34:25/"}, "url", "target_refused"),
        ({"url": "https://127.0.0.1/"}, "url", "target_refused"),
        ({"url": "https://localhost/"}, "url", "target_refused"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "url", "target_refused"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url", "target_refused"),
        ({"url": "https://nothing.invalid/"}, "url", "target_refused"),
        ({"url": URL + "/" + "ü" * 400}, "url", "target_refused"),
        ({"url": URL, "secret": "hunter2"}, "secret", "secret_refused"),
        ({"url": URL, "secret": "whsec_" + "A" * 8}, "secret", "secret_refused"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused(
    api: TestClient, wanted: dict[str, Any], field: str, expected: str
) -> None:
    assert code(api.post("/webhooks", json=wanted)) == (422, expected, field)
    assert api.get("/webhooks").json()["webhooks"] == []


def test_there_is_a_limit_to_their_number(database: Database, redis_url: str) -> None:
    with door(database, redis_url, account_webhooks=2) as api:
        first, _ = made(api), made(api)
        assert code(api.post("/webhooks", json={"url": URL})) == (429, "too_many_webhooks", None)
        assert api.delete(f"/webhooks/{first['id']}").status_code == 204
        made(api)


def test_they_are_listed_page_by_page(api: TestClient) -> None:
    ids = [made(api)["id"] for _ in range(5)]
    found: list[str] = []
    asked: dict[str, Any] = {"limit": 2}
    while True:
        page = api.get("/webhooks", params=asked).json()
        found += [each["id"] for each in page["webhooks"]]
        if not page["next_cursor"]:
            break
        asked["cursor"] = page["next_cursor"]
    assert found == ids[::-1]


def test_a_cursor_that_no_list_gave_is_refused(api: TestClient) -> None:
    hook = made(api)
    for path in ("/webhooks", f"/webhooks/{hook['id']}/deliveries"):
        assert code(api.get(path, params={"cursor": "x"})) == (422, "bad_cursor", "cursor")


def test_it_can_be_changed(api: TestClient) -> None:
    hook = made(api)
    wanted = {"url": f"{URL}/2", "events": ["job.started"], "description": "the other"}
    changed = api.patch(f"/webhooks/{hook['id']}", json=wanted).json()
    assert {name: changed[name] for name in wanted} == wanted
    assert api.patch(f"/webhooks/{hook['id']}", json={}).json() == changed
    assert api.get(f"/webhooks/{hook['id']}").json() == changed


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"url": "https://10.0.0.1/"}, "target_refused"),
        ({"events": []}, "request_invalid"),
        ({"is_enabled": "yes"}, "request_invalid"),
        ({"secret": SECRET}, "request_invalid"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    api: TestClient, wanted: dict[str, Any], expected: str
) -> None:
    hook = made(api)
    assert code(api.patch(f"/webhooks/{hook['id']}", json=wanted))[:2] == (422, expected)
    shown = {name: value for name, value in hook.items() if name != "secret"}
    assert api.get(f"/webhooks/{hook['id']}").json() == shown


def test_it_can_be_disabled_and_enabled(api: TestClient, hooks: Hooks) -> None:
    hook = made(api)
    path = f"/webhooks/{hook['id']}"
    off = api.patch(path, json={"is_enabled": False}).json()
    assert (off["is_enabled"], off["disabled_by"]) == (False, "request")
    assert code(api.post(f"{path}/ping")) == (409, "webhook_disabled", None)
    on = api.patch(path, json={"is_enabled": True}).json()
    assert (on["is_enabled"], on["disabled_by"], on["failing_since"]) == (True, None, None)
    assert api.post(f"{path}/ping").status_code == 202


def test_a_deleted_one_is_gone_with_its_deliveries(api: TestClient, database: Database) -> None:
    hook = made(api)
    path = f"/webhooks/{hook['id']}"
    api.post(f"{path}/ping")
    assert api.delete(path).status_code == 204
    assert code(api.get(path)) == (404, "webhook_not_found", None)
    with database.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM webhook_deliveries").scalar()
    assert count == 0


def test_a_secret_is_changed_with_an_overlap(own: TestClient) -> None:
    hook = made(own)
    path = f"/webhooks/{hook['id']}/rotate"
    changed = own.post(path).json()
    assert changed["secret"] not in (hook["secret"], None)
    assert changed["previous_secret_until"]
    given = own.post(path, json={"secret": SECRET, "overlap": 0}).json()
    assert (given["secret"], given["previous_secret_until"]) == (SECRET, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"secret": "hunter2"}, (422, "secret_refused", "secret")),
        ({"overlap": -1}, (422, "request_invalid", "overlap")),
        ({"overlap": 604801}, (422, "request_invalid", "overlap")),
        ({"until": 1}, (422, "request_invalid", "until")),
    ],
)
def test_a_change_of_secret_that_cannot_be_is_refused(
    api: TestClient, wanted: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    hook = made(api)
    assert code(api.post(f"/webhooks/{hook['id']}/rotate", json=wanted)) == expected


def test_foreign_and_unknown_webhooks_are_not_found(
    api: TestClient, hooks: Hooks, office: Office
) -> None:
    theirs = hooks.add(URL, account=office.account())
    mine = made(api)
    for hook in (theirs.id, uuid4()):
        path = f"/webhooks/{hook}"
        answers = [
            api.get(path),
            api.patch(path, json={"description": "x"}),
            api.delete(path),
            api.post(f"{path}/rotate"),
            api.post(f"{path}/ping"),
            api.get(f"{path}/deliveries"),
            api.post(f"{path}/deliveries/{uuid4()}/redeliver"),
        ]
        assert {code(each) for each in answers} == {(404, "webhook_not_found", None)}
    assert [each["id"] for each in api.get("/webhooks").json()["webhooks"]] == [mine["id"]]
    assert hooks.get(theirs).description == ""


@pytest.mark.parametrize(
    ("method", "path", "body", "most"),
    [
        ("GET", "/webhooks", None, 1),
        ("GET", "/webhooks?limit=1", None, 1),
        ("GET", "/webhooks/{hook}", None, 1),
        ("GET", "/webhooks/{hook}/deliveries", None, 2),
        ("POST", "/webhooks", {"url": URL}, 3),
        ("PATCH", "/webhooks/{hook}", {"description": "x"}, 2),
        ("POST", "/webhooks/{hook}/rotate", {}, 3),
        ("POST", "/webhooks/{hook}/ping", None, 2),
        ("POST", "/webhooks/{hook}/deliveries/{delivery}/redeliver", None, 4),
        ("DELETE", "/webhooks/{hook}", None, 2),
    ],
)
def test_each_takes_few_statements_however_many_there_are(
    api: TestClient, database: Database, method: str, path: str, body: Any, most: int
) -> None:
    hook, *_ = [made(api)["id"] for _ in range(4)]
    ids = [api.post(f"/webhooks/{hook}/ping").json()["id"] for _ in range(5)]
    with counted(database) as said:
        answer = api.request(method, path.format(hook=hook, delivery=ids[0]), json=body)
    assert answer.is_success, answer.text
    assert len(said) <= most, said
