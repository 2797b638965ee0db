"""Both providers on the loopback: servers that speak their protocols and follow a script."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from noteai.resources.language_model import LanguageModel, Terms
from noteai.resources.language_model.gemini import GeminiModel
from noteai.resources.language_model.openai_compatible import OpenAiCompatibleModel

KEY = "sk-secret-4711"
MODEL = "tutor-1"


@dataclass(frozen=True)
class Scripted:
    """One answer of the server; with `hangs` it says nothing until the test is over."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False


@dataclass(frozen=True)
class Heard:
    """One request as the server got it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Server:
    """Gives the scripted answers in order and repeats the last one."""

    def __init__(self) -> None:
        self.script: list[Scripted] = []
        self.heard: list[Heard] = []
        self._over = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def answer(self, heard: Heard) -> Scripted:
        self.heard.append(heard)
        scripted = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if scripted.hangs:
            self._over.wait(30)
        return scripted

    def close(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            scripted = server.answer(Heard(self.path, headers, body))
            try:
                self._send(scripted)
            except (BrokenPipeError, ConnectionResetError):
                return

        def _send(self, scripted: Scripted) -> None:
            self.send_response(scripted.status)
            said = {"content-type": "application/json", **scripted.headers}
            for name, value in said.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(scripted.body)))
            self.end_headers()
            self.wfile.write(scripted.body)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@dataclass(frozen=True)
class Provider:
    """A server with its protocol: what it says, and how to read what it heard."""

    server: Server
    make: Callable[[Terms], LanguageModel]
    says: Callable[..., dict[str, Any]]
    fails: Callable[[int, str], dict[str, Any]]
    system: Callable[[Heard], str]
    turns: Callable[[Heard], list[tuple[str, str]]]
    schema: Callable[[Heard], dict[str, Any]]
    base_path: str = ""

    def model(self, **terms: Any) -> LanguageModel:
        quick = {"first_wait": 0.0, "request_seconds": 10.0, "attempts": 3}
        address = self.server.address + self.base_path
        return self.make(Terms(model=MODEL, base_url=address, **{**quick, **terms}))

    def will(self, *script: Scripted) -> None:
        self.server.script = list(script)

    def saying(self, text: str, **more: Any) -> Scripted:
        return Scripted(200, json.dumps(self.says(text, **more)).encode())

    def failing(self, status: int, message: str = "no", **headers: str) -> Scripted:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return Scripted(status, json.dumps(self.fails(status, message)).encode(), sent)

    def hanging(self) -> Scripted:
        return Scripted(200, b"{}", hangs=True)

    def garbled(self, body: bytes) -> Scripted:
        return Scripted(200, body)

    @property
    def heard(self) -> Sequence[Heard]:
        return self.server.heard


def _gemini_says(
    text: str, tokens: tuple[int, int] = (100, 20), finish: str = "STOP"
) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    return {
        "candidates": [{"content": content, "finishReason": finish, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": tokens[0],
            "candidatesTokenCount": tokens[1],
            "totalTokenCount": sum(tokens),
        },
    }


def _openai_says(
    text: str, tokens: tuple[int, int] = (100, 20), finish: str = "STOP"
) -> dict[str, Any]:
    ended = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "content_filter"}[finish]
    message = {"role": "assistant", "content": text}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": ended}],
        "usage": {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        },
    }


def _gemini(server: Server) -> Provider:
    return Provider(
        server=server,
        make=lambda terms: GeminiModel(terms, SecretStr(KEY)),
        says=_gemini_says,
        fails=lambda status, said: {"error": {"code": status, "message": said, "status": "FAILED"}},
        system=lambda heard: heard.body["systemInstruction"]["parts"][0]["text"],
        turns=lambda heard: [
            (turn["role"], turn["parts"][0]["text"]) for turn in heard.body["contents"]
        ],
        schema=lambda heard: heard.body["generationConfig"]["responseJsonSchema"],
    )


def _openai(server: Server) -> Provider:
    return Provider(
        server=server,
        make=lambda terms: OpenAiCompatibleModel(terms, SecretStr(KEY)),
        says=_openai_says,
        fails=lambda status, said: {"error": {"message": said, "type": "error", "code": None}},
        system=lambda heard: heard.body["messages"][0]["content"],
        turns=lambda heard: [
            ({"assistant": "model"}.get(turn["role"], turn["role"]), turn["content"])
            for turn in heard.body["messages"][1:]
        ],
        schema=lambda heard: heard.body["response_format"]["json_schema"]["schema"],
        base_path="/v1",
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    opened = Server()
    yield opened
    opened.close()


@pytest.fixture
def gemini(server: Server) -> Provider:
    return _gemini(server)


@pytest.fixture
def openai(server: Server) -> Provider:
    return _openai(server)


@pytest.fixture(params=[_gemini, _openai], ids=["gemini", "openai"])
def provider(request: pytest.FixtureRequest, server: Server) -> Provider:
    made: Provider = request.param(server)
    return made
