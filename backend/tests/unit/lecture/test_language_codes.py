import pytest

from noteai.lecture.language_codes import iso_639_1, iso_639_2


@pytest.mark.parametrize("code", ["de", "deu", "ger", "DE"])
def test_a_language_is_known_by_each_of_its_codes(code: str) -> None:
    assert iso_639_1(code) == "de"


@pytest.mark.parametrize("code", ["", "und", "mov", "mkv", "cc", "sdh", "="])
def test_what_is_no_code_is_no_language(code: str) -> None:
    assert iso_639_1(code) is None


@pytest.mark.parametrize(
    ("code", "longer"),
    [("de", "deu"), ("ger", "deu"), ("pt-BR", "por"), ("und", "und"), ("", "und")],
)
def test_media_files_have_codes_of_three_letters(code: str, longer: str) -> None:
    assert iso_639_2(code) == longer
