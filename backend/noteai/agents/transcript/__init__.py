"""What is said: words with times, and the sentences that they form."""

from functools import partial

from pydantic import Field

from noteai.agents.transcript import guards, times
from noteai.agents.transcript.chunks import chunk, hear_each
from noteai.engine.artifact import FileRef, Params
from noteai.engine.stage import Context, stage
from noteai.lecture.recording import NoAudioTrack, Recording
from noteai.lecture.sentences import SentenceRules, assemble
from noteai.lecture.transcript import Transcript, Word, WordFlag
from noteai.resources.transcriber import Heard, HeardWord, Transcriber, joined
from noteai.resources.transcriber.port import UNDETERMINED


class TranscriptParams(Params):
    """How speech is turned into words and sentences."""

    language: str | None = Field(
        None, pattern=r"^[a-z]{2,3}$", description="ISO 639-1 code; detected when not given"
    )
    hotwords: tuple[str, ...] = Field(
        (), max_length=64, description="Terms and names to listen for"
    )
    low_probability: float = Field(
        0.3, ge=0, le=1, description="Words below it are flagged as uncertain"
    )
    snap_seconds: float = Field(
        0.5, ge=0, le=2, description="How far a word beside a pause may move to meet the voice"
    )
    sentence_pause: float = Field(
        0.7, ge=0.1, le=5, description="Pause that ends a sentence where there is no punctuation"
    )
    max_sentence_words: int = Field(60, ge=5, le=500, description="Longer sentences are split")
    max_sentence_seconds: float = Field(30, ge=3, le=300, description="Longer ones are split")


@stage(version="3", queue="speech", parts=(chunk,))
def transcript(
    recording: Recording, params: TranscriptParams, transcriber: Transcriber, ctx: Context
) -> Transcript:
    """Words, sentences and language of a recording; none of them where nobody speaks.

    Raises:
        NoAudioTrack: the recording has no sound.
    """
    if recording.audio is None:
        raise NoAudioTrack
    if recording.duration > transcriber.undivided:
        heard = _in_chunks(recording.audio, params, transcriber, ctx)
    else:
        heard = transcriber.transcribe(
            ctx.fetch(recording.audio),
            recording.duration,
            params.language,
            params.hotwords,
            ctx.progress,
        )
        ctx.charge(heard.cost)
    return read(heard, recording.duration, params)


def _in_chunks(
    audio: FileRef, params: TranscriptParams, transcriber: Transcriber, ctx: Context
) -> Heard:
    plan = transcriber.plan(ctx.fetch(audio), params.language, lambda _: ctx.progress(0.0))
    return joined(plan, hear_each(plan, audio, params.hotwords, ctx))


def read(heard: Heard, duration: float, params: TranscriptParams) -> Transcript:
    """What was heard, without what cannot have been said, as a transcript."""
    whole = guards.whole_words(heard.words)
    voiced = guards.voiced(whole, heard.voice)
    kept, loops = guards.without_loops(voiced)
    timed = times.repaired(kept, duration)
    timed = times.snapped(timed, heard.voice, params.snap_seconds)
    words = list(map(partial(_word, params=params), timed))
    return assemble(
        heard.language if words else UNDETERMINED,
        words,
        _rules(params),
        _warnings(len(whole) - len(voiced), loops),
    )


def _word(timed: times.Timed, params: TranscriptParams) -> Word:
    heard: HeardWord = timed.word
    flags: list[WordFlag] = []
    if timed.is_repaired:
        flags.append("time_repaired")
    if heard.probability < params.low_probability:
        flags.append("low_probability")
    return Word(
        id="w0",
        start=round(heard.start, 3),
        end=round(heard.end, 3),
        text=heard.text.strip(),
        probability=round(min(1.0, max(0.0, heard.probability)), 4),
        flags=tuple(flags),
    )


def _rules(params: TranscriptParams) -> SentenceRules:
    return SentenceRules(
        pause=params.sentence_pause,
        max_words=params.max_sentence_words,
        max_seconds=params.max_sentence_seconds,
    )


def _warnings(unvoiced: int, loops: int) -> tuple[str, ...]:
    found: list[str] = []
    if unvoiced:
        found.append(f"{unvoiced} words were dropped because nobody speaks there")
    if loops:
        found.append(f"{loops} words of endless repetitions were cut")
    return tuple(found)
