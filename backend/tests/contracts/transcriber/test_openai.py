"""What only the API's client does."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from seeing import seeing

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.agents.transcript import TranscriptParams, read, transcript
from noteai.engine.run import Run, World, run_stage
from noteai.engine.stage import as_stage
from noteai.engine.workflow import Workflow
from noteai.errors import Cancelled, TransientError
from noteai.lecture.recording import Recording
from noteai.resources.transcriber import Transcriber
from noteai.resources.transcriber.openai_api import (
    OpenAiTranscriber,
    SpeechKeyRefused,
    SpeechRefused,
)
from noteai.resources.transcriber.port import Heard
from noteai.resources.transcriber.sound import RATE, as_flac

Api = Callable[..., OpenAiTranscriber]


def hear(api: OpenAiTranscriber, sound: Any, *hotwords: str, language: str | None = None) -> Heard:
    return api.transcribe(sound.path, sound.duration, language, hotwords, lambda _: None)


def seconds(flac: bytes) -> float:
    with av.open(io.BytesIO(flac), format="flac") as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    return samples / RATE


def test_the_form_is_what_the_service_documents(api: Api, service: Any, speech: Any) -> None:
    hear(api(), speech, "Euler", "Gauss", language="en")
    (asked,) = service.asked
    assert asked.path == "/v1/audio/transcriptions"
    assert asked.key == "Bearer sk-secret-4711"
    assert asked.fields["response_format"] == "verbose_json"
    assert asked.fields["model"] == "whisper-1"
    assert (asked.fields["language"], asked.fields["prompt"]) == ("en", "Euler, Gauss")
    assert seconds(asked.file) == pytest.approx(speech.duration, abs=0.8)


def test_what_is_not_known_is_not_sent(api: Api, service: Any, speech: Any) -> None:
    hear(api(), speech)
    assert not {"language", "prompt"} & set(service.asked[0].fields)


def test_words_have_the_times_of_the_recording_and_the_marks_of_the_text(
    api: Api, service: Any, speech: Any
) -> None:
    service.will(service.hearing("And", "so"))
    first, last = hear(api(), speech).words
    assert first.start == pytest.approx(0.6, abs=0.15)
    assert (first.text, last.text) == (" And", " so.")


def test_only_speech_is_sent_and_paid(api: Api, service: Any, long_speech: Any) -> None:
    heard = hear(api(price=0.6), long_speech)
    sent = sum(seconds(asked.file) for asked in service.asked)
    assert sent < 0.85 * long_speech.duration
    assert heard.cost == pytest.approx(sent * 0.01, abs=1e-4)


def test_a_long_recording_is_sent_in_parts(api: Api, service: Any, long_speech: Any) -> None:
    heard = hear(api(part_seconds=31.0), long_speech)
    assert len(service.asked) == 2
    assert all(seconds(asked.file) <= 31 for asked in service.asked)
    assert service.asked[1].fields["language"] == "en"
    assert [word.text for word in heard.words] == [
        " And",
        " so",
        " my",
        " fellow",
        " Americans.",
    ] * 2
    assert heard.words[5].start > 30


def test_a_chunk_is_one_request_and_says_its_language_and_price(
    api: Api, service: Any, long_speech: Any
) -> None:
    client = api(part_seconds=31.0, price=0.6)
    plan = client.plan(long_speech.path, None, lambda _: None)
    assert plan.language is None
    assert not service.asked
    heard = client.hear(long_speech.path, plan.chunks[1], None, ("Euler",), lambda _: None)
    (asked,) = service.asked
    assert asked.fields["prompt"] == "Euler"
    assert (heard.language, heard.voice) == ("en", ())
    assert heard.cost == pytest.approx(seconds(asked.file) * 0.01, abs=1e-4)


def test_what_was_paid_is_not_paid_again_after_a_failure(
    api: Api, service: Any, long_speech: Any, tmp_path: Path
) -> None:
    store = FolderStore(tmp_path / "store")
    audio = store.put(long_speech.path, "audio/flac")
    recording = Recording(
        file=audio, container="flac", duration=long_speech.duration, video=None,
        audio_track=None, audio=audio,
    )  # fmt: skip
    client = api(part_seconds=31.0, attempts=1, price=0.6)
    ledger, nobody = MemoryLedger(), SimpleNamespace(emit=lambda _: None)
    world = World(store, ledger, nobody, {Transcriber: client}, tmp_path / "scratch")
    run = Run(
        "r", Workflow("hearing", (Recording,), (as_stage(transcript),)), {Recording: recording}
    )
    service.will(service.hearing("And", "so"), service.refusing(500))
    with pytest.raises(TransientError):
        run_stage(run, "transcript", world)
    service.will(service.hearing("we", "begin"))
    run_stage(run, "transcript", world)
    manifest = ledger.records("r")["transcript"].manifest
    assert manifest
    texts = [each["text"] for each in json.loads(manifest.output)["words"]]
    assert texts == ["And", "so.", "we", "begin."]
    assert len(service.asked) == 3
    assert manifest.cost == pytest.approx(seconds(service.asked[2].file) * 0.01, abs=1e-4)


def test_the_longest_part_is_below_the_services_limit(api: Api) -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, 60 * RATE).astype(np.float32)
    assert len(as_flac(noise)) * api().part_seconds / 60 < 25e6


def test_a_busy_service_is_asked_again(api: Api, service: Any, speech: Any) -> None:
    busy = service.refusing(429, Retry_After="7")
    service.will(busy, service.refusing(503), service.hearing("And", "so"))
    assert len(hear(api(), speech).words) == 2
    assert len(service.asked) == 3
    assert service.waits[0] == 7.0
    assert 2.0 <= service.waits[1] <= 2.7


def test_a_service_that_fails_for_ever_is_a_transient_error(
    api: Api, service: Any, speech: Any
) -> None:
    service.will(service.refusing(500))
    with pytest.raises(TransientError, match="status 500"):
        hear(api(attempts=4), speech)
    assert len(service.asked) == 4
    assert service.waits == sorted(service.waits)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"words": 3}', b"\xff\xfe"])
def test_an_answer_that_cannot_be_read_is_a_transient_error(
    api: Api, service: Any, speech: Any, body: bytes
) -> None:
    service.will(service.garbled(body))
    with pytest.raises(TransientError, match="cannot be read"):
        hear(api(attempts=2), speech)


def test_a_service_that_is_not_there_is_a_transient_error(api: Api, speech: Any) -> None:
    nowhere = OpenAiTranscriber(base_url="http://127.0.0.1:9/v1", attempts=2, sleep=lambda _: None)
    with pytest.raises(TransientError, match="APIConnectionError"):
        hear(nowhere, speech)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_not_tried_again(
    api: Api, service: Any, speech: Any, status: int
) -> None:
    service.will(service.refusing(status))
    with pytest.raises(SpeechKeyRefused):
        hear(api(), speech)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(404, None), (413, None), (429, "insufficient_quota")]
)
def test_a_refusal_is_not_tried_again(
    api: Api, service: Any, speech: Any, status: int, code: str | None
) -> None:
    service.will(service.refusing(status, code))
    with pytest.raises(SpeechRefused):
        hear(api(), speech)
    assert len(service.asked) == 1


def test_words_without_times_lie_in_their_segment(api: Api, service: Any, speech: Any) -> None:
    service.will(service.hearing("And", "so", words=None))
    first, last = hear(api(), speech).words
    assert first.start == pytest.approx(0.6, abs=0.15)
    assert last.start == first.end
    assert last.end == pytest.approx(3.1, abs=0.15)


def test_an_answer_without_word_times_becomes_a_whole_transcript(
    api: Api, service: Any, speech: Any
) -> None:
    service.will(service.hearing("And", "so", "we", "begin", "with", "it", words=None))
    heard = hear(api(), speech)
    found = read(heard, speech.duration, TranscriptParams())
    assert found.warnings == ()
    assert [each.text for each in found.sentences] == ["And so we begin with it."]
    assert found.words[0].start == pytest.approx(0.6, abs=0.15)
    assert found.words[3].middle == pytest.approx(1.9, abs=0.2)
    assert found.words[-1].end == pytest.approx(3.1, abs=0.15)


def test_work_is_stopped_between_attempts(api: Api, service: Any, speech: Any) -> None:
    def stop(_: float) -> None:
        raise Cancelled

    service.will(service.refusing(500))
    with pytest.raises(Cancelled):
        api(sleep=stop).transcribe(speech.path, speech.duration, None, (), lambda _: None)
    assert len(service.asked) == 1


def test_each_request_is_a_span_with_its_price(api: Api, service: Any, speech: Any) -> None:
    service.will(service.refusing(500), service.hearing("And", "so"))
    with seeing() as sight:
        heard = hear(api(), speech)
    facts = {"noteai.provider": "openai", "noteai.model": "whisper-1"}
    assert sight.facts("transcriber call") == [
        {**facts, "error.type": "_Busy"},
        {**facts, "noteai.cost": heard.cost},
    ]
