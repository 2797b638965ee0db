"""One minute of the synthetic lecture, made for real."""

import hashlib
import itertools
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from noteai.sample import Sample, Truth, make

pytest.importorskip("hibari", reason="the offline extra is not installed", exc_type=ImportError)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make(tmp_path_factory.mktemp("sample"), seed=3, minutes=1)


@pytest.fixture(scope="module")
def samples(sample: Sample) -> npt.NDArray[np.float32]:
    """The sound track at 16 kHz."""
    down = av.AudioResampler(format="flt", layout="mono", rate=16000)
    with av.open(str(sample.video)) as file:
        frames = [piece for frame in file.decode(audio=0) for piece in down.resample(frame)]
    return np.concatenate([each.to_ndarray()[0] for each in frames])


def level(part: npt.NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


def test_the_film_is_as_long_as_its_truth_says(sample: Sample) -> None:
    truth = sample.truth
    with av.open(str(sample.video)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.width, video.height) == (truth.width, truth.height)
        for track in (video, audio):
            seconds = float((track.duration or 0) * (track.time_base or 0))
            assert seconds == pytest.approx(truth.duration, abs=0.1)


def test_the_truth_can_be_read_back_and_nothing_else_is_left(sample: Sample) -> None:
    assert Truth.load(sample.truth_file) == sample.truth
    names = {each.name for each in sample.video.parent.iterdir()}
    assert names == {"lecture.mp4", "truth.json"}


def test_everything_that_is_told_lies_in_the_lecture(sample: Sample) -> None:
    truth = sample.truth
    for told in (truth.words, truth.sentences, truth.silences):
        assert all(a.end <= b.start for a, b in itertools.pairwise(told))
        assert told[-1].end <= truth.duration
    for covering in (truth.shots, truth.topics):
        assert covering[0].start == 0.0
        assert all(a.end == b.start for a, b in itertools.pairwise(covering))
        assert covering[-1].end == pytest.approx(truth.duration, abs=0.05)


def test_no_word_is_spoken_in_a_silence(sample: Sample) -> None:
    for word, silence in itertools.product(sample.truth.words, sample.truth.silences):
        assert word.end <= silence.start or silence.end <= word.start


def test_silences_hold_the_room_alone_and_sentences_start_on_the_instant(
    sample: Sample, samples: npt.NDArray[np.float32]
) -> None:
    def around(start: float, end: float) -> float:
        return level(samples[int(start * 16000) : int(end * 16000)])

    truth = sample.truth
    for silence in truth.silences:
        assert around(silence.start + 0.03, silence.end - 0.03) < truth.noise_db + 4
    rises = [
        around(s.start, s.start + 0.06) - around(s.start - 0.05, s.start - 0.01)
        for s in truth.sentences
    ]
    assert float(np.median(rises)) > 15


def test_the_picture_changes_on_the_frame_that_the_truth_names(sample: Sample) -> None:
    with av.open(str(sample.video)) as file:
        frames = [f.to_ndarray(format="gray")[::8, ::8] for f in file.decode(video=0)]
    for shot in sample.truth.shots[1:]:
        at = round(shot.start * sample.truth.frame_rate)
        steps = [
            np.abs(frames[i].astype(int) - frames[i - 1].astype(int)).mean()
            for i in range(at - 3, at + 4)
        ]
        assert int(np.argmax(steps)) == 3


def test_the_same_seed_makes_the_same_film(sample: Sample, tmp_path: Path) -> None:
    again = make(tmp_path, seed=3, minutes=1)
    assert again.truth == sample.truth
    first, second = (
        hashlib.sha256(each.video.read_bytes()).hexdigest() for each in (sample, again)
    )
    assert first == second


def test_a_make_that_is_stopped_leaves_nothing(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(fraction: float) -> None:
        if fraction > 0.1:
            raise Stopped

    with pytest.raises(Stopped):
        make(tmp_path, seed=3, minutes=1, on_progress=stop)
    assert list(tmp_path.iterdir()) == []
