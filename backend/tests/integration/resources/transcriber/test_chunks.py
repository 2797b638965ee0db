"""Real speech, heard in one piece and in chunks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from noteai.adapters.folder_store import reference
from noteai.agents.transcript import TranscriptParams, transcript
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.transcriber import Transcriber
from noteai.resources.transcriber.faster_whisper_local import FasterWhisperTranscriber
from noteai.resources.transcriber.sound import RATE, as_flac, pieces

NAMES = (
    "video/gis_mooc_slides_101s.mp4",
    "audio/opencast_testspeech_60s.mp4",
    "audio/jfk.flac",
    "audio/librivox/sense_and_sensibility_01_austen_64kb-0870.wav",
)
MOST = 0.002
"""Of the words: 0.2 points of WER."""


@dataclass(frozen=True)
class Readings:
    """Recordings with pauses between them: a recording, and the folder that has its audio."""

    folder: Path
    recording: Recording

    def heard(self, transcriber: FasterWhisperTranscriber) -> tuple[Transcript, int]:
        """What the stage makes of them, and in how many chunks."""
        desk = Desk(self.folder, resources={Transcriber: transcriber})
        found = transcript(self.recording, TranscriptParams(), transcriber, desk)
        return found, len(desk.ordered)


@pytest.fixture(scope="module")
def readings(media: Path, ffmpeg: Ffmpeg, tmp_path_factory: pytest.TempPathFactory) -> Readings:
    folder = tmp_path_factory.mktemp("readings")
    sounds = []
    for number, name in enumerate(NAMES):
        flac, pause = f"{number}.flac", np.zeros((1 + number) * RATE, np.float32)
        ffmpeg.run(("-i", str(media / name), "-vn", "-ac", "1", "-ar", str(RATE), flac), folder)
        sounds += [*pieces(folder / flac, 60), pause]
    samples = np.concatenate(sounds)
    (folder / "all").write_bytes(as_flac(samples))
    audio = reference(folder / "all", "audio/flac")
    (folder / "all").rename(folder / audio.digest)
    recording = Recording(
        file=audio,
        container="flac",
        duration=len(samples) / RATE,
        video=None,
        audio_track=None,
        audio=audio,
    )
    return Readings(folder, recording)


def test_in_chunks_the_same_words_are_heard(
    readings: Readings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = tmp_path_factory.mktemp("models")
    whole = FasterWhisperTranscriber(cache=cache, model="tiny.en", batch=2)
    divided = replace(whole, chunk=1, undivided=0.0)
    divided.__dict__["_whisper"] = whole._whisper
    (one, no_chunks), (joined, chunks) = readings.heard(whole), readings.heard(divided)
    assert (no_chunks, chunks > 1) == (0, True)
    assert len(one.words) > 100
    assert errors(texts(joined), texts(one)) <= MOST * len(one.words)


def texts(found: Transcript) -> list[str]:
    return [word.text for word in found.words]


def errors(heard: Sequence[str], said: Sequence[str]) -> int:
    """Words that were put in, left out or replaced (Levenshtein)."""
    before = list(range(len(said) + 1))
    for number, word in enumerate(heard, 1):
        now = [number]
        for place, other in enumerate(said, 1):
            replaced = before[place - 1] + (word != other)
            now.append(min(replaced, before[place] + 1, now[-1] + 1))
        before = now
    return before[-1]
