"""What a check finds, and what it looks at."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from noteai.errors import InputError, TransientError
from noteai.settings import Settings

State = Literal["ok", "warning", "failure"]


class MachineUnfit(InputError):
    """{failed} of {all} checks of this machine failed."""

    hint = "Do what is said for each of them, and run `noteai doctor` again."
    exit_status = 96


class ServerAway(TransientError):
    """{server} does not answer as it should: {reason}."""

    hint = "Check that it runs and can be reached from here, and {setting}."


@dataclass(frozen=True)
class Ground:
    """What is looked at: the machine, as these settings use it."""

    settings: Settings
    data: Path
    """The folder of `noteai up`."""


@dataclass(frozen=True)
class Finding:
    state: State
    what: str
    """One sentence."""
    remedy: str = ""
    """One sentence that says what to do, where something is to be done."""


Check = Callable[[Ground], Finding]
"""May raise: what it raises is a failure."""


def well(what: str) -> Finding:
    return Finding("ok", what)


def doubtful(what: str, remedy: str) -> Finding:
    return Finding("warning", what, remedy)


def wrong(what: str, remedy: str) -> Finding:
    return Finding("failure", what, remedy)
