"""Words to sentences.

A sentence ends where its punctuation says so. Where a recogniser gave no punctuation,
pauses take its place; what is still too long is split at its best joint.
"""

import re
from collections.abc import Iterator, Sequence

from noteai.frozen import Frozen
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.lecture.writing import bare, ends_sentence, join

_ABBREVIATIONS_WORDS = (
    "mr mrs ms dr prof st jr sr vs fig figs eq eqs sec ch vol no nos pp p ed eds approx cf al "
    "dept univ gen sen rep gov e.g i.e viz ca op inc ltd co corp bzw ca z.b d.h u.a usw nr abb "
    "bspw evtl ggf s.o s.u sog mme mlle art sr sra srta núm pág ej tel tab thm def lem ex"
)
_ABBREVIATIONS = frozenset(_ABBREVIATIONS_WORDS.split())
"""Words that a full stop shortens, English first, then German, French and Spanish."""
_JOINTS_WORDS = (
    "and but so because which where while when then or if although though since however whereas "
    "und aber denn weil also wenn während et mais donc car puis y pero porque entonces e mas então"
)
_JOINTS = frozenset(_JOINTS_WORDS.split())
_INITIAL = re.compile(r"^\W*[^\W\d_]\.$")
_NUMBER_STOP = re.compile(r"\d\.$")
_PART = re.compile(r"[,;:，、；：—–]$")


class SentenceRules(Frozen):
    """Seconds and words that decide where sentences end; tuned by reading lecture transcripts."""

    pause: float = 0.7
    """Ends a sentence in text without punctuation."""
    long_pause: float = 3.0
    """Ends a sentence in any text, unless its marks and a small letter say that it goes on."""
    longest_pause: float = 8.0
    """Ends a sentence whatever they say."""
    max_words: int = 60
    max_seconds: float = 30.0


def assemble(
    language: str,
    words: Sequence[Word],
    rules: SentenceRules | None = None,
    warnings: tuple[str, ...] = (),
) -> Transcript:
    """A transcript of words in order of time: they are numbered, and form sentences."""
    numbered = [word.model_copy(update={"id": f"w{n}"}) for n, word in enumerate(words)]
    runs = _runs(numbered, rules or SentenceRules())
    sentences = tuple(_sentence(n, run) for n, run in enumerate(runs))
    return Transcript(
        language=language, words=tuple(numbered), sentences=sentences, warnings=warnings
    )


def _sentence(number: int, run: Sequence[Word]) -> Sentence:
    return Sentence(
        id=f"s{number}",
        start=run[0].start,
        end=max(word.end for word in run),
        text=join(word.text for word in run),
        first_word=run[0].id,
        last_word=run[-1].id,
    )


def _runs(words: Sequence[Word], rules: SentenceRules) -> Iterator[Sequence[Word]]:
    first = 0
    for last in range(len(words)):
        if last + 1 == len(words) or _ends_after(words, last, first, rules):
            yield from _shortened(words[first : last + 1], rules)
            first = last + 1


def _ends_after(words: Sequence[Word], at: int, first: int, rules: SentenceRules) -> bool:
    following = words[at + 1]
    pause = following.start - words[at].end
    if pause >= rules.longest_pause or _stops(words[at], following, pause, rules):
        return True
    if pause >= rules.long_pause and not following.text[:1].islower():
        return True
    is_long = pause >= rules.long_pause or (pause >= rules.pause and at - first >= 3)
    return is_long and not _is_punctuated(words, at)


def _stops(word: Word, following: Word, pause: float, rules: SentenceRules) -> bool:
    """Whether the mark at the end of `word` ends a sentence, and not a shortened word."""
    text = word.text
    if not ends_sentence(text):
        return False
    if not text.endswith((".", "…")) or pause >= rules.pause:
        return bare(text) not in _ABBREVIATIONS or pause >= rules.long_pause
    if _NUMBER_STOP.search(text) and following.text[:1].isdigit():
        return False
    shortened = bare(text) in _ABBREVIATIONS or _INITIAL.match(text)
    return not shortened and not following.text[:1].islower()


def _is_punctuated(words: Sequence[Word], at: int) -> bool:
    """Whether sentences near word `at` carry marks: one mark in eighty words is enough."""
    near = words[max(0, at - 40) : at + 40]
    return any(ends_sentence(word.text) for word in near)


def _shortened(run: Sequence[Word], rules: SentenceRules) -> Iterator[Sequence[Word]]:
    """The run itself, or its parts, none of them over the limits."""
    seconds = run[-1].end - run[0].start
    if len(run) < 2 or (len(run) <= rules.max_words and seconds <= rules.max_seconds):
        yield run
        return
    cut = max(range(1, len(run)), key=lambda n: _joint(run, n))
    yield from _shortened(run[:cut], rules)
    yield from _shortened(run[cut:], rules)


def _joint(run: Sequence[Word], cut: int) -> float:
    """How well a run splits before word `cut`: a pause, a comma, a conjunction, the middle."""
    pause = min(2.0, max(0.0, run[cut].start - run[cut - 1].end))
    comma = 0.5 if _PART.search(run[cut - 1].text) else 0.0
    conjunction = 0.5 if bare(run[cut].text) in _JOINTS else 0.0
    off_middle = abs(2 * cut / len(run) - 1)
    return pause + comma + conjunction - 1.5 * off_middle
