"""Deliveries over HTTP: the log, a ping, and what is sent again."""

import json
from uuid import uuid4

from hooking import code, made
from receiving import Hooks, Receiver, documented, post
from starlette.testclient import TestClient


def test_a_ping_arrives(own: TestClient, hooks: Hooks, receiver: Receiver) -> None:
    hook = made(own, url=receiver.url())
    asked = own.post(f"/webhooks/{hook['id']}/ping").json()
    assert (asked["event"], asked["state"], asked["attempts"]) == ("webhook.ping", "pending", [])
    hooks.carry(post())
    (got,) = receiver.received
    assert documented()(hook["secret"], got.headers, got.body)
    assert (got.id, got.body.decode()) == (asked["id"], asked["body"])
    assert json.loads(got.body)["data"] == {"webhook_id": hook["id"]}
    (shown,) = own.get(f"/webhooks/{hook['id']}/deliveries").json()["deliveries"]
    assert (shown["state"], shown["next_try_at"]) == ("delivered", None)
    assert [each["status"] for each in shown["attempts"]] == [200]


def test_the_log_shows_what_was_answered_and_what_comes_next(
    own: TestClient, hooks: Hooks, receiver: Receiver
) -> None:
    receiver.answer = lambda exchange, got: exchange.reply(410, b"moved away")
    hook = made(own, url=receiver.url())
    path = f"/webhooks/{hook['id']}/deliveries"
    ids = [own.post(f"/webhooks/{hook['id']}/ping").json()["id"] for _ in range(3)]
    hooks.carry(post())
    log = own.get(path).json()["deliveries"]
    assert [each["id"] for each in log] == ids[::-1]
    assert [each["state"] for each in log] == ["pending", "pending", "given_up"]
    assert [each["next_try_at"] is None for each in log] == [False, False, True]
    assert log[2]["attempts"][0]["answer"] == "moved away"
    given_up = own.get(path, params={"state": "given_up"}).json()["deliveries"]
    assert [each["id"] for each in given_up] == ids[:1]
    first = own.get(path, params={"limit": 2}).json()
    rest = own.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in first["deliveries"] + rest["deliveries"]] == ids[::-1]
    assert own.get(f"/webhooks/{hook['id']}").json()["disabled_by"] == "gone"


def test_a_delivery_is_sent_again(own: TestClient, hooks: Hooks, receiver: Receiver) -> None:
    hook = made(own, url=receiver.url())
    path = f"/webhooks/{hook['id']}"
    first = own.post(f"{path}/ping").json()["id"]
    hooks.carry(post())
    again = own.post(f"{path}/deliveries/{first}/redeliver")
    assert (again.status_code, again.json()["state"]) == (202, "pending")
    hooks.carry(post())
    assert receiver.ids == [first, first]
    own.patch(path, json={"is_enabled": False})
    answer = own.post(f"{path}/deliveries/{first}/redeliver")
    assert code(answer) == (409, "webhook_disabled", None)


def test_a_delivery_of_another_webhook_is_not_found(api: TestClient) -> None:
    one, other = made(api), made(api)
    delivery = api.post(f"/webhooks/{other['id']}/ping").json()["id"]
    for each in (delivery, uuid4()):
        answer = api.post(f"/webhooks/{one['id']}/deliveries/{each}/redeliver")
        assert code(answer) == (404, "delivery_not_found", None)
