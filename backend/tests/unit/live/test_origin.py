import pytest

from noteai.live.origin import is_welcome

ALLOWED = "https://app.example.org, http://localhost:3000"


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "127.0.0.1:8000"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://LOCALHOST:8000", "localhost:8000"),
        ("https://noteai.example.org", "noteai.example.org"),
        ("https://noteai.example.org", "noteai.example.org:443"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://app.example.org", "127.0.0.1:8000"),
        ("http://localhost:3000", "127.0.0.1:8000"),
    ],
)
def test_own_pages_allowed_ones_and_programs_are_welcome(origin: str | None, host: str) -> None:
    assert is_welcome(origin, host, ALLOWED)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("null", "127.0.0.1:8000"),
        ("", "127.0.0.1:8000"),
        ("http://evil.example.org", "127.0.0.1:8000"),
        ("http://127.0.0.1:8001", "127.0.0.1:8000"),
        ("http://127.0.0.1:8000.evil.example.org", "127.0.0.1:8000"),
        ("http://app.example.org", "127.0.0.1:8000"),
        ("https://app.example.org.evil.org", "127.0.0.1:8000"),
        ("file:///etc/passwd", "127.0.0.1:8000"),
        ("http://127.0.0.1:x", "127.0.0.1:8000"),
        ("http://[::1", "[::1]"),
        ("http://127.0.0.1", None),
    ],
)
def test_other_pages_are_not(origin: str, host: str | None) -> None:
    assert not is_welcome(origin, host, ALLOWED)


def test_where_none_is_allowed_only_own_pages_are() -> None:
    assert is_welcome("http://a", "a", "")
    assert not is_welcome("http://b", "a", "")
