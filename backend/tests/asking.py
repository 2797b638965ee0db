"""What tests of a lecture that is asked about share: the lecture, claims, a model on a script."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from noteai.agents.content.asked import ask
from noteai.agents.content.params import ContentParams
from noteai.engine.artifact import FileRef
from noteai.lecture.content import ContentAnalysis, Evidence, SentenceScore, Topic, TopicEvidence
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.resources.language_model import Answer, Terms, Usage
from noteai.timeline import span

Claims = dict[str, Any]
Say = Callable[[str], Claims]


@dataclass
class ScriptedModel:
    """Answers what `say` makes of the data."""

    say: Say
    terms: Terms = field(default_factory=lambda: Terms(model="scripted"))
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    name: str = "scripted"
    identity: str = "scripted"
    spent: Usage = field(default_factory=Usage)

    def for_run(self) -> "ScriptedModel":
        return self

    def answer(self, instructions: str, data: str, schema: type[BaseModel]) -> Answer[Any]:
        self.asked.append((instructions, data, schema.model_json_schema()))
        return Answer(schema.model_validate(self.say(data)), Usage(answers=1))


def lecture(*sentences: str, language: str = "en") -> Transcript:
    """Four seconds a sentence, a word every half second."""
    words: list[Word] = []
    made: list[Sentence] = []
    for number, text in enumerate(sentences):
        first = len(words)
        for place, word in enumerate(text.split()):
            start = 4.0 * number + 0.5 * place
            identity = f"w{len(words)}"
            words.append(Word(start=start, end=start + 0.4, id=identity, text=word, probability=1))
        made.append(
            Sentence(
                start=words[first].start,
                end=words[-1].end,
                id=f"s{number}",
                text=text,
                first_word=f"w{first}",
                last_word=words[-1].id,
            )
        )
    return Transcript(language=language, words=tuple(words), sentences=tuple(made))


SIX = lecture(
    "Welcome to the course.",
    "Entropy is a measure of disorder.",
    "Remember this for the exam.",
    "Now we turn to engines.",
    "An engine takes heat and gives work.",
    "That is all for today.",
)


def long_lecture(sentences: int) -> Transcript:
    return lecture(*(f"Sentence {n} says about {n % 7} things." for n in range(sentences)))


def one_slide(title: str = "Heat engines", start: float = 12.0) -> LayoutTimeline:
    picture = FileRef(digest="0" * 64, media_type="image/png", size=1)
    slide = Slide(id="v0", title=title, text="", picture=picture, visits=(span(start, 20.0),))
    return LayoutTimeline(width=16, height=9, shots=(), slides=(slide,))


def offline(transcript: Transcript, importance: float = 0.3) -> ContentAnalysis:
    """One topic over everything, one score a sentence."""
    everything = Evidence(words=tuple(word.id for word in transcript.words))
    topic = Topic(
        start=0.0,
        end=transcript.sentences[-1].end,
        id="t0",
        title="Everything",
        summary="All.",
        keywords=(),
        importance=0.5,
        scores={},
        evidence=TopicEvidence(title=everything, summary=(everything,), scores={}),
    )
    scores = tuple(
        SentenceScore(
            id=each.id,
            importance=importance,
            scores={"delivery": 0.2},
            evidence={"delivery": Evidence(words=(each.first_word,))},
        )
        for each in transcript.sentences
    )
    return ContentAnalysis(
        topics=(topic,), sentences=scores, analyst="offline", warnings=("as it was",)
    )


def topic(first: int, *, title: str = "A subject", **more: Any) -> Claims:
    said = {
        "first_sentence": first,
        "title": title,
        "title_sentences": [first],
        "summary": [{"text": "It is so", "sentences": [first]}],
        "keywords": [],
        "importance": 0.5,
    }
    return said | more


def notable(sentence: int, quote: str, cue: str = "definition") -> Claims:
    cues = [{"cue": cue, "score": 0.9, "quote": quote}]
    return {"sentence": sentence, "importance": 0.8, "cues": cues}


def claims(*topics: Claims, notable: tuple[Claims, ...] = ()) -> Claims:
    return {"topics": list(topics), "notable": list(notable)}


def citing_slides(answer: Claims) -> Claims:
    """The same in the form for a lecture with slides: who cites none says so."""
    for each in answer["topics"]:
        each.setdefault("title_slides", [])
        for sentence in each["summary"]:
            sentence.setdefault("slides", [])
    return answer


def asked(
    answer: Claims | Say,
    transcript: Transcript = SIX,
    layout: LayoutTimeline | None = None,
    params: ContentParams = ContentParams(),  # noqa: B008 - frozen
    **terms: Any,
) -> tuple[ContentAnalysis, ScriptedModel]:
    """The analysis that comes of an answer, and the model with what it was asked."""
    say = answer if callable(answer) else lambda _: answer
    told = (lambda data: citing_slides(say(data))) if layout else say
    model = ScriptedModel(told, Terms(model="scripted", **terms))
    return ask(transcript, offline(transcript), layout, params, model), model
