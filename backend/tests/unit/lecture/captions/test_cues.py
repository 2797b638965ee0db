from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noteai.lecture.captions import Cue, CueStyle, cues
from noteai.lecture.sentences import assemble
from noteai.lecture.transcript import Transcript, Word
from noteai.lecture.writing import width
from noteai.timeline import span

GAP = 0.083


def spoken(text: str, pace: float = 0.35, pauses: dict[int, float] | None = None) -> Transcript:
    words, at = [], 0.0
    for number, each in enumerate(text.split()):
        words.append(Word(id="w0", start=at, end=at + pace, text=each, probability=1.0))
        at += pace + (pauses or {}).get(number, 0.0)
    return assemble("en", words)


def texts(found: tuple[Cue, ...]) -> list[str]:
    return [each.text for each in found]


LONG = (
    "The basic process of the finite element method is that we are taking the continuous system, "
    "and we are idealizing it as an assemblage of elements which are connected at their nodes."
)


def test_a_short_sentence_is_one_cue_of_one_line() -> None:
    (only,) = cues(spoken("This is a tree."))
    assert only.lines == ("This is a tree.",)


def test_a_long_sentence_becomes_cues_of_two_lines_of_42_columns() -> None:
    found = cues(spoken(LONG))
    assert len(found) > 1
    assert all(len(each.lines) <= 2 and max(map(width, each.lines)) <= 42 for each in found)
    assert " ".join(texts(found)) == LONG


def test_cues_break_after_a_comma_rather_than_after_an_article() -> None:
    text = "We talk about very many elements to obtain accurate predictions, and that is the best."
    assert texts(cues(spoken(text)))[0].endswith("predictions,")
    lines = [line for each in cues(spoken(LONG)) for line in each.lines]
    assert not {line.split()[-1] for line in lines} & {"the", "a", "of", "an", "is", "and"}


def test_a_line_does_not_part_an_adjective_from_its_noun() -> None:
    (cue,) = cues(spoken("Or you can't get the good data to go with it."))
    assert cue.lines == ("Or you can't get", "the good data to go with it.")


def test_a_line_ends_before_a_preposition_rather_than_after_it() -> None:
    (cue,) = cues(spoken("With it, all the rest of the conversation is encrypted."))
    assert cue.lines == ("With it, all the rest", "of the conversation is encrypted.")


def test_two_sentences_share_no_cue() -> None:
    found = cues(spoken("This is a tree. That is a graph."))
    assert texts(found) == ["This is a tree.", "That is a graph."]


def test_a_sentence_too_short_to_read_joins_its_neighbour() -> None:
    found = cues(spoken("Right. So we go on with trees."))
    assert texts(found) == ["Right. So we go on with trees."]


def test_a_cue_stays_until_it_can_be_read_when_there_is_room() -> None:
    found = cues(spoken("Extraordinarily incomprehensible. Next one comes.", pauses={1: 8.0}))
    assert len(found[0].text) / found[0].duration <= 17.01


def test_what_is_said_fast_shares_a_cue_with_what_is_said_slowly() -> None:
    text = (
        "We look at every single one of the trees of this garden, and their heights are measured."
    )
    slow, fast = spoken(text, pace=0.5).words[:12], spoken(text, pace=0.1).words[12:]
    moved = ({"start": each.start + 4.8, "end": each.end + 4.8} for each in fast)
    hasty_end = [w.model_copy(update=at) for w, at in zip(fast, moved, strict=True)]
    found = cues(assemble("en", [*slow, *hasty_end]), within=span(0.0, hasty_end[-1].end))
    assert texts(found)[-1].startswith("of the trees of this garden, and")


def test_a_cue_said_fast_comes_a_little_before_its_words() -> None:
    first, second, _ = cues(hasty(after=3.0))
    assert second.start == pytest.approx(3.0 - 0.3)
    assert first.end < second.start


def test_a_cue_comes_no_earlier_than_the_one_before_it_is_read() -> None:
    first, second, _ = cues(hasty(after=1.4))
    assert second.start < 1.4
    assert width(first.text) / first.duration <= 17.05


