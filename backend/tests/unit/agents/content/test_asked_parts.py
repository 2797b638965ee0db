"""A lecture too long for one question: its parts, and the seams between them."""

import json

import pytest
from asking import Claims, asked, claims, long_lecture, notable, topic

from noteai.agents.content.asked import joined
from noteai.agents.content.asked_form import LectureClaims
from noteai.agents.content.asked_lecture import Part
from noteai.agents.content.evidence import unresolved
from noteai.resources.language_model import LanguageModelFailed


def every_tenth(data: str) -> Claims:
    """Topics at every hundredth sentence, and each tenth is notable."""
    numbers = [json.loads(line)[0] for line in data.splitlines()[1:-1]]
    firsts = [numbers[0], *(n for n in numbers[1:] if n % 100 == 0)]
    marked = [notable(n, f"Sentence {n} says") for n in numbers if n % 10 == 0]
    return claims(*(topic(n, title=f"From {n}") for n in firsts), notable=tuple(marked))


def test_a_long_lecture_is_asked_about_in_parts_that_fit() -> None:
    two_hours = long_lecture(1300)
    found, model = asked(every_tenth, two_hours, context=16_384, max_output=4_096)
    assert len(model.asked) > 5
    for told, data, form in model.asked:
        assert (len(told) + len(data) + len(json.dumps(form))) / 3 < 16_384 - 4_096
    starts = [two_hours.sentences[n].start for n in range(0, 1300, 100)]
    assert [each.start for each in found.topics] == starts
    marked = [each.id for each in found.sentences if each.importance == 0.8]
    assert marked == [f"s{n}" for n in range(0, 1300, 10)]


def test_a_part_without_topics_is_a_failure_and_no_gap() -> None:
    def half(data: str) -> Claims:
        return every_tenth(data) if "[0," in data else claims()

    with pytest.raises(LanguageModelFailed, match="no topic"):
        asked(half, long_lecture(400), context=8_192, max_output=2_048)


def test_a_context_too_small_for_anything_is_said_so() -> None:
    with pytest.raises(LanguageModelFailed, match="context of 2048 tokens is too small"):
        asked(claims(topic(0)), context=2_048, max_output=1_024)


def test_all_evidence_resolves() -> None:
    said = long_lecture(300)
    found, _ = asked(every_tenth, said, context=8_192, max_output=2_048)
    assert all(each.evidence.title.words for each in found.topics)
    assert unresolved(found, said, None) == []


def answer_of(*firsts: int) -> LectureClaims:
    return LectureClaims.model_validate(claims(*(topic(n, title=f"From {n}") for n in firsts)))


EARLY = Part(first=0, stop=60, own_first=0, own_stop=50)
LATE = Part(first=40, stop=100, own_first=50, own_stop=100)


def test_a_boundary_that_both_parts_see_stands_once() -> None:
    both = joined([(EARLY, answer_of(0, 45)), (LATE, answer_of(40, 45, 80))])
    assert [each.first_sentence for each in both.topics] == [0, 45, 80]


def test_a_topic_across_the_seam_is_described_by_who_saw_more_of_it() -> None:
    late = joined([(EARLY, answer_of(0, 45)), (LATE, answer_of(40, 80))])
    assert [(each.first_sentence, each.title) for each in late.topics] == [
        (0, "From 0"),
        (45, "From 40"),
        (80, "From 80"),
    ]
    early = joined([(EARLY, answer_of(0, 10)), (LATE, answer_of(40, 55))])
    assert [(each.first_sentence, each.title) for each in early.topics] == [
        (0, "From 0"),
        (10, "From 10"),
        (55, "From 55"),
    ]


def test_boundaries_beyond_the_seam_are_the_other_parts() -> None:
    both = joined([(EARLY, answer_of(0, 55)), (LATE, answer_of(40, 44, 60))])
    assert [each.first_sentence for each in both.topics] == [0, 60]
