import os
from pathlib import Path

import pytest

from noteai.cli.files import FileMissing, IsAFolder, NotReadable, printable, readable


def test_a_recording_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        readable(tmp_path / "no.mp4")
    with pytest.raises(IsAFolder):
        readable(tmp_path)


def test_a_name_may_hold_anything(tmp_path: Path) -> None:
    odd = tmp_path / "-a '$(x)`.mp4"
    odd.write_bytes(b"x")
    assert readable(odd) == odd


def test_captions_that_were_not_named_are_none() -> None:
    assert readable(None) is None


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed.mp4"
    closed.write_bytes(b"x")
    monkeypatch.setattr("os.access", lambda *_: False)  # nothing is closed to an administrator
    with pytest.raises(NotReadable):
        readable(closed)


def test_a_name_that_no_disk_takes_is_one_of_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / ("a" * 300), tmp_path / "a.txt" / "b.mp4"):
        with pytest.raises(FileMissing):
            readable(path)


def test_a_name_that_is_no_text_can_be_printed() -> None:
    assert printable(Path(os.fsdecode(b"a/Vorl_\xfc.mp4"))) == "a/Vorl_?.mp4"
