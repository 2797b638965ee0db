import itertools
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.agents.silence import SilenceParams, described, pcm_args, silence, silences
from noteai.agents.silence.evidence import Mask
from noteai.engine.artifact import FileRef
from noteai.engine.stage import Context, as_stage
from noteai.lecture.recording import NoAudioTrack, Recording
from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.voice_activity import VoiceActivity
from noteai.timeline import complement, span

EVEN = np.full((2000, 5), -60, np.float16)


def spoken(*seconds: float) -> Mask:
    """Speech and silence in turn, speech first, each for so many seconds."""
    steps = [round(each * 100) for each in seconds]
    return np.repeat(np.arange(len(steps)) % 2 == 0, steps)


def found(mask: Mask, duration: float | None = None, **knobs: float) -> list[tuple[float, float]]:
    params = SilenceParams.model_validate(knobs)
    spans = silences(mask, len(mask) / 100 if duration is None else duration, params)
    return [(each.start, each.end) for each in spans]


def test_a_pause_that_runs_to_the_end_is_closed() -> None:
    assert found(spoken(1, 2)) == [(1, 3)]


def test_a_recording_in_which_nobody_speaks_is_one_silence() -> None:
    assert found(spoken(0, 3)) == [(0, 3)]


def test_a_recording_full_of_speech_has_no_silence() -> None:
    assert found(spoken(3)) == []


def test_a_pause_too_short_to_count_does_not_cut_speech() -> None:
    assert found(spoken(1, 0.3, 1, 2), min_seconds=0.5) == [(2.3, 4.3)]
    crumbs = spoken(0.4, 0.3, 0.4, 2)
    assert found(crumbs, min_seconds=0.5, min_speech_seconds=1.0) == [(1.1, 3.1)]


def test_a_cough_in_a_pause_does_not_cut_it() -> None:
    assert found(spoken(2, 1, 0.1, 1, 2), min_speech_seconds=0.2) == [(2, 4.1)]


def test_a_pause_of_just_the_shortest_length_counts() -> None:
    assert found(spoken(1, 0.7, 1), min_seconds=0.7) == [(1, 1.7)]


def test_beyond_the_end_of_the_sound_nobody_speaks() -> None:
    assert found(spoken(2), duration=3.5) == [(2, 3.5)]


def test_sound_beyond_the_duration_is_left_out() -> None:
    assert found(spoken(1, 3), duration=2.5) == [(1, 2.5)]


@given(
    st.lists(st.integers(1, 150), max_size=20),
    st.floats(0.5, 30),
    st.floats(0.02, 2),
    st.floats(0, 2),
)
def test_silences_are_clean(
    steps: list[int], duration: float, min_seconds: float, min_speech: float
) -> None:
    params = SilenceParams(min_seconds=min_seconds, min_speech_seconds=min_speech)
    mask = np.repeat(np.arange(len(steps)) % 2 == 0, steps).astype(bool)
    spans = silences(mask, duration, params)
    assert spans == [span(0, duration)] or all(
        each.duration >= min_seconds - 0.01 for each in spans
    )
    assert all(a.end < b.start for a, b in itertools.pairwise(spans))
    assert all(each.start >= 0 and each.end <= duration for each in spans)
    talks = complement(spans, duration)
    assert all(each.duration >= min_speech - 0.01 for each in talks)


@pytest.mark.parametrize(
    ("start", "end", "kind"),
    [(0, 1, "head"), (19, 20, "tail"), (5, 6, "pause"), (5, 10, "break"), (0, 20, "head")],
)
def test_a_silence_is_named_by_its_place_and_length(start: float, end: float, kind: str) -> None:
    assert described(span(start, end), EVEN, 20.0, break_seconds=5.0).kind == kind


def test_a_silence_has_the_mean_level_of_its_own_steps() -> None:
    levels = np.full((300, 5), -100, np.float16)
    levels[100:150, 1] = -40
    levels[150:200, 1] = -30
    quiet = described(span(1, 2), levels, 3.0, break_seconds=5.0)
    assert quiet.level_db == pytest.approx(-32.6, abs=0.1)


def test_a_silence_behind_the_end_of_the_sound_is_digital_silence() -> None:
    assert described(span(21, 22), EVEN, 22.0, break_seconds=5.0).level_db == -100


def test_a_recording_without_sound_is_refused() -> None:
    recording = Recording(
        file=FileRef(digest="0" * 64, media_type="video/mp4", size=1),
        container="mov",
        duration=1.0,
        video=None,
        audio_track=None,
        audio=None,
    )
    nothing = cast("tuple[VoiceActivity, Ffmpeg, Context]", (None, None, None))
    with pytest.raises(NoAudioTrack):
        silence(recording, SilenceParams(), *nothing)


def test_the_sound_is_decoded_with_its_container_forced() -> None:
    args = pcm_args(Path("audio file"))
    assert args[args.index("-i") - 1] == "flac"
    assert args[-1] == "-"


def test_the_stage_needs_a_recording_and_borrows_a_model_and_a_program() -> None:
    stage = as_stage(silence)
    assert list(stage.needs) == ["recording"]
    assert set(stage.resources) == {"voice", "ffmpeg"}
    assert stage.queue == "media"
