"""What is made of the claims of a model that answers from a script."""

import pytest
from asking import SIX, asked, claims, notable, offline, one_slide, topic

from noteai.agents.content.asked import merged
from noteai.lecture.content import Evidence, SentenceScore
from noteai.resources.language_model import LanguageModelFailed


def test_topics_cover_all_sentences_without_a_gap() -> None:
    found, _ = asked(claims(topic(0, title="Entropy"), topic(3, title="Engines")))
    first, second = found.topics
    assert (first.id, first.title, second.id, second.title) == ("t0", "Entropy", "t1", "Engines")
    assert (first.start, first.end) == (SIX.sentences[0].start, SIX.sentences[2].end)
    assert (second.start, second.end) == (SIX.sentences[3].start, SIX.sentences[5].end)


def test_the_first_topic_begins_with_the_first_sentence_wherever_it_was_put() -> None:
    found, _ = asked(claims(topic(1), topic(3)))
    assert found.topics[0].start == 0.0


def test_topics_out_of_order_are_put_in_order() -> None:
    found, _ = asked(claims(topic(3, title="Engines"), topic(0, title="Entropy")))
    assert [each.title for each in found.topics] == ["Entropy", "Engines"]


def test_the_analysis_is_the_models_and_not_degraded() -> None:
    found, _ = asked(claims(topic(0)))
    assert (found.analyst, found.degraded) == ("scripted", False)
    assert found.warnings == ("as it was",)


def test_cited_sentences_become_the_ids_of_their_words() -> None:
    summary = [{"text": "Disorder is measured", "sentences": [1, 2]}]
    found, _ = asked(claims(topic(0, title_sentences=[1], summary=summary)))
    evidence = found.topics[0].evidence
    second, third = SIX.sentences[1:3]
    assert evidence.title.words == tuple(word.id for word in SIX.words_of(second))
    both = SIX.words_of(second) + SIX.words_of(third)
    assert evidence.summary == (Evidence(words=tuple(word.id for word in both)),)
    assert found.topics[0].summary == "Disorder is measured."


def test_sentences_of_a_summary_are_joined_as_their_script_writes_them() -> None:
    summary = [{"text": text, "sentences": [1]} for text in ("路由器转发。", "数据包到达。")]
    found, _ = asked(claims(topic(0, summary=summary)))
    assert found.topics[0].summary == "路由器转发。数据包到达。"


@pytest.mark.parametrize("text", ["राउटर पैकेट भेजता है।", "ما هو الموجه؟", "She says “no.”"])
def test_a_summary_that_ends_with_its_own_mark_gets_no_full_stop(text: str) -> None:
    summary = [{"text": text, "sentences": [1]}]
    found, _ = asked(claims(topic(0, summary=summary)))
    assert found.topics[0].summary == text


def test_cited_slides_become_their_ids() -> None:
    cited = topic(3, title_sentences=[], title_slides=[0])
    found, _ = asked(claims(topic(0), cited), layout=one_slide())
    assert found.topics[1].evidence.title == Evidence(slides=("v0",))


def test_a_slide_that_is_not_shown_in_the_topic_proves_nothing() -> None:
    first = topic(0, title_sentences=[], title_slides=[0])
    found, _ = asked(claims(first, topic(3)), layout=one_slide(start=13.0))
    assert [each.title for each in found.topics] == ["A subject"]
    assert found.topics[0].evidence.title.words[0] == SIX.sentences[3].first_word


@pytest.mark.parametrize("cited", [[], [99], [-1], [4]])
def test_a_summary_sentence_that_nothing_in_its_topic_proves_is_left_out(cited: list[int]) -> None:
    kept = {"text": "Kept", "sentences": [0]}
    lost = {"text": "Lost", "sentences": cited}
    found, _ = asked(claims(topic(0, summary=[kept, lost]), topic(3)))
    assert found.topics[0].summary == "Kept."
    assert len(found.topics[0].evidence.summary) == 1
    assert found.warnings[-1] == "scripted: 1 claims that nothing proves were left out"


