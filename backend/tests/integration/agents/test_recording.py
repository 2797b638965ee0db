"""Which of a file's tracks become a recording, and how its sound is kept."""

from collections.abc import Callable
from pathlib import Path

import av
import old_film
import pytest
from desk import Desk

from noteai.agents.recording import (
    CutShort,
    NothingDecodable,
    RecordingParams,
    SoundUndecodable,
    recording,
)
from noteai.lecture.recording import Recording, Upload
from noteai.media.ffmpeg import AUDIO_DECODERS, VIDEO_DECODERS, Ffmpeg, source
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

    def made(*args: str, name: str = "film.mkv") -> Recording:
        ffmpeg.run((*args, name), desk.workdir)
        return taken(desk.workdir / name, desk, ffmpeg)

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


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("ffv1", "film.mkv"),
        ("huffyuv", "film.avi"),
        ("ffvhuff", "film.avi"),
        ("utvideo", "film.avi"),
        ("qtrle", "film.mov"),
        ("rawvideo", "film.avi"),
        ("msmpeg4", "film.avi"),
        ("flashsv", "film.flv"),
        ("flashsv2", "film.flv"),
    ],
)
def test_pictures_of_screen_recorders_are_decoded_later_on(
    record: Record, desk: Desk, ffmpeg: Ffmpeg, codec: str, name: str
) -> None:
    found = record(*PICTURE, "-c:v", codec, name=name)
    assert found.video
    assert shown(found, desk, ffmpeg) == 40


@pytest.mark.parametrize(
    ("codec", "frame"),
    [(b"CSCD", old_film.camstudio()), (b"tscc", old_film.camtasia())],
)
def test_pictures_of_camstudio_and_camtasia_are_decoded_later_on(
    desk: Desk, ffmpeg: Ffmpeg, codec: bytes, frame: bytes
) -> None:
    path = desk.workdir / "film.avi"
    path.write_bytes(old_film.avi(codec, frame, 40))
    assert shown(taken(path, desk, ffmpeg), desk, ffmpeg) == 40


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("alac", "sound.mov"),
        ("wmav1", "sound.wma"),
        ("wmav2", "sound.wma"),
        ("pcm_f32be", "sound.mov"),
        ("pcm_bluray", "sound.m2ts"),
        ("adpcm_yamaha", "sound.wav"),
        ("adpcm_swf", "sound.flv"),
        ("g722", "sound.wav"),
    ],
)
def test_sound_of_recorders_is_extracted(record: Record, codec: str, name: str) -> None:
    found = record(*TONE, "-c:a", codec, name=name)
    assert found.duration == pytest.approx(4.0, abs=0.2)


def test_a_picture_that_is_never_decoded_is_said_and_left_out(record: Record) -> None:
    found = record(*PICTURE, *TONE, "-c:v", "magicyuv")
    assert (found.video, found.audio is None) == (None, False)
    assert found.warnings == ("The picture cannot be decoded (magicyuv): clips show sound alone.",)


def test_sound_that_is_never_decoded_is_refused_by_its_name(record: Record) -> None:
    with pytest.raises(SoundUndecodable, match="truehd"):
        record(*PICTURE, *TONE, "-c:a", "truehd", "-ar", "48000", "-strict", "-2")


def test_a_codec_that_is_never_decoded_is_named_where_there_is_no_other(record: Record) -> None:
    with pytest.raises(NothingDecodable, match="magicyuv"):
        record(*PICTURE, "-c:v", "magicyuv")


def test_every_decoder_that_may_be_used_is_there(desk: Desk, ffmpeg: Ffmpeg) -> None:
    listed = ffmpeg.run(("-decoders",), desk.workdir).stdout.decode()
    there = {line.split()[1] for line in listed.splitlines() if len(line.split()) > 1}
    assert {*VIDEO_DECODERS, *AUDIO_DECODERS} <= there


def shown(recording: Recording, desk: Desk, ffmpeg: Ffmpeg) -> int:
    """How many frames later stages see."""
    opened = source(str(desk.fetch(recording.file)), recording.container)
    args = (*opened, "-map", "0:v:0", "-f", "framecrc", "-")
    printed = ffmpeg.run(args, desk.workdir).stdout.decode().splitlines()
    return len([line for line in printed if not line.startswith("#")])
