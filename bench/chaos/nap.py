# ruff: noqa: ARG001 - a parameter is an edge, whatever is made of it
"""The highlights workflow with stages that hardly work: the same names, edges and artifacts.

Each lasts tens of milliseconds and keeps small real files; a clip is a film that plays. All that
a stage gives follows from the upload's digest, so that an attempt that is repeated gives the same.
"""

import hashlib
import os
import resource
import struct
import time
from functools import cache
from pathlib import Path
from uuid import UUID

from bench.chaos import traps
from noteai.adapters.near_store import NearStore
from noteai.engine.artifact import Artifact, FileRef, Params
from noteai.engine.stage import Context, part, stage
from noteai.engine.workflow import workflow
from noteai.lecture.clips import Clip, ClipSet
from noteai.lecture.content import ContentAnalysis, Evidence
from noteai.lecture.highlights import Highlight, HighlightPlan
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.recording import Recording, Upload
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.media import tool
from noteai.objects import objects_of
from noteai.settings import Settings
from noteai.timeline import span
from noteai.worker.trade import Equipment, Trade

FILM = "film.mp4"
"""In the folder of the traps: what every clip is, but for its last box."""
HELD = 90.0
"""Seconds that a stage lasts whose compute is to be stopped."""
_HOG = 64 << 20
_NEAR = 1 << 30


class NapParams(Params):
    seconds: float = 0.02
    clips: int = 2


def _nap(params: NapParams, ctx: Context) -> None:
    attempt = traps.here()
    try:
        _rest(params.seconds / 2, ctx)
        _meet(traps.come_to("mid"), ctx)
        _rest(params.seconds / 2, ctx)
    finally:
        traps.write("left", attempt)
    ctx.progress(1.0)


def _rest(seconds: float, ctx: Context) -> None:
    time.sleep(seconds)
    ctx.progress(0.5)


def _meet(act: str, ctx: Context) -> None:
    """What a trap amid the work has for the stage itself."""
    if act == "naps":
        until = time.monotonic() + HELD
        while time.monotonic() < until:
            time.sleep(0.05)
            ctx.progress(0.5)
    elif act == "deep":
        time.sleep(HELD)
    elif act == "program":
        tool.run(tool.Command(program="sleep", args=(str(HELD),), folder=ctx.workdir))
    elif act == "disk":
        (ctx.workdir / "hog").write_bytes(b"\0" * _HOG)
    elif act == "memory":
        _eat()
    elif act == "hungry":
        limits = tool.Limits(memory=_HOG)
        args = ("if=/dev/zero", "of=/dev/null", f"bs={4 * _HOG}", "count=1")
        tool.run(tool.Command(program="dd", args=args, folder=ctx.workdir), limits)


