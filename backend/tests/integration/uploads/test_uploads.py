"""From a declaration to a file of the account, and what keeps a file from getting there."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from uploading import LECTURE, PART, Desk, lecture, sha256

from noteai.accounts.models import LOCAL
from noteai.adapters.s3 import StoreUnavailable
from noteai.uploads import service
from noteai.uploads.completion import complete
from noteai.uploads.errors import (
    DigestMismatch,
    NotMedia,
    PartMismatch,
    PartSizeWrong,
    PartsMissing,
    UploadAborted,
    UploadBusy,
    UploadExpired,
    UploadFinished,
    UploadLost,
    UploadNotFound,
    UploadRefused,
)
from noteai.uploads.models import UploadRow
from noteai.uploads.parts import Claim

TWO_PARTS = lecture(PART + 5)


def test_a_file_in_parts_becomes_a_file_of_the_account(desk: Desk) -> None:
    row = desk.sent(TWO_PARTS, digest=sha256(TWO_PARTS))
    done = desk.complete(row)
    assert (done.state, done.digest, done.media_type) == (
        "complete",
        sha256(TWO_PARTS),
        "video/mp4",
    )
    assert desk.objects() == [desk.intake.store(LOCAL).key(service.content(done))]
    assert desk.told == [row.id]
    assert desk.incoming() == []


def test_an_upload_goes_on_after_a_lost_connection(desk: Desk) -> None:
    row = desk.declare(TWO_PARTS)
    desk.send(row, TWO_PARTS, 2)
    standing = service.standing(row, desk.intake)
    assert [part.number for part in standing.received] == [2]
    assert [each.number for each in standing.missing] == [1]
    desk.send(row, TWO_PARTS)
    assert desk.complete(row).state == "complete"


def test_complete_sent_ten_times_answers_the_same(desk: Desk) -> None:
    row = desk.sent()
    answers = [desk.complete(row) for _ in range(10)]
    assert {(each.state, each.digest, each.completed_at) for each in answers} == {
        ("complete", sha256(LECTURE), answers[0].completed_at)
    }
    assert desk.told == [row.id]


def test_racing_completes_make_one(desk: Desk) -> None:
    row, ready = desk.sent(TWO_PARTS), threading.Barrier(6)

    def race(_: int) -> UploadRow:
        ready.wait()
        return desk.complete(row)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(race, range(6)))
    assert {each.state for each in answers} == {"complete"}
    assert len({each.completed_at for each in answers}) == 1
    assert desk.told == [row.id]
    assert desk.incoming() == []


def test_an_upload_with_a_part_missing_goes_on_waiting(desk: Desk) -> None:
    row = desk.declare(TWO_PARTS)
    desk.send(row, TWO_PARTS, 1)
    with pytest.raises(PartsMissing):
        desk.complete(row)
    assert desk.get(row.id).state == "awaiting_parts"
    desk.send(row, TWO_PARTS)
    assert desk.complete(row).state == "complete"


@pytest.mark.parametrize("length", [len(LECTURE) - 1, len(LECTURE) + 1])
def test_a_file_of_another_size_is_not_taken(desk: Desk, length: int) -> None:
    row = desk.declare(LECTURE)
    assert row.multipart_id
    key = service.incoming_key(LOCAL, row.id)
    desk.intake.objects.send(key, row.multipart_id, 1, (LECTURE + b"x")[:length])
    with pytest.raises(PartSizeWrong):
        desk.complete(row)
    assert desk.get(row.id).state == "awaiting_parts"


def test_a_wrong_etag_is_not_believed(desk: Desk) -> None:
    row = desk.sent()
    with pytest.raises(PartMismatch):
        desk.complete(row, Claim(1, "0" * 32))
    [part] = service.standing(desk.get(row.id), desk.intake).received
    assert desk.complete(row, Claim(1, f'"{part.etag}"')).state == "complete"


@pytest.mark.parametrize(
    ("content", "digest", "error"),
    [
        (LECTURE, "0" * 64, DigestMismatch),
        (b"#EXTM3U\n", None, NotMedia),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), None, NotMedia),
        (b"hello", None, NotMedia),
        (bytes(5000), None, NotMedia),
    ],
)
def test_a_file_that_is_refused_is_refused_each_time_and_nothing_is_left(
    desk: Desk, content: bytes, digest: str | None, error: type[UploadRefused]
) -> None:
    row = desk.sent(content, digest=digest)
    for _ in range(3):
        with pytest.raises(error):
            desk.complete(row)
    assert desk.get(row.id).refusal == error().code
    assert desk.objects() == []
    assert desk.incoming() == []
    assert desk.told == [row.id]


def test_an_aborted_upload_is_gone(desk: Desk) -> None:
    row = desk.sent()
    for _ in range(2):
        with desk.database.transaction() as session:
            service.remove(session, desk.intake, LOCAL, row.id)
    assert desk.incoming() == []
    assert desk.told == [row.id]
    with pytest.raises(UploadAborted):
        desk.complete(row)


def test_of_an_abort_and_a_complete_that_race_one_wins(desk: Desk) -> None:
    def abort(row: UploadRow) -> None:
        with desk.database.transaction() as session:
            service.remove(session, desk.intake, LOCAL, row.id)

    def outcome(going: Future[object]) -> type[BaseException] | None:
        error = going.exception()
        return type(error) if error else None

    with ThreadPoolExecutor(2) as pool:
        for number in range(8):
            row = desk.sent(lecture(2000 + number))
            ends = [pool.submit(desk.complete, row), pool.submit(abort, row)]
            assert [outcome(each) for each in ends] in (
                [None, UploadFinished],
                [UploadAborted, None],
                [None, None],  # it was complete, and then removed
            )
    assert desk.incoming() == []
    assert len(desk.told) == 8


def test_an_expired_upload_cannot_be_completed_and_gives_no_urls(desk: Desk) -> None:
    short = replace(desk, intake=replace(desk.intake, limits=replace(desk.intake.limits, life=0)))
    row = short.declare(LECTURE)
    assert short.tickets(row) == ()
    with pytest.raises(UploadExpired):
        desk.complete(row)


def test_foreign_and_unknown_uploads_are_not_found(desk: Desk) -> None:
    row = desk.sent()
    for account, upload in ((uuid4(), row.id), (LOCAL, uuid4())):
        with pytest.raises(UploadNotFound):
            complete(desk.database, desk.intake, account, upload)
        with pytest.raises(UploadNotFound), desk.database.transaction() as session:
            service.remove(session, desk.intake, account, upload)
    assert desk.get(row.id).state == "awaiting_parts"


def test_who_takes_over_from_a_killed_process_finds_its_steps_done(desk: Desk) -> None:
    for step in ("marked", "joined", "filed"):
        row = desk.sent(lecture(2000 + len(step)))
        interrupt(desk, row, step)
        assert desk.complete(row).state == "complete", step
    assert desk.incoming() == []


def interrupt(desk: Desk, row: UploadRow, step: str) -> None:
    """Leave the upload as a process does that is killed after a step."""
    key = service.incoming_key(LOCAL, row.id)
    assert row.multipart_id
    with desk.database.transaction() as session:
        service.find(session, LOCAL, row.id).state = "verifying"
    if step == "marked":
        return
    parts = desk.intake.objects.parts(key, row.multipart_id)
    desk.intake.objects.join(key, row.multipart_id, parts)
    if step == "filed":
        content = b"".join(desk.intake.objects.read(key))
        file = service.FileRef(digest=sha256(content), media_type="video/mp4", size=row.size)
        desk.intake.store(LOCAL).adopt(key, file)


def test_parts_that_the_store_lost_end_the_upload(desk: Desk) -> None:
    row = desk.sent()
    assert row.multipart_id
    desk.intake.objects.abort(service.incoming_key(LOCAL, row.id), row.multipart_id)
    with pytest.raises(UploadLost):
        desk.complete(row)
    assert desk.get(row.id).refusal == "upload_lost"


def test_another_request_is_waited_for_and_not_overtaken(desk: Desk) -> None:
    row = desk.sent()
    with desk.database.transaction() as session:
        assert service.repository.take_turn(session, row.id)
        with pytest.raises(UploadBusy):
            complete(desk.database, desk.intake, LOCAL, row.id, patience=0.3)
        assert desk.get(row.id).state == "verifying"
        with pytest.raises(UploadFinished), desk.database.transaction() as other:
            service.remove(other, desk.intake, LOCAL, row.id)
    assert desk.complete(row).state == "complete"


def test_a_store_that_is_away_ends_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = desk.sent()

    def away(*_: object) -> None:
        raise StoreUnavailable(reason="away")

    with monkeypatch.context() as patched:
        patched.setattr(desk.intake.objects, "read", away)
        with pytest.raises(StoreUnavailable):
            desk.complete(row)
    assert desk.get(row.id).state == "verifying"
    assert desk.complete(row).state == "complete"