def test_a_topic_without_proof_goes_to_the_one_before_it() -> None:
    found, _ = asked(claims(topic(0), topic(2, title_sentences=[77]), topic(3)))
    assert [(each.start, each.end) for each in found.topics] == [
        (SIX.sentences[0].start, SIX.sentences[2].end),
        (SIX.sentences[3].start, SIX.sentences[5].end),
    ]


def test_with_too_little_proved_the_answer_is_thrown_away() -> None:
    lost = [topic(first, title_sentences=[99]) for first in (2, 3)]
    with pytest.raises(LanguageModelFailed, match="of its 3 topics only 1"):
        asked(claims(topic(0), *lost))


def test_an_answer_without_topics_is_thrown_away() -> None:
    with pytest.raises(LanguageModelFailed, match="no topic from sentence 0 to 5"):
        asked(claims())


def test_keywords_that_were_neither_said_nor_shown_are_left_out() -> None:
    engines = topic(3, keywords=["heat", "Heat Engines", "quantum foam", "heat", " "])
    found, _ = asked(claims(topic(0), engines), layout=one_slide())
    assert found.topics[1].keywords == ("heat", "Heat Engines")


def test_a_model_that_gives_more_than_was_asked_for_is_cut_short() -> None:
    summary = [{"text": f"Sentence {n}", "sentences": [0]} for n in range(5)]
    keywords = ["welcome", "course", "entropy", "measure", "disorder", "exam", "engines"]
    found, _ = asked(claims(topic(0, summary=summary, keywords=keywords)))
    assert found.topics[0].summary == "Sentence 0. Sentence 1."
    assert found.topics[0].keywords == tuple(keywords[:6])
    assert len(found.topics[0].evidence.summary) == 2


def test_a_quote_becomes_the_words_that_it_copies() -> None:
    found, _ = asked(claims(topic(0), notable=(notable(1, "entropy is a MEASURE"),)))
    score = found.sentences[1]
    assert score.evidence["definition"].words == ("w4", "w5", "w6", "w7")
    assert score.importance == 0.8
    assert score.scores == {"delivery": 0.2, "definition": 0.9}


@pytest.mark.parametrize("quote", ["", "order", "Entropy is chaos", "Entropy measure", "…"])
def test_a_quote_that_the_sentence_does_not_hold_proves_nothing(quote: str) -> None:
    found, _ = asked(claims(topic(0), notable=(notable(1, quote),)))
    assert found.sentences == offline(SIX).sentences
    assert "1 claims" in found.warnings[-1]


def test_a_notable_sentence_that_does_not_exist_is_left_out() -> None:
    found, _ = asked(claims(topic(0), notable=(notable(99, "Entropy"), notable(-1, "today"))))
    assert found.sentences == offline(SIX).sentences


def test_a_topic_has_the_best_score_of_its_sentences_for_each_cue() -> None:
    marked = (notable(1, "Entropy is"), notable(2, "for the exam", "exam_hint"))
    found, _ = asked(claims(topic(0), topic(3), notable=marked))
    first, second = found.topics
    assert first.scores == {"delivery": 0.2, "definition": 0.9, "exam_hint": 0.9}
    assert first.evidence.scores["definition"].words == ("w4", "w5")
    assert second.scores == {"delivery": 0.2}


def test_titles_are_one_plain_line_of_bounded_length() -> None:
    found, _ = asked(claims(topic(0, title="  Entropy\n\x1b[31m and\u202e more " + "x " * 200)))
    title = found.topics[0].title
    assert title.startswith("Entropy [31m and more x")
    assert len(title) <= 100
    assert title.isprintable()


def test_a_marked_sentence_is_never_worth_less_than_offline() -> None:
    before = SentenceScore(id="s0", importance=0.9, scores={}, evidence={})
    mark = SentenceScore(
        id="s0", importance=0.4, scores={"example": 0.5}, evidence={"example": Evidence()}
    )
    (after,) = merged([before], [mark])
    assert (after.importance, after.scores) == (0.9, {"example": 0.5})
