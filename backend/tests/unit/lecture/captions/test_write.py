import pytest

from noteai.lecture.captions import Cue, timestamp, to_srt, to_vtt
from noteai.lecture.sentences import assemble
from noteai.lecture.transcript import Transcript, Word

CUES = (
    Cue(start=0.5, end=2.25, lines=("Let x < y & y > z,", "as vector<int> says.")),
    Cue(start=3661.0, end=3662.5, lines=("Then --> stop {\\an8} \\n here.",)),
)


def said(*texts: str, starts: tuple[float, ...]) -> Transcript:
    words = [
        Word(id="w0", start=start, end=start + 0.3, text=text, probability=0.9)
        for text, start in zip(texts, starts, strict=True)
    ]
    return assemble("en", words)


def test_subrip_counts_its_cues_and_writes_commas() -> None:
    lines = to_srt(CUES).split("\n")
    assert lines[:2] == ["1", "00:00:00,500 --> 00:00:02,250"]
    assert lines[5:7] == ["2", "01:01:01,000 --> 01:01:02,500"]


def test_subrip_keeps_players_from_reading_words_as_markup() -> None:
    text = to_srt(CUES)
    assert "Let x < y & y > z," in text
    assert "<int>" not in text
    assert "{\\" not in text
    assert text.count("-->") == 2


def test_webvtt_has_its_header_and_escapes_what_it_gives_a_meaning() -> None:
    text = to_vtt(CUES)
    assert text.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.250\n")
    assert "Let x &lt; y &amp; y &gt; z," in text
    assert text.count("-->") == 2


def test_backslashes_of_formulas_stay_as_they_are() -> None:
    assert "\\n here." in to_vtt(CUES)
    assert "\\n here." in to_srt(CUES)


def test_no_cues_make_an_empty_but_sound_file() -> None:
    assert to_vtt(()) == "WEBVTT\n"
    assert to_srt(()) == ""


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "00:00:00.000"),
        (59.9996, "00:01:00.000"),
        (3661.25, "01:01:01.250"),
        (360000, "100:00:00.000"),
    ],
)
def test_a_time_stamp_has_hours_and_milliseconds(instant: float, text: str) -> None:
    assert timestamp(instant) == text
    assert timestamp(instant, ",") == text.replace(".", ",")
