"""Nothing that was given up stays, and nothing that goes on is touched."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from uploading import LECTURE, Desk

from noteai.accounts.models import LOCAL
from noteai.uploads import service
from noteai.uploads.completion import complete
from noteai.uploads.janitor import Tidied, tidy


def aged(desk: Desk) -> Desk:
    """The same desk, to which everything is past its time."""
    return replace(desk, intake=replace(desk.intake, limits=replace(desk.intake.limits, life=-60)))


def test_there_is_nothing_to_tidy_where_all_goes_on(desk: Desk) -> None:
    waiting, done = desk.declare(LECTURE), desk.declare(LECTURE)
    desk.send(waiting, LECTURE)
    desk.send(done, LECTURE)
    complete(desk.database, desk.intake, LOCAL, done.id)
    assert tidy(desk.database, desk.intake) == Tidied()
    assert complete(desk.database, desk.intake, LOCAL, waiting.id).state == "complete"


def test_an_upload_past_its_time_is_expired_with_its_parts(desk: Desk) -> None:
    late, row = aged(desk).declare(LECTURE), desk.declare(LECTURE)
    desk.intake.objects.send(service.incoming_key(LOCAL, late.id), late.multipart_id or "", 1, b"x")
    assert tidy(desk.database, desk.intake).expired == 1
    assert desk.get(late.id).state == "expired"
    assert desk.told == [late.id]
    assert [stray.multipart for stray in desk.incoming()] == [row.multipart_id]
    assert tidy(desk.database, desk.intake) == Tidied()


def test_parts_and_objects_of_no_upload_are_removed_once_they_are_old(desk: Desk) -> None:
    key = service.incoming_key(LOCAL, uuid4())
    desk.intake.objects.begin(key)
    for name in (service.incoming_key(uuid4(), uuid4()), "accounts/x/uploads/odd"):
        desk.s3.put_object(Bucket=desk.bucket, Key=name, Body=b"x")
    assert tidy(desk.database, desk.intake).removed == 0
    assert tidy(desk.database, aged(desk).intake).removed == 3
    assert desk.incoming() == []


def test_what_an_ended_upload_left_is_removed_at_once(desk: Desk) -> None:
    row = desk.declare(LECTURE)
    with desk.database.transaction() as session:
        service.find(session, LOCAL, row.id).state = "aborted"
    assert tidy(desk.database, desk.intake).removed == 1
    assert desk.incoming() == []


def test_files_of_the_account_are_never_strays(desk: Desk) -> None:
    row = desk.declare(LECTURE)
    desk.send(row, LECTURE)
    done = complete(desk.database, desk.intake, LOCAL, row.id)
    tidy(desk.database, aged(desk).intake)
    assert desk.intake.store(LOCAL).has(service.content(done))


def test_a_verification_that_died_is_done_again(desk: Desk) -> None:
    row = desk.declare(LECTURE)
    desk.send(row, LECTURE)
    with desk.database.transaction() as session:
        service.find(session, LOCAL, row.id).state = "verifying"
    assert tidy(desk.database, desk.intake).finished == 0
    assert tidy(desk.database, desk.intake, stuck=timedelta(0)).finished == 1
    assert desk.get(row.id).state == "complete"
    assert desk.told == [row.id]
