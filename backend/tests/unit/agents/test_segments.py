from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from spoken import PLAIN, analysis, lecture

from noteai.agents.segments import SegmentParams, segments
from noteai.agents.segments.belonging import CaptionsForeign
from noteai.agents.segments.candidates import MAX_MARGIN, cuts
from noteai.agents.segments.proof import reasons
from noteai.engine.artifact import FileRef
from noteai.lecture.content import ContentAnalysis, SentenceScore
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.recording import Recording
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Transcript
from noteai.timeline import overlap

PARAMS = SegmentParams()
HOUR = Recording(
    file=FileRef(digest="0" * 64, media_type="video/mp4", size=1),
    container="mov",
    duration=3600,
    video=None,
    audio_track=None,
    audio=None,
)
EMPTY = Transcript(language="und", words=(), sentences=())


def chosen(
    content: ContentAnalysis,
    said: Transcript,
    silence: SilenceMap | None,
    params: SegmentParams,
    duration: float = 3600,
) -> HighlightPlan:
    """Of a recording that goes on after what is said, unless its duration is given."""
    recording = HOUR.model_copy(update={"duration": duration})
    return segments(recording, content, said, silence, params)


def test_the_important_passage_is_found() -> None:
    said = lecture([PLAIN] * 30)
    content = analysis(said, [0.1] * 8 + [0.9] * 4 + [0.1] * 18)
    best = chosen(content, said, None, PARAMS).highlights[0]
    assert best.start == pytest.approx(said.sentences[8].start - 0.5)
    assert best.end == pytest.approx(said.sentences[11].end + 0.5)
    assert best.rank == 1
    assert best.reasons == ("Defines a term",)
    assert set(best.evidence.words) == {s.first_word for s in said.sentences[8:12]}


def test_a_passage_without_cues_is_proved_by_its_most_important_sentence() -> None:
    said = lecture([PLAIN] * 30)
    content = analysis(said, [0.1] * 8 + [0.8, 0.9, 0.8] + [0.1] * 19)
    bare = [each.model_copy(update={"scores": {}, "evidence": {}}) for each in content.sentences]
    content = content.model_copy(update={"sentences": tuple(bare)})
    best = chosen(content, said, None, PARAMS).highlights[0]
    assert best.evidence.words == tuple(word.id for word in said.words_of(said.sentences[9]))
    assert best.reasons == ("Most important passage on “Topic 0”",)


@given(st.lists(st.floats(0, 1), min_size=12, max_size=40), st.integers(1, 8))
def test_highlights_keep_the_limits_and_never_overlap(values: list[float], clips: int) -> None:
    said = lecture([PLAIN] * len(values))
    params = SegmentParams(max_clips=clips, min_clips=1, max_seconds=40)
    found = chosen(analysis(said, values, [0, 6]), said, None, params).highlights
    assert len(found) <= clips
    for each in found:
        assert params.min_seconds <= each.duration <= params.max_seconds
        assert not any(overlap(each, other) for other in found if other is not each)
    assert [each.rank for each in found] == list(range(1, len(found) + 1))
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)


def test_a_highlight_stays_within_its_topic() -> None:
    said = lecture([PLAIN] * 12)
    content = analysis(said, [0.1] * 4 + [0.9] * 4 + [0.1] * 4, topics=[0, 6])
    found = chosen(content, said, None, PARAMS).highlights
    assert found
    for each in found:
        topic = next(t for t in content.topics if t.id == each.topic)
        assert each.start >= topic.start - MAX_MARGIN
        assert each.end <= topic.end + MAX_MARGIN


def test_a_sentence_that_takes_no_time_lies_in_the_topic_around_it() -> None:
    said = lecture([PLAIN] * 12)
    content = analysis(said, [0.1] * 6 + [0.9] * 4 + [0.1] * 2, topics=[0, 6])
    whole = chosen(content, said, None, PARAMS).highlights[0]
    instant = said.sentences[7].model_copy(update={"end": said.sentences[7].start})
    sentences = (*said.sentences[:7], instant, *said.sentences[8:])
    told = said.model_copy(update={"sentences": sentences})
    best = chosen(content, told, None, PARAMS).highlights[0]
    assert (best.start, best.end, best.topic) == (whole.start, whole.end, "t1")


