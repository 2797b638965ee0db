"""What `noteai doctor` says: a table for people, or JSON."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from noteai.doctor import Finding, Ground, examine
from noteai.doctor.finding import MachineUnfit
from noteai.settings import Settings

_LOOKS = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "failure": "[bold red]failure[/]"}


def ask(settings: Settings, data: Path, *, deep: bool, as_json: bool) -> None:
    """Look, tell, and end with a status of its own where a check failed.

    Raises: MachineUnfit.
    """
    findings = examine(Ground(settings, data), deep=deep)
    unfit = judged(findings)
    if as_json:
        typer.echo(json.dumps(as_facts(findings, unfit)))
        if unfit:
            raise typer.Exit(unfit.exit_status)
        return
    Console().print(table(findings))
    if unfit:
        raise unfit


def judged(findings: Mapping[str, Finding]) -> MachineUnfit | None:
    failed = sum(each.state == "failure" for each in findings.values())
    return MachineUnfit(failed=failed, all=len(findings)) if failed else None


def as_facts(findings: Mapping[str, Finding], unfit: MachineUnfit | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "is_fit": unfit is None,
        "findings": [
            {"name": name, "state": each.state, "what": each.what, "remedy": each.remedy}
            for name, each in findings.items()
        ],
    }
    if unfit:
        facts["error"] = {"code": unfit.code, "message": unfit.message, "remedy": unfit.remedy}
    return facts


def table(findings: Mapping[str, Finding]) -> Table:
    """One row a check: its name, how it went, and what is to be done on a line of its own."""
    drawn = Table(box=None, padding=(0, 2, 0, 0))
    drawn.add_column("check", no_wrap=True)
    drawn.add_column("")
    drawn.add_column("what was found, and what to do", overflow="fold")
    for name, each in findings.items():
        told = escape(each.what) + (f"\n[bold]{escape(each.remedy)}[/]" if each.remedy else "")
        drawn.add_row(name, _LOOKS[each.state], told)
    return drawn
