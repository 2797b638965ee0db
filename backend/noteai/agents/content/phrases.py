"""The phrases that tell a topic from the rest of the lecture."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from noteai.agents.content.function_words import function_words
from noteai.agents.content.terms import terms
from noteai.lecture.transcript import Transcript, Word
from noteai.lecture.writing import bare, ends_sentence, is_letter, join

LONGEST = 3
"""Words of a phrase."""


class Phrase(NamedTuple):
    """A phrase as it is said most often, where it is said first, and how telling it is."""

    text: str
    words: tuple[Word, ...]
    weight: float
    stems: frozenset[str]


def phrases(transcript: Transcript, topics: Sequence[range]) -> list[list[Phrase]]:
    """For each topic its phrases, the most telling first, none within another.

    A phrase is a run of words without function words. Its weight is its frequency in the topic
    times the log of how rare it is in the others (tf-idf over topics), and grows with its length.
    """
    common = function_words(transcript)
    found = [_occurrences(transcript, topic, common) for topic in topics]
    spread = Counter(key for each in found for key in each)
    return [_distinct(_weighed(each, spread, len(topics))) for each in found]


def _occurrences(
    transcript: Transcript, topic: range, common: frozenset[str]
) -> dict[tuple[str, ...], list[tuple[Word, ...]]]:
    found: dict[tuple[str, ...], list[tuple[Word, ...]]] = defaultdict(list)
    for at in topic:
        for run in _runs(transcript.words_of(transcript.sentences[at]), common):
            for key, words in _windows(run):
                found[key].append(words)
    return found


def _runs(words: Sequence[Word], common: frozenset[str]) -> Iterator[list[Word]]:
    """Stretches of words between function words and punctuation."""
    run: list[Word] = []
    for word in words:
        if _is_empty(word, common):
            yield run
            run = []
            continue
        run.append(word)
        if not is_letter(word.text[-1]) or ends_sentence(word.text):
            yield run
            run = []
    yield run


def _is_empty(word: Word, common: frozenset[str]) -> bool:
    text = bare(word.text).replace("’", "'")
    return (
        text in common
        or not any(char.isalpha() for char in text)
        or (len(text) == 1 and text.isascii())
    )


def _windows(run: Sequence[Word]) -> Iterator[tuple[tuple[str, ...], tuple[Word, ...]]]:
    for begin in range(len(run)):
        for end in range(begin + 1, min(begin + LONGEST, len(run)) + 1):
            key = tuple(stem for word in run[begin:end] for stem in terms(word.text))
            if key:
                yield key, tuple(run[begin:end])


def _weighed(
    found: dict[tuple[str, ...], list[tuple[Word, ...]]],
    spread: Counter[tuple[str, ...]],
    topics: int,
) -> list[Phrase]:
    weighed = []
    for key, places in found.items():
        rarity = math.log((1 + topics) / spread[key]) + 0.3
        often = len(places) if len(places[0]) == 1 else 1.6 * (len(places) - 0.5)
        letters = sum(len(word.text) for word in places[0])
        weight = often * rarity * len(places[0]) ** 0.5 * min(1.0, letters / 5)
        text = Counter(_written(words) for words in places).most_common(1)[0][0]
        weighed.append(Phrase(text, places[0], weight, frozenset(key)))
    return sorted(weighed, key=lambda each: (-each.weight, each.words[0].start, each.text))


def _distinct(ranked: Sequence[Phrase]) -> list[Phrase]:
    kept: list[Phrase] = []
    for phrase in ranked[:60]:
        if not any(phrase.stems & other.stems for other in kept):
            kept.append(phrase)
    return kept


def _written(words: Sequence[Word]) -> str:
    """The phrase without punctuation; of capitals only those inside a word stay."""
    texts = [word.text.strip("\"'“”‘’()[]{}.,;:!?…。，、！？") for word in words]
    return join(text if text[1:] != text[1:].lower() else text.lower() for text in texts)
