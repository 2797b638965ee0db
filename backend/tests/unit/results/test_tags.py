import pytest

from noteai.results.tags import etag, revisions


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (None, None),
        ("*", None),
        ('"3"', {3}),
        ('W/"3"', {3}),
        ('"3", "x" , "12"', {3, 12}),
        ("3", set()),
        ("", set()),
        ('"-1"', set()),
        ('"9999999999"', set()),
    ],
)
def test_if_match_names_revisions(given: str | None, named: set[int] | None) -> None:
    assert revisions(given) == named


def test_the_etag_of_a_revision_names_it() -> None:
    assert revisions(etag(7)) == {7}
