"""Scores of segments, and the best division by them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.agents.content.cohesion import lexical, semantic
from noteai.agents.content.cues import cues
from noteai.agents.content.partition import best_totals, trace
from noteai.agents.content.phrasing import said
from noteai.agents.content.terms import count, terms
from noteai.agents.content.turns import new_slides, opens_topic, pauses
from noteai.engine.artifact import FileRef
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.transcript import Sentence, Word
from noteai.timeline import span


def sentence(text: str, start: float = 0.0, end: float = 1.0) -> Sentence:
    return Sentence(id="s0", start=start, end=end, text=text, first_word="w0", last_word="w0")


def spoken(text: str) -> list[Word]:
    return [
        Word(id=f"w{at}", start=at, end=at + 1, text=word, probability=1.0)
        for at, word in enumerate(text.split())
    ]


def test_words_lose_their_endings_and_numbers_are_left_out() -> None:
    assert terms("Segments, segmentation; 42 cats!") == ["segmen", "segmen", "cats"]


def test_scripts_without_spaces_are_counted_by_pairs() -> None:
    assert terms("机器学习") == ["机器", "器学", "学习"]
    assert terms("猫") == ["猫"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("தமிழ்", ["தமிழ்"]),
        ("বাংলা ভাষা", ["বাংলা", "ভাষা"]),
        ("ශ්\u200dරී", ["ශ්\u200dරී"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("1\ufe0f\u20e3 ❤\ufe0f", []),
    ],
)
def test_vowels_and_accents_that_are_written_onto_letters_do_not_break_words(
    text: str, found: list[str]
) -> None:
    assert terms(text) == found


def test_a_letter_of_a_pair_has_its_vowels_and_tones_with_it() -> None:
    assert terms("ที่นี่") == ["ที่นี่"]
    assert terms("น้ำดื่ม") == ["น้ำ", "ำดื่", "ดื่ม"]


def test_counts_have_a_row_for_each_document() -> None:
    assert count([["a", "b", "a"], [], ["b"]]).tolist() == [[2, 1], [0, 0], [0, 1]]


def test_lexical_scores_are_those_of_the_dirichlet_multinomial() -> None:
    counts = count([["a", "a", "b"], ["b", "c"]])
    alpha = 5.0 * counts.sum(axis=0) / counts.sum()

    def likelihood(words: list[float]) -> float:
        ways = sum(math.lgamma(c + a) - math.lgamma(a) for c, a in zip(words, alpha, strict=True))
        return math.lgamma(5.0) - math.lgamma(5.0 + sum(words)) + ways

    scores = lexical(counts, 5.0)
    assert scores[0, 0] == pytest.approx(likelihood([2, 1, 0]))
    assert scores[1, 1] == pytest.approx(likelihood([0, 1, 1]))
    assert scores[0, 1] == pytest.approx(likelihood([2, 2, 1]))
    assert scores[1, 0] == -np.inf


def test_a_lecture_without_words_has_scores_of_zero() -> None:
    assert lexical(count([[], []]), 5.0)[0].tolist() == [0.0, 0.0]


def test_a_segment_of_one_meaning_scores_above_its_mixture_with_another() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], np.float32)
    scores = semantic(vectors, np.ones(4), 1.0)
    assert scores[0, 1] + scores[2, 3] > scores[0, 3]
    assert scores[3, 0] == -np.inf


@given(st.integers(1, 6), st.integers(0, 1000))
def test_no_division_is_better_than_the_best(units: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    segments = np.where(
        np.triu(np.ones((units, units))) > 0, rng.normal(size=(units, units)), -np.inf
    )
    boundaries = rng.normal(size=units - 1)
    totals, starts = best_totals(segments, boundaries, units)
    for number in range(1, units + 1):
        values = [
            _value(segments, boundaries, (0, *inner))
            for inner in itertools.combinations(range(1, units), number - 1)
        ]
        assert totals[number, -1] == pytest.approx(max(values))
        found = tuple(trace(starts, number))
        assert _value(segments, boundaries, found) == pytest.approx(max(values))


def _value(
    segments: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    boundaries: np.ndarray[tuple[int], np.dtype[np.float64]],
    begins: tuple[int, ...],
) -> float:
    ends = (*(begin - 1 for begin in begins[1:]), len(segments) - 1)
    inner = sum(float(boundaries[begin - 1]) for begin in begins[1:])
    return inner + sum(float(segments[a, b]) for a, b in zip(begins, ends, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "Okay, so now let's move on to queues.",
        "Next, we look at trees.",
        "The second thing is time.",
        "In this segment we prove it.",
        "接下来我们看第二个问题。",
    ],
)
def test_an_opening_of_a_topic_is_heard(text: str) -> None:
    assert opens_topic(sentence(text))


@pytest.mark.parametrize("text", ["The queue is full.", "It moves on its own.", "Let x be five."])
def test_what_opens_nothing_is_not_taken_for_it(text: str) -> None:
    assert not opens_topic(sentence(text))


def test_a_pause_counts_by_how_unusual_it_is() -> None:
    edges = [(at + 3.0 * (at >= 8), at + 1.5 + 3.0 * (at >= 8)) for at in range(0, 20, 2)]
    found = pauses([sentence("a", *edge) for edge in edges], None)
    assert found.tolist() == [0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_pauses_that_are_all_alike_tell_nothing() -> None:
    edges = [(0.0, 2.0), (4.0, 6.0), (8.0, 10.0)]
    assert pauses([sentence("a", *edge) for edge in edges], None).tolist() == [0.0, 0.0]


def test_a_new_title_counts_where_it_is_first_shown() -> None:
    ref = FileRef(digest="0" * 64, media_type="image/png", size=1)
    shown = [("A", 0, 9), ("A", 9, 19), ("B", 20, 30)]
    slides = tuple(
        Slide(id=f"v{n}", title=title, text="", picture=ref, visits=(span(start, end),))
        for n, (title, start, end) in enumerate(shown)
    )
    layout = LayoutTimeline(width=1, height=1, shots=(), slides=slides)
    edges = [(0, 9), (9, 19), (19.5, 30)]
    assert new_slides([sentence("a", *edge) for edge in edges], layout).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "cue", "proof"),
    [
        ("A monoid is defined as a set.", "definition", "is defined as"),
        ("This is called a monoid.", "definition", "is called"),
        ("Take, for instance, the integers.", "example", "for instance,"),
        ("It is very important to read.", "emphasis", "very important"),
        ("This will be on the exam.", "exam_hint", "exam."),
        ("To sum up, we have sets.", "summary", "To sum up,"),
        ("Zum Beispiel die ganzen Zahlen.", "example", "Zum Beispiel"),
    ],
)
def test_a_cue_is_proved_by_its_words(text: str, cue: str, proof: str) -> None:
    words = {word.id: word.text for word in spoken(text)}
    found = {str(name): evidence for name, (_, evidence) in cues(said(spoken(text))).items()}
    assert " ".join(words[each] for each in found[cue].words) == proof


def test_plain_words_give_no_cue() -> None:
    assert cues(said(spoken("The cat sat on the mat."))) == {}
