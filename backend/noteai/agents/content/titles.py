"""What a topic is called: by its slide, else by its phrases."""

from collections.abc import Sequence

from noteai.agents.content.phrases import Phrase
from noteai.lecture.content import Evidence
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.transcript import Sentence
from noteai.lecture.writing import is_mark
from noteai.timeline import Span, clamp, total

LONGEST = 80
"""Letters of a title."""
SLIDE_SHARE = 0.2
"""Of a topic's time that the slides of a title must be shown for."""

Title = tuple[str, Evidence]


def titles(
    topics: Sequence[Span],
    phrases: Sequence[Sequence[Phrase]],
    firsts: Sequence[Sentence],
    layout: LayoutTimeline | None,
) -> list[Title]:
    """A title for each topic with its proof; no two alike where that can be helped.

    A topic in which no phrase is found is called by its first sentence, one of `firsts`.
    """
    taken: set[str] = set()
    found = []
    for topic, telling, first in zip(topics, phrases, firsts, strict=True):
        options = [*_from_slides(topic, layout), *_from_phrases(telling), _from_words(first)]
        chosen = next((each for each in options if each[0].casefold() not in taken), options[0])
        taken.add(chosen[0].casefold())
        found.append(chosen)
    return found


def _from_slides(topic: Span, layout: LayoutTimeline | None) -> list[Title]:
    """Titles of slides, by how long they are shown in the topic; first those that begin in it."""
    if layout is None:
        return []
    shown: dict[str, list[tuple[float, Slide]]] = {}
    for slide in layout.slides:
        seconds = total(clamp(slide.visits, topic))
        if seconds > 0 and _is_title(slide.title):
            shown.setdefault(slide.title.strip(), []).append((seconds, slide))
    return [
        (title, Evidence(slides=tuple(slide.id for _, slide in uses)))
        for title, uses in sorted(shown.items(), key=lambda item: -_claim(item[1], topic))
        if sum(seconds for seconds, _ in uses) >= SLIDE_SHARE * topic.duration
    ]


def _claim(uses: Sequence[tuple[float, Slide]], topic: Span) -> float:
    """Seconds shown in the topic, times the share of all its showing that falls into it."""
    inside = sum(seconds for seconds, _ in uses)
    anywhere = sum(total(slide.visits) for _, slide in uses)
    return inside * inside / max(anywhere, topic.duration * 0.01, 1e-9)


def _is_title(text: str) -> bool:
    letters = sum(char.isalpha() or is_mark(char) for char in text)
    return letters >= 2 and len(text.strip()) <= LONGEST and letters >= len(text.strip()) / 2


def _from_phrases(telling: Sequence[Phrase]) -> list[Title]:
    """The best phrase, with the second where the first is a single word."""
    if not telling:
        return []
    best = telling[:1] if len(telling[0].words) > 1 or len(telling) == 1 else telling[:2]
    return [_title(best), _title(telling[:2]), _title(telling[:3])]


def _title(telling: Sequence[Phrase]) -> Title:
    text = ", ".join(phrase.text for phrase in telling)
    words = {word.id: word for phrase in telling for word in phrase.words}
    ordered = sorted(words.values(), key=lambda word: word.start)
    return text[:1].upper() + text[1:], Evidence(words=tuple(word.id for word in ordered))


def _from_words(first: Sentence) -> Title:
    text = first.text if len(first.text) <= LONGEST else f"{first.text[: LONGEST - 1].rstrip()}…"
    return text, Evidence(words=(first.first_word,))
