import errno

from running import every_error

from noteai.errors import (
    InputError,
    NoMemoryLeft,
    NoSpaceLeft,
    NoteAIError,
    TransientError,
    understood,
)

_SERVICE = (
    "noteai.api.",
    "noteai.jobs.",
    "noteai.paging",
    "noteai.live.",
    "noteai.results.",
    "noteai.uploads.",
    "noteai.webhooks.",
)
"""What these raise, the command line never ends with: clients get it over HTTP."""


class NoLecture(InputError):
    """There is no lecture in {path}.

    A second paragraph is not part of the message.
    """

    hint = "Look into {path} again."


def test_the_first_line_of_the_docstring_is_the_message() -> None:
    error = NoLecture(path="a.mp4")
    assert str(error) == error.message == "There is no lecture in a.mp4."
    assert error.remedy == "Look into a.mp4 again."


def test_facts_with_braces_are_not_filled_again() -> None:
    assert NoLecture(path="{secret}").message == "There is no lecture in {secret}."


def test_the_code_is_the_name_in_snake_case() -> None:
    assert NoLecture(path="").code == "no_lecture"


def test_a_full_disk_is_understood() -> None:
    said = understood(OSError(errno.ENOSPC, "full", "/data/x"))
    assert isinstance(said, NoSpaceLeft)
    assert "/data/x" in said.message


def test_exhausted_memory_is_understood() -> None:
    assert isinstance(understood(MemoryError()), NoMemoryLeft)


def test_another_error_stays_what_it_is() -> None:
    bug = ValueError("x")
    assert understood(bug) is bug


def test_every_error_says_what_is_wrong_and_what_to_do() -> None:
    for error in every_error():
        assert error.__doc__, error
        assert error.__doc__.splitlines()[0].rstrip().endswith((".", "?", "}")), error
        assert error.hint or error in {NoteAIError, InputError}, error


def test_exit_statuses_of_input_errors_are_their_own() -> None:
    seen: dict[int, type[NoteAIError]] = {}
    families = (NoteAIError, InputError, TransientError)
    for error in every_error():
        if error in families or not issubclass(error, InputError):
            continue
        if error.__module__.startswith(_SERVICE) and "exit_status" not in vars(error):
            continue
        assert error.exit_status not in seen, (error, seen.get(error.exit_status))
        seen[error.exit_status] = error
    assert min(seen) > 2
