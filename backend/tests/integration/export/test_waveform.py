import math
import tracemalloc
from pathlib import Path

import pytest

from noteai.export.chapters import Chapter, as_ffmetadata
from noteai.export.waveform import read_peaks
from noteai.media.ffmpeg import Ffmpeg


def flac(ffmpeg: Ffmpeg, folder: Path, sound: str, seconds: float) -> Path:
    path = folder / "sound.flac"
    made = ("-f", "lavfi", "-i", sound, "-t", str(seconds), "-ac", "1", "-ar", "16000", str(path))
    ffmpeg.run(made, folder)
    return path


def test_peaks_follow_the_level(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = flac(ffmpeg, tmp_path, "aevalsrc='if(lt(t,5),0.1,0.8)*sin(880*t)':s=16000", 10)
    peaks = read_peaks(ffmpeg, path, 10.0, tmp_path, 20)
    assert peaks[:10] == pytest.approx([100] * 10, abs=3)
    assert peaks[10:] == pytest.approx([800] * 10, abs=8)


def test_silence_has_no_peaks(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = flac(ffmpeg, tmp_path, "anullsrc=r=16000:cl=mono", 3)
    assert read_peaks(ffmpeg, path, 3.0, tmp_path, 50) == [0] * 50


def test_a_sound_longer_than_was_said_ends_in_the_last_part(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = flac(ffmpeg, tmp_path, "sine=440:r=16000", 4)
    peaks = read_peaks(ffmpeg, path, 2.0, tmp_path, 8)
    assert len(peaks) == 8
    assert all(math.isclose(peak, 125, abs_tol=4) for peak in peaks)


def test_memory_does_not_grow_with_the_length(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    def peak_of(seconds: float) -> int:
        path = flac(ffmpeg, tmp_path, "sine=440:r=16000", seconds)
        tracemalloc.start()
        read_peaks(ffmpeg, path, seconds, tmp_path, 2000)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak_of(240) < 1.1 * peak_of(60)


def test_ffmpeg_reads_the_chapters_back(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    title = "a = b; c \\ d # é"
    text = as_ffmetadata([Chapter(0.0, 1.0, "one"), Chapter(1.0, 2.5, title)], "t")
    (tmp_path / "in.ffmetadata").write_text(text, encoding="utf-8")
    ffmpeg.run(("-f", "ffmetadata", "-i", "in.ffmetadata", "-f", "ffmetadata", "out"), tmp_path)
    back = (tmp_path / "out").read_text(encoding="utf-8")
    assert back.count("[CHAPTER]") == 2
    assert "START=1000\nEND=2500\ntitle=a \\= b\\; c \\\\ d \\# é" in back