def test_a_cue_that_can_be_read_comes_with_its_words() -> None:
    found = cues(spoken("This is a whole tree. That is a whole graph.", pauses={4: 3.0}))
    assert found[1].start == pytest.approx(5 * 0.35 + 3.0)


def hasty(after: float) -> Transcript:
    """A short sentence, and one at `after` that is said faster than it can be read."""
    slow = spoken("We look at networks.", pace=0.25).words
    fast = spoken("Afterwards everything remaining happened. So it ends there.", pace=0.25).words
    times = ({"start": each.start + after, "end": each.end + after} for each in fast)
    moved = [each.model_copy(update=at) for each, at in zip(fast, times, strict=True)]
    return assemble("en", [*slow, *moved])


def test_a_short_gap_between_cues_shrinks_to_two_frames_and_a_long_one_is_left() -> None:
    near = cues(spoken("This is a whole tree. That is a whole graph.", pauses={4: 0.3}))
    far = cues(spoken("This is a whole tree. That is a whole graph.", pauses={4: 3.0}))
    assert near[1].start - near[0].end == pytest.approx(GAP)
    assert far[0].end < far[1].start


def test_a_long_pause_inside_a_sentence_divides_its_cues() -> None:
    found = cues(spoken("When we come back we see trees.", pauses={3: 2.5}))
    assert texts(found) == ["When we come back", "we see trees."]


def test_wide_characters_count_double() -> None:
    text = " ".join("机器学习是人工智能的一个分支它研究如何从数据中学习并且改进")
    found = cues(spoken(text, pace=0.2))
    assert all(width(line) <= 42 for each in found for line in each.lines)
    assert "".join("".join(each.lines) for each in found) == text.replace(" ", "")


def test_the_cues_of_a_clip_hold_its_words_only_and_start_at_its_zero() -> None:
    whole = spoken("One two three four. Five six seven eight. Nine ten.", pace=0.5)
    found = cues(whole, within=span(2.0, 4.0))
    assert texts(found) == ["Five six seven eight."]
    assert (found[0].start, found[0].end) == (0.0, 2.0)


def test_removed_stretches_shift_what_comes_after_them() -> None:
    whole = spoken("One two three four. Five six seven eight.", pace=0.5, pauses={3: 4.0})
    found = cues(whole, within=span(0.5, 8.0), removed=[span(2.0, 5.0)])
    assert texts(found) == ["two three four.", "Five six seven eight."]
    assert found[1].start == 2.5
    assert found[-1].end <= 4.5


def test_a_word_too_wide_for_a_line_stands_alone() -> None:
    url = "https://example.org/" + "x" * 60
    assert url in texts(cues(spoken(f"See {url} for more.")))


def test_nothing_said_has_no_cues() -> None:
    assert cues(assemble("und", [])) == ()


WORDS = st.lists(
    st.text(st.sampled_from("abcé机,."), min_size=1, max_size=14), min_size=1, max_size=60
)


@settings(max_examples=25)
@given(WORDS, st.floats(0.05, 0.6), st.lists(st.floats(0, 3), min_size=60, max_size=60))
def test_cues_hold_every_word_in_order_and_never_overlap(
    texts_: list[str], pace: float, pauses: list[float]
) -> None:
    transcript = spoken(" ".join(texts_), pace, dict(enumerate(pauses)))
    found = cues(transcript, CueStyle())
    assert "".join("".join(each.lines) for each in found).replace(" ", "") == "".join(texts_)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(width(line) <= 42 for each in found for line in each.lines)


@settings(max_examples=25)
@given(WORDS, st.floats(0.05, 0.6), st.lists(st.floats(0, 3), min_size=60, max_size=60))
def test_two_frames_stand_between_cues_unless_those_are_as_short(
    texts_: list[str], pace: float, pauses: list[float]
) -> None:
    for one, next_ in pairwise(cues(spoken(" ".join(texts_), pace, dict(enumerate(pauses))))):
        assert next_.start - one.end >= min(GAP, one.duration) - 0.0011
