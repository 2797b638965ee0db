import itertools
from pathlib import Path

import numpy as np
import pytest

from noteai.sample.recital import (
    Recital,
    draw_pauses,
    heard,
    levelled,
    loudness_curve,
    recite,
)
from noteai.sample.script import Line, Script, Section
from noteai.sample.voice import RATE, Utterance


def section(title: str, *lines: Line) -> Section:
    return Section(
        title=title,
        keywords=(title.lower(),),
        bullets=("one", "two"),
        formula="",
        figure="flow",
        labels=("a", "b"),
        board=("a",),
        lines=lines,
    )


SCRIPT = Script(
    title="Course",
    sections=(
        section("First", Line(text="One two."), Line(text="Three four.", kind="example")),
        section("Second", Line(text="Five six.", kind="definition", important=True)),
        section("Third", Line(text="Seven eight.", dangling=True), Line(text="Nine ten.")),
    ),
)


def beep(text: str, seed: int) -> Utterance:
    """Two words of 0.4 s with a silence of 0.2 s between them."""
    times = np.arange(RATE) / RATE
    samples = (0.3 * np.sin(2 * np.pi * 200 * times)).astype(np.float32)
    samples[int(0.4 * RATE) : int(0.6 * RATE)] = 0.0
    return Utterance(samples, ((0.0, 0.4), (0.6, 1.0)), ((0.4, 0.6),))


@pytest.fixture
def recital(tmp_path: Path) -> Recital:
    return recite(SCRIPT, beep, tmp_path / "voice.raw", np.random.default_rng(5), lambda _: None)


def test_the_voice_file_lasts_as_long_as_the_recital(recital: Recital) -> None:
    assert recital.voice_file.stat().st_size == round(recital.duration * RATE) * 2


def test_words_lie_in_their_sentences_and_silences_outside_all_words(recital: Recital) -> None:
    for sentence in recital.sentences:
        words = recital.words[sentence.first_word : sentence.last_word + 1]
        assert " ".join(word.text for word in words) == sentence.text
        assert words[0].start == sentence.start
        assert words[-1].end == sentence.end
    for word, silence in itertools.product(recital.words, recital.silences):
        assert word.end <= silence.start or silence.end <= word.start


def test_what_is_silent_in_the_truth_is_silent_in_the_file(recital: Recital) -> None:
    samples = np.fromfile(recital.voice_file, np.int16)
    for silence in recital.silences:
        inside = samples[int(silence.start * RATE) + 48 : int(silence.end * RATE) - 48]
        assert not inside.any()


def test_silences_have_the_kinds_of_their_places(recital: Recital) -> None:
    kinds = [silence.kind for silence in recital.silences]
    assert kinds[0] == "head"
    assert kinds[-1] == "tail"
    assert kinds.count("break") == 1
    longest = max(recital.silences, key=lambda silence: silence.duration)
    assert longest.kind == "break"


def test_topics_meet_at_the_first_words_of_their_sections(recital: Recital) -> None:
    assert [topic.title for topic in recital.topics] == ["First", "Second", "Third"]
    assert recital.topics[0].start == 0.0
    assert recital.topics[1].start == recital.sentences[2].start
    assert recital.topics[-1].end == pytest.approx(recital.duration, abs=0.001)


def test_marks_of_the_script_reach_the_truth(recital: Recital) -> None:
    assert [each.cue for each in recital.sentences] == [None, "example", "definition", None, None]
    assert [each.important for each in recital.sentences] == [False, False, True, False, False]
    assert recital.sentences[3].dangling


def test_pauses_are_short_in_a_topic_and_long_between_two() -> None:
    pauses = draw_pauses([0, 0, 0, 1, 1, 2, 2], np.random.default_rng(1))
    assert all(0.25 <= pauses.before[at] <= 0.8 for at in (1, 2, 4, 6))
    assert pauses.longest == 5
    assert pauses.before[5] >= 6.0
    assert 1.5 <= pauses.before[3] <= 4.0


def test_a_voice_is_brought_to_its_level_and_never_clips() -> None:
    loud = levelled(beep("", 0).samples * 0.01, -20.0)
    rms = np.sqrt(np.mean(loud[: int(0.4 * RATE)] ** 2))
    assert 20 * np.log10(rms) == pytest.approx(-20.0, abs=3.0)
    assert np.abs(levelled(beep("", 0).samples, 20.0)).max() < 0.9


def test_what_is_heard_is_the_rest_of_the_silences() -> None:
    assert heard(beep("", 0)) == [(0.0, 0.4), (0.6, 1.0)]


def test_the_mouth_is_shut_in_silence_and_open_in_speech(recital: Recital) -> None:
    curve = loudness_curve(recital.voice_file, frame_rate=10)
    word, silence = recital.words[0], recital.silences[-1]
    assert curve[int(word.middle * 10)] > 0.1
    assert curve[int(silence.middle * 10)] == 0.0
