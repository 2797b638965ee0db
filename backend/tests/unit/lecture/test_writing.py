import sys
import unicodedata

import pytest

from noteai.lecture.writing import bare, ends_sentence, is_letter, is_tight, join, width


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


@pytest.mark.parametrize(
    ("text", "plain"),
    [("“हिन्दी!”", "हिन्दी"), ("தமிழ்,", "தமிழ்"), ("বাংলা।", "বাংলা"), ("(น้ำ)", "น้ำ"), ("❤️", "")],
)
def test_a_bare_word_keeps_the_vowels_that_are_written_onto_its_letters(
    text: str, plain: str
) -> None:
    assert bare(text) == plain


def test_a_mark_that_hangs_on_punctuation_goes_with_it() -> None:
    assert bare("\u0301end.\u0301") == "end"


def test_letters_digits_and_the_marks_on_them_are_letters_in_every_living_script() -> None:
    for char in map(chr, range(sys.maxunicode + 1)):
        if char.isalnum():
            assert is_letter(char)
        elif unicodedata.category(char) not in ("Mn", "Mc"):
            assert not is_letter(char)
    assert all(map(is_letter, "हिन्दीதமிழ்বাংলাภาษาไทยမြန်မာខ្មែរעִבְרִיתعَرَبِيّe\u0301"))


def test_the_sign_that_makes_a_picture_of_a_letter_is_none() -> None:
    assert not is_letter("\ufe0f")
