"""OpenAI's transcription API, and servers that speak its protocol."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr, ValidationError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from noteai import tracing
from noteai.errors import InputError, TransientError
from noteai.resources.language_model.wire import retry_after
from noteai.resources.transcriber.openai_answer import Answer, heard_words, iso_code
from noteai.resources.transcriber.port import (
    UNDETERMINED,
    Chunk,
    Heard,
    HeardWord,
    Plan,
    joined,
)
from noteai.resources.transcriber.sound import RATE, as_flac
from noteai.resources.transcriber.voice import Stretch
from noteai.resources.transcriber.windows import Window, together, windows, windows_of
from noteai.timeline import Span

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

OPENAI = "https://api.openai.com/v1"
_BUSY = frozenset([408, 409, 425, 429])
_LONGEST_WAIT = 60.0


class SpeechKeyRefused(InputError):
    """The speech service does not accept the API key for {model}."""

    hint = "Set NOTEAI_TRANSCRIBER__API_KEY to a valid key, or use the local model."
    exit_status = 81


class SpeechRefused(InputError):
    """The speech service refused to work with {model}: {reason}."""

    hint = "Check the model's name and the account, or use the local model."
    exit_status = 71


class _Busy(Exception):
    """May succeed later; `wait` is the seconds that the service asked for."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


@dataclass(frozen=True)
class OpenAiTranscriber:
    """A resource: a whisper model behind an API. `price` is US dollars a minute of sound."""

    key: SecretStr | None = field(default=None, repr=False)
    model: str = "whisper-1"
    base_url: str | None = None
    price: float = 0.006
    attempts: int = 6
    first_wait: float = 1.0
    """Seconds before the second attempt; doubled with each further one."""
    request_seconds: float = 300.0
    part_seconds: float = 600.0
    """Sound of one request: as FLAC it is below 20 MB whatever it holds, and 25 are allowed."""
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)

    @property
    def identity(self) -> str:
        return f"openai speech {self.model} at {self.base_url or OPENAI}"

    def transcribe(
        self,
        audio: Path,
        duration: float,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """As the port says; pauses of more than 0.8 s are neither sent nor paid.

        Raises:
            SpeechKeyRefused, SpeechRefused: the user has to act.
            TransientError: it did not answer, however often it was asked.
        """
        plan = self.plan(audio, language, on_progress)
        heard: list[Heard] = []
        done = 0.0
        for chunk in plan.chunks:
            on_progress(done)
            heard.append(self.hear(audio, chunk, language, hotwords, lambda _: None))
            known = heard[-1].language
            language = language or (known if known != UNDETERMINED else None)
            end = chunk.windows[-1][-1][1] / RATE
            done = min(1.0, end / max(duration, end))
        on_progress(1.0)
        return joined(plan, heard)

    @property
    def undivided(self) -> float:
        """What fits into one request."""
        return self.part_seconds

    def plan(self, audio: Path, language: str | None, on_progress: Callable[[float], None]) -> Plan:
        """As the port says: a chunk is a request."""
        chunks: list[list[tuple[Stretch, ...]]] = []
        voice: list[Span] = []
        room = 0.0
        for window in windows(audio):
            on_progress(0.0)
            voice += window.voice
            if len(window.samples) > room:
                chunks.append([])
                room = self.part_seconds * RATE
            chunks[-1].append(window.parts)
            room -= len(window.samples)
        return Plan.of(language, voice, chunks)

    def hear(
        self,
        audio: Path,
        chunk: Chunk,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """As the port says. Raises: as `transcribe`."""
        on_progress(0.0)
        part = together(list(windows_of(audio, chunk)))
        length = len(part.samples) / RATE
        cost = round(length / 60 * self.price, 6)
        answer = self._ask(_form(self.model, part, language, hotwords), cost)
        on_progress(1.0)
        return Heard(
            language=language or iso_code(answer.language) or UNDETERMINED,
            words=tuple(_placed(word, part) for word in heard_words(answer, length)),
            voice=(),
            cost=cost,
        )

    @cached_property
    def _client(self) -> "OpenAI":
        from openai import OpenAI

        return OpenAI(
            api_key=self.key.get_secret_value() if self.key else "none",
            base_url=self.base_url or OPENAI,
            timeout=self.request_seconds,
            max_retries=0,
        )

    def _ask(self, form: dict[str, Any], cost: float) -> Answer:
        retrying = Retrying(
            stop=stop_after_attempt(self.attempts),
            wait=self._wait,
            retry=retry_if_exception_type(_Busy),
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(self._send, form, cost)
        except _Busy as busy:
            raise TransientError(reason=f"speech service, {busy.reason}") from None

    def _wait(self, state: RetryCallState) -> float:
        """Twice as long each time and a little at random; longer where the service says so."""
        busy = state.outcome.exception() if state.outcome else None
        asked = busy.wait if isinstance(busy, _Busy) else 0.0
        doubled = self.first_wait * 2.0 ** (state.attempt_number - 1)
        own = doubled * random.uniform(1.0, 1.3)  # noqa: S311 - spreads load
        return min(max(own, asked), _LONGEST_WAIT)

    def _send(self, form: dict[str, Any], cost: float) -> Answer:
        with tracing.span("transcriber call", provider="openai", model=self.model):
            answer = self._send_once(form)
            tracing.tell(cost=cost)
        return answer

    def _send_once(self, form: dict[str, Any]) -> Answer:
        from openai import APIConnectionError, APIStatusError

        try:
            raw = self._client.audio.transcriptions.with_raw_response.create(**form)
        except APIStatusError as fault:
            raise self._failure(fault) from None
        except APIConnectionError as fault:
            raise _Busy(f"no answer ({type(fault).__name__})") from None
        try:
            return Answer.model_validate_json(raw.content)
        except ValidationError:
            raise _Busy("an answer that cannot be read") from None

    def _failure(self, fault: "APIStatusError") -> Exception:
        if fault.status_code in (401, 403):
            return SpeechKeyRefused(model=self.model)
        reason = f"status {fault.status_code}"
        if fault.code == "insufficient_quota":
            return SpeechRefused(model=self.model, reason="the account's quota is used up")
        if fault.status_code in _BUSY or fault.status_code >= 500:
            return _Busy(reason, retry_after(fault.response.headers) or 0.0)
        return SpeechRefused(model=self.model, reason=reason)


def _form(
    model: str, part: Window, language: str | None, hotwords: tuple[str, ...]
) -> dict[str, Any]:
    """The fields of a request; those that are not known are left out."""
    form: dict[str, Any] = {
        "file": ("speech.flac", as_flac(part.samples), "audio/flac"),
        "model": model,
        "response_format": "verbose_json",
        "timestamp_granularities": ["word", "segment"],
        "temperature": 0,
    }
    given = {"language": language, "prompt": ", ".join(hotwords)}
    return form | {name: value for name, value in given.items() if value}


def _placed(word: HeardWord, part: Window) -> HeardWord:
    start, end = part.times(word.start, word.end)
    return word._replace(start=start, end=end)
