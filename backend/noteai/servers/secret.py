"""Folders and passwords that only their owner reads."""

import os
import pwd
import secrets
from pathlib import Path

from noteai.servers.errors import FolderNotWritable


def private_folder(path: Path) -> Path:
    """The folder; closed to others where it is made here. Raises: FolderNotWritable."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FolderNotWritable(path=path, reason=error.strerror) from error
    return path


def kept_secret(path: Path, owner: pwd.struct_passwd | None = None) -> str:
    """The password in this file, made up when it is first asked for."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
