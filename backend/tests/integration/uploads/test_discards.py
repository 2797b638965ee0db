"""What is deleted leaves the store with the last that needs it, whoever dies on the way."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from discarding import away, delete, finish, left, made, sweep
from jobbing import Office, at_once
from sqlalchemy import text
from uploading import Desk, sha256

from noteai.accounts.models import LOCAL
from noteai.adapters.s3 import StoreUnavailable
from noteai.uploads import discards
from noteai.uploads.errors import FilesDiscarded


def test_what_a_deleted_job_kept_leaves_the_store(
    desk: Desk, office: Office, picture: Path
) -> None:
    job = made(desk, office, picture)
    assert len(desk.objects()) == 2
    delete(office, job)
    assert sweep(desk) == 2
    assert desk.objects() == []
    assert sweep(desk) == 0


def test_nothing_leaves_before_its_time(desk: Desk, office: Office, picture: Path) -> None:
    delete(office, made(desk, office, picture), after=600.0)
    assert sweep(desk) == 0
    assert len(desk.objects()) == 2


def test_what_another_job_needs_stays_until_that_is_deleted_too(
    desk: Desk, office: Office, picture: Path
) -> None:
    one, other = made(desk, office, picture), made(desk, office, picture)
    delete(office, one)
    assert sweep(desk) == 0
    assert len(desk.objects()) == 2
    delete(office, other)
    assert sweep(desk) == 2
    assert desk.objects() == []


def test_the_same_file_of_another_account_has_nothing_to_do_with_it(
    desk: Desk, office: Office, picture: Path
) -> None:
    neighbour = office.account()
    theirs = desk.intake.store(neighbour)
    kept = theirs.put(picture, "image")
    delete(office, made(desk, office, picture))
    assert sweep(desk) == 2
    assert theirs.has(kept)


def test_a_job_that_came_meanwhile_and_used_the_file_keeps_it(
    desk: Desk, office: Office, picture: Path
) -> None:
    delete(office, made(desk, office, picture))
    made(desk, office, picture)
    assert sweep(desk) == 0
    assert len(desk.objects()) == 2
    assert left(desk) == []


def test_a_stage_that_relied_on_a_file_that_left_is_done_again(
    desk: Desk, office: Office, picture: Path
) -> None:
    old, job = made(desk, office, picture), office.submit()
    attempt = office.claimed(job, "first")
    found = desk.intake.store(LOCAL).put(picture, "image")  # it is there, so nothing is sent
    delete(office, old)
    assert sweep(desk) == 2
    with pytest.raises(FilesDiscarded):
        finish(desk, office, attempt, found)
    assert office.states(job)["first"] == "running"
    office.let_die(job, "first")
    again = office.claimed(job, "first")
    finish(desk, office, again, desk.intake.store(LOCAL).put(picture, "image"))
    assert desk.intake.store(LOCAL).has(found)
    assert office.states(job)["first"] == "done"


def test_a_stage_that_is_done_in_time_keeps_its_files_from_leaving(
    desk: Desk, office: Office, picture: Path
) -> None:
    """Its transaction holds what it relies on, and the sweep passes that over."""
    delete(office, made(desk, office, picture))
    digest = sha256(picture.read_bytes())
    with desk.database.transaction() as session:
        now = session.execute(text("SELECT now()")).scalar_one()
        discards.check(session, LOCAL, [digest], now)
        assert sweep(desk) == 1  # the manifest, which nobody holds
    assert sweep(desk) == 1


def test_whoever_races_with_the_removal_has_the_files_in_the_end(
    desk: Desk, office: Office, picture: Path
) -> None:
    """A stage finds the file in the store while the last job that had it is being removed."""

    def rely(job: UUID) -> None:
        while True:
            attempt = office.claimed(job, "first")
            kept = desk.intake.store(LOCAL).put(picture, "image")
            with suppress(FilesDiscarded):
                finish(desk, office, attempt, kept)
                return
            sweep(desk)  # again and again, as a worker does: one round passes over what is locked
            office.let_die(job, "first")
            office.change_stage(job, "first", tries=0)

    old = made(desk, office, picture)
    for _ in range(12):
        job = office.submit()
        delete(office, old)
        at_once([partial(rely, job), partial(sweep, desk), partial(sweep, desk)])
        office.change(job, state="cancelled")
        file = office.ledger().records(str(job))["first"].manifest
        assert file
        assert desk.intake.store(LOCAL).has(file.files[0])
        old = job


def test_a_store_that_is_away_is_asked_again(
    desk: Desk, office: Office, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(office, made(desk, office, picture))
    with monkeypatch.context() as patched:
        patched.setattr(desk.s3, "delete_objects", away)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                sweep(desk)
    assert len(left(desk)) == 2
    assert sweep(desk) == 2
    assert desk.objects() == []


def test_who_relies_on_what_is_just_leaving_is_told(
    desk: Desk, office: Office, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died after it had condemned the file and before it was removed."""
    delete(office, made(desk, office, picture))
    with monkeypatch.context() as patched:
        patched.setattr(desk.s3, "delete_objects", away)
        with pytest.raises(StoreUnavailable):
            sweep(desk)
    attempt = office.claimed(office.submit(), "first")
    with pytest.raises(FilesDiscarded):
        finish(desk, office, attempt, desk.intake.store(LOCAL).put(picture, "image"))


def test_what_the_changes_of_a_job_kept_goes_with_the_job(
    desk: Desk, office: Office, picture: Path
) -> None:
    other = picture.with_name("other.png")
    other.write_bytes(b"another picture")
    job, change = made(desk, office, picture), made(desk, office, other)
    office.change(change, parent_id=job)
    delete(office, job)
    assert sweep(desk) == 3
    assert desk.objects() == []


def test_what_a_deleted_change_kept_is_the_job_s(desk: Desk, office: Office, picture: Path) -> None:
    other = picture.with_name("other.png")
    other.write_bytes(b"another picture")
    job, change = made(desk, office, picture), made(desk, office, other)
    office.change(change, parent_id=job)
    delete(office, change)
    assert sweep(desk) == 0
    assert len(desk.objects()) == 3
    delete(office, job)
    assert sweep(desk) == 3


def test_what_has_been_removed_is_forgotten_in_the_end(
    desk: Desk, office: Office, picture: Path
) -> None:
    delete(office, made(desk, office, picture))
    sweep(desk)
    with desk.database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM discards")).scalar() == 2
        session.execute(text("UPDATE discards SET removed_at = removed_at - interval '8 days'"))
    sweep(desk)
    with desk.database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM discards")).scalar() == 0
