"""What is written on a clip and beside it."""

import pytest
from studio import CLICKS, H264, Studio, frames, plan, spoken


def test_burned_captions_stand_in_their_band_and_not_on_the_picture(studio: Studio) -> None:
    white = ("-f", "lavfi", "-i", "color=0x808080:s=640x360:r=25:d=8", "-f", "lavfi", "-i", CLICKS)
    plain = studio.record("plain.mp4", *white, *H264, "-c:a", "aac", "-t", "8")
    words = spoken((1.0, 3.0), text="entropy")
    clip, path = studio.cut(plain, 1.0, 4.0, words=words, burn_captions=True, aspect="16:9")
    bright = frames(path)[40] > 220
    assert bright.any()
    assert not bright[: round(0.85 * clip.height)].any()


def test_sidecar_captions_count_from_the_start_of_the_clip(studio: Studio) -> None:
    words = spoken((3.0, 3.5), (3.5, 4.0), (30.0, 31.0))
    clip, _ = studio.cut(studio.count("a.mp4"), 2.0, 6.0, words=words)
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
