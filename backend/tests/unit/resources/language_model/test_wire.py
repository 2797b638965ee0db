from email.utils import formatdate

import pytest
from pydantic import SecretStr

from noteai.resources.language_model.wire import Busy, Refused, failure, retry_after, without


@pytest.mark.parametrize(("said", "seconds"), [("0", 0.0), ("7", 7.0), ("1.5", 1.5), (" 3 ", 3.0)])
def test_retry_after_in_seconds(said: str, seconds: float) -> None:
    assert retry_after({"retry-after": said}) == seconds


def test_retry_after_as_a_date() -> None:
    assert retry_after({"retry-after": formatdate(0, usegmt=True)}) == 0.0
    far = retry_after({"retry-after": formatdate(4e9, usegmt=True)})
    assert far is not None
    assert far > 1e6


@pytest.mark.parametrize("said", ["soon", "-5", "nan", "inf", "1e9", ""])
def test_a_retry_after_that_cannot_be_read_is_none(said: str) -> None:
    assert retry_after({"retry-after": said}) is None
    assert retry_after({}) is None


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503, 529, 599])
def test_these_may_heal(status: int) -> None:
    fault = failure(status, "why", 3.0)
    assert isinstance(fault, Busy)
    assert (fault.wait, fault.sent) == (3.0, False)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 413, 422])
def test_these_do_not(status: int) -> None:
    assert isinstance(failure(status, "why", None), Refused)


def test_a_key_that_comes_back_is_hidden() -> None:
    assert without(SecretStr("sk-1"), "key sk-1 is wrong") == "key *** is wrong"
    assert without(SecretStr(""), "as it is") == "as it is"
    assert without(None, "as it is") == "as it is"
