"""What cannot be changed of a clip: the exact refusal, and nothing left behind."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from editing import Cutter
from made_lecture import artifacts, nowhere
from starlette.testclient import TestClient

from noteai.accounts.models import LOCAL
from noteai.database import Database

INVALID = (422, "request_invalid")
UNFIT = (422, "span_unfit")


@pytest.fixture
def cutter(api: TestClient, database: Database) -> Cutter:
    return Cutter.of(api, database, nowhere)


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("change", "expected", "field"),
    [
        ({"title": ""}, INVALID, "title"),
        ({"title": "   "}, INVALID, "title"),
        ({"title": "x" * 201}, INVALID, "title"),
        ({"title": "a\nb"}, INVALID, "title"),
        ({"title": "a\u202eb"}, INVALID, "title"),
        ({"title": None}, INVALID, "title"),
        ({"title": 7}, INVALID, "title"),
        ({"start": None}, INVALID, "start"),
        ({"start": -0.1}, INVALID, "start"),
        ({"start": "5"}, INVALID, "start"),
        ({"end": 1e300}, INVALID, "end"),
        ({"end": True}, INVALID, "end"),
        ({"snap": "no"}, INVALID, "snap"),
        ({"aspect": "4:3"}, INVALID, "aspect"),
        ({"aspect": None}, INVALID, "aspect"),
        ({"captions": None}, INVALID, "captions"),
        ({"captions": True}, INVALID, "captions"),
        ({"captions": {"is_burned": 1}}, INVALID, "captions.is_burned"),
        ({"captions": {"font": "Arial"}}, INVALID, "captions.font"),
        ({"captions": {"words": {"w7": ""}}}, INVALID, "captions.words.w7"),
        ({"captions": {"words": {"w7": "a\tb"}}}, INVALID, "captions.words.w7"),
        ({"captions": {"words": {"7": "a"}}}, INVALID, "captions.words.7.[key]"),
        ({"colour": "red"}, INVALID, "colour"),
        ({"rank": 2}, INVALID, "rank"),
        ({"start": 27.5}, UNFIT, "start"),
        ({"start": 30}, UNFIT, "start"),
        ({"end": 20}, UNFIT, "end"),
        ({"end": 31}, UNFIT, "end"),
        ({"start": 4.9}, UNFIT, "start"),
        ({"start": 9, "end": 4}, UNFIT, "end"),
        ({"start": 0, "end": 2.9}, UNFIT, "end"),
        ({"captions": {"words": {"w0": "a"}}}, (422, "word_not_in_clip"), "captions.words.w0"),
        ({"captions": {"words": {"w99": "a"}}}, (422, "word_not_in_clip"), "captions.words.w99"),
    ],
)
def test_a_change_that_is_unfit_is_refused_with_its_field(
    cutter: Cutter, change: dict[str, Any], expected: tuple[int, str], field: str
) -> None:
    answer = cutter.patch(change)
    assert refusal(answer) == expected, answer.text
    assert answer.json()["field"] == field
    assert cutter.clip()["revision"] == 1
    assert cutter.edits() == []


@pytest.mark.parametrize("body", [b"[]", b'"title"', b"null", b""])
def test_a_body_that_is_no_change_is_refused(cutter: Cutter, body: bytes) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = cutter.api.patch(cutter.path(), content=body, headers=headers)
    assert refusal(answer) == INVALID


def test_nan_is_no_instant(cutter: Cutter) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b'{"start": NaN}', b'{"end": Infinity}'):
        assert refusal(cutter.api.patch(cutter.path(), content=body, headers=headers)) == INVALID


def test_a_refusal_says_what_would_fit(cutter: Cutter) -> None:
    said = cutter.patch({"end": 31}).json()
    assert said["detail"] == (
        "A clip cannot play from 20 to 31 seconds: the recording ends before."
    )
    assert said["hint"] == "It lasts 3 to 25 seconds of a recording of 30 seconds."


@pytest.mark.parametrize(("rank", "expected"), [(3, (404, "clip_not_found")), (0, INVALID)])
def test_a_clip_that_there_is_not_is_not_changed(
    cutter: Cutter, rank: int, expected: tuple[int, str]
) -> None:
    assert refusal(cutter.patch({"title": "a"}, rank)) == expected
    assert refusal(cutter.api.get(cutter.path(rank))) == expected


@pytest.mark.parametrize("state", ["queued", "running", "failed", "cancelled"])
def test_clips_of_a_job_that_has_not_completed_are_not_changed(
    api: TestClient, database: Database, state: str
) -> None:
    cutter = Cutter.of(api, database, nowhere, state=state)
    assert refusal(cutter.patch({"title": "a"})) == (409, "job_not_finished")
    assert refusal(cutter.api.get(cutter.path())) == (409, "job_not_finished")


def test_unknown_and_foreign_clips_are_the_same(api: TestClient, database: Database) -> None:
    foreign = Cutter.of(api, database, nowhere, account=UUID(int=7))
    unknown = Cutter(api, database, nowhere, uuid4())
    for each in (foreign, unknown):
        assert refusal(each.patch({"title": "a"})) == (404, "job_not_found")
        assert refusal(api.get(each.path())) == (404, "job_not_found")


def test_a_job_without_a_transcript_has_no_clip_to_change(
    api: TestClient, database: Database
) -> None:
    """It was brought along, and is not kept."""
    made = {name: each for name, each in artifacts(nowhere).items() if name != "transcript"}
    cutter = Cutter.of(api, database, nowhere, made=made)
    assert refusal(cutter.patch({"aspect": "1:1"})) == (404, "result_absent")


def test_a_change_of_an_older_clip_is_refused(cutter: Cutter) -> None:
    tag = cutter.api.get(cutter.path()).headers["ETag"]
    first = cutter.patch({"title": "Mine"}, headers={"If-Match": tag})
    assert first.status_code == 200
    second = cutter.patch({"title": "Yours"}, headers={"If-Match": tag})
    assert refusal(second) == (412, "clip_changed")
    assert cutter.clip()["title"] == "Mine"
    newest = {"If-Match": f'"77", W/{first.headers["ETag"]}'}
    assert cutter.patch({"title": "Ours"}, headers=newest).status_code == 200
    assert cutter.patch({"title": "Any"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("tag", ["", "4", "1", '"x"', '"1", "'])
def test_what_is_no_etag_of_the_clip_matches_nothing(cutter: Cutter, tag: str) -> None:
    answer = cutter.patch({"title": "a"}, headers={"If-Match": tag})
    assert (answer.status_code == 200) == ('"1"' in tag)


def test_the_account_of_a_change_is_that_of_its_job(cutter: Cutter) -> None:
    assert cutter.row(cutter.edit({"aspect": "1:1"})).account_id == LOCAL
