"""What every transcriber keeps."""

from dataclasses import replace
from typing import Any

import pytest

from noteai.errors import Cancelled
from noteai.resources.transcriber import Transcriber, joined
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.resources.transcriber.openai_api import OpenAiTranscriber
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


def test_chunks_are_heard_as_the_recording_is_in_one_piece(
    transcriber: Transcriber, long_speech: Any
) -> None:
    """By both recognisers; that of the service hears the same whatever it is sent."""
    short = divided(transcriber)
    whole = short.transcribe(long_speech.path, long_speech.duration, "en", (), ignore)
    plan = short.plan(long_speech.path, "en", ignore)
    assert len(plan.chunks) > 1
    heard = [short.hear(long_speech.path, each, "en", (), ignore) for each in plan.chunks]
    assert joined(plan, heard) == whole


def test_chunks_are_heard_in_any_order(transcriber: Transcriber, long_speech: Any) -> None:
    short = divided(transcriber)
    *_, last = short.plan(long_speech.path, "en", ignore).chunks
    words = short.hear(long_speech.path, last, "en", (), ignore).words
    assert words[0].start > 0.5 * long_speech.duration


def test_silence_has_no_chunks(transcriber: Transcriber, silence: Any) -> None:
    plan = transcriber.plan(silence.path, None, ignore)
    assert (plan.chunks, plan.voice) == ((), ())
    assert joined(plan, []).language == "und"


def test_whoever_hears_the_progress_can_stop_the_planning_and_the_hearing(
    transcriber: Transcriber, speech: Any
) -> None:
    def stop(_: float) -> None:
        raise Cancelled

    (chunk,) = transcriber.plan(speech.path, "en", ignore).chunks
    with pytest.raises(Cancelled):
        transcriber.plan(speech.path, "en", stop)
    with pytest.raises(Cancelled):
        transcriber.hear(speech.path, chunk, "en", (), stop)


def divided(transcriber: Transcriber) -> Transcriber:
    """The same with chunks of a single window, or of a little more than that."""
    if isinstance(transcriber, OpenAiTranscriber):
        return replace(transcriber, part_seconds=31.0)
    assert isinstance(transcriber, FasterWhisperTranscriber)
    made = replace(transcriber, batch=1, chunk=1)
    made.__dict__["_whisper"] = transcriber._whisper
    return made


def test_the_identity_is_a_line_of_text_that_stays(transcriber: Transcriber) -> None:
    assert transcriber.identity == transcriber.identity
    assert transcriber.identity.strip()
    assert "\n" not in transcriber.identity
    assert "secret" not in transcriber.identity
