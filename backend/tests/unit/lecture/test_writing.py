import pytest

from noteai.lecture.writing import bare, ends_sentence, is_tight, join, width


def test_words_are_joined_by_spaces_and_wide_scripts_without() -> None:
    assert join(["Hello,", "world."]) == "Hello, world."
    assert join(["机器", "学习", "。"]) == "机器学习。"
    assert join(["用", "PyTorch", "训练"]) == "用 PyTorch 训练"


def test_korean_is_written_with_spaces() -> None:
    assert join(["먼저", "스케줄을"]) == "먼저 스케줄을"
    assert not is_tight("저", "스")


def test_a_wide_character_takes_two_columns_and_an_accent_none() -> None:
    assert width("abc") == 3
    assert width("机器") == 4
    assert width("e\u0301") == 1


@pytest.mark.parametrize(
    "word", ["end.", "why?", "so!", "she said.”", "結束。", "何？", "wait…", "है।"]
)
def test_marks_that_end_sentences_are_known_in_many_scripts(word: str) -> None:
    assert ends_sentence(word)


@pytest.mark.parametrize("word", ["end", "3.5", "and,", "thus:", "(e.g"])
def test_other_words_end_no_sentence(word: str) -> None:
    assert not ends_sentence(word)


def test_a_bare_word_has_no_case_and_no_punctuation_around_it() -> None:
    assert bare("“Don't!”") == "don't"
