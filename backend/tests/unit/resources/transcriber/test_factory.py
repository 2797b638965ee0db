from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr

from noteai.resources.transcriber.factory import SpeechKeyMissing, transcriber
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.resources.transcriber.openai_api import OpenAiTranscriber


@dataclass(frozen=True)
class Choice:
    provider: Literal["local", "openai"] = "local"
    model: str = "base"
    api_key: SecretStr | None = None
    base_url: str | None = None
    device: Literal["cpu", "cuda", "auto"] = "cpu"


def test_the_local_model_keeps_its_weights_in_the_cache() -> None:
    found = transcriber(Choice(model="tiny.en"), Path("cache"), 3)
    assert found == FasterWhisperTranscriber(cache=Path("cache/models"), model="tiny.en", threads=3)


def test_the_local_model_is_where_it_was_told_to_be() -> None:
    found = transcriber(Choice(device="cuda"), Path("cache"), 3)
    assert isinstance(found, FasterWhisperTranscriber)
    assert found.device == "cuda"


def test_the_service_has_its_own_model_where_none_of_its_is_named() -> None:
    found = transcriber(Choice("openai", api_key=SecretStr("k")), Path(), 1)
    assert isinstance(found, OpenAiTranscriber)
    assert found.model == "whisper-1"
    named = transcriber(Choice("openai", "whisper-large-v3", SecretStr("k")), Path(), 1)
    assert "whisper-large-v3" in named.identity


def test_the_service_wants_a_key_but_a_server_of_ones_own_does_not() -> None:
    with pytest.raises(SpeechKeyMissing):
        transcriber(Choice("openai"), Path(), 1)
    own = transcriber(Choice("openai", base_url="http://127.0.0.1:8000/v1"), Path(), 1)
    assert "127.0.0.1:8000" in own.identity


def test_a_key_is_shown_nowhere() -> None:
    found = transcriber(Choice("openai", api_key=SecretStr("sk-4711")), Path(), 1)
    assert "4711" not in repr(found) + found.identity
