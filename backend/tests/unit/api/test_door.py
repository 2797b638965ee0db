"""Where the API puts archives together."""

from contextlib import closing
from pathlib import Path

import pytest

from noteai.api import door
from noteai.media.scratch import Scratch
from noteai.settings import Settings


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    made = tmp_path / "elsewhere"
    made.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(made))
    return made


def test_archives_are_put_together_in_the_cache(tmp_path: Path, elsewhere: Path) -> None:
    with closing(door._scratch(Settings(cache_dir=tmp_path / "cache"))) as scratch:
        assert scratch.folder.parent == tmp_path / "cache" / "exports"
    assert list(elsewhere.iterdir()) == []


def test_what_an_api_left_that_was_killed_is_removed(tmp_path: Path) -> None:
    killed = Scratch(tmp_path / "exports")
    (killed.folder / "export-1").mkdir()
    killed._lock.close()
    with closing(door._scratch(Settings(cache_dir=tmp_path))) as scratch:
        assert list((tmp_path / "exports").iterdir()) == [scratch.folder]


def test_where_the_cache_cannot_be_written_to_another_folder_serves(
    tmp_path: Path, elsewhere: Path
) -> None:
    (tmp_path / "cache").touch()
    with closing(door._scratch(Settings(cache_dir=tmp_path / "cache"))) as scratch:
        assert scratch.folder.parent == elsewhere
