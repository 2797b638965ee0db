import math

import pytest
from pydantic import ValidationError

from noteai.resources.transcriber.openai_answer import Answer, Segment, Word, heard_words, iso_code

LENGTH = 60.0
SEGMENT = '{"text": " We", "start": 0, "end": %s}'


def answer(text: str, *words: str, segments: list[Segment] | None = None) -> Answer:
    timed = [Word(word=each, start=n / 2, end=n / 2 + 0.5) for n, each in enumerate(words)]
    return Answer(text=text, language="english", words=timed, segments=segments)


def texts(found: Answer) -> list[str]:
    return [word.text for word in heard_words(found, LENGTH)]


def test_words_get_their_punctuation_back_from_the_text() -> None:
    found = answer("So, we begin: “now” (or never).", "So", "we", "begin", "now", "or", "never")
    assert texts(found) == [" So,", " we", " begin:", " “now”", " (or", " never)."]


def test_parts_of_a_word_are_no_words_of_their_own() -> None:
    assert texts(answer("A well-known $5", "A", "well", "known", "5")) == [
        " A",
        " well-",
        "known",
        " $5",
    ]


def test_chinese_words_have_no_spaces() -> None:
    assert texts(answer("机器学习。", "机器", "学习")) == [" 机器", "学习。"]


def test_a_word_that_is_not_in_the_text_is_kept() -> None:
    assert texts(answer("We go.", "We", "really", "go")) == [" We", " really", " go."]


def test_a_word_has_the_probability_of_its_segment() -> None:
    segments = [
        Segment(text=" We", start=0, end=0.5, avg_logprob=-0.1),
        Segment(text=" go.", start=0.5, end=1, avg_logprob=-1.0),
    ]
    found = list(heard_words(answer("We go.", "We", "go", segments=segments), LENGTH))
    assert [word.probability for word in found] == pytest.approx([math.exp(-0.1), math.exp(-1)])


def test_without_word_times_words_share_their_segment_by_their_letters() -> None:
    segments = [
        Segment(text=" We begin.", start=1.5, end=2.5, avg_logprob=-0.1),
        Segment(text=" Good.", start=3.0, end=3.5, avg_logprob=-0.1),
    ]
    found = list(heard_words(Answer(text="We begin. Good.", segments=segments), LENGTH))
    assert [word.text for word in found] == [" We", " begin.", " Good."]
    assert [word[:2] for word in found] == [(1.5, 1.75), (1.75, 2.5), (3.0, 3.5)]


def test_without_any_times_words_share_all_the_sound() -> None:
    found = list(heard_words(Answer(text="We begin."), LENGTH))
    assert [word[:2] for word in found] == [(0.0, 15.0), (15.0, LENGTH)]


@pytest.mark.parametrize("time", ["NaN", "Infinity", "null"])
def test_an_answer_whose_times_are_no_numbers_is_refused(time: str) -> None:
    with pytest.raises(ValidationError):
        Answer.model_validate_json('{"text": "", "segments": [%s]}' % (SEGMENT % time))


def test_languages_are_known_by_name_and_by_code() -> None:
    assert [iso_code(each) for each in ("english", "German", "pt", "klingon", "")] == [
        "en", "de", "pt", None, None,
    ]  # fmt: skip
