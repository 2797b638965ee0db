"""The captions, language and title that a clip's file has in it."""

from pathlib import Path

import av
import pytest
from studio import Studio, sound, spoken

from noteai.agents.clips.text_track import text_track
from noteai.lecture.captions import Cue
from noteai.media import render

HOSTILE = "if a < b and c > d, {s: 1} {f:x} <i>\\frac{1}{2}</i> {\\b1}x\\N --> & 100%"


def shown(path: Path) -> list[tuple[float, float, str]]:
    """Start, length and text of what the file's captions say."""
    with av.open(str(path)) as file:
        packets = [each for each in file.demux(file.streams.subtitles[0]) if each.size > 2]
        return [
            (float(each.pts * each.time_base), float(each.duration * each.time_base), _said(each))
            for each in packets
            if each.pts is not None and each.duration
        ]


def _said(packet: av.Packet) -> str:
    content = bytes(packet)
    return content[2 : 2 + int.from_bytes(content[:2], "big")].decode().replace("\u2060", "")


def test_captions_are_in_the_clip_and_can_be_switched_on(studio: Studio) -> None:
    words = spoken((3.0, 4.0), (4.0, 5.0))
    clip, path = studio.cut(studio.count("a.mp4"), 2.0, 6.0, words=words)
    ((start, length, text),) = shown(path)
    assert (start, text) == (1.0, "wave wave")
    assert length == pytest.approx(2.0, abs=0.02)
    with av.open(str(path)) as file:
        assert [each.language for each in (*file.streams.audio, *file.streams.subtitles)] == [
            "eng",
            "eng",
        ]
        assert file.duration == pytest.approx(clip.length * 1e6, abs=3e4)


def test_captions_leave_the_picture_and_sound_as_long_as_they_were(studio: Studio) -> None:
    counting = studio.count("a.mp4")
    without, with_ = (
        studio.cut(counting, 2.0, 6.0, words=words)[1]
        for words in (spoken(), spoken((2.1, 2.4), (5.5, 9.0)))
    )
    assert sound(with_).size == sound(without).size
    assert length(with_) == length(without)


def length(path: Path) -> int:
    with av.open(str(path)) as file:
        return file.duration or 0


def test_the_index_stands_first_with_captions_too(studio: Studio) -> None:
    _, path = studio.cut(studio.count("a.mp4"), 2.0, 6.0, words=spoken((3.0, 4.0)))
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_captions_that_are_drawn_are_not_shown_a_second_time(studio: Studio) -> None:
    words = spoken((3.0, 4.0))
    _, path = studio.cut(studio.count("a.mp4"), 2.0, 6.0, words=words, burn_captions=True)
    with av.open(str(path)) as file:
        assert not file.streams.subtitles


def test_an_audiogram_has_the_title_that_it_shows(studio: Studio) -> None:
    tone = studio.record("tone.flac", "-f", "lavfi", "-i", "sine=440:d=8")
    _, path = studio.cut(tone, 1.0, 3.0, words=spoken((1.2, 2.8)), burn_captions=True)
    with av.open(str(path)) as file:
        assert file.metadata["title"] == "Waves {\\b1} and 100% \\Noise"


def test_no_word_is_a_command_to_who_puts_captions_in(studio: Studio) -> None:
    folder = studio.desk.workdir
    cue = Cue(start=0.5, end=1.5, lines=(HOSTILE, "two\nthree"))
    (folder / render.TEXT_FILE).write_text(text_track([cue]), encoding="utf-8")
    given = "-f", "lavfi", "-i", "color=s=64x64:d=2", "-f", "srt", "-i", render.TEXT_FILE
    studio.ffmpeg.run((*given, "-c:s", "mov_text", "a.mp4"), folder)
    ((_, _, text),) = shown(folder / "a.mp4")
    assert text == HOSTILE.replace("-->", "→") + "\ntwo three"
