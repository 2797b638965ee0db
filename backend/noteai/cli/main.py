"""`noteai`: the door for a teacher with one laptop.

Each command loads what it needs when it runs, so that help and refusals come at once.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from noteai import __version__
from noteai.cli import service
from noteai.cli.files import printable, readable
from noteai.errors import Cancelled, NoteAIError, understood

if TYPE_CHECKING:
    from rich.console import Console

    from noteai.cli.job import Delivery, Order
    from noteai.cli.progress import Form
    from noteai.settings import Settings

MISUSE_STATUS = 2

app = typer.Typer(
    help="Turns a lecture recording into the passages worth seeing again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(service.app)


@app.command()
def run(
    workflow: Annotated[str, typer.Argument(help="What to make: highlights.")],
    recording: Annotated[
        Path, typer.Argument(help="The recording of the lecture.", callback=readable)
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for what is made; else RECORDING-WORKFLOW.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Stages to switch off, such as layout,silence.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="STAGE.NAME=VALUE, as often as needed; see `noteai params`."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Speech model: base, tiny.en, a hub name or a folder.")
    ] = None,
    captions: Annotated[
        Path | None,
        typer.Option(
            help="Captions (VTT, SRT) to use instead of recognising the speech.", callback=readable
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Folder in which results are kept between runs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Progress and result as JSON.")] = False,
) -> None:
    """Make highlight clips, or whatever the workflow makes, of a recording."""
    from noteai.cli import job
    from noteai.workflows import workflow_named

    order = job.Order(
        workflow=workflow_named(workflow),
        file=recording,
        out=out or Path(f"{recording.stem}-{workflow}"),
        without=_names(without),
        settings=tuple(settings or ()),
        captions=captions,
    )
    delivery = job.carry_out(order, _settings(model, store), _form(as_json), _console())
    _conclude(delivery, order, as_json=as_json)


@app.command()
def topics(
    captions: Annotated[
        Path, typer.Argument(help="Captions of a lecture (VTT, SRT).", callback=readable)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="As content.json.")] = False,
    store: Annotated[
        Path | None, typer.Option(help="Folder in which results are kept between runs.")
    ] = None,
) -> None:
    """Chapters and important sentences of a caption file alone."""
    from noteai.cli import captions as captions_alone

    captions_alone.show(captions, _settings(None, store), as_json=as_json)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder for lecture.mp4 and truth.json.")] = Path(
        "sample"
    ),
    seed: Annotated[int, typer.Option(help="Another seed makes another lecture.")] = 1,
    minutes: Annotated[float, typer.Option(min=0.5, max=120, help="About how long.")] = 4.0,
) -> None:
    """Make a lecture with known truth, to try things on."""
    from noteai.sample import make

    made = make(out, seed=seed, minutes=minutes)
    _console().print(
        f"A lecture to try: {made.video}", markup=False, highlight=False, soft_wrap=True
    )


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Load each model and run it once.")] = False,
    data: service.Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was found as JSON.")] = False,
) -> None:
    """Look whether this machine has what NoteAI needs, and say what to do where it has not."""
    from noteai.cli import doctor as asking
    from noteai.servers.data_folder import default_path

    asking.ask(_settings(None, None), data or default_path(), deep=deep, as_json=as_json)


@app.command()
def schema() -> None:
    """The JSON forms of the output folder, as JSON Schema."""
    from noteai.export import schemas

    typer.echo(json.dumps(schemas(), indent=2))


@app.command()
def params(
    workflow: Annotated[str, typer.Argument(help="Of which workflow.")] = "highlights",
) -> None:
    """Everything that --set can set, with limits and defaults."""
    from rich.console import Console

    from noteai.cli.options import table_of_params
    from noteai.workflows import workflow_named

    Console().print(table_of_params(workflow_named(workflow)))


@app.command()
def version() -> None:
    """The version of NoteAI."""
    typer.echo(__version__)


def main() -> NoReturn:
    """Run the command; each kind of error has its own exit status, and none a traceback."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.excepthook = _broke
    status = status_of(app)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # threads that are deep in a model are not waited for


def _broke(_kind: object, defect: BaseException, _traceback: object) -> None:
    """A defect is a line of the log, too: in its form, and without secrets."""
    from noteai import telemetry

    telemetry.logger().critical("process_broke", exc_info=defect)


def status_of(command: Callable[..., int | None]) -> int:
    """The exit status of a command, after its error was said in two sentences."""
    try:
        status = command(standalone_mode=False) or 0
        return _interrupted() if status == Cancelled.exit_status else status  # typer's for Ctrl-C
    except typer.TyperException as misuse:
        return _misused(misuse)
    except (KeyboardInterrupt, Cancelled, typer.Abort):
        return _interrupted()
    except NoteAIError as error:
        return _refuse(error)
    except OSError as error:
        known = understood(error)
        if not isinstance(known, NoteAIError):
            raise
        return _refuse(known)


def _interrupted() -> int:
    from noteai.media import tool

    tool.kill_all()
    return _refuse(Cancelled())


def _misused(misuse: typer.TyperException) -> int:
    _complain(str(misuse), "See `noteai --help` and `noteai COMMAND --help`.")
    return MISUSE_STATUS


def _refuse(error: NoteAIError) -> int:
    if "--json" in sys.argv:
        facts = {"code": error.code, "message": error.message, "remedy": error.remedy}
        typer.echo(json.dumps({"error": facts}))
    else:
        _say_refused(error)
    return error.exit_status


def _say_refused(error: NoteAIError) -> None:
    from noteai import telemetry

    if telemetry.is_for_machines():
        facts = {"code": error.code, "message": error.message, "remedy": error.remedy}
        telemetry.logger().error("command_refused", **facts)
    else:
        _complain(error.message, error.remedy)


def _complain(message: str, remedy: str) -> None:
    from rich.markup import escape

    message, remedy = printable(message), printable(remedy)
    _console().print(f"[bold red]{escape(message)}[/]", highlight=False, soft_wrap=True)
    _console().print(escape(remedy), highlight=False, soft_wrap=True)


def _conclude(delivery: "Delivery", order: "Order", *, as_json: bool) -> None:
    """Say what came of a run; ends the command unless it completed with clips."""
    from noteai.cli.report import as_facts, tell

    if as_json:
        typer.echo(json.dumps(as_facts(delivery, order)))
    else:
        tell(delivery, order, _console())
    status = delivery.exit_status
    if status:
        raise typer.Exit(status)


def _settings(model: str | None, store: Path | None) -> "Settings":
    """The environment's settings with what the command line says instead."""
    from noteai import telemetry
    from noteai.settings import from_environment

    settings = from_environment()
    telemetry.set_up("cli", settings.log_level, settings.log_format)
    if store:
        settings = settings.model_copy(update={"cache_dir": store})
    if model:
        speech = settings.transcriber.model_copy(update={"model": model})
        settings = settings.model_copy(update={"transcriber": speech})
    return settings


def _form(as_json: bool) -> "Form":
    if as_json:
        return "json"
    return "table" if _console().is_terminal else "lines"


@cache
def _console() -> "Console":
    """Standard error, where everything is said that is not the result."""
    from rich.console import Console

    return Console(stderr=True)


def _names(lists: list[str] | None) -> tuple[str, ...]:
    """Names that were given one by one or with commas between them."""
    return tuple(name.strip() for each in lists or () for name in each.split(",") if name.strip())
