"""What is said at the end of a run."""

from typing import Any

from rich.console import Console
from rich.markup import escape

from noteai.cli.empty import NO_HIGHLIGHTS
from noteai.cli.files import printable
from noteai.cli.job import Delivery, Order
from noteai.cli.progress import clock
from noteai.engine.events import Failure


def tell(delivery: Delivery, order: Order, console: Console) -> None:
    """In words, for a person."""

    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    finished = delivery.finished
    for warning in finished.all_warnings if finished else delivery.outcome.warnings:
        say(f"[yellow]Note:[/] {escape(warning)}")
    for stage, why in delivery.outcome.failures.items():
        if why is not delivery.refusal:
            say(f"[yellow]{stage} failed:[/] {_sentences(why)}")
    if delivery.refusal:
        say(f"[bold red]{escape(delivery.refusal.message)}[/]")
        say(escape(delivery.refusal.remedy))
    elif delivery.outcome.state == "completed_empty":
        say(NO_HIGHLIGHTS)
    for clip in finished.clips.clips if finished and finished.clips else ():
        say(f"{clip.rank:2}. {clock(clip.start):>8}  {clock(clip.length):>5}  {escape(clip.title)}")
    if delivery.page:
        say(f"[bold]Open[/] {escape(printable(delivery.page))}")
    elif not delivery.refusal:
        say(f"Nothing was written to {escape(printable(order.out))}.")


def as_facts(delivery: Delivery, order: Order) -> dict[str, Any]:
    """The same for machines."""
    outcome = delivery.outcome
    facts: dict[str, Any] = {
        "state": outcome.state,
        "degraded": outcome.degraded,
        "warnings": list(outcome.warnings),
        "failures": {name: why.model_dump() for name, why in outcome.failures.items()},
        "out": str(order.out),
        "page": str(delivery.page) if delivery.page else None,
    }
    if delivery.refusal:
        facts["error"] = delivery.refusal.model_dump(exclude={"exit_status"})
    return facts


def _sentences(why: Failure) -> str:
    return f"{escape(why.message)} {escape(why.remedy)}"
