"""Streams and results behind the doors of the whole application."""

from uuid import uuid4

import pytest
from jobbing import Office
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect


def test_a_socket_tells_how_a_job_stands(api: TestClient, office: Office) -> None:
    job = office.submit()
    with api.websocket_connect(f"ws://localhost/api/v1/ws/{job}") as socket:
        snapshot = socket.receive_json()
    assert (snapshot["type"], snapshot["job_id"]) == ("snapshot", str(job))


def test_a_socket_of_an_unknown_job_is_closed_with_its_code(api: TestClient) -> None:
    address = f"ws://localhost/api/v1/ws/{uuid4()}"
    with (
        api.websocket_connect(address) as socket,
        pytest.raises(WebSocketDisconnect) as closed,
    ):
        socket.receive_json()
    assert closed.value.code == 4404


def test_a_job_that_runs_has_no_results_yet(api: TestClient, office: Office) -> None:
    job = office.submit()
    answer = api.get(f"/results/{job}")
    assert (answer.status_code, answer.json()["code"]) == (409, "job_not_finished")
    assert str(job) in answer.json()["hint"]
