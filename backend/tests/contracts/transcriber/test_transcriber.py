"""What every transcriber keeps."""

from typing import Any

import pytest

from noteai.errors import Cancelled
from noteai.resources.transcriber import Transcriber
from noteai.timeline import overlap, span


def ignore(_: float) -> None:
    pass


def test_speech_is_heard_as_words_with_times_inside_the_recording(
    transcriber: Transcriber, speech: Any
) -> None:
    heard = transcriber.transcribe(speech.path, speech.duration, None, (), ignore)
    assert heard.language == "en"
    assert "".join(word.text for word in heard.words).strip().startswith("And so")
    assert all(word.text.startswith(" ") for word in heard.words)
    assert all(0 <= word.start <= word.end <= speech.duration for word in heard.words)
    assert all(0 < word.probability <= 1 for word in heard.words)


def test_the_voice_is_found_where_somebody_speaks(transcriber: Transcriber, speech: Any) -> None:
    heard = transcriber.transcribe(speech.path, speech.duration, None, (), ignore)
    spoken = span(0.5, speech.duration - 1.0)
    found = sum(overlap(each, spoken) for each in heard.voice)
    assert found >= 0.9 * spoken.duration
    assert sum(each.duration for each in heard.voice) - found < 0.3


def test_silence_has_no_words_no_voice_and_no_language(
    transcriber: Transcriber, silence: Any
) -> None:
    heard = transcriber.transcribe(silence.path, silence.duration, "en", (), ignore)
    assert (heard.language, heard.words, heard.voice, heard.cost) == ("und", (), (), 0.0)


def test_progress_rises_to_the_end(transcriber: Transcriber, long_speech: Any) -> None:
    said: list[float] = []
    transcriber.transcribe(long_speech.path, long_speech.duration, "en", (), said.append)
    assert said == sorted(said)
    assert 0.9 < said[-1] <= 1.0


def test_whoever_hears_the_progress_can_stop_the_work(
    transcriber: Transcriber, speech: Any
) -> None:
    def stop(_: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        transcriber.transcribe(speech.path, speech.duration, "en", (), stop)


def test_the_identity_is_a_line_of_text_that_stays(transcriber: Transcriber) -> None:
    assert transcriber.identity == transcriber.identity
    assert transcriber.identity.strip()
    assert "\n" not in transcriber.identity
    assert "secret" not in transcriber.identity
