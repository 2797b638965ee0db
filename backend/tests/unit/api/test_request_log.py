"""The id of a request comes in, goes out, and is in every line of it."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI, WebSocket
from starlette.testclient import TestClient

from noteai import telemetry
from noteai.api import errors
from noteai.api.request_log import RequestLog, job_of
from noteai.errors import InputError

pytestmark = pytest.mark.usefixtures("log_as_it_was")
Read = pytest.CaptureFixture[str]
JOB = UUID(int=7)


class Refused(InputError):
    """No."""


@pytest.fixture
def client() -> Iterator[TestClient]:
    app, feature = FastAPI(), APIRouter()

    @feature.get("/jobs/{job_id}/clips")
    def clips(job_id: str) -> str | None:
        telemetry.logger().warning("looked", at=job_id)
        return telemetry.bound("request")

    @app.get("/refused")
    async def refused() -> None:
        raise Refused

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError

    @app.get("/health/live")
    async def live() -> None: ...

    @feature.websocket("/ws/{job_id}")
    async def follow(socket: WebSocket, job_id: str) -> None:
        await socket.accept()
        await socket.send_text(str(telemetry.bound("job")))
        await socket.close()

    app.include_router(feature, prefix="/api")
    errors.install(app)
    app.add_middleware(RequestLog)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def capsys(capsys: Read) -> Read:
    """Written as JSON, and as the test began."""
    telemetry.set_up("api", "info", "json")
    return capsys


def lines(capsys: Read) -> list[dict[str, object]]:
    return [json.loads(each) for each in capsys.readouterr().err.splitlines()]


def test_an_id_that_was_sent_is_kept(client: TestClient, capsys: Read) -> None:
    answer = client.get(f"/api/jobs/{JOB}/clips", headers={"X-Request-ID": "a-1:b.c_D"})
    assert answer.headers["X-Request-ID"] == answer.json() == "a-1:b.c_D"
    looked, answered = lines(capsys)
    assert (looked["request"], looked["job"]) == ("a-1:b.c_D", str(JOB))
    assert (answered["event"], answered["level"]) == ("request_answered", "info")
    assert answered["route"] == "/api/jobs/{job_id}/clips"
    assert (answered["method"], answered["status"]) == ("GET", 200)
    assert (answered["request"], answered["job"]) == ("a-1:b.c_D", str(JOB))
    assert isinstance(answered["seconds"], float)


@pytest.mark.parametrize("sent", ["", "two words", "a" * 129, "{}", "x;y", "\u00e9"])
def test_what_is_no_id_is_not_taken(sent: str, client: TestClient) -> None:
    found = {
        client.get("/refused", headers={"X-Request-ID": sent.encode()}).headers["X-Request-ID"]
        for _ in range(2)
    }
    assert len(found) == 2
    assert all(len(each) == 32 for each in found)


@pytest.mark.parametrize(("path", "status"), [("/refused", 422), ("/broken", 500), ("/no", 404)])
def test_a_problem_names_its_request(
    path: str, status: int, client: TestClient, capsys: Read
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.json()["request"] == answer.headers["X-Request-ID"]
    said = lines(capsys)
    assert {each["request"] for each in said} == {answer.json()["request"]}
    assert said[-1]["status"] == status


def test_a_socket_has_an_id_and_a_job(client: TestClient, capsys: Read) -> None:
    with client.websocket_connect(f"/api/ws/{JOB}", headers={"X-Request-ID": "s-1"}) as socket:
        assert socket.receive_text() == str(JOB)
    (said,) = lines(capsys)
    assert (said["method"], said["route"], said["status"]) == ("WEBSOCKET", "/api/ws/{job_id}", 101)
    assert (said["request"], said["job"]) == ("s-1", str(JOB))


def test_what_is_asked_all_day_is_not_said(client: TestClient, capsys: Read) -> None:
    assert client.get("/health/live").status_code == 200
    assert lines(capsys) == []


@pytest.mark.parametrize("end", ["", "/", "/clips/2", "/events"])
def test_a_job_has_one_form_in_every_process(end: str) -> None:
    assert job_of(f"/api/v1/jobs/{str(JOB).upper()}{end}") == {"job": str(JOB)}
    assert job_of(f"/api/v1/results/{JOB.hex}{end}") == {"job": str(JOB)}


@pytest.mark.parametrize("path", ["/jobs", "/jobs/7", f"/jobs/{'-' * 36}", f"/uploads/{JOB}"])
def test_what_is_about_no_job_names_none(path: str) -> None:
    assert job_of(path) == {}
