from pathlib import Path

from noteai.media import fonts


def test_the_font_lies_where_the_filters_look_for_it(tmp_path: Path) -> None:
    fonts.lay_out(tmp_path)
    fonts.lay_out(tmp_path)
    assert [each.name for each in (tmp_path / "fonts").iterdir()] == ["NotoSans.ttf"]


def test_latin_greek_and_cyrillic_need_no_font_of_the_machine() -> None:
    assert not fonts.beyond(["Größe", "Ελλάδα", "Москва", "50 % – “ok”"])


def test_letters_of_other_scripts_are_named_once() -> None:
    assert fonts.beyond(["한국", "국 abc"]) == "국한"
