"""Makes the transcriber that settings name."""

from pathlib import Path
from typing import Literal, Protocol

from pydantic import SecretStr

from noteai.errors import InputError
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.resources.transcriber.openai_api import OpenAiTranscriber
from noteai.resources.transcriber.port import Transcriber
from noteai.resources.transcriber.weights import WHEELS

_API_MODEL = "whisper-1"


class SpeechKeyMissing(InputError):
    """The speech service needs an API key and none is set."""

    hint = "Set NOTEAI_TRANSCRIBER__API_KEY, or use the local model."
    exit_status = 80


class Choice(Protocol):
    """What settings say about the transcriber."""

    @property
    def provider(self) -> Literal["local", "openai"]: ...
    @property
    def model(self) -> str: ...
    @property
    def device(self) -> Literal["cpu", "cuda", "auto"]: ...
    @property
    def api_key(self) -> SecretStr | None: ...
    @property
    def base_url(self) -> str | None: ...


def transcriber(choice: Choice, cache: Path, threads: int) -> Transcriber:
    """A transcriber that has loaded nothing yet; weights of wheels are put into `cache`.

    Raises:
        SpeechKeyMissing: the service wants a key. An address of one's own may do without.
    """
    if choice.provider == "local":
        return FasterWhisperTranscriber(
            cache=cache / "models", model=choice.model, threads=threads, device=choice.device
        )
    if choice.api_key is None and choice.base_url is None:
        raise SpeechKeyMissing
    model = _API_MODEL if choice.model in WHEELS else choice.model
    return OpenAiTranscriber(key=choice.api_key, model=model, base_url=choice.base_url)
