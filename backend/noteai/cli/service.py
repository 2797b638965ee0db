"""The commands of the service: each loads what it needs when it runs."""

import ipaddress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from noteai.cli.files import readable
from noteai.errors import InputError

if TYPE_CHECKING:
    from noteai.settings import Settings

app = typer.Typer()

_NEEDED = ("alembic", "boto3", "celery", "fastapi", "psycopg2", "redis", "sqlalchemy", "uvicorn")
_CONCURRENCY = 2

Data = Annotated[
    Path | None, typer.Option(help="Folder of everything that is kept.", envvar="NOTEAI_DATA")
]
Host = Annotated[str, typer.Option(help="Address of this machine to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="Port of the API.")]


class ServiceNotInstalled(InputError):
    """This NoteAI was installed without its service: {module} is missing."""

    hint = "Install it with `pip install './backend[service,embedded]'`."
    exit_status = 92


class NotLoopback(InputError):
    """NoteAI listens on this machine only, and {host} would let others in."""

    hint = (
        "There are no accounts yet: use 127.0.0.1, and from elsewhere an SSH tunnel to it, or, for "
        "`noteai api` in a container or a closed network, set NOTEAI_SERVICE__ALLOW_REMOTE=true."
    )
    exit_status = 90


class SettingMissing(InputError):
    """The setting {name} is missing."""

    hint = "Set it in the environment (docs/settings.md), or use `noteai up`, which sets it."
    exit_status = 93


@app.command()
def up(
    data: Data = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int, typer.Option(min=1, help="How many stages are worked on at the same time.")
    ] = _CONCURRENCY,
    detached: Annotated[
        bool, typer.Option("--detach", help="Return once it runs; `noteai down` ends it.")
    ] = False,
) -> None:
    """Run the whole service on this machine, with servers of its own where none are named."""
    settings = _settings()
    from noteai.cli import background, whole_service
    from noteai.servers.data_folder import default_path, log_of

    order = whole_service.Order(
        data=data or default_path(),
        host=loopback(host),
        port=port,
        concurrency=workers,
        is_detached=detached,
    )
    run = partial(whole_service.run, order, settings)
    if detached:
        typer.echo(background.detach(run, log_of(order.data)))
    else:
        run(typer.echo)


@app.command()
def down(data: Data = None) -> None:
    """End the service that runs with a data folder."""
    from noteai.cli import background
    from noteai.servers.data_folder import default_path, lock_of

    background.stop(lock_of(data or default_path()))


@app.command()
def send(
    recording: Annotated[
        Path, typer.Argument(help="The recording of the lecture.", callback=readable)
    ],
    to: Annotated[str, typer.Option(help="Address of the service.")] = "http://127.0.0.1:8000",
    workflow: Annotated[str, typer.Option(help="What to make.")] = "highlights",
    out: Annotated[
        Path | None, typer.Option(help="Folder for what is made; else RECORDING-WORKFLOW.")
    ] = None,
) -> None:
    """Give a recording to a service, watch, and bring its folder back."""
    from noteai.cli import send as sending

    status = sending.send(recording, to, workflow, out or Path(f"{recording.stem}-{workflow}"))
    if status:
        raise typer.Exit(status)


@app.command()
def migrate() -> None:
    """Bring the database to the present schema, and make the bucket of NOTEAI_S3_ENDPOINT."""
    settings = _settings("database_url", door="migrate")
    from noteai.migrate import migrate as bring_up
    from noteai.objects import objects_of

    if settings.s3_endpoint:
        objects_of(settings).prepare()

    before, after = bring_up(settings.database_url)
    changed = "is at" if before == after else f"went from {before or 'nothing'} to"
    typer.echo(f"The database {changed} {after}.")


@app.command()
def api(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Answer requests; the database must have been migrated."""
    settings = _settings(door="api")
    address = host if settings.service.allow_remote else loopback(host)
    _check_named(settings, "database_url", "redis_url")
    from noteai.api.door import serve

    serve(settings, address, port)


@app.command()
def worker(
    queues: Annotated[
        list[str] | None,
        typer.Option(help="Work on these alone: media, speech, vision, language, default."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, help="How many stages are worked on at the same time.")
    ] = _CONCURRENCY,
) -> None:
    """Work on the stages of jobs until stopped; what was begun is given back."""
    settings = _settings("database_url", "redis_url", door="worker")
    from noteai.worker.app import QUEUES
    from noteai.worker.door import serve

    status = serve(settings, _chosen(queues, QUEUES), concurrency)
    if status:
        raise typer.Exit(status)


def loopback(host: str) -> str:
    """The address itself. Raises: NotLoopback."""
    named = "127.0.0.1" if host == "localhost" else host
    try:
        is_ours = ipaddress.ip_address(named).is_loopback
    except ValueError:
        is_ours = False
    if not is_ours:
        raise NotLoopback(host=host)
    return named


def _chosen(asked: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """Queues that were named one by one or with commas; all where none was named."""
    named = [name.strip() for each in asked or () for name in each.split(",") if name.strip()]
    unknown = set(named) - set(known)
    if unknown:
        raise typer.BadParameter(
            f"no such queue: {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )
    return tuple(named) or known


def _settings(*needed: str, door: str = "cli") -> "Settings":
    """The environment's; what is logged is said by `door`.

    Raises: ServiceNotInstalled, SettingMissing.
    """
    for module in _NEEDED:
        if find_spec(module) is None:
            raise ServiceNotInstalled(module=module)
    from noteai import telemetry
    from noteai.settings import from_environment

    settings = from_environment()
    telemetry.set_up(door, settings.log_level, settings.log_format)
    _check_named(settings, *needed)
    return settings


def _check_named(settings: "Settings", *needed: str) -> None:
    """Raises: SettingMissing."""
    for name in needed:
        if not getattr(settings, name):
            raise SettingMissing(name=f"NOTEAI_{name.upper()}")
