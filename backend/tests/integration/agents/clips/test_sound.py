"""How loud a clip is."""

from pathlib import Path

import numpy as np
import pytest
from studio import Studio, sound


@pytest.mark.parametrize("level", ["-30dB", "6dB"])
def test_speech_of_any_level_comes_to_the_loudness_asked_for(
    studio: Studio, media: Path, level: str
) -> None:
    speech = ("-i", str(media / "audio" / "jfk.flac"), "-af", f"volume={level}")
    clip, path = studio.cut(studio.record("speech.flac", *speech), 0.0, 10.0)
    meter = ("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    told = studio.ffmpeg.run(("-v", "info", "-i", str(path), *meter), studio.desk.workdir).stderr
    summary = told[told.rindex("Summary") :]
    assert float(summary.split("I:")[1].split()[0]) == pytest.approx(clip.loudness, abs=0.3)
    assert clip.loudness == pytest.approx(-16, abs=0.5)
    assert float(summary.split("Peak:")[1].split()[0]) <= -1.5


def test_sound_fades_in_and_out(studio: Studio) -> None:
    tone = ("-f", "lavfi", "-i", "sine=440:d=8")
    _, path = studio.cut(studio.record("tone.flac", *tone), 1.0, 3.0, fade=0.5)
    heard = np.abs(sound(path))
    assert heard[1000:2000].max() < 0.1 * heard[40_000:50_000].max()
    assert heard[94_500:96_000].max() < 0.1 * heard[40_000:50_000].max()


def test_silence_is_not_raised(studio: Studio) -> None:
    quiet = studio.record("quiet.flac", "-f", "lavfi", "-i", "anullsrc", "-t", "4")
    clip, path = studio.cut(quiet, 1.0, 3.0)
    assert clip.loudness == -70.0
    assert np.abs(sound(path)).max() == 0.0
