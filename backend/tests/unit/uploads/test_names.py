import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.uploads.errors import BadName
from noteai.uploads.names import LONGEST, check_name


@pytest.mark.parametrize(
    "name",
    [
        "lecture 3.mp4",
        "Vorlesung über Ähnlichkeit (2. Teil).mkv",
        "講義 第三回.mp4",
        "محاضرة ٣.mp4",
        "הרצאה 3.mp4",
        "👩‍🏫 lecture.mp4",
        ".hidden",
        "x" * LONGEST,
    ],
)
def test_names_of_every_script_are_welcome(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        ".",
        "..",
        "../../etc/passwd",
        "a/b.mp4",
        "C:\\lectures\\a.mp4",
        "a\0.mp4",
        "a\r\nSet-Cookie: x.mp4",
        "a\x7f.mp4",
        "a\x9b.mp4",
        "harmless\u202e4pm.exe",
        "a\u2067b.mp4",
        "a\u200fb.mp4",
        "a\u2028b.mp4",
        "a\ud800b.mp4",
        "x" * (LONGEST + 1),
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadName) as caught:
        check_name(name)
    assert (caught.value.code, caught.value.http_status) == ("bad_name", 422)


def test_a_name_is_kept_in_one_form() -> None:
    assert check_name("u\u0308ber.mp4") == "über.mp4"


@given(st.text(max_size=300))
def test_any_text_is_refused_or_can_be_stored_and_shown(text: str) -> None:
    try:
        name = check_name(text)
    except BadName:
        return
    assert name.encode("utf-8")
    assert 0 < len(name) <= LONGEST
    assert not {"/", "\\", "\0", "\n", "\r"} & set(name)
