"""Claims of a language model are followed to the words and slides that prove them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from noteai.agents.content.asked_form import CueClaim, NotableClaim, SummaryClaim, TopicClaim
from noteai.agents.content.asked_lecture import slides_of
from noteai.agents.content.params import ContentParams
from noteai.frozen import Frozen
from noteai.lecture.content import Cue, Evidence, SentenceScore
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.transcript import Transcript, Word
from noteai.lecture.writing import MARKS, ends_sentence

TITLE_LENGTH = 100
SUMMARY_LENGTH = 400
_BETWEEN = re.compile(rf"(?:[^\w{MARKS}]|_)+")


class ProvedTopic(Frozen):
    """A topic from sentence `first` on, with what is left of its claims."""

    first: int
    title: str
    title_evidence: Evidence
    summary: tuple[tuple[str, Evidence], ...]
    keywords: tuple[str, ...]
    importance: float
    dropped: int
    """Claims that nothing proved."""


class Lecture(Frozen):
    """What evidence is looked up in."""

    transcript: Transcript
    layout: LayoutTimeline | None

    def evidence(
        self, sentences: Iterable[int], slides: Iterable[int], within: range
    ) -> Evidence | None:
        """Words and slides behind the numbers in `within`; None where none is left."""
        shown = slides_of(self.transcript, within, self.layout)
        said = sorted({number for number in sentences if number in within})
        words = tuple(word.id for number in said for word in self.words(number))
        seen = tuple(shown[number].id for number in sorted({*slides}) if number in shown)
        return Evidence(words=words, slides=seen) if words or seen else None

    def words(self, sentence: int) -> tuple[Word, ...]:
        return self.transcript.words_of(self.transcript.sentences[sentence])

    def text(self, within: range) -> str:
        """Everything that is said and shown there, as `plain` makes it."""
        said = [self.transcript.sentences[number].text for number in within]
        shown = slides_of(self.transcript, within, self.layout).values()
        return plain(" ".join([*said, *(f"{slide.title} {slide.text}" for slide in shown)]))


def prove_topic(
    claim: TopicClaim, within: range, lecture: Lecture, params: ContentParams
) -> ProvedTopic | None:
    """A topic with the claims that hold; None without a title and a summary that do."""
    title = one_line(claim.title, TITLE_LENGTH)
    rests_on = lecture.evidence(claim.title_sentences, claim.title_slides, within)
    proved = [_prove_summary(each, within, lecture) for each in claim.summary]
    summary = tuple(each for each in proved if each)[: params.summary_sentences]
    if not title or rests_on is None or not summary:
        return None
    said = lecture.text(within)
    keywords = tuple(dict.fromkeys(one_line(each, TITLE_LENGTH) for each in claim.keywords))
    found = tuple(each for each in keywords if plain(each) and plain(each) in said)
    return ProvedTopic(
        first=within.start,
        title=title,
        title_evidence=rests_on,
        summary=summary,
        keywords=found[: params.keywords],
        importance=claim.importance,
        dropped=proved.count(None) + len(keywords) - len(found),
    )


def _prove_summary(
    claim: SummaryClaim, within: range, lecture: Lecture
) -> tuple[str, Evidence] | None:
    text = one_line(claim.text, SUMMARY_LENGTH)
    evidence = lecture.evidence(claim.sentences, claim.slides, within)
    if not text or evidence is None:
        return None
    return (text if ends_sentence(text) else f"{text}."), evidence


def prove_sentence(claim: NotableClaim, lecture: Lecture) -> SentenceScore | None:
    """A sentence with the cues that its own words show; None when they show none."""
    words = lecture.words(claim.sentence)
    best: dict[Cue, CueClaim] = {}
    evidence: dict[Cue, Evidence] = {}
    for each in sorted(claim.cues, key=lambda cue: cue.score):
        if quoted := quoted_words(each.quote, words):
            best[each.cue] = each
            evidence[each.cue] = Evidence(words=tuple(word.id for word in quoted))
    if not best:
        return None
    return SentenceScore(
        id=lecture.transcript.sentences[claim.sentence].id,
        importance=claim.importance,
        scores={cue: each.score for cue, each in best.items()},
        evidence=evidence,
    )


def quoted_words(quote: str, words: Sequence[Word]) -> tuple[Word, ...]:
    """The run of words that a quote copies, punctuation and case aside; none when there is none.

    Compared letter by letter without spaces, so that it holds for scripts without any; a
    quote must begin and end with a word.
    """
    wanted = letters(quote)
    spelled = [letters(word.text) for word in words]
    starts = [sum(map(len, spelled[:n])) for n in range(len(spelled) + 1)]
    joined, at = "".join(spelled), -1
    while wanted and (at := joined.find(wanted, at + 1)) >= 0:
        if at in starts and at + len(wanted) in starts:
            return _between(words, starts, at, at + len(wanted))
    return ()


def _between(
    words: Sequence[Word], starts: Sequence[int], begin: int, end: int
) -> tuple[Word, ...]:
    return tuple(
        word
        for n, word in enumerate(words)
        if begin <= starts[n] < end and starts[n + 1] > starts[n]
    )


def one_line(text: str, length: int) -> str:
    """Text that others wrote, without control characters and line breaks, shortened at a space."""
    printable = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text)
    line = " ".join(printable.split())
    if len(line) <= length:
        return line
    return f"{line[: length - 1].rpartition(' ')[0] or line[: length - 1]}…"


def letters(text: str) -> str:
    """Letters and digits, case folded."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def plain(text: str) -> str:
    """Words case folded, one space between them."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
