"""The port `VoiceActivity`: what every implementation of it must do."""

from pathlib import Path

import numpy as np
import pytest

from noteai.media.ffmpeg import Ffmpeg
from noteai.resources.voice_activity import (
    FRAME,
    Pcm,
    SileroVoiceActivity,
    Track,
    VoiceActivity,
)


@pytest.fixture(params=[SileroVoiceActivity(), SileroVoiceActivity(threads=1)], ids=str)
def voice(request: pytest.FixtureRequest) -> VoiceActivity:
    implementation: VoiceActivity = request.param
    return implementation


def heard(voice: VoiceActivity, *blocks: Pcm) -> Track:
    return np.concatenate([np.zeros(0, np.float32), *voice.probabilities(blocks)])


def noise(samples: int) -> Pcm:
    return np.random.default_rng(1).normal(0, 0.05, samples).astype(np.float32)


@pytest.mark.parametrize("samples", [1, FRAME - 1, FRAME, FRAME + 1, 400_000])
def test_there_is_one_probability_for_each_frame_begun(voice: VoiceActivity, samples: int) -> None:
    found = heard(voice, noise(samples))
    assert len(found) == -(-samples // FRAME)
    assert ((found >= 0) & (found <= 1)).all()


def test_nothing_has_no_probabilities(voice: VoiceActivity) -> None:
    assert len(heard(voice)) == 0


def test_probabilities_do_not_depend_on_how_the_sound_was_cut(voice: VoiceActivity) -> None:
    samples = noise(700_000)
    whole = heard(voice, samples)
    assert np.array_equal(heard(voice, *np.split(samples, [100, 5000, 5001, 400_000])), whole)


def test_noise_is_no_speech(voice: VoiceActivity) -> None:
    assert heard(voice, noise(160_000)).max() < 0.3


def test_its_identity_can_be_told_without_the_model_and_stays(voice: VoiceActivity) -> None:
    assert voice.identity == voice.identity
    assert "silero" in voice.identity
    assert voice.identity != SileroVoiceActivity(delay=0.1).identity


def test_threads_change_nothing_but_the_time() -> None:
    samples = noise(700_000)
    one, two = SileroVoiceActivity(threads=1), SileroVoiceActivity(threads=2)
    assert one.identity == two.identity
    assert np.array_equal(heard(one, samples), heard(two, samples))


def test_a_voice_is_speech(
    voice: VoiceActivity, ffmpeg: Ffmpeg, media: Path, tmp_path: Path
) -> None:
    args = ("-i", str(media / "audio/jfk.flac"), "-ac", "1", "-ar", "16000", "-f", "f32le", "-")
    samples = np.frombuffer(ffmpeg.run(args, tmp_path).stdout, np.float32)
    assert (heard(voice, samples) > 0.5).mean() > 0.5
