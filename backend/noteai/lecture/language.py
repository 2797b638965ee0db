"""Which language a text is in, by its script and its commonest words."""

import re
from collections import Counter
from collections.abc import Iterable

from noteai.lecture.writing import bare

_UNDETERMINED = "und"
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_COMMON = {
    "en": "the of and to in is that it you we this for are what with so have not but on",
    "de": "der die und das ist nicht ein eine mit auf sich auch wir sie den dem von für wird es",
    "fr": "le les et des est que une dans pour qui pas sur avec plus nous vous ce du au il",
    "es": "el los que las una por con para es como más pero muy esto del está se y lo su",
    "pt": "o os que uma não com para é como mais mas muito isso do da em você são no na",
    "it": "il che di non una per con è come più ma molto questo della sono gli nel si un alla",
    "nl": "de het een van en is dat niet met op voor zijn ook maar we wat deze naar hebben dit",
}
_WORDS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_ENOUGH = 0.1


def guess(words: Iterable[str], most: int = 2000) -> str:
    """ISO 639-1 code of the likeliest language, or `und`: captions rarely say theirs."""
    seen = [bare(word) for _, word in zip(range(most), words, strict=False)]
    for language, script in _SCRIPTS:
        if sum(bool(script.search(word)) for word in seen) > 0.1 * len(seen) > 0:
            return language
    votes = Counter(
        {language: sum(word in common for word in seen) for language, common in _WORDS.items()}
    )
    language, count = votes.most_common(1)[0]
    return language if count > _ENOUGH * len(seen) else _UNDETERMINED
