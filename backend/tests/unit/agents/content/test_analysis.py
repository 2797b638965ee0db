"""The offline analysis, on small lectures and with vectors that count letters."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from desk import Desk

from noteai.agents.content import ContentParams, content
from noteai.agents.content.evidence import union, unresolved
from noteai.agents.content.offline import analyse
from noteai.engine.artifact import FileRef
from noteai.engine.stage import as_stage
from noteai.lecture.content import ContentAnalysis, Evidence
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.sentences import assemble
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Transcript, Word
from noteai.resources.embedder import Matrix
from noteai.resources.language_model import LanguageModelFailed, Usage
from noteai.timeline import span

CATS = (
    "Let us look at cats. A cat is defined as a small carnivore with whiskers. The whiskers of a"
    " cat measure gaps. For example, my cat measures every box with its whiskers. Remember that"
    " cats sleep for most of the day. Cats and whiskers will be on the exam."
)
STARS = (
    "Our next topic is stars. A star is called a giant when its radius has grown. The radius of a"
    " star depends on its mass. Suppose a star has ten solar masses. The mass of a star decides"
    " its light. To sum up, mass and radius decide what a star becomes."
)
PICTURE = FileRef(digest="0" * 64, media_type="image/png", size=1)


class Letters:
    """An embedder: the frequencies of letters."""

    identity = "letters"

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.array([[text.lower().count(chr(97 + n)) for n in range(26)] for text in texts])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1.0), np.float32).reshape(len(texts), 26)


class FailingModel:
    name = "failing"
    identity = "failing"
    spent = Usage(cost=0.25)

    def for_run(self) -> "FailingModel":
        return self

    @property
    def terms(self) -> None:
        raise LanguageModelFailed(model=self.name, reason="it is out of order")


def lecture(*parts: str, pause: float = 3.0, language: str = "en") -> Transcript:
    """Half a second a word, and a pause between the parts."""
    words: list[Word] = []
    at = 0.0
    for part in parts:
        for text in part.split():
            words.append(Word(id="w0", start=at, end=at + 0.5, text=text, probability=1.0))
            at += 0.5
        at += pause
    return assemble(language, words)


def slide(number: int, title: str, start: float, end: float) -> Slide:
    return Slide(id=f"v{number}", title=title, text="", picture=PICTURE, visits=(span(start, end),))


def analysed(
    transcript: Transcript,
    silence: SilenceMap | None = None,
    layout: LayoutTimeline | None = None,
    **knobs: int,
) -> ContentAnalysis:
    return analyse(transcript, silence, layout, ContentParams(**knobs), Letters())


def test_an_empty_transcript_has_no_topics() -> None:
    found = analysed(Transcript(language="und", words=(), sentences=()))
    assert found.topics == ()
    assert found.sentences == ()


def test_one_sentence_is_one_topic() -> None:
    found = analysed(lecture("Cats sleep."))
    assert len(found.topics) == 1
    assert unresolved(found, lecture("Cats sleep."), None) == []


def test_a_change_of_subject_begins_a_topic() -> None:
    transcript = lecture(CATS, STARS)
    first, second = analysed(transcript).topics
    assert second.start == next(s.start for s in transcript.sentences if "next topic" in s.text)
    assert "whiskers" in first.keywords
    assert {"mass", "radius"} & {word for phrase in second.keywords for word in phrase.split()}


@pytest.mark.parametrize("wanted", [1, 2, 3, 5])
def test_as_many_topics_are_found_as_are_wanted(wanted: int) -> None:
    assert len(analysed(lecture(CATS, STARS), topics=wanted).topics) == wanted


def test_no_more_topics_are_found_than_sentences() -> None:
    transcript = lecture("Cats sleep. Stars shine.")
    assert len(analysed(transcript, topics=9).topics) == len(transcript.sentences)


def test_topics_cover_all_sentences_in_order() -> None:
    transcript = lecture(CATS, STARS)
    found = analysed(transcript, topics=4).topics
    assert found[0].start == transcript.sentences[0].start
    assert found[-1].end == transcript.sentences[-1].end
    assert all(a.end <= b.start for a, b in pairwise(found))
    inside = [sum(t.start <= s.start < t.end for t in found) for s in transcript.sentences]
    assert set(inside) == {1}


def test_the_same_lecture_gives_the_same_analysis() -> None:
    assert analysed(lecture(CATS, STARS)) == analysed(lecture(CATS, STARS))


def test_all_evidence_resolves() -> None:
    transcript = lecture(CATS, STARS)
    layout = LayoutTimeline(
        width=16, height=9, shots=(), slides=(slide(0, "Cats", 0, 25), slide(1, "Stars", 26, 60))
    )
    quiet = SilenceMap(duration=60, spans=(Silence(start=24, end=27, kind="pause", level_db=-60),))
    found = analysed(transcript, quiet, layout)
    assert unresolved(found, transcript, layout) == []
    assert [topic.title for topic in found.topics] == ["Cats", "Stars"]
    assert found.topics[0].evidence.title.slides == ("v0",)


def test_evidence_that_does_not_exist_is_found_out() -> None:
    transcript = lecture(CATS, STARS)
    layout = LayoutTimeline(width=16, height=9, shots=(), slides=(slide(0, "Cats", 0, 60),))
    found = analysed(transcript, None, layout, topics=1)
    faults = unresolved(found, lecture("Cats sleep."), None)
    assert any("v0, which does not exist" in fault for fault in faults)
    assert any("is no sentence" in fault for fault in faults)


def test_a_score_without_evidence_is_found_out() -> None:
    transcript = lecture(CATS)
    found = analysed(transcript)
    bare = found.sentences[1].model_copy(update={"evidence": {}})
    broken = found.model_copy(update={"sentences": (bare,)})
    assert "definition of s1 points at nothing" in unresolved(broken, transcript, None)


def test_evidence_is_joined_in_order_of_time() -> None:
    joined = union([Evidence(words=("w10", "w2")), Evidence(words=("w2",), slides=("v1",))])
    assert joined == Evidence(words=("w2", "w10"), slides=("v1",))


def test_cues_name_the_words_that_prove_them() -> None:
    transcript = lecture(CATS)
    words = {word.id: word.text for word in transcript.words}
    definition = analysed(transcript).sentences[1]
    assert definition.scores["definition"] == 1.0
    proof = [words[each] for each in definition.evidence["definition"].words]
    assert proof == ["is", "defined", "as"]


def test_a_marked_sentence_is_worth_more_than_the_same_without_its_cue() -> None:
    plain, marked = (
        analysed(lecture(f"Hello there everybody. {said} Thank you all.")).sentences[1]
        for said in ("Whiskers measure gaps at night.", "Whiskers measure gaps, for example.")
    )
    assert "example" in marked.scores
    assert marked.importance > plain.importance - 0.1


def test_thanks_are_worth_less_than_subject_matter() -> None:
    found = analysed(lecture(f"{CATS} Okay. Thank you very much.")).sentences
    assert found[1].importance > max(found[-1].importance, found[-2].importance)


def test_importance_lies_between_zero_and_one() -> None:
    found = analysed(lecture(CATS, STARS))
    values = [each.importance for each in found.sentences]
    values += [score for each in found.sentences for score in each.scores.values()]
    values += [topic.importance for topic in found.topics]
    assert all(0 <= value <= 1 for value in values)


def test_a_summary_is_sentences_of_its_topic_in_order() -> None:
    transcript = lecture(CATS, STARS)
    texts = {s.first_word: s.text for s in transcript.sentences}
    for topic in analysed(transcript, summary_sentences=3).topics:
        said = [texts[proof.words[0]] for proof in topic.evidence.summary]
        assert len(said) == 3
        assert topic.summary == " ".join(said)


def test_titles_differ() -> None:
    titles = [topic.title for topic in analysed(lecture(CATS, STARS), topics=4).topics]
    assert len(set(titles)) == 4


def test_a_script_without_spaces_is_divided_too() -> None:
    cats = "猫是小型动物。猫的胡须测量空隙。猫的胡须长。胡须帮助猫走路。"
    stars = "恒星有质量。恒星的质量决定光度。质量大的恒星光度高。光度来自恒星。"
    cats, stars = (" ".join(text).replace(" 。", "。") for text in (cats, stars))
    transcript = lecture(cats, stars, language="zh")
    found = analysed(transcript, topics=2)
    assert found.topics[1].start == next(s.start for s in transcript.sentences if "恒星" in s.text)
    assert unresolved(found, transcript, None) == []


def test_delivery_is_not_claimed_from_captions_alone() -> None:
    found = analysed(lecture(CATS, STARS))
    assert not any("delivery" in each.scores for each in found.sentences)


def test_the_stage_needs_only_a_transcript() -> None:
    needs = as_stage(content).needs
    assert {name for name, need in needs.items() if not need.optional} == {"transcript"}


def test_the_stage_gives_the_offline_analysis_where_no_model_is() -> None:
    transcript, desk = lecture(CATS, STARS), Desk()
    found = content(transcript, None, None, ContentParams(), Letters(), None, desk)  # type: ignore[arg-type]
    assert found == analysed(transcript)
    assert desk.heard == [1.0]


def test_where_the_language_model_fails_the_offline_analysis_stands_in() -> None:
    transcript = lecture(CATS, STARS)
    desk, params = Desk(), ContentParams()
    found = content(transcript, None, None, params, Letters(), FailingModel(), desk)  # type: ignore[arg-type]
    assert found.degraded
    assert desk.paid == 0.25  # what failed is charged, too
    assert "out of order" in found.warnings[0]
    assert found.topics == analysed(transcript).topics
