"""Passages that a person chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken import PLAIN, analysis, lecture

from noteai.agents.segments.by_hand import Lecture, Limits, rated, snapped
from noteai.lecture.content import ContentAnalysis, Evidence, SentenceScore
from noteai.lecture.highlights import Highlight
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.recording import FileRef
from noteai.timeline import span

SAID = lecture([PLAIN] * 10)
"""Sentences of six seconds from second 1, 8, 15 ..., with a second between them."""
LIMITS = Limits(shortest=5.0, longest=30.0, duration=71.0)
BEFORE = span(14.5, 28.5)


def known(content: ContentAnalysis | None = None, layout: LayoutTimeline | None = None) -> Lecture:
    return Lecture(SAID, None, content, layout)


def passage(start: float, end: float) -> Highlight:
    return Highlight(
        rank=3, start=start, end=end, title="Routers", score=0.9, reasons=("because",),
        evidence=Evidence(words=("w0",), slides=("v0", "v1")), topic="t9",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ((8.9, 28.5), (7.5, 28.5)),
        ((14.5, 36.0), (14.5, 35.5)),
        ((6.1, 34.9), (7.5, 35.5)),
        ((14.5, 32.1), (14.5, 32.0)),
        ((11.2, 28.5), (11.0, 28.5)),
    ],
    ids=["start", "end", "both", "end of a word", "start of a word"],
)
def test_an_end_goes_to_the_edge_of_a_sentence_or_word(
    asked: tuple[float, float], found: tuple[float, float]
) -> None:
    made = snapped(span(*asked), BEFORE, known(), LIMITS)
    assert (made.start, made.end) == found


def test_an_end_that_was_not_moved_stays() -> None:
    before = span(12.1, 28.3)
    assert snapped(span(12.1, 35.4), before, known(), LIMITS).start == 12.1


def test_the_limits_are_kept_where_an_edge_lies_beyond_them() -> None:
    tight = Limits(shortest=5.0, longest=21.0, duration=71.0)
    made = snapped(span(14.5, 35.4), BEFORE, known(), tight)
    assert (made.start, made.end) == (14.5, 35.5)
    made = snapped(span(13.0, 34.0), span(0, 1), known(), tight)
    assert tight.allow(made.start, made.end)


@given(st.floats(0, 60), st.floats(5, 11))
def test_what_fits_still_fits_when_it_is_snapped_and_no_word_is_cut_without_need(
    start: float, length: float
) -> None:
    asked = span(start, start + length)
    limits = Limits(length - 1e-9, length + 1e-9, 71.0)
    assert snapped(asked, BEFORE, known(), limits).duration == pytest.approx(length)
    free = snapped(asked, BEFORE, known(), Limits(1.0, 71.0, 71.0))
    assert not [each for each in SAID.words if each.start < free.start < each.end]


def test_a_chosen_passage_is_rated_by_what_is_in_it() -> None:
    importance = [0.1] * 5 + [0.9] * 2 + [0.1] * 3
    made = rated(passage(0, 7), span(35.5, 49.5), known(analysis(SAID, importance, (0, 4))))
    assert (made.rank, made.title, made.start, made.end) == (3, "Routers", 35.5, 49.5)
    assert made.topic == "t1"
    assert made.score > 0.5
    assert made.reasons == ("Defines a term",)
    assert set(made.evidence.words) == {SAID.sentences[n].first_word for n in (5, 6)}
    dull = rated(passage(0, 7), span(14.5, 28.5), known(analysis(SAID, importance)))
    assert dull.score < 0.5
    assert dull.reasons == ()


def test_evidence_outside_the_passage_is_dropped() -> None:
    """The second half of a sentence, whose cue is its first word."""
    content = analysis(SAID, [0.9] * 10)
    half = rated(passage(0, 7), span(17.9, 21.2), known(content))
    assert (half.evidence, half.reasons) == (Evidence(words=("w20", "w21", "w22", "w23")), ())


def test_slides_that_are_not_shown_prove_nothing() -> None:
    proof = Evidence(words=("w16",), slides=("v0", "v1"))
    line = SentenceScore(
        id="s2", importance=0.9, scores={"example": 0.8}, evidence={"example": proof}
    )
    content = analysis(SAID, [0.1] * 10).model_copy(update={"sentences": (line,)})
    picture = FileRef(digest="0" * 64, media_type="image/png", size=1)
    slides = tuple(
        Slide(id=f"v{n}", title="", text="", picture=picture, visits=(visit,))
        for n, visit in enumerate((span(0, 10), span(16, 20)))
    )
    layout = LayoutTimeline(width=2, height=2, shots=(), slides=slides)
    made = rated(passage(0, 7), span(14.5, 21.5), known(content, layout))
    assert made.evidence == Evidence(words=("w16",), slides=("v1",))
    assert made.reasons == ("Works through an example",)


@pytest.mark.parametrize("content", [None, analysis(SAID, [0.9] * 10)])
def test_where_nothing_is_said_nothing_is_claimed(content: ContentAnalysis | None) -> None:
    made = rated(passage(0, 7), span(71, 80), known(content))
    assert (made.score, made.reasons, made.evidence) == (0.0, (), Evidence())
