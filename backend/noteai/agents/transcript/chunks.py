"""A long recording heard chunk by chunk, so that several workers can, and nothing twice."""

from noteai.engine.artifact import Artifact, FileRef
from noteai.engine.stage import Context, part
from noteai.resources.transcriber import Chunk, Heard, HeardWord, Plan, Transcriber
from noteai.resources.transcriber.port import UNDETERMINED


class ChunkOrder(Artifact):
    audio: FileRef
    chunk: Chunk
    language: str | None
    """None where the recogniser is to find out."""
    hotwords: tuple[str, ...]


class HeardChunk(Artifact):
    """What was heard of a chunk."""

    language: str
    words: tuple[HeardWord, ...]

    @property
    def heard(self) -> Heard:
        return Heard(language=self.language, words=self.words, voice=())


@part(version="1")
def chunk(order: ChunkOrder, transcriber: Transcriber, ctx: Context) -> HeardChunk:
    """The words of one chunk."""
    heard = transcriber.hear(
        ctx.fetch(order.audio), order.chunk, order.language, order.hotwords, ctx.progress
    )
    ctx.charge(heard.cost)
    return HeardChunk(language=heard.language, words=heard.words)


def hear_each(plan: Plan, audio: FileRef, hotwords: tuple[str, ...], ctx: Context) -> list[Heard]:
    """All chunks in order. Where the language is not known, the first is heard before the rest."""

    def order(chunk: Chunk, language: str | None) -> ChunkOrder:
        return ChunkOrder(audio=audio, chunk=chunk, language=language, hotwords=hotwords)

    language, todo = plan.language, list(plan.chunks)
    found: list[HeardChunk] = []
    if language is None and todo:
        until = 1 / len(todo)
        found += ctx.each(chunk, [order(todo.pop(0), None)], until)
        language = found[0].language if found[0].language != UNDETERMINED else None
    found += ctx.each(chunk, [order(each, language) for each in todo])
    return [each.heard for each in found]
