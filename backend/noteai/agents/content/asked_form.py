"""The form in which a language model answers about a part of a lecture.

Sentences and slides are named by their numbers, and the schema that is sent admits only
numbers of the part that was shown. What comes back is not trusted for that: a number that
does not exist is left out when the claims are proved.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, create_model
from pydantic.json_schema import SkipJsonSchema

from noteai.agents.content.params import ContentParams
from noteai.frozen import Frozen

CITED = 6
CUES = 3
SENTENCES_A_TOPIC = 12
SENTENCES_A_NOTABLE = 6
AskedCue = Literal["definition", "example", "emphasis", "exam_hint", "summary", "novelty"]
"""All but the delivery: a transcript does not say how it was spoken."""
Share = Annotated[float, Field(ge=0, le=1)]


class SummaryClaim(Frozen):
    text: str = Field(description="One plain sentence of the summary")
    sentences: list[int] = Field(description="Sentences that say so")
    slides: list[int] = Field(default_factory=list)


class TopicClaim(Frozen):
    first_sentence: int
    title: str = Field(description="Two to eight words that name the subject")
    title_sentences: list[int] = Field(description="Sentences that the title rests on")
    title_slides: list[int] = Field(default_factory=list)
    summary: list[SummaryClaim]
    keywords: list[str] = Field(description="Terms as they are said or shown in this topic")
    importance: Share


class CueClaim(Frozen):
    cue: AskedCue
    score: Share
    quote: str = Field(description="The words of the sentence that show it, copied exactly")


class NotableClaim(Frozen):
    sentence: int
    importance: Share
    cues: list[CueClaim]


class LectureClaims(Frozen):
    topics: list[TopicClaim]
    notable: list[NotableClaim]


def form_for(sentences: range, slides: range, params: ContentParams) -> type[LectureClaims]:
    """The form of an answer about these sentences and slides; either range is of numbers."""
    cited = _numbers(sentences, CITED)
    shown = _shown(slides)
    summary = create_model(
        "SummaryOfPart", __base__=SummaryClaim, sentences=(cited, ...), slides=shown
    )
    topic = create_model(
        "TopicOfPart",
        __base__=TopicClaim,
        first_sentence=(_number(sentences), ...),
        title_sentences=(cited, ...),
        title_slides=shown,
        summary=(_at_most(summary, params.summary_sentences), ...),
        keywords=(_at_most(str, params.keywords), ...),
    )
    notable = create_model(
        "NotableOfPart",
        __base__=NotableClaim,
        sentence=(_number(sentences), ...),
        cues=(_at_most(CueClaim, CUES), ...),
    )
    return create_model(
        "PartOfLecture",
        __base__=LectureClaims,
        topics=(_at_most(topic, most_topics(sentences)), ...),
        notable=(_at_most(notable, most_notable(sentences)), ...),
    )


def most_topics(sentences: range) -> int:
    return len(sentences) // SENTENCES_A_TOPIC + 1


def most_notable(sentences: range) -> int:
    return len(sentences) // SENTENCES_A_NOTABLE + 1


def _number(numbers: range) -> Any:
    return Annotated[int, WithJsonSchema(_integer(numbers))]


def _numbers(numbers: range, most: int) -> Any:
    listed = {"type": "array", "items": _integer(numbers), "maxItems": most}
    return Annotated[list[int], WithJsonSchema(listed)]


def _shown(slides: range) -> Any:
    """A list of slides; left out of the schema where none is shown."""
    if slides:
        return (_numbers(slides, CITED), ...)
    return (SkipJsonSchema[list[int]], Field(default_factory=list))


def _at_most(kind: Any, most: int) -> Any:
    """More than that is not asked for, and no reason to throw an answer away."""
    return Annotated[list[kind], Field(json_schema_extra={"maxItems": most})]


def _integer(numbers: range) -> dict[str, Any]:
    return {"type": "integer", "minimum": numbers.start, "maximum": numbers.stop - 1}