def test_a_passage_that_points_back_is_extended_to_what_it_points_at() -> None:
    texts = [PLAIN] * 20
    texts[8:12] = ["This is therefore what we call a packet in the network."] * 4
    said = lecture(texts)
    content = analysis(said, [0.1] * 8 + [0.9] * 4 + [0.1] * 8)
    best = chosen(content, said, None, PARAMS).highlights[0]
    assert best.start == pytest.approx(said.sentences[7].start - 0.5)


def test_a_passage_never_begins_amid_a_sentence_that_was_divided() -> None:
    texts = [PLAIN] * 20
    texts[7] = "A packet has a header with two addresses and a number"
    texts[8] = "for all that it carries, which no router ever looks at."
    said = lecture(texts)
    content = analysis(said, [0.1] * 8 + [0.9] * 4 + [0.1] * 8)
    best = chosen(content, said, None, PARAMS).highlights[0]
    assert best.start != pytest.approx(said.sentences[8].start - 0.5)


def test_where_nothing_is_punctuated_a_passage_begins_at_any_pause() -> None:
    said = lecture([PLAIN.rstrip(".")] * 20)
    content = analysis(said, [0.1] * 8 + [0.9] * 4 + [0.1] * 8)
    best = chosen(content, said, None, PARAMS).highlights[0]
    assert best.start == pytest.approx(said.sentences[8].start - 0.5)


@pytest.mark.parametrize(("strength", "named"), [(0.5, ()), (1.0, ("The lecturer stresses it",))])
def test_one_weak_word_is_no_reason(strength: float, named: tuple[str, ...]) -> None:
    line = SentenceScore(id="s0", importance=0.9, scores={"emphasis": strength}, evidence={})
    assert reasons([line]) == named


def test_a_lecture_that_only_points_back_gives_none() -> None:
    said = lecture(["As we saw, it is the same as before in every way."] * 12)
    plan = chosen(analysis(said, [0.9] * 12), said, None, PARAMS)
    assert plan.is_empty
    assert "stands by itself" in plan.reason_if_empty


def test_a_lecture_with_nothing_worth_it_gives_none() -> None:
    said = lecture([PLAIN] * 12)
    assert chosen(analysis(said, [0.05] * 12), said, None, PARAMS).is_empty


def test_a_recording_without_speech_gives_none() -> None:
    content = ContentAnalysis(topics=(), sentences=(), analyst="offline")
    plan = chosen(content, EMPTY, None, PARAMS)
    assert plan.reason_if_empty == "Nothing is said in this recording."


def test_what_is_said_beyond_the_end_of_the_recording_is_in_no_highlight() -> None:
    said = lecture([PLAIN] * 30)
    content = analysis(said, [0.1] * 10 + [0.6] * 4 + [0.1] * 10 + [0.9] * 6)
    end = said.sentences[24].start
    plan = chosen(content, said, None, PARAMS, duration=end)
    assert plan.highlights
    assert all(each.end <= end for each in plan.highlights)
    assert plan.remarks == ("6 of 30 sentences come after the recording's end and are in no clip.",)


def test_a_last_sentence_that_is_cut_short_stays() -> None:
    said = lecture([PLAIN] * 30)
    content = analysis(said, [0.1] * 26 + [0.9] * 4)
    plan = chosen(content, said, None, PARAMS, duration=said.sentences[29].end - 1)
    assert plan.highlights[0].end > said.sentences[29].start
    assert plan.remarks == ()


def test_captions_of_another_recording_or_on_another_clock_are_refused() -> None:
    said = lecture([PLAIN] * 30)
    content = analysis(said, [0.1] * 26 + [0.9] * 4)
    with pytest.raises(CaptionsForeign, match="60 % of their words"):
        chosen(content, said, None, PARAMS, duration=said.sentences[12].start)


def test_a_talk_shorter_than_a_clip_says_so() -> None:
    said = lecture([PLAIN])
    plan = chosen(analysis(said, [0.9]), said, None, PARAMS)
    assert "lower segments.min_seconds" in plan.reason_if_empty


