from uuid import UUID

import pytest
from pydantic import ValidationError

from noteai.jobs.schemas import NewJob
from noteai.jobs.status import etag, is_known

UPLOAD = UUID(int=7)


def test_a_title_is_stripped_and_composed() -> None:
    assert NewJob(upload_id=UPLOAD, title="  Entropie für alle ").title == "Entropie für alle"
    assert NewJob(upload_id=UPLOAD, title="u\u0308").title == "ü"


@pytest.mark.parametrize("title", ["", "  ", "a\x07b", "a\u202eb", "x" * 256])
def test_a_title_that_deceives_or_is_none_is_refused(title: str) -> None:
    with pytest.raises(ValidationError):
        NewJob(upload_id=UPLOAD, title=title)


def test_the_same_request_has_the_same_fingerprint() -> None:
    one = NewJob(upload_id=UPLOAD, without=["layout"])
    assert one.fingerprint == NewJob(upload_id=UPLOAD, without=["layout"]).fingerprint
    assert one.fingerprint != NewJob(upload_id=UPLOAD).fingerprint


@pytest.mark.parametrize("known", ['W/"7"', '"7"', 'W/"1", W/"7"', "*", ' "7" , "8"'])
def test_an_etag_is_known_however_it_is_sent(known: str) -> None:
    assert is_known(7, known)


@pytest.mark.parametrize("known", [None, "", "7", '"77"', 'W/"8"'])
def test_another_etag_is_not(known: str | None) -> None:
    assert not is_known(7, known)


def test_an_etag_is_weak() -> None:
    assert etag(7) == 'W/"7"'
