"""What can go wrong, in three families.

`InputError`: the user can act, and the hint says how. `TransientError`: the world may
heal, so it is tried again. Anything else is a bug.

The first line of a class's docstring is its message; `{fields}` in it are filled from
the keyword arguments of the raise. `code` is stable, `exit_status` is what the command
line ends with and `http_status` what the service answers: clients may rely on all three.
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class NoteAIError(Exception):
    """Something went wrong."""

    hint: ClassVar[str] = ""
    exit_status: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    field: str | None = None
    """Of the request that it is about, as a path with dots, where it is about one."""
    wrong: tuple["NoteAIError", ...] = ()
    """All that is wrong with the request, this first, where that was looked for."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The class's name in snake case: `NoAudioTrack` is `no_audio_track`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    def message(self) -> str:
        """One sentence that says what is wrong."""
        return self._fill((type(self).__doc__ or "").strip().splitlines()[0])

    @property
    def remedy(self) -> str:
        """One sentence that says what to do."""
        return self._fill(self.hint)

    def _fill(self, text: str) -> str:
        return text.format_map({name: str(value) for name, value in self.facts.items()})


class InputError(NoteAIError):
    """The input cannot be used."""

    exit_status = 2
    http_status = 422


class TransientError(NoteAIError):
    """A service that is needed did not answer: {reason}."""

    hint = "Try again in a moment."
    exit_status = 75  # EX_TEMPFAIL of sysexits.h
    http_status = 503


class NotApplicable(NoteAIError):
    """This stage has nothing to work on: {reason}."""

    hint = "Nothing needs to be done."


class Cancelled(NoteAIError):
    """The run was stopped."""

    hint = "Run the same command again: it goes on where it stopped."
    exit_status = 130


class NoSpaceLeft(InputError):
    """There is no space left on the disk that holds {path}."""

    hint = "Free some space, or choose another folder with --out and --store."
    exit_status = 24


class NoMemoryLeft(NoteAIError):
    """There is not enough memory for this stage."""

    hint = "Try it again; if it happens again, run fewer stages at a time or add memory."
    exit_status = 25


@contextmanager
def about(field: str) -> Iterator[None]:
    """An error raised inside is about that field of a request, unless it names one itself."""
    try:
        yield
    except NoteAIError as error:
        error.field = error.field or field
        raise


def understood(error: Exception) -> Exception:
    """The error itself, or what it means where the operating system said it."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpaceLeft(path=error.filename or "the scratch folder")
    if isinstance(error, MemoryError):
        return NoMemoryLeft()
    return error