def _eat() -> None:
    """Until there is no more: what the kernel would end with a signal ends with an exception."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + _HOG, before[1]))
    try:
        bytearray(8 * _HOG)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _keep(ctx: Context, name: str, content: bytes, media_type: str) -> FileRef:
    path = ctx.workdir / name
    path.write_bytes(content)
    return ctx.keep(path, media_type)


def _bytes(seed: str, size: int = 2000) -> bytes:
    return hashlib.shake_256(seed.encode()).digest(size)


@stage(version="1", queue="media")
def recording(upload: Upload, params: NapParams, ctx: Context) -> Recording:
    ctx.fetch(upload.file)
    audio = _keep(ctx, "audio.flac", _bytes(f"audio {upload.file.digest}"), "audio/flac")
    _nap(params, ctx)
    return Recording(
        file=upload.file, container="mov", duration=60.0, video=None, audio_track=None, audio=audio
    )


@stage(version="1", queue="media")
def silence(recording: Recording, params: NapParams, ctx: Context) -> SilenceMap:
    _nap(params, ctx)
    quiet = Silence(start=1.0, end=2.0, kind="pause", level_db=-60.0)
    return SilenceMap(duration=recording.duration, spans=(quiet,))


@stage(version="1", queue="speech")
def transcript(recording: Recording, params: NapParams, ctx: Context) -> Transcript:
    assert recording.audio
    ctx.fetch(recording.audio)
    _nap(params, ctx)
    word = Word(id="w0", start=3.0, end=4.0, text=f"{recording.audio.digest[:9]}.", probability=1)
    said = Sentence(id="s0", start=3.0, end=4.0, text=word.text, first_word="w0", last_word="w0")
    return Transcript(language="en", words=(word,), sentences=(said,))


@stage(version="1", queue="vision")
def layout(recording: Recording, params: NapParams, ctx: Context) -> LayoutTimeline:
    picture = _keep(ctx, "v0.png", _bytes(f"slide {recording.file.digest}"), "image/png")
    _nap(params, ctx)
    slide = Slide(id="v0", title="Naps", text="", picture=picture, visits=(span(0.0, 60.0),))
    return LayoutTimeline(width=16, height=9, shots=(), slides=(slide,))


@stage(version="1", queue="language")
def content(
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    params: NapParams,
    ctx: Context,
) -> ContentAnalysis:
    _nap(params, ctx)
    return ContentAnalysis(topics=(), sentences=(), analyst=transcript.words[0].text)


@stage(version="1")
def segments(
    content: ContentAnalysis,
    transcript: Transcript,
    silence: SilenceMap | None,
    params: NapParams,
    ctx: Context,
) -> HighlightPlan:
    _nap(params, ctx)
    return HighlightPlan(
        highlights=tuple(
            Highlight(
                start=10.0 * rank, end=10.0 * rank + 5, rank=rank, title=f"Nap {rank}", score=0.5,
                reasons=(), evidence=Evidence(words=("w0",)), topic="t0",
            )
            for rank in range(1, params.clips + 1)
        )
    )  # fmt: skip


class ClipOrder(Artifact):
    """A part of `clips`, which another worker may do."""

    highlight: Highlight
    recording: FileRef
    seconds: float


class MadeClip(Artifact):
    clip: Clip


@part(version="1")
def clip(order: ClipOrder, ctx: Context) -> MadeClip:
    each, own = order.highlight, f"{order.recording.digest} {order.highlight.rank}"
    ctx.fetch(order.recording)
    time.sleep(order.seconds)
    return MadeClip(
        clip=Clip(
            start=each.start, end=each.end, rank=each.rank, title=each.title, topic=each.topic,
            video=_keep(ctx, f"{each.rank}.mp4", _film(own), "video/mp4"),
            thumbnail=_keep(ctx, f"{each.rank}.jpg", _bytes(f"jpg {own}"), "image/jpeg"),
            srt=_keep(ctx, f"{each.rank}.srt", _bytes(f"srt {own}", 200), "application/x-subrip"),
            vtt=_keep(ctx, f"{each.rank}.vtt", _bytes(f"vtt {own}", 200), "text/vtt"),
            width=64, height=36, length=5.0, loudness=-16.0,
        )
    )  # fmt: skip


@stage(version="1", queue="media", parts=(clip,))
def clips(
    recording: Recording,
    plan: HighlightPlan,
    transcript: Transcript,
    silence: SilenceMap | None,
    layout: LayoutTimeline | None,
    params: NapParams,
    ctx: Context,
) -> ClipSet:
    orders = [
        ClipOrder(highlight=each, recording=recording.file, seconds=params.seconds)
        for each in plan.highlights
    ]
    made = ctx.each(clip, orders, 0.5)
    _nap(params, ctx)
    return ClipSet(clips=tuple(each.clip for each in made), aspect="source")


def _film(seed: str) -> bytes:
    """The same film, and a box that players pass over and that makes it another file."""
    own = _bytes(seed, 64)
    return _base() + struct.pack(">I4s", 8 + len(own), b"free") + own


@cache
def _base() -> bytes:
    return (traps.folder() / FILM).read_bytes()


NAP = workflow(
    "highlights", Upload, (recording, silence, transcript, layout, content, segments, clips)
)
WORKFLOWS = {"highlights": NAP}
STAGES = NAP.names


def furnish(settings: Settings) -> Equipment:
    """The stores of the real trade, and no models."""
    objects = objects_of(settings)
    near = settings.cache_dir.absolute() / "near"

    @cache
    def store(account: UUID) -> NearStore:
        return NearStore(objects.store(account), near, str(account), _NEAR)

    return Equipment(store, {})


TRADE = Trade(WORKFLOWS, furnish)
ARTIFACTS: dict[str, type[Artifact]] = {each.name: each.gives for each in NAP.stages}
