import contextlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noteai.lecture.captions import (
    CaptionsEmpty,
    CaptionsUnreadable,
    Cue,
    cues,
    read_captions,
    to_srt,
    to_vtt,
)
from noteai.lecture.captions.parse import parse
from noteai.lecture.sentences import assemble
from noteai.lecture.transcript import Transcript, Word

VTT = """WEBVTT - a lecture
Language: en

NOTE this is
a note

STYLE
::cue { color: red }

first
00:01.000 --> 00:03.000 align:start position:0%
<v Ada Lovelace>We <i>begin</i> with
trees &amp; graphs.

00:00:04.000 --> 00:00:05.000
Good.
"""

ROLL_UP = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
{blank}
so<00:00:00.500><c> today</c><00:00:01.000><c> we</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
so today we
{blank}

00:00:02.010 --> 00:00:04.000 align:start position:0%
so today we
look<00:00:02.500><c> at</c><00:00:03.000><c> trees</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
look at trees
{blank}

00:00:04.010 --> 00:00:06.000 align:start position:0%
look at trees
and<00:00:05.000><c> graphs</c>
""".replace("{blank}", " ")


class Read(Protocol):
    def __call__(self, text: str | bytes, name: str = "lecture.vtt") -> Transcript: ...


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def from_text(text: str | bytes, name: str = "lecture.vtt") -> Transcript:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_captions(path)

    return from_text


def texts(transcript: Transcript) -> list[str]:
    return [word.text for word in transcript.words]


def test_webvtt_is_read_without_its_notes_styles_names_and_tags(read: Read) -> None:
    found = read(VTT)
    assert [each.text for each in found.sentences] == ["We begin with trees & graphs.", "Good."]
    assert found.language == "en"


def test_words_share_the_time_of_their_cue_and_say_so(read: Read) -> None:
    found = read(VTT)
    first, last = found.words[0], found.words[4]
    assert 1.0 <= first.start < first.end <= last.start < last.end <= 3.0
    assert all(word.flags == ("interpolated",) for word in found.words)


def test_a_long_word_takes_more_of_the_cue_than_a_short_one(read: Read) -> None:
    found = read("WEBVTT\n\n00:00.000 --> 00:01.500\nA microprocessor\n")
    assert found.words[1].duration > 3 * found.words[0].duration


def test_a_cue_that_stays_on_does_not_stretch_its_words(read: Read) -> None:
    found = read("WEBVTT\n\n00:00.000 --> 01:00.000\nJust a title\n")
    assert found.words[-1].end < 5


def test_roll_up_captions_are_read_once_with_their_inline_times(read: Read) -> None:
    found = read(ROLL_UP)
    assert texts(found) == ["so", "today", "we", "look", "at", "trees", "and", "graphs"]
    assert [word.start for word in found.words[:5]] == [0.0, 0.5, 1.0, 2.01, 2.5]
    assert found.words[1].flags == ()


def test_sentences_said_twice_are_kept_where_captions_do_not_roll(read: Read) -> None:
    cues_ = "".join(
        f"00:0{n}.000 --> 00:0{n + 1}.000\n{text}\n\n"
        for n, text in enumerate(["No.", "No.", "We go on here.", "There we are."])
    )
    assert texts(read(f"WEBVTT\n\n{cues_}"))[:2] == ["No.", "No."]


def test_subrip_with_byte_order_mark_and_carriage_returns_is_read(read: Read) -> None:
    text = (
        "\ufeff1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Hello <b>you</b>.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\nBye.\n"
    )
    assert texts(read(text.replace("\n", "\r\n"), "lecture.srt")) == ["Hello", "you.", "Bye."]


def test_subrip_with_empty_lines_inside_its_text_is_read(read: Read) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\ntwo.\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n"
    assert texts(read(text, "lecture.srt")) == ["One", "two.", "42"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings_are_read(read: Read, encoding: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nDer Schlüssel zählt.\n"
    assert texts(read(text.encode(encoding), "x.srt")) == ["Der", "Schlüssel", "zählt."]


def test_speakers_sounds_and_music_are_no_words(read: Read) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\nPROFESSOR: Good day.\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\n[MUSIC PLAYING]\n♪ la la ♪\n\n"
        "3\n00:00:05,000 --> 00:00:06,000\n"
        ">> AUDIENCE: Is it [INAUDIBLE] (laughter) so?\n- Yes (mostly).\n"
    )
    assert texts(read(text, "x.srt")) == ["Good", "day.", "Is", "it", "so?", "Yes", "(mostly)."]


def test_a_lower_case_word_before_a_colon_is_no_speaker(read: Read) -> None:
    assert texts(read("WEBVTT\n\n00:01.000 --> 00:02.000\nNote: it holds.\n"))[0] == "Note:"


def test_less_than_signs_of_formulas_stay(read: Read) -> None:
    assert "<" in texts(read("1\n00:00:01,000 --> 00:00:02,000\nif a < b then\n", "x.srt"))


def test_chinese_is_divided_into_characters_with_their_marks(read: Read) -> None:
    found = read("WEBVTT\n\n00:00.000 --> 00:02.000\n机器学习。好\n")
    assert texts(found) == ["机", "器", "学", "习。", "好"]
    assert found.language == "zh"
    assert [each.text for each in found.sentences] == ["机器学习。", "好"]


ENGLISH = "00:00.000 --> 00:09.000\nand so we see that the sum of the two is not what it was\n"


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("talk.pt-BR.vtt", "pt"), ("talk.deu.srt", "de"), ("talk.ger.vtt", "de"),
        ("talk.tr.sdh.srt", "tr"), ("talk.mp4.nl.cc.vtt", "nl"), ("talk.es.hi.srt", "es"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_the_file_name(read: Read, name: str, language: str) -> None:
    assert read(f"WEBVTT\n\n{ENGLISH}", name).language == language


@pytest.mark.parametrize(
    "name", ["lecture.mov.srt", "x.mkv.vtt", "x.cc.vtt", "x.sdh.srt", "x.hi.srt", "x.ts.vtt"]
)
def test_what_names_no_language_is_none(read: Read, name: str) -> None:
    assert read(f"WEBVTT\n\n{ENGLISH}", name).language == "en"


def test_the_language_is_that_of_the_header_before_that_of_the_name(read: Read) -> None:
    assert read(f"WEBVTT\nLanguage: fra\n\n{ENGLISH}", "x.pt.vtt").language == "fr"
    assert read(f"WEBVTT\nLanguage: xx\n\n{ENGLISH}", "x.pt.vtt").language == "pt"


def is_sound(words: Sequence[Word]) -> bool:
    """Whether no two words are spoken at a time, and each takes some."""
    in_order = all(a.end <= b.start for a, b in pairwise(words))
    return in_order and all(word.duration > 0 for word in words)


def test_cues_out_of_order_and_overlapping_give_words_in_order(read: Read) -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:04.000\nlater word\n\n00:01.000 --> 00:09.000\nearly word\n"
    found = read(text)
    assert texts(found) == ["early", "word", "later", "word"]
    assert is_sound(found.words)
    assert (found.words[0].start, found.words[2].start) == (1.0, 5.0)


@pytest.mark.parametrize("second", ["00:00.000", "00:00.040"])
def test_captions_in_two_languages_share_the_time_that_both_are_shown(
    read: Read, second: str
) -> None:
    text = (
        "WEBVTT\n\n00:00.000 --> 00:03.000\nThis is the lecture.\n\n"
        f"{second} --> 00:03.000\nDas ist die Vorlesung.\n"
    )
    found = read(text)
    first, last = found.sentences
    assert (first.text, last.text) == ("This is the lecture.", "Das ist die Vorlesung.")
    assert first.duration > 1
    assert last.duration > 1
    assert is_sound(found.words)
    assert found.words[-1].end <= 3.0


def test_inline_times_that_fall_give_words_in_order(read: Read) -> None:
    found = read("WEBVTT\n\n00:00.000 --> 00:04.000\n<00:03.000>one two <00:01.000>three four\n")
    assert texts(found) == ["one", "two", "three", "four"]
    assert is_sound(found.words)
    assert found.words[-1].end <= 4.0


INSTANTS = st.integers(0, 20).map(lambda n: n / 4)
CUES = st.lists(st.tuples(INSTANTS, INSTANTS, st.integers(1, 6)), min_size=1, max_size=12)


@given(CUES)
def test_any_cues_give_words_in_order_inside_the_time_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[float, float, int]]
) -> None:
    path = tmp_path_factory.mktemp("captions") / "x.vtt"
    blocks = (
        f"00:{a:06.3f} --> 00:{b:06.3f}\n{f'word{number} ' * n}\n"
        for number, (a, b, n) in enumerate(made)
    )
    path.write_text("\n".join(["WEBVTT\n", *blocks]))
    found = read_captions(path)
    low, high = min(a for a, _, _ in made), max(max(a, b) for a, b, _ in made)
    room = max(high, low + 0.02 * len(found.words))
    assert len(found.words) == sum(n for _, _, n in made)
    assert is_sound(found.words)
    assert all(low <= word.start < word.end <= room + 0.001 for word in found.words)
    assert all(cue.duration > 0 for cue in cues(found))


def test_a_file_without_words_says_so(read: Read) -> None:
    with pytest.raises(CaptionsEmpty, match=r"lecture\.vtt holds no words"):
        read("WEBVTT\n")
    with pytest.raises(CaptionsEmpty):
        read("WEBVTT\n\n00:01.000 --> 00:02.000\n[MUSIC]\n")
    with pytest.raises(CaptionsEmpty):
        read("")


@pytest.mark.parametrize("data", [b"\x00\x01\x02mp4", b"just a letter to somebody"])
def test_what_is_no_caption_file_is_refused(read: Read, data: bytes) -> None:
    with pytest.raises(CaptionsUnreadable):
        read(data)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaptionsUnreadable, match="no such file"):
        read_captions(tmp_path / "none.vtt")
    with pytest.raises(CaptionsUnreadable):
        read_captions(tmp_path)


def test_a_file_of_enormous_size_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.vtt"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    with pytest.raises(CaptionsUnreadable, match="too long"):
        read_captions(path)


@pytest.mark.parametrize("write", [to_srt, to_vtt])
def test_what_is_written_is_read_back_in_the_same_words(
    read: Read, write: Callable[[Sequence[Cue]], str]
) -> None:
    said = "We let x < y & y > z hold. Is it so? It is."
    words = [
        Word(id="w0", start=n / 2, end=n / 2 + 0.4, text=text, probability=1.0)
        for n, text in enumerate(said.split())
    ]
    assert texts(read(write(cues(assemble("en", words))))) == said.split()


@settings(max_examples=50)
@given(st.text(st.sampled_from("01:.,-> <c>/[]♪{}\\\n\tWEBVTTaé好&;"), max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    for cue in parse(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}"):
        assert all(piece.text.strip() for piece in cue.pieces)


@settings(max_examples=30)
@given(st.binary(max_size=300))
def test_any_bytes_are_words_or_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("captions") / "x.vtt"
    path.write_bytes(b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + data)
    with contextlib.suppress(CaptionsEmpty, CaptionsUnreadable):
        assert read_captions(path).words
