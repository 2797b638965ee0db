"""Complete uploads go when no job uses them."""

from pathlib import Path

import pytest
from discarding import away, delete, made, sweep
from jobbing import Office
from uploading import LECTURE, Desk

from noteai.accounts.models import LOCAL
from noteai.adapters.s3 import StoreUnavailable
from noteai.uploads import service
from noteai.uploads.completion import complete
from noteai.uploads.errors import FilesDiscarded, UploadInUse, UploadNotFound
from noteai.uploads.janitor import tidy


def test_an_upload_goes_a_while_after_the_last_of_its_jobs(
    desk: Desk, office: Office, picture: Path
) -> None:
    row = desk.complete(desk.sent())
    one, other = (made(desk, office, picture, row.id) for _ in range(2))
    delete(office, one, upload_life=-1.0)
    assert tidy(desk.database, desk.intake).unused == 0
    delete(office, other, upload_life=-1.0)
    assert tidy(desk.database, desk.intake, after=0.0).unused == 1
    sweep(desk)
    assert desk.objects() == []
    with pytest.raises(UploadNotFound):
        desk.get(row.id)


def test_an_upload_stays_for_a_while_for_the_next_job(
    desk: Desk, office: Office, picture: Path
) -> None:
    row = desk.complete(desk.sent())
    delete(office, made(desk, office, picture, row.id))
    assert tidy(desk.database, desk.intake, after=0.0).unused == 0
    sweep(desk)
    assert desk.intake.store(LOCAL).has(service.content(desk.get(row.id)))


def test_a_complete_upload_can_be_deleted_once_no_job_uses_it(
    desk: Desk, office: Office, picture: Path
) -> None:
    row = desk.complete(desk.sent())
    job = made(desk, office, picture, row.id)
    with pytest.raises(UploadInUse), desk.database.transaction() as session:
        service.remove(session, desk.intake, LOCAL, row.id)
    delete(office, job)
    with desk.database.transaction() as session:
        service.remove(session, desk.intake, LOCAL, row.id, after=0.0)
    sweep(desk)
    assert desk.objects() == []


def test_the_file_of_two_uploads_goes_with_the_second(desk: Desk) -> None:
    one, other = desk.complete(desk.sent()), desk.complete(desk.sent())
    for row, remains in ((one, 1), (other, 0)):
        with desk.database.transaction() as session:
            service.remove(session, desk.intake, LOCAL, row.id, after=0.0)
        sweep(desk)
        assert len(desk.objects()) == remains


def test_the_same_file_is_sent_anew_where_it_is_just_leaving(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = desk.complete(desk.sent())
    declared = desk.declare(LECTURE)
    desk.send(declared, LECTURE)
    with desk.database.transaction() as session:
        service.remove(session, desk.intake, LOCAL, row.id, after=0.0)
    with monkeypatch.context() as patched:
        patched.setattr(desk.s3, "delete_objects", away)
        with pytest.raises(StoreUnavailable):
            sweep(desk)
    assert desk.intake.store(LOCAL).has(service.content(row))
    with pytest.raises(FilesDiscarded):
        complete(desk.database, desk.intake, LOCAL, declared.id)
    sweep(desk)
    done = complete(desk.database, desk.intake, LOCAL, declared.id)
    assert desk.intake.store(LOCAL).has(service.content(done))
