"""Forms are read the same however they are cut into chunks."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noteai.uploads.errors import (
    BadName,
    FormUnfit,
    FormUnreadable,
    UploadProblem,
    UploadTooLarge,
)
from noteai.uploads.form import Form

TYPE = "multipart/form-data; boundary=xx"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.mp4"\r\nContent-Type: video/mp4'
DIGEST = b'Content-Disposition: form-data; name="sha256"'


def body(*parts: tuple[bytes, bytes]) -> bytes:
    each = b"".join(b"--xx\r\n%s\r\n\r\n%s\r\n" % part for part in parts)
    return each + b"--xx--\r\n"


def read(sent: bytes, step: int = 1 << 20, limit: int = 1000) -> tuple[Form, bytes]:
    form, file = Form(TYPE, limit), b""
    for at in range(0, len(sent), step):
        form.feed(sent[at : at + step])
        file += form.take(form.waiting)
    form.end()
    return form, file


@given(st.binary(max_size=300), st.integers(1, 400))
def test_the_file_arrives_as_it_was_sent(content: bytes, step: int) -> None:
    form, file = read(body((FILE, content)), step)
    assert (form.name, form.size, file, form.digest) == ("a.mp4", len(content), content, None)


def test_what_looks_like_a_boundary_is_content() -> None:
    content = b"\r\n--x\r\n--xy\r\n-\r\n\r\n"
    assert read(body((FILE, content)), step=3)[1] == content


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_digest_may_stand_before_the_file_or_after_it(order: tuple[int, int]) -> None:
    parts = ((FILE, b"abc"), (DIGEST, b"AB" * 32))
    form, file = read(body(*(parts[each] for each in order)), step=7)
    assert (form.digest, file) == ("ab" * 32, b"abc")


def test_a_file_of_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    assert read(body((FILE, b"x" * 10)), limit=10)[0].size == 10
    with pytest.raises(UploadTooLarge):
        read(body((FILE, b"x" * 11)), limit=10)


def test_no_more_is_taken_than_asked_for() -> None:
    form = Form(TYPE, 1000)
    form.feed(body((FILE, b"abcdef")))
    assert (form.take(4), form.waiting, form.take(4), form.waiting) == (b"abcd", 2, b"ef", 0)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (b"", FormUnreadable),
        (b"hello", FormUnreadable),
        (body((FILE, b"abc"))[:-8], FormUnreadable),
        (body(), FormUnfit),
        (body((DIGEST, b"ab" * 32)), FormUnfit),
        (body((FILE, b"a"), (FILE, b"b")), FormUnfit),
        (body((b'Content-Disposition: form-data; name="x"', b"y")), FormUnfit),
        (body((b"X-Nothing: 1", b"y")), FormUnfit),
        (body((FILE, b"a"), (DIGEST, b"ab")), FormUnfit),
        (body((FILE, b"a"), (DIGEST, b"g" * 64)), FormUnfit),
        (body((FILE, b"a"), (DIGEST, b"a" * 5000)), FormUnfit),
        (body((FILE.replace(b"a.mp4", b"\xff.mp4"), b"a")), FormUnfit),
        (body((FILE.replace(b"a.mp4", b"../a.mp4"), b"a")), BadName),
        (body((FILE.replace(b'; filename="a.mp4"', b""), b"a")), BadName),
        (body((b"X: " + b"y" * 100_000, b"a")), FormUnreadable),
    ],
)
def test_a_form_that_cannot_be_taken_says_why(sent: bytes, error: type[UploadProblem]) -> None:
    with pytest.raises(error):
        read(sent)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/mixed; boundary=x",
        f"multipart/form-data; boundary={'x' * 300}",
    ],
)
def test_another_type_is_no_form(kind: str) -> None:
    with pytest.raises(FormUnreadable):
        Form(kind, 1000)


@given(st.binary(max_size=500))
def test_any_bytes_are_a_form_or_an_error_with_a_code(sent: bytes) -> None:
    with suppress(UploadProblem):
        read(b"--xx\r\n" + sent)
