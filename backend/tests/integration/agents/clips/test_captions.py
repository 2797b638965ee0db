"""What is written on a clip and beside it."""

import numpy as np
import pytest
from studio import CLICKS, H264, Studio, frames, plan, spoken

from noteai.agents.clips.composition import Size
from noteai.agents.clips.page import page
from noteai.lecture.captions import Cue
from noteai.lecture.layout import Box
from noteai.media.filters import CAPTIONS_FILE, captions


def test_burned_captions_stand_in_their_band_and_not_on_the_picture(studio: Studio) -> None:
    white = ("-f", "lavfi", "-i", "color=0x808080:s=640x360:r=25:d=8", "-f", "lavfi", "-i", CLICKS)
    plain = studio.record("plain.mp4", *white, *H264, "-c:a", "aac", "-t", "8")
    words = spoken((1.0, 3.0), text="entropy")
    clip, path = studio.cut(plain, 1.0, 4.0, words=words, burn_captions=True, aspect="16:9")
    assert clip.is_captioned
    bright = frames(path)[40] > 220
    assert bright.any()
    assert not bright[: round(0.85 * clip.height)].any()


def test_burned_captions_stand_right_under_a_slide_on_a_tall_canvas(studio: Studio) -> None:
    grey = ("-f", "lavfi", "-i", "color=0x808080:s=640x360:r=25:d=8")
    words = spoken((1.0, 3.0), text="entropy")
    slide = studio.record("slide.mp4", *grey, *H264)
    _, path = studio.cut(slide, 1.0, 4.0, words=words, burn_captions=True, aspect="9:16")
    shown = frames(path)[40]
    lowest = np.flatnonzero((abs(shown.astype(int) - 128) < 20).mean(1) > 0.9)[-1]
    ink = np.flatnonzero((shown > 220).any(1))
    assert lowest < ink[0] < ink[-1] < lowest + 0.15 * len(shown)


def test_sidecar_captions_count_from_the_start_of_the_clip(studio: Studio) -> None:
    words = spoken((3.0, 3.5), (3.5, 4.0), (30.0, 31.0))
    clip, _ = studio.cut(studio.count("a.mp4"), 2.0, 6.0, words=words)
    assert not clip.is_captioned
    srt = studio.desk.fetch(clip.srt).read_text()
    assert "00:00:01,000 -->" in srt
    assert "wave wave" in srt
    assert studio.desk.fetch(clip.vtt).read_text().startswith("WEBVTT")


def test_letters_that_no_font_has_are_said_and_not_drawn(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = studio.desk.workdir / "fonts.conf"
    conf.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(conf))
    words = spoken((1.0, 2.0), text="엔트로피")
    counting, highlight = studio.count("a.mp4"), plan(1.0, 2.0)
    made = studio.render(counting, highlight, words=words, burn_captions=True, aspect="16:9")
    assert "엔" in made.warnings[0]
    assert "엔트로피" in studio.desk.fetch(made.clips[0].srt).read_text()
    assert not made.clips[0].is_captioned


def test_neither_captions_nor_title_are_drawn_as_boxes_on_an_audiogram(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = studio.desk.workdir / "fonts.conf"
    conf.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(conf))
    tone = studio.record("tone.flac", "-f", "lavfi", "-i", "sine=440:d=8")
    made = studio.render(tone, plan(1.0, 3.0), words=spoken((1.2, 2.8), text="엔트로피"))
    (clip,) = made.clips
    assert "엔" in made.warnings[0]
    assert not clip.is_captioned
    shown = frames(studio.desk.fetch(clip.video), "rgb24")[25]
    assert not (shown.min(axis=2) > 200).any()


def test_a_line_in_hebrew_ends_at_the_left(studio: Studio) -> None:
    studio.fonts.lay_out(studio.desk.workdir)
    if studio.fonts.lacking("ש", sheet("ש"), studio.ffmpeg, studio.desk.workdir):
        pytest.skip("no font of this machine has Hebrew")
    first, *_, last = letters(studio, "שלום.")
    assert first < last / 3


def test_a_line_in_latin_letters_ends_at_the_right(studio: Studio) -> None:
    first, *_, last = letters(studio, "Hallo.")
    assert last < first / 3


def sheet(line: str) -> str:
    return page([Cue(start=0, end=1, lines=(line,))], Size(640, 360), Box(0, 200, 640, 100))


def letters(studio: Studio, line: str) -> list[int]:
    """How high the letters of a drawn line are, in pixels, from left to right."""
    folder = studio.desk.workdir
    studio.fonts.lay_out(folder)
    (folder / CAPTIONS_FILE).write_text(sheet(line), encoding="utf-8")
    graph = f"color=s=640x360:d=0.1,{captions()}"
    studio.ffmpeg.run(
        ("-f", "lavfi", "-i", graph, "-frames:v", "1", "-c:v", "ffv1", "a.mkv"), folder
    )
    ink = frames(folder / "a.mkv")[0] > 200
    inked = np.flatnonzero(ink.any(0))
    columns = np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1)
    return [int(ink[:, each].any(1).sum()) for each in columns]
