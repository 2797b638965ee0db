"""What the suite of the `Transcriber` port needs: sound, and a speech service on the loopback."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from noteai.resources.transcriber import Transcriber
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.resources.transcriber.openai_api import OpenAiTranscriber
from noteai.resources.transcriber.sound import RATE, Samples, as_flac
from noteai.sample.voice import RATE as VOICE_RATE
from noteai.sample.voice import Voice, resampled

KEY = "sk-secret-4711"
WORDS = ("And", "so", "my", "fellow", "Americans")
"""What the service says that it heard, whatever it is sent."""
SENTENCES = (
    "The first chapter of the lecture is about trees and their leaves.",
    "Every node of a tree has one parent, except the root.",
    "We count the edges from the root to find the depth of a node.",
    "In computer science the root is usually drawn at the top.",
    "A balanced tree keeps all of its leaves at about the same depth.",
    "Searching such a tree takes only a few steps, even when it is large.",
    "Inserting a new key may break the balance, so we rotate.",
    "After the break we will look at graphs, which may contain cycles.",
    "Please read the second chapter of the book before the next meeting.",
)


@dataclass(frozen=True)
class Sound:
    """A recording's audio: 16 kHz mono FLAC, its seconds, and when its sentences begin."""

    path: Path
    duration: float
    onsets: tuple[float, ...] = ()


@dataclass(frozen=True)
class Scripted:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as the service got it: its path, its key, its fields and its file."""

    path: str
    key: str
    fields: dict[str, str]
    file: bytes


class Service:
    """Follows its script, repeating the last answer; without a script it hears `WORDS`."""

    def __init__(self) -> None:
        self.script: list[Scripted] = []
        self.asked: list[Asked] = []
        self.waits: list[float] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def answer(self, asked: Asked) -> Scripted:
        self.asked.append(asked)
        if not self.script:
            return self.hearing(*WORDS)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def will(self, *script: Scripted) -> None:
        self.script = list(script)

    def hearing(self, *words: str, **more: Any) -> Scripted:
        """An answer in `verbose_json`: words of 0.4 s from 0.5 s on, and one segment."""
        timed = [
            {"word": word, "start": 0.5 + 0.4 * n, "end": 0.9 + 0.4 * n}
            for n, word in enumerate(words)
        ]
        text = f"{' '.join(words)}."
        segment = {"id": 0, "text": text, "start": 0.5, "end": 3.0, "avg_logprob": -0.2}
        said = {"task": "transcribe", "language": "english", "duration": 3.0, "text": text}
        body = said | {"words": timed, "segments": [segment]} | more
        return Scripted(200, json.dumps(body).encode())

    def refusing(self, status: int, code: str | None = None, **headers: str) -> Scripted:
        body = {"error": {"message": "no", "type": "error", "code": code}}
        return Scripted(status, json.dumps(body).encode(), headers)

    def garbled(self, body: bytes) -> Scripted:
        return Scripted(200, body)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fields, file = _form(self.headers["Content-Type"], body)
            key = self.headers.get("Authorization", "")
            scripted = service.answer(Asked(self.path, key, fields, file))
            self.send_response(scripted.status)
            for name, value in scripted.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(scripted.body)))
            self.end_headers()
            self.wfile.write(scripted.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Says nothing."""

    return Handler


def _form(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """The fields of a multipart form, and its file."""
    boundary = content_type.split("boundary=")[1].strip('"').encode()
    fields, file = {}, b""
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        assert name
        if b"filename=" in head:
            file = content.removesuffix(b"\r\n")
        else:
            fields[name[1].decode()] = content.removesuffix(b"\r\n").decode()
    return fields, file


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    opened = Service()
    yield opened
    opened.close()


@pytest.fixture
def api(service: Service) -> Callable[..., OpenAiTranscriber]:
    """Makes clients of the service that note their waits instead of waiting."""

    def make(**more: Any) -> OpenAiTranscriber:
        given = {"key": SecretStr(KEY), "sleep": service.waits.append} | more
        return OpenAiTranscriber(base_url=service.url, **given)

    return make


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisperTranscriber:
    """The smallest model of the wheels, loaded once for all tests."""
    cache = tmp_path_factory.mktemp("models")
    return FasterWhisperTranscriber(cache=cache, model="tiny.en", threads=2)


@pytest.fixture(params=["local", "openai"])
def transcriber(request: pytest.FixtureRequest) -> Transcriber:
    if request.param == "local":
        found: Transcriber = request.getfixturevalue("local")
        return found
    made: Transcriber = request.getfixturevalue("api")()
    return made


@pytest.fixture(scope="session")
def spoken() -> Samples:
    """A sentence of the offline voice, with half a second of silence before it."""
    said = Voice().say("And so we begin with the first chapter of the lecture.", seed=1).samples
    sound = resampled(said, VOICE_RATE / RATE)
    return np.concatenate([np.zeros(RATE // 2, np.float32), sound, np.zeros(RATE, np.float32)])


@pytest.fixture(scope="session")
def speech(spoken: Samples, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return stored(spoken, tmp_path_factory.mktemp("speech") / "speech.flac")


@pytest.fixture(scope="session")
def long_speech(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Sentences with pauses of two seconds between them: more than a window of speech."""
    voice, pause = Voice(), np.zeros(2 * RATE, np.float32)
    parts: list[Samples] = [pause]
    onsets: list[float] = []
    for seed, sentence in enumerate(SENTENCES):
        onsets.append(sum(map(len, parts)) / RATE)
        parts += [resampled(voice.say(sentence, seed).samples, VOICE_RATE / RATE), pause]
    return stored(np.concatenate(parts), tmp_path_factory.mktemp("speech") / "long.flac", *onsets)


@pytest.fixture(scope="session")
def silence(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    noise = np.random.default_rng(1).normal(0, 1e-4, 5 * RATE).astype(np.float32)
    return stored(noise, tmp_path_factory.mktemp("silence") / "silence.flac")


def stored(samples: Samples, path: Path, *onsets: float) -> Sound:
    path.write_bytes(as_flac(samples))
    return Sound(path, len(samples) / RATE, onsets)
