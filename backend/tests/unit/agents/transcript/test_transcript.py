import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from desk import Desk
from pydantic import ValidationError

from noteai.agents.transcript import TranscriptParams, read, transcript
from noteai.agents.transcript.chunks import ChunkOrder, HeardChunk, chunk
from noteai.engine.artifact import FileRef
from noteai.engine.key import artifact_digest
from noteai.engine.stage import as_part, as_stage
from noteai.lecture.recording import NoAudioTrack, Recording
from noteai.resources.transcriber import Chunk, Heard, HeardWord, Plan, Transcriber
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
    undivided: float = 60.0
    language: str | None = "en"
    """What the plan says."""

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

    def plan(self, audio: Path, language: str | None, on_progress: Callable[[float], None]) -> Plan:
        on_progress(0.0)
        known = language or self.language
        return Plan(language=known, voice=self.heard.voice, chunks=tuple(map(chunk_at, range(3))))

    def hear(
        self,
        audio: Path,
        chunk: Chunk,
        language: str | None,
        hotwords: tuple[str, ...],
        on_progress: Callable[[float], None],
    ) -> Heard:
        """Each chunk holds two of the words."""
        self.asked += [audio, chunk, language, hotwords]
        on_progress(1.0)
        first = 2 * chunk.windows[0][0][0]
        words = self.heard.words[first : first + 2]
        return Heard(language=self.heard.language, words=words, voice=(), cost=0.1)


def chunk_at(number: int) -> Chunk:
    return Chunk(windows=(((number, number + 1),),))


def recording(audio: FileRef | None, duration: float = 10) -> Recording:
    return Recording(
        file=AUDIO, container="mov", duration=duration, video=None, audio_track=None, audio=audio
    )


def desk_for(script: Script, folder: Path) -> Desk:
    return Desk(folder, resources={Transcriber: script})


def test_a_long_recording_is_heard_in_chunks_with_the_same_words(tmp_path: Path) -> None:
    script = Script(HEARD)
    desk = desk_for(script, tmp_path)
    params = TranscriptParams(hotwords=("Euler",))
    found = transcript(recording(AUDIO, 100), params, script, desk)
    assert found == read(HEARD, 100, TranscriptParams())
    assert script.asked[1::4] == [chunk_at(0), chunk_at(1), chunk_at(2)]
    assert script.asked[2::4] == ["en"] * 3
    assert script.asked[3::4] == [("Euler",)] * 3
    assert desk.paid == pytest.approx(0.3)


def test_a_language_that_is_not_known_is_that_of_the_first_chunk(tmp_path: Path) -> None:
    script = Script(HEARD, language=None)
    found = transcript(
        recording(AUDIO, 100), TranscriptParams(), script, desk_for(script, tmp_path)
    )
    assert script.asked[2::4] == [None, "en", "en"]
    assert found.language == "en"


def test_knobs_that_change_no_word_change_no_chunk(tmp_path: Path) -> None:
    script = Script(HEARD)
    desks = [desk_for(script, tmp_path) for _ in range(2)]
    for desk, params in zip(desks, ({}, {"max_sentence_words": 5}), strict=True):
        transcript(recording(AUDIO, 100), TranscriptParams(**params), script, desk)
    assert desks[0].ordered == desks[1].ordered
    assert not as_part(chunk).params_name


def test_the_words_of_a_chunk_come_through_the_store() -> None:
    script = Script(HEARD)
    order = ChunkOrder(audio=AUDIO, chunk=chunk_at(0), language="en", hotwords=())
    made = chunk(order, script, Desk())
    again = HeardChunk.model_validate_json(made.model_dump_json())
    assert again.heard.words == HEARD.words[:2]


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


def test_the_order_of_a_chunk_is_the_same_to_whoever_reads_it() -> None:
    made = ChunkOrder(audio=AUDIO, chunk=chunk_at(3), language=None, hotwords=("Euler",))
    again = ChunkOrder.model_validate(json.loads(made.model_dump_json()))
    assert artifact_digest(again) == artifact_digest(made)
