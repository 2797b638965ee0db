"""Words that carry grammar and talk, not subject matter."""

import tomllib
from collections import Counter
from functools import cache
from importlib import resources

from noteai.lecture.transcript import Transcript
from noteai.lecture.writing import bare


def function_words(transcript: Transcript) -> frozenset[str]:
    """Those of its language; of a language without a list, the words that are said all the time."""
    known = _lists().get(transcript.language)
    if known:
        return known
    lines = [{bare(word.text) for word in transcript.words_of(s)} for s in transcript.sentences]
    frequency = Counter(word for line in lines for word in line)
    return frozenset(w for w, count in frequency.items() if count > max(8, 0.12 * len(lines)))


@cache
def _lists() -> dict[str, frozenset[str]]:
    """By language code; `und` has the words of all languages."""
    text = resources.files(__package__).joinpath("function_words.toml").read_text("utf-8")
    lists = {language: frozenset(words.split()) for language, words in tomllib.loads(text).items()}
    return lists | {"und": frozenset().union(*lists.values())}
