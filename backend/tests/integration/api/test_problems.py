"""Every error is a problem, whatever it is."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from noteai.api.app import create_app
from noteai.api.limits import LARGEST
from noteai.api.services import ApiServices
from noteai.database import Database

HERE = "http://localhost"


def code(answer: object) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    return answer.status_code, answer.json()["code"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (422, "request_invalid")),
        (b"{", (400, "json_invalid")),
        (b"[1, 2]", (422, "request_invalid")),
        (b'"\xff"', (400, "request_refused")),
        (b'{"title": "\\u0000"}', (400, "nul_character")),
        (b'{"\\ud800": 1}', (400, "half_character")),
        (b'{"params": {"left": {"hotwords": ["\\ud800x"]}}}', (400, "half_character")),
        (b'{"params": {"left": {"hotwords": ["\xed\xa0\x80"]}}}', (400, "half_character")),
        ('{"title": "\\u0000"}'.encode("utf-16-le"), (400, "nul_character")),
        (b"[" * 100_000, (400, "body_too_deep")),
        (b'{"params":' * 50 + b"1" + b"}" * 50, (400, "body_too_deep")),
        (b'{"title": "' + b"x" * LARGEST + b'"}', (413, "body_too_large")),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(
    api: TestClient, body: bytes, expected: tuple[int, str]
) -> None:
    headers = {"Content-Type": "application/json"}
    assert code(api.post("/jobs", content=body, headers=headers)) == expected


def test_a_body_is_counted_as_it_comes(api: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(3):
            yield b" " * (LARGEST // 2)

    answer = api.post("/jobs", content=chunks(), headers={"Content-Type": "application/json"})
    assert code(answer) == (413, "body_too_large")


def test_a_form_is_no_job(api: TestClient) -> None:
    assert code(api.post("/jobs", data={"upload_id": str(uuid4())})) == (422, "request_invalid")


def test_several_things_that_are_wrong_are_all_listed(api: TestClient) -> None:
    said = api.post("/jobs", json={"workflow": 1, "colour": "red"}).json()
    assert said["field"] == "workflow"
    assert [(each["field"], each["message"]) for each in said["errors"]] == [
        ("workflow", "should be a valid string"),
        ("colour", "is not a field of this request"),
    ]


def test_every_parameter_that_is_wrong_is_listed(api: TestClient) -> None:
    params = {"first": {"depth": "x", "width": 1}, "nothing": {}}
    order = {"upload_id": str(uuid4()), "workflow": "diamond", "params": params}
    said = api.post("/jobs", json=order).json()
    assert (said["code"], said["field"]) == ("unknown_parameter", "params.first.width")
    assert [each["field"] for each in said["errors"]] == [
        "params.first.width",
        "params.first.depth",
        "params.nothing",
    ]
    assert "depth" in said["errors"][1]["message"]


def test_an_address_without_anything_is_not_found(api: TestClient) -> None:
    assert code(api.get("/nothing")) == (404, "address_unknown")


def test_a_method_that_an_address_does_not_take_is_refused(api: TestClient) -> None:
    answer = api.put("/jobs")
    assert code(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"
    assert "GET, POST" in answer.json()["hint"]


def test_a_defect_shows_a_reference_and_nothing_else(services: ApiServices) -> None:
    app = create_app(services)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret")

    with capture_logs() as lines, TestClient(app, base_url=HERE) as client:
        answer = client.get("/broken")
    assert code(answer) == (500, "internal_error")
    assert "secret" not in answer.text
    (line,) = [each for each in lines if each["event"] == "request_broke"]
    assert line["reference"] == answer.json()["reference"]
    assert str(line["exc_info"]) == "secret"


def test_a_database_that_is_away_is_unavailable_for_a_moment(services: ApiServices) -> None:
    away = Database("postgresql+psycopg2://nobody@127.0.0.1:9/nothing")
    with TestClient(create_app(replace(services, database=away)), base_url=HERE) as client:
        for path in ("/api/v1/jobs", f"/api/v1/jobs/{uuid4()}", "/api/v1/queue"):
            answer = client.get(path)
            assert code(answer) == (503, "database_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
        order = {"upload_id": str(uuid4()), "workflow": "diamond"}
        answer = client.post("/api/v1/jobs", json=order)
        assert code(answer) == (503, "database_unavailable")
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "unready")
        assert client.get("/health/live").status_code == 200
    away.close()


def test_a_service_that_has_all_it_needs_is_ready(services: ApiServices) -> None:
    with TestClient(create_app(services), base_url=HERE) as client:
        found = client.get("/health/ready").json()
    assert found["status"] == "ready"
    assert set(found["checks"]) == {"broker", "canary", "database", "migrations", "store"}


def test_a_service_without_redis_goes_on_and_says_so(services: ApiServices) -> None:
    alone = replace(services, redis_url="redis://127.0.0.1:9/0")
    with TestClient(create_app(alone), base_url=HERE) as client:
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        assert not ready.json()["checks"]["broker"]["is_well"]
        assert client.get("/api/v1/jobs").status_code == 200
