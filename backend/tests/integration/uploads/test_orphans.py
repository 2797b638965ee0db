"""What died between object and row is found."""

from datetime import timedelta
from pathlib import Path

from discarding import made, sweep
from jobbing import Office, manifest
from uploading import Desk

from noteai.accounts.models import LOCAL
from noteai.uploads.orphans import find_orphans

OLD = timedelta(seconds=-60)
"""Everything is older than this."""


def test_what_no_row_knows_of_is_found_once_it_is_old(
    desk: Desk, office: Office, picture: Path
) -> None:
    made(desk, office, picture)
    desk.complete(desk.sent())
    before = set(desk.objects())
    lost = picture.with_name("lost.png")
    lost.write_bytes(b"put by an attempt that died")
    desk.intake.store(LOCAL).put(lost, "image")
    desk.intake.store(LOCAL).save(manifest("left"))
    assert find_orphans(desk.database, desk.intake) == 0
    assert find_orphans(desk.database, desk.intake, OLD) == 2
    assert sweep(desk) == 2
    assert set(desk.objects()) == before


def test_an_orphan_that_is_needed_by_then_stays(desk: Desk, office: Office, picture: Path) -> None:
    desk.intake.store(LOCAL).put(picture, "image")
    assert find_orphans(desk.database, desk.intake, OLD) == 1
    made(desk, office, picture)
    assert sweep(desk) == 0
    assert len(desk.objects()) == 2
