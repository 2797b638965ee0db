from collections.abc import Mapping
from dataclasses import replace

import pytest

from noteai.export import Finished
from noteai.export.proofs import Reason, reasons
from noteai.lecture.content import Cue, Evidence
from noteai.lecture.highlights import Highlight


def proved(
    lecture: Finished, words: Mapping[int, tuple[str, ...]], cue: Cue = "emphasis"
) -> tuple[Finished, Highlight]:
    """With words of a cue in some of the three sentences, and a passage of all of them."""
    assert lecture.content
    scores = tuple(
        each.model_copy(
            update={"scores": {cue: 0.5 + n / 10}, "evidence": {cue: Evidence(words=words[n])}}
        )
        if n in words
        else each
        for n, each in enumerate(lecture.content.sentences)
    )
    content = lecture.content.model_copy(update={"sentences": scores})
    passage = lecture.passages[0].model_copy(
        update={"start": 0.0, "end": 60.0, "reasons": ("The lecturer stresses it",)}
    )
    return replace(lecture, content=content), passage


def test_a_reason_is_quoted_from_the_sentence_in_which_it_is_clearest(lecture: Finished) -> None:
    found, passage = proved(lecture, {0: ("w0", "w1"), 1: ("w3",)})
    assert lecture.transcript
    said = lecture.transcript.sentences[1]
    assert reasons(found, passage) == (Reason("The lecturer stresses it", said.text, said.start),)


def test_words_outside_the_passage_prove_nothing_of_it(lecture: Finished) -> None:
    found, passage = proved(lecture, {0: ("w0", "w1"), 1: ("w2", "w4")})
    early = passage.model_copy(update={"end": 15.0})
    assert [each.quote for each in reasons(found, early)] == ["We begin."]


@pytest.mark.parametrize(
    ("proof", "quote"),
    [
        (0, "0 1 2 3 4 5 6 7 8 9 10 11 …"),
        (5, "… 2 3 4 5 6 7 8 9 10 11 12 13 …"),
        (19, "… 8 9 10 11 12 13 14 15 16 17 18 19"),
    ],
)
def test_a_long_sentence_is_cut_around_its_proof(lecture: Finished, proof: int, quote: str) -> None:
    assert lecture.transcript
    words = tuple(
        lecture.transcript.words[0].model_copy(update={"id": f"w{n}", "text": str(n)})
        for n in range(20)
    )
    first = lecture.transcript.sentences[0].model_copy(update={"last_word": "w19"})
    spoken = lecture.transcript.model_copy(
        update={"words": words, "sentences": (first, *lecture.transcript.sentences[1:])}
    )
    found, passage = proved(replace(lecture, transcript=spoken), {0: (f"w{proof}",)})
    assert reasons(found, passage)[0].quote == quote


def test_a_reason_without_known_words_stands_alone(lecture: Finished) -> None:
    found, passage = proved(lecture, {0: ("w0",)}, "example")
    assert reasons(found, passage) == (Reason("The lecturer stresses it"),)
    other = passage.model_copy(update={"reasons": ("because",)})
    assert reasons(found, other) == (Reason("because"),)
    assert reasons(replace(found, transcript=None), passage)[0].quote == ""
