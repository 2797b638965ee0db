"""Which of a file's tracks become a recording, and how its sound is kept."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from desk import Desk

from noteai.agents.recording import CutShort, NothingDecodable, RecordingParams, recording
from noteai.lecture.recording import Recording, Upload
from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.voice_activity import SileroVoiceActivity
from noteai.sample.voice import RATE, Voice

TONE = ("-f", "lavfi", "-i", "sine=440:duration=4")
PICTURE = ("-f", "lavfi", "-i", "testsrc=size=64x64:duration=4:rate=10")

Record = Callable[..., Recording]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def record(desk: Desk, ffmpeg: Ffmpeg) -> Record:
    """The stage over a film that ffmpeg makes of its arguments."""

    def made(*args: str) -> Recording:
        ffmpeg.run((*args, "film.mkv"), desk.workdir)
        return taken(desk.workdir / "film.mkv", desk, ffmpeg)

    return made


def taken(path: Path, desk: Desk, ffmpeg: Ffmpeg) -> Recording:
    upload = Upload(file=desk.keep(path, "application/octet-stream"))
    return recording(upload, RecordingParams(), SileroVoiceActivity(), ffmpeg, desk)


@pytest.mark.parametrize("spoken", [0, 1])
def test_of_two_sound_tracks_the_one_in_which_somebody_speaks_is_taken(
    record: Record, desk: Desk, spoken: int
) -> None:
    said = Voice().say("And so we begin with the first chapter of the lecture.", seed=1).samples
    (desk.workdir / "voice.raw").write_bytes(said.astype("<f4").tobytes())
    voice = ("-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "voice.raw")
    inputs = (*voice, *TONE) if spoken == 0 else (*TONE, *voice)
    found = record(*inputs, "-map", "0", "-map", "1")
    assert found.audio_track
    assert found.audio_track.index == spoken


def test_the_sound_is_kept_as_flac_of_16_khz_in_one_channel(record: Record, desk: Desk) -> None:
    found = record(*PICTURE, *TONE, "-ac", "2", "-ar", "44100")
    assert found.audio
    assert found.video
    with av.open(str(desk.fetch(found.audio))) as file:
        sound = file.streams.audio[0]
        assert (file.format.name, sound.rate, sound.channels) == ("flac", 16_000, 1)
    assert found.duration == pytest.approx(4.0, abs=0.1)
    assert desk.heard == sorted(desk.heard)


def test_a_film_without_sound_is_a_recording(record: Record) -> None:
    found = record(*PICTURE)
    assert (found.audio_track, found.audio) == (None, None)
    assert found.video


def test_sound_that_ends_before_the_picture_is_warned_about(record: Record) -> None:
    longer = ("-f", "lavfi", "-i", "testsrc=size=64x64:duration=60:rate=1")
    assert record(*longer, *TONE).warnings == ("The sound ends at 4 s of 60 s.",)


def test_a_recording_that_lacks_its_index_is_cut_short(desk: Desk, ffmpeg: Ffmpeg) -> None:
    ffmpeg.run((*TONE, "whole.mp4"), desk.workdir)
    whole = (desk.workdir / "whole.mp4").read_bytes()
    path = desk.workdir / "cut.mp4"
    path.write_bytes(whole[: whole.index(b"moov") - 4])
    with pytest.raises(CutShort):
        taken(path, desk, ffmpeg)


def test_subtitles_alone_are_nothing_to_decode(record: Record, desk: Desk) -> None:
    (desk.workdir / "said.srt").write_text("1\n00:00:00,000 --> 00:00:09,000\nHello\n")
    with pytest.raises(NothingDecodable):
        record("-i", "said.srt")
