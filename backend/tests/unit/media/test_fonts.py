from pathlib import Path

import pytest

from noteai.media.fonts import Fonts

CONFIG = '<fontconfig><dir>{}</dir><dir prefix="xdg">fonts</dir></fontconfig>'
FONTS = Fonts()


def test_the_font_lies_where_the_filters_look_for_it(tmp_path: Path) -> None:
    FONTS.lay_out(tmp_path)
    FONTS.lay_out(tmp_path)
    assert [each.name for each in (tmp_path / "fonts").iterdir()] == ["NotoSans.ttf"]


def test_latin_greek_and_cyrillic_need_no_font_of_the_machine() -> None:
    assert not FONTS.beyond(["Größe", "Ελλάδα", "Москва", "50 % – “ok”"])


def test_letters_of_other_scripts_are_named_once() -> None:
    assert FONTS.beyond(["한국", "국 abc"]) == "국한"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one font, `system`, and one for a person's own."""
    (tmp_path / "system").mkdir()
    (tmp_path / "system/plain.ttf").write_bytes(b"plain")
    config = tmp_path / "fonts.conf"
    config.write_text(CONFIG.format(tmp_path / "system"))
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    return tmp_path


def test_fonts_are_the_same_as_long_as_none_comes_or_goes(machine: Path) -> None:
    before = Fonts().identity
    (machine / "notes.txt").write_text("No font.")
    assert Fonts().identity == before


@pytest.mark.parametrize("place", ["system/noto", "own/fonts"])
def test_a_font_that_is_installed_is_told_at_once(machine: Path, place: str) -> None:
    before = FONTS.identity
    (machine / place).mkdir(parents=True)
    (machine / place / "hangul.otf").write_bytes(b"hangul")
    assert FONTS.identity != before


def test_another_order_of_preference_makes_other_letters(machine: Path) -> None:
    before = FONTS.identity
    with (machine / "fonts.conf").open("a") as config:
        config.write("<!-- prefer another -->")
    assert FONTS.identity != before


def test_a_machine_without_fonts_has_an_identity(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "none.conf"))
    assert FONTS.identity
