"""Pages of others are refused whatever name they give this machine; programs are not."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from noteai.api.gate import Gate
from noteai.settings import ServiceSettings


def well(_: object) -> PlainTextResponse:
    return PlainTextResponse("well")


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


def door(**terms: object) -> TestClient:
    routes = [
        Route("/", well, methods=["GET", "POST", "PATCH", "DELETE"]),
        WebSocketRoute("/ws", greet),
    ]
    app = Starlette(routes=routes)
    return TestClient(
        Gate(app, ServiceSettings.model_validate(terms)), base_url="http://127.0.0.1:8000"
    )


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:9",
        "127.0.0.2",
        "[::1]:8000",
    ],
)
def test_this_machine_is_asked_by_its_own_names(host: str) -> None:
    assert door().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.org",
        "evil.example.org:8000",
        "localhost.evil.example.org",
        "127.0.0.1.evil.example.org",
        "localhost@evil.example.org",
        "192.168.0.7:8000",
        "0.0.0.0:8000",
        "[::1",
        "",
    ],
)
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    answer = door().get("/", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "host_unknown")


def test_a_service_for_others_is_asked_by_any_name() -> None:
    assert door(allow_remote=True).get("/", headers={"Host": "api:8000"}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("allow_remote", [True, False])
def test_another_page_changes_nothing(method: str, allow_remote: bool) -> None:
    for origin in ("http://evil.example.org", "null", "http://127.0.0.1:9"):
        answer = door(allow_remote=allow_remote).request(method, "/", headers={"Origin": origin})
        assert (answer.status_code, answer.json()["code"]) == (403, "origin_refused")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "https://app.example.org", None])
def test_its_own_pages_allowed_ones_and_programs_do(origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = door(allowed_origins="https://app.example.org").post("/", headers=headers)
    assert answer.status_code == 200


def test_another_page_may_ask_for_what_it_is_not_shown() -> None:
    """Which the browser keeps from it."""
    assert door().get("/", headers={"Origin": "http://evil.example.org"}).status_code == 200


def test_a_socket_is_opened_by_a_name_of_this_machine_alone() -> None:
    with door().websocket_connect("/ws", headers={"Host": "localhost:8000"}):
        pass
    with (
        pytest.raises(WebSocketDisconnect),
        door().websocket_connect("/ws", headers={"Host": "evil.example.org"}),
    ):
        pass
