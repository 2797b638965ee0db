"""What is said of a file before it comes, and where it may be sent to."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx2
import pytest
from uploading import LECTURE, PART, Desk, sha256

from noteai.accounts.models import LOCAL
from noteai.uploads import service
from noteai.uploads.errors import (
    BadName,
    EmptyUpload,
    TooManyUploads,
    UploadProblem,
    UploadTooLarge,
)


def test_the_same_file_is_complete_at_once(desk: Desk) -> None:
    desk.complete(desk.sent())
    again = desk.declare(LECTURE, name="other name.mov", digest=sha256(LECTURE))
    assert (again.state, again.media_type, again.name) == (
        "complete",
        "video/mp4",
        "other name.mov",
    )
    assert again.completed_at
    assert desk.incoming() == []


def test_the_same_file_is_sent_again_where_the_store_lost_it(desk: Desk) -> None:
    desk.intake.store(LOCAL).discard(service.content(desk.complete(desk.sent())))
    again = desk.declare(LECTURE, digest=sha256(LECTURE))
    assert again.state == "awaiting_parts"
    desk.send(again, LECTURE)
    assert desk.complete(again).state == "complete"


def test_the_same_file_is_filed_once_under_two_uploads(desk: Desk) -> None:
    first, second = desk.sent(), desk.sent()
    assert desk.complete(first).digest == desk.complete(second).digest
    assert len(desk.objects()) == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"size": 0}, EmptyUpload),
        ({"size": 3 * PART + 1}, UploadTooLarge),
        ({"name": "../../a.mp4"}, BadName),
        ({"name": "a\0.mp4"}, BadName),
        ({"name": "a\u202e4pm.exe"}, BadName),
    ],
)
def test_a_declaration_that_cannot_be_taken_leaves_nothing(
    desk: Desk, facts: dict[str, object], error: type[UploadProblem]
) -> None:
    with pytest.raises(error):
        desk.declare(LECTURE, **facts)
    assert desk.incoming() == []


def test_an_account_has_so_many_unfinished_uploads_and_no_more(desk: Desk) -> None:
    rows = [desk.declare(LECTURE) for _ in range(5)]
    with pytest.raises(TooManyUploads):
        desk.declare(LECTURE)
    assert len(desk.incoming()) == 5
    with desk.database.transaction() as session:
        service.remove(session, desk.intake, LOCAL, rows[0].id)
    assert desk.declare(LECTURE).state == "awaiting_parts"


def test_racing_declarations_do_not_pass_the_limit(desk: Desk) -> None:
    def declare(_: int) -> bool:
        try:
            desk.declare(LECTURE)
        except TooManyUploads:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(declare, range(12))) == 5
    assert len(desk.incoming()) == 5


@pytest.mark.parametrize("change", [b"", b"x"], ids=["one byte short", "one byte more"])
def test_a_url_takes_a_part_of_its_size_only(desk: Desk, change: bytes) -> None:
    row = desk.declare(LECTURE)
    body = LECTURE + change if change else LECTURE[:-1]
    assert httpx2.put(desk.tickets(row)[0].url, content=body).status_code == 403
    assert service.standing(row, desk.intake).received == ()


def test_an_expired_url_takes_nothing_and_the_next_one_does(desk: Desk) -> None:
    brief = replace(desk.intake, limits=replace(desk.intake.limits, url_life=1))
    row = desk.declare(LECTURE)
    [ticket] = replace(desk, intake=brief).tickets(row)
    threading.Event().wait(2.1)
    assert httpx2.put(ticket.url, content=LECTURE).status_code == 403
    desk.send(row, LECTURE)
    assert desk.complete(row).state == "complete"
