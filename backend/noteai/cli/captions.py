"""Chapters and important sentences of a caption file alone."""

import uuid
from pathlib import Path

import typer

from noteai import bootstrap
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.cli.progress import Unheard, clock
from noteai.engine.local import run_locally
from noteai.engine.run import Run, artifact
from noteai.lecture.captions import read_captions
from noteai.lecture.content import ContentAnalysis
from noteai.lecture.transcript import Transcript
from noteai.settings import Settings
from noteai.workflows import TOPICS

MOST_IMPORTANT = 10


def show(path: Path, settings: Settings, *, as_json: bool) -> None:
    """Print the topics of a caption file.

    Raises:
        InputError: the file cannot be read as captions.
    """
    transcript = read_captions(path)
    content = analyse(transcript, settings)
    typer.echo(content.model_dump_json(indent=2) if as_json else _in_words(content, transcript))


def analyse(transcript: Transcript, settings: Settings) -> ContentAnalysis:
    run = Run(uuid.uuid4().hex, TOPICS, {Transcript: transcript})
    with bootstrap.opened(settings) as services:
        world = services.world(MemoryLedger(), Unheard())  # this takes seconds
        outcome = run_locally(run, world)
        content = artifact(run, world, ContentAnalysis)
    if not isinstance(content, ContentAnalysis):
        why = next(iter(outcome.failures.values()))
        typer.echo(f"{why.message}\n{why.remedy}", err=True)
        raise typer.Exit(why.exit_status)
    return content


def _in_words(content: ContentAnalysis, transcript: Transcript) -> str:
    chapters = [f"{clock(each.start)} {each.title}" for each in content.topics]
    texts = {each.id: each for each in transcript.sentences}
    best = sorted(content.sentences, key=lambda each: -each.importance)[:MOST_IMPORTANT]
    said = [texts[each.id] for each in best]
    lines = [f"{clock(each.start)} {each.text}" for each in sorted(said, key=lambda s: s.start)]
    return "\n".join([*chapters, "", "Most important sentences:", *lines])
