from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from desk import Desk
from pydantic import ValidationError

from noteai.agents.transcript import TranscriptParams, read, transcript
from noteai.engine.artifact import FileRef
from noteai.engine.stage import as_stage
from noteai.lecture.recording import NoAudioTrack, Recording
from noteai.resources.transcriber import Heard, HeardWord, Transcriber
from noteai.timeline import span

AUDIO = FileRef(digest="0" * 64, media_type="audio/flac", size=1)
HEARD = Heard(
    language="en",
    words=(
        HeardWord(0.1, 0.5, " Hello", 0.95),
        HeardWord(0.5, 0.9, " Dr", 0.2),
        HeardWord(0.9, 0.9, ".", 0.9),
        HeardWord(1.0, 1.4, " Who.", 0.9),
        HeardWord(5.0, 5.5, " Thanks.", 0.9),
    ),
    voice=(span(0.1, 1.4),),
)


@dataclass
class Script:
    """A transcriber that heard what it is told, and notes what it was asked."""

    heard: Heard
    asked: list[object] = field(default_factory=list)
    identity: str = "script"

    def transcribe(
        self,
        audio: Path,
        duration: float,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        self.asked += [audio, duration, language, hotwords]
        on_progress(1.0)
        return self.heard


def recording(audio: FileRef | None) -> Recording:
    return Recording(
        file=AUDIO, container="mov", duration=10, video=None, audio_track=None, audio=audio
    )


def test_what_the_transcriber_cost_is_charged() -> None:
    desk = Desk()
    heard = HEARD.model_copy(update={"cost": 0.25})
    transcript(recording(AUDIO), TranscriptParams(), Script(heard), desk)
    assert desk.paid == 0.25


def test_the_transcriber_hears_the_recordings_own_audio() -> None:
    script, desk = Script(HEARD), Desk()
    params = TranscriptParams(language="en", hotwords=("Euler",))
    found = transcript(recording(AUDIO), params, script, desk)
    assert script.asked == [Path("0" * 64), 10, "en", ("Euler",)]
    assert desk.heard == [1.0]
    assert found.language == "en"


def test_a_recording_without_sound_has_no_transcript() -> None:
    with pytest.raises(NoAudioTrack):
        transcript(recording(None), TranscriptParams(), Script(HEARD), Desk())


def test_words_are_numbered_trimmed_and_flagged() -> None:
    found = read(HEARD, 10, TranscriptParams())
    assert [(word.id, word.text) for word in found.words] == [
        ("w0", "Hello"), ("w1", "Dr."), ("w2", "Who."),
    ]  # fmt: skip
    assert [word.flags for word in found.words] == [(), ("low_probability",), ()]


def test_words_without_voice_are_dropped_with_a_warning() -> None:
    found = read(HEARD, 10, TranscriptParams())
    assert found.warnings == ("1 words were dropped because nobody speaks there",)


def test_an_endless_repetition_is_cut_with_a_warning() -> None:
    words = tuple(HeardWord(n / 2, n / 2 + 0.5, " again", 0.9) for n in range(18))
    found = read(Heard(language="en", words=words, voice=(span(0, 9),)), 10, TranscriptParams())
    assert [word.text for word in found.words] == ["again"]
    assert found.warnings == ("17 words of endless repetitions were cut",)


def test_silence_is_a_transcript_without_words_in_no_language() -> None:
    found = read(Heard(language="en", words=(), voice=()), 10, TranscriptParams())
    assert (found.language, found.words, found.sentences) == ("und", (), ())


def test_a_language_that_is_no_code_is_refused() -> None:
    with pytest.raises(ValidationError):
        TranscriptParams(language="English")


def test_the_stage_borrows_a_transcriber_and_runs_in_the_speech_queue() -> None:
    found = as_stage(transcript)
    assert (found.name, found.queue) == ("transcript", "speech")
    assert found.resources == {"transcriber": Transcriber}
