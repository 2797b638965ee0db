"""Words by which a lecturer marks what a sentence is: a definition, an example, a warning."""

import re
from typing import NamedTuple

from noteai.agents.content.phrasing import Said
from noteai.lecture.content import Cue, Evidence


class Mark(NamedTuple):
    """A pattern of a cue and how surely it marks it, 0 to 1."""

    cue: Cue
    strength: float
    pattern: re.Pattern[str]


def _marks(cue: Cue, strength: float, *phrases: str) -> Mark:
    return Mark(cue, strength, re.compile("|".join(phrases)))


_MARKS = (
    _marks(
        "definition",
        1.0,
        r"\b(?:is|are|was|were|be) defined (?:as|to be|by)\b",
        r"\b(?:we|i|let's|let us|i'll|we'll|will) (?:\w+ )?define\b",
        r"\b(?:the|a|this|our|my|that|formal) definition\b",
        r"\bby definition\b",
        r"\b(?:is|are|what's|be) (?:\w+ )?called\b(?! (?:on|for))",
        r"\b(?:we|i|people|they|you) (?:\w+ )?call (?:it|this|that|these|them|the|a|an)\b",
        r"\b(?:is|are|also) known as\b",
        r"\brefers? to\b",
        r"\bdefiniert (?:als|man)?|\bdefinition von\b|\bnennt man\b|\bbezeichnet man\b",
        r"\b(?:est|sont) définie?s? (?:comme|par)\b|\bon appelle\b|\bs'appelle\b",
        r"\bse define como\b|\bse llama\b|\bllamamos\b|\bdefinimos\b|\bchama-se\b|\bchamamos\b",
        r"定义|称为|叫做|所谓|と呼ば|定義|정의",
    ),
    _marks(
        "definition",
        0.6,
        r"\b(?:that|which|it|this) (?:just |simply |basically |really )?means\b",
        r"\b(?:stands|stand) for\b",
        r"\bthe (?:term|notion|concept) (?:of|is)\b",
        r"\bwhat (?:is|are) an? \w+",
    ),
    _marks(
        "example",
        1.0,
        r"\bfor (?:example|instance)\b",
        r"\b(?:an|another|one|simple|this|first|last|quick|next) example\b",
        r"\bzum beispiel\b|\bbeispielsweise\b|\bpar exemple\b|\bpor ejemplo\b|\bpor exemplo\b",
        r"例如|比如|举个例子|例えば|たとえば|예를 들",
    ),
    _marks(
        "example",
        0.6,
        r"\b(?:suppose|imagine)\b",
        r"\b(?:such as|think of|let's say)\b",
        r"\b(?:in (?:the|this) case of|consider)\b",
    ),
    _marks(
        "emphasis",
        1.0,
        r"\b(?:very|really|most|so|extremely|particularly|more) (?:\w+ )?important\b",
        r"\b(?:important|crucial|essential) (?:to|that|point|thing|idea|because|here)\b",
        r"\b(?:please |always )?(?:remember|keep in mind|bear in mind)\b",
        r"\b(?:key|main|crucial|central|whole|big) (?:point|idea|thing|message|insight|result)\b",
        r"\b(?:don't|do not|never) forget\b",
        r"\bpay attention\b|\btake (?:home|away)\b|\bthe point (?:is|here)\b",
        r"\bwichtig\b|\bmerken sie\b|\bimportant(?:e|es|s)?\b(?= de| que)",
        r"\bimportante\b|\brecuerd[ae]n?\b",
        r"重要|注意|记住|关键|大事|중요",
    ),
    _marks(
        "emphasis",
        0.5,
        r"\b(?:important|importantly|crucial|essential|fundamental|critical|significant)\b",
        r"\b(?:note|notice) that\b",
        r"\b(?:in fact|actually quite|surprising(?:ly)?|exactly)\b",
        r"\b(?:always|never)\b",
    ),
    _marks(
        "exam_hint",
        1.0,
        r"\b(?:exams?|midterms?|finals exam|quiz(?:zes)?)\b",
        r"\b(?:on|in) the test\b",
        r"\byou (?:should|must|need to|have to) (?:be able to|know how)\b",
        r"\b(?:homework|problem set|assignment)s?\b",
        r"\b(?:klausur|prüfung|examen|exámenes|prova)\b|考试|试验|试題|考题|試験|시험",
    ),
    _marks(
        "summary",
        1.0,
        r"\bto (?:sum up|summari[sz]e|conclude|recap|wrap up)\b",
        r"\bin (?:summary|conclusion|short|a nutshell)\b",
        r"\b(?:let me|let's|i'll|we) (?:just )?(?:summari[sz]e|recap|conclude|wrap up)\b",
        r"\b(?:key|main) (?:idea|point|message|takeaway)s?\b",
        r"\bbottom line\b|\bthe conclusions?\b|\bzusammenfass\w+|\bfassen wir\b",
        r"\ben résumé\b|\bpour résumer\b|\ben resumen\b|\ben conclusión\b|\bem resumo\b",
        r"总结|总之|总的来说|综上|まとめ|요약",
    ),
    _marks(
        "summary",
        0.6,
        r"\bin other words\b",
        r"\bso (?:what )?we(?:'ve| have) (?:seen|shown|learned|got)\b",
        r"\b(?:overall|therefore|in general)\b",
    ),
)


def cues(line: Said) -> dict[Cue, tuple[float, Evidence]]:
    """Each cue that a sentence gives by its words: how surely, and the words that prove it."""
    found: dict[Cue, tuple[float, Evidence]] = {}
    for cue, strength, pattern in _MARKS:
        words = next(line.found(pattern), ())
        if words and strength > found.get(cue, (0.0,))[0]:
            found[cue] = (strength, Evidence(words=tuple(word.id for word in words)))
    return found
