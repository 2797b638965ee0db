"""The lecture as a language model understands it, kept to what can be proved.

The model sees the sentences, numbered, with times and slide titles. It decides where topics
begin, what they are called and which sentences matter; each of its claims must name
sentences, slides or words that exist, or it is left out.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import resources
from string import Template
from typing import NamedTuple

from noteai.agents.content.asked_form import (
    LectureClaims,
    NotableClaim,
    TopicClaim,
    form_for,
)
from noteai.agents.content.asked_lecture import (
    Part,
    as_data,
    parts,
    sentence_weights,
    slides_of,
)
from noteai.agents.content.asked_proof import Lecture, ProvedTopic, prove_sentence, prove_topic
from noteai.agents.content.offline import strongest
from noteai.agents.content.params import ContentParams
from noteai.lecture.content import (
    ContentAnalysis,
    SentenceScore,
    Topic,
    TopicEvidence,
)
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.transcript import Transcript, position
from noteai.lecture.writing import join
from noteai.resources.language_model import LanguageModel, LanguageModelFailed, estimated_tokens

SMALLEST_ROOM = 400
TOKENS_A_SENTENCE = 22
"""Of an answer: 300 for a topic, one in 25 sentences, and 60 for a notable one, one in six."""
USUAL = "Most take three to fifteen minutes."
ENOUGH = 0.5
"""The share of the topics that must be proved: with less, the answer is about something else."""


class Claims(NamedTuple):
    """What was claimed about the whole lecture: topics in order of time."""

    topics: list[TopicClaim]
    notable: list[NotableClaim]


def ask(
    transcript: Transcript,
    offline: ContentAnalysis,
    layout: LayoutTimeline | None,
    params: ContentParams,
    model: LanguageModel,
    progress: Callable[[float], None] = lambda _: None,
) -> ContentAnalysis:
    """The offline analysis with the model's topics and the sentences that it found notable.

    Raises:
        LanguageModelFailed: the model gave no answer, or too little of it could be proved.
    """
    if not transcript.sentences:
        return offline
    lecture = Lecture(transcript=transcript, layout=layout)
    answers = []
    planned = plan(lecture, params, model)
    for done, part in enumerate(planned, 1):
        answers.append((part, _ask_about(part, lecture, params, model)))
        progress(done / len(planned))
    return proved(joined(answers), lecture, offline, params, model.name)


def plan(lecture: Lecture, params: ContentParams, model: LanguageModel) -> list[Part]:
    """The parts that the lecture is asked about in, so that question and answer fit.

    Raises:
        LanguageModelFailed: the context is too small for any.
    """
    everything = range(len(lecture.transcript.sentences))
    shown = range(len(lecture.layout.slides) if lecture.layout else 0)
    form = json.dumps(form_for(everything, shown, params).model_json_schema())
    told = instructions(lecture.transcript.language, params, params.topics)
    fixed = estimated_tokens(form) + estimated_tokens(told)
    room = model.terms.context - model.terms.max_output - fixed
    if room < SMALLEST_ROOM:
        raise LanguageModelFailed(
            model=model.name, reason=f"its context of {model.terms.context} tokens is too small"
        )
    weights = sentence_weights(lecture.transcript, lecture.layout)
    return parts(weights, room, _most_sentences(model.terms.max_output))


def _most_sentences(max_output: int) -> int:
    """As many as half an answer's tokens suffice for: a model that thinks needs the other half."""
    return max(1, max_output // 2 // TOKENS_A_SENTENCE)


def _ask_about(
    part: Part, lecture: Lecture, params: ContentParams, model: LanguageModel
) -> LectureClaims:
    shown = slides_of(lecture.transcript, part.sentences, lecture.layout)
    slides = range(min(shown), max(shown) + 1) if shown else range(0)
    claims = model.answer(
        instructions(lecture.transcript.language, params, _share(part, lecture, params)),
        as_data(lecture.transcript, part, lecture.layout),
        form_for(part.sentences, slides, params),
    ).value
    if not any(each.first_sentence in part.sentences for each in claims.topics):
        reason = f"it found no topic from sentence {part.first} to {part.stop - 1}"
        raise LanguageModelFailed(model=model.name, reason=reason)
    return claims


def _share(part: Part, lecture: Lecture, params: ContentParams) -> int | None:
    """How many of the chapters that are wanted fall to a part."""
    if params.topics is None:
        return None
    whole = len(lecture.transcript.sentences)
    return max(1, round(params.topics * len(part.sentences) / whole))


def instructions(language: str, params: ContentParams, chapters: int | None) -> str:
    """What the model is told; nothing of it comes from the lecture but a checked code."""
    known = re.fullmatch(r"[a-z]{2,3}", language) and language != "und"
    told = resources.files(__package__).joinpath("asked_instructions.txt").read_text("utf-8")
    return Template(told).substitute(
        language=f'the language with the code "{language}"' if known else "the lecture's language",
        chapters=f"Make {chapters} of them." if chapters else USUAL,
        summary=params.summary_sentences,
        keywords=params.keywords,
    )


def joined(answers: Iterable[tuple[Part, LectureClaims]]) -> Claims:
    """The answers about parts as one.

    Where parts overlap, a topic that runs across the seam begins where the earlier part
    says and is described by the part that saw more of it.
    """
    topics: list[TopicClaim] = []
    notable: dict[int, NotableClaim] = {}
    for part, claims in answers:
        across, begun = _split_at_seam(part, claims.topics)
        if across and (not topics or _saw_more(part, topics[-1], begun)):
            first = topics.pop().first_sentence if topics else part.own_first
            topics.append(across.model_copy(update={"first_sentence": first}))
        topics.extend(begun)
        notable |= {each.sentence: each for each in claims.notable if part.owns(each.sentence)}
    return Claims(topics, list(notable.values()))


def _split_at_seam(
    part: Part, claims: Sequence[TopicClaim]
) -> tuple[TopicClaim | None, list[TopicClaim]]:
    """The topic that a part sees running when its own sentences begin, and those begun later."""
    inside = {each.first_sentence: each for each in claims if each.first_sentence in part.sentences}
    ordered = [inside[first] for first in sorted(inside)]
    early = [each for each in ordered if each.first_sentence <= part.own_first]
    begun = [each for each in ordered if part.own_first < each.first_sentence < part.own_stop]
    if not early and part.own_first == 0 and begun:
        return begun[0], begun[1:]
    return (early[-1] if early else None), begun


def _saw_more(part: Part, before: TopicClaim, begun: Sequence[TopicClaim]) -> bool:
    end = begun[0].first_sentence if begun else part.own_stop
    return end - part.own_first > part.own_first - before.first_sentence


def proved(
    claims: Claims,
    lecture: Lecture,
    offline: ContentAnalysis,
    params: ContentParams,
    analyst: str,
) -> ContentAnalysis:
    """What holds of the claims, as an analysis.

    Raises:
        LanguageModelFailed: that is too little.
    """
    kept = _proved_topics(claims.topics, lecture, params)
    if not kept or len(kept) < ENOUGH * len(claims.topics):
        reason = f"of its {len(claims.topics)} topics only {len(kept)} name what proves them"
        raise LanguageModelFailed(model=analyst, reason=reason)
    existing = range(len(lecture.transcript.sentences))
    marked = [prove_sentence(each, lecture) for each in claims.notable if each.sentence in existing]
    scores = merged(offline.sentences, [each for each in marked if each])
    dropped = len(claims.topics) - len(kept) + sum(each.dropped for each in kept)
    dropped += len(claims.notable) - sum(each is not None for each in marked)
    return ContentAnalysis(
        topics=_topics(kept, scores, lecture.transcript),
        sentences=scores,
        analyst=analyst,
        warnings=(*offline.warnings, *_warnings(analyst, dropped, len(kept), params)),
    )


def _warnings(analyst: str, dropped: int, topics: int, params: ContentParams) -> Iterator[str]:
    if dropped:
        yield f"{analyst}: {dropped} claims that nothing proves were left out"
    if params.topics not in (None, topics):
        yield f"{analyst}: {topics} topics instead of {params.topics}"


def _proved_topics(
    claims: Sequence[TopicClaim], lecture: Lecture, params: ContentParams
) -> list[ProvedTopic]:
    """The sentences of a topic that is not proved go to the one before it."""
    starts = [0, *(each.first_sentence for each in claims[1:])]
    ends = [*starts[1:], len(lecture.transcript.sentences)]
    spans = [range(start, end) for start, end in zip(starts, ends, strict=False)]
    placed = zip(claims, spans, strict=False)
    tried = (prove_topic(claim, within, lecture, params) for claim, within in placed)
    return [each for each in tried if each]


def merged(
    offline: Sequence[SentenceScore], marked: Sequence[SentenceScore]
) -> tuple[SentenceScore, ...]:
    """A sentence that the model marked is worth at least what the model says, with its cues."""
    by_id = {each.id: each for each in marked}
    return tuple(_raised(each, by_id[each.id]) if each.id in by_id else each for each in offline)


def _raised(offline: SentenceScore, marked: SentenceScore) -> SentenceScore:
    return SentenceScore(
        id=offline.id,
        importance=max(offline.importance, marked.importance),
        scores=offline.scores | marked.scores,
        evidence=offline.evidence | marked.evidence,
    )


def _topics(
    proved_topics: Sequence[ProvedTopic], scores: Sequence[SentenceScore], transcript: Transcript
) -> tuple[Topic, ...]:
    stops = [*(each.first for each in proved_topics[1:]), len(transcript.sentences)]
    starts = [0, *stops[:-1]]
    spans = [range(start, stop) for start, stop in zip(starts, stops, strict=True)]
    return tuple(
        _topic(number, each, span, scores, transcript)
        for number, (each, span) in enumerate(zip(proved_topics, spans, strict=True))
    )


def _topic(
    number: int,
    proved_topic: ProvedTopic,
    within: range,
    scores: Sequence[SentenceScore],
    transcript: Transcript,
) -> Topic:
    best = strongest([each for each in scores if position(each.id) in within])
    return Topic(
        start=transcript.sentences[within.start].start,
        end=max(transcript.sentences[sentence].end for sentence in within),
        id=f"t{number}",
        title=proved_topic.title,
        summary=join(text for text, _ in proved_topic.summary),
        keywords=proved_topic.keywords,
        importance=proved_topic.importance,
        scores={cue: score for cue, (score, _) in best.items()},
        evidence=TopicEvidence(
            title=proved_topic.title_evidence,
            summary=tuple(evidence for _, evidence in proved_topic.summary),
            scores={cue: evidence for cue, (_, evidence) in best.items()},
        ),
    )