def test_a_repeated_subject_gives_way_to_another() -> None:
    other = "Photosynthesis turns sunlight into sugar inside green leaves."
    said = lecture([PLAIN] * 6 + [other] * 6)
    content = analysis(said, [0.9, 0.9, 0.9, 0.7, 0.7, 0.7, 0.1, 0.1, 0.7, 0.7, 0.7, 0.1], [0, 6])
    params = SegmentParams(min_clips=2, max_clips=2, max_seconds=22, max_share=1)
    topics = {each.topic for each in chosen(content, said, None, params).highlights}
    assert topics == {"t0", "t1"}


@pytest.mark.parametrize(
    ("subject", "again", "other"),
    [
        ("路由器每天转发数据包。", "数据包每天由路由器转发。", "植物把阳光变成糖分。"),
        ("ルーターがパケットを運びます。", "パケットを運ぶルーター。", "植物は日光から糖を作る。"),
        ("เราเตอร์ส่งแพ็กเก็ตทุกวัน", "ทุกวันแพ็กเก็ตผ่านเราเตอร์", "พืชสร้างน้ำตาลในใบไม้"),
        ("राउटर हर पैकेट भेजता है।", "हर पैकेट को राउटर भेजता है।", "पत्तियाँ शर्करा बनाती हैं।"),
        ("Routers forward packets.", "Packets routers forward.", "Plants turn light to sugar."),
    ],
)
def test_a_subject_is_known_again_in_other_words_and_in_any_script(
    subject: str, again: str, other: str
) -> None:
    said = lecture([subject] * 3 + [other] * 3 + [again] * 3 + ["…"] * 9, "und")
    content = analysis(said, [0.9] * 3 + [0.7] * 3 + [0.72] * 3 + [0.1] * 9, [0, 3, 6, 9])
    params = SegmentParams(min_clips=2, max_clips=2, max_seconds=22, max_share=1)
    topics = {each.topic for each in chosen(content, said, None, params).highlights}
    assert topics == {"t0", "t1"}


def test_a_second_highlight_of_a_topic_adds_its_own_phrase_to_the_title() -> None:
    later = "Queueing theory explains packet loss in busy routers."
    said = lecture([PLAIN] * 16 + [later] * 4)
    content = analysis(said, [0.9] * 4 + [0.1] * 12 + [0.8] * 4)
    titles = [each.title for each in chosen(content, said, None, PARAMS).highlights]
    assert len(titles) >= 2
    assert titles[0] == "Topic 0"
    assert titles[1].startswith("Topic 0: ")
    assert titles[1] != "Topic 0: "


def test_a_cut_takes_half_of_the_silence_between_sentences() -> None:
    said = lecture([PLAIN] * 3)
    gap = (said.sentences[0].end + 0.4, said.sentences[1].start)
    quiet = Silence(start=gap[0], end=gap[1], kind="pause", level_db=-60)
    edges = list(cuts(said, SilenceMap(duration=30, spans=(quiet,))))
    assert edges[0].end == pytest.approx(said.sentences[0].end + 0.3)
    assert edges[1].start == pytest.approx(said.sentences[1].start - 0.3)


def test_cuts_never_reach_into_a_neighbour() -> None:
    said = lecture([PLAIN] * 5)
    edges = list(cuts(said, None))
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(edges))


@pytest.mark.parametrize("wrong", [{"min_seconds": 100}, {"min_clips": 9}])
def test_limits_the_wrong_way_round_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        SegmentParams.model_validate(wrong)


def test_a_short_lecture_has_several_short_highlights_rather_than_one_long_one() -> None:
    said = lecture([PLAIN] * 14)
    found = chosen(analysis(said, [0.9] * 7 + [0.1] * 7), said, None, PARAMS).highlights
    assert len(found) >= 2
    assert all(each.duration <= 1.5 * PARAMS.min_seconds for each in found)


def test_a_talk_of_one_passage_has_one_highlight() -> None:
    said = lecture([PLAIN] * 3)
    params = SegmentParams(max_share=1)
    plan = chosen(analysis(said, [0.6, 0.6, 0.6]), said, None, params)
    assert len(plan.highlights) == 1
