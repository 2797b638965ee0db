"""Which sentences matter, and what every claim rests on."""

import json
from collections.abc import Iterable

import numpy as np

from bench.content.scores import f1
from bench.content.talks import by_lines
from bench.content.vectors import UNDER_TEST, vectors
from bench.media import media
from bench.table import Row
from noteai.agents.content import ContentParams
from noteai.agents.content.delivery import delivery
from noteai.agents.content.evidence import unresolved
from noteai.agents.content.importance import importance
from noteai.agents.content.offline import analyse
from noteai.lecture.captions import read_captions


def vtssum() -> list[Row]:
    """Three sentences a segment, against those that its slide repeats."""
    files = sorted(media("highlights/vtssum").glob("*.json"))
    mine, longest, first = np.zeros(3), np.zeros(3), np.zeros(3)
    for file in files:
        for worth, lengths, labels in _segments(json.loads(file.read_text("utf-8"))):
            mine += _top_three(worth, labels)
            longest += _top_three(lengths, labels)
            first += _top_three(-np.arange(len(labels)), labels)
    fitted = "weights fitted on this set; fitted anew in 6-fold cross-validation: 39.3"
    return [
        Row("important sentences: top 3 F1", "vtssum", f1(mine), 39.0, note=fitted),
        Row("the longest three: F1", "vtssum", f1(longest), note="the naive way"),
        Row("the first three: F1", "vtssum", f1(first), note="the naive way"),
    ]


def _segments(talk: dict) -> Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Worth, length and label of the sentences of each segment that has a summary."""
    clips = [clip for _, clip in sorted(talk["summarization"].items(), key=lambda c: int(c[0][5:]))]
    said = [[each["sent"] for each in clip["summarization_data"]] for clip in clips]
    transcript = by_lines([line for clip in said for line in clip])
    ends = np.cumsum([len(clip) for clip in said])
    groups = [range(int(end) - len(clip), int(end)) for end, clip in zip(ends, said, strict=True)]
    nothing = delivery(transcript, None)
    scores = importance(transcript, vectors(transcript), groups, nothing)
    worth = np.array([each.importance for each in scores])
    for clip, lines, group in zip(clips, said, groups, strict=True):
        if clip["is_summarization_sample"]:
            labels = np.array([each["label"] for each in clip["summarization_data"]])
            lengths = np.array([len(line.split()) for line in lines])
            yield worth[group.start : group.stop], lengths, labels


def _top_three(worth: np.ndarray, labels: np.ndarray) -> np.ndarray:
    top = np.argsort(-worth, kind="stable")[:3]
    return np.array([labels[top].sum(), len(top), labels.sum()])


def proofs() -> list[Row]:
    """All claims of an analysis of real captions."""
    files = sorted(media("transcripts/mitocw_vtt").glob("*.vtt"))[:5]
    faults = 0
    for file in files:
        transcript = read_captions(file)
        analysis = analyse(transcript, None, None, ContentParams(), UNDER_TEST)
        faults += len(unresolved(analysis, transcript, None))
    return [Row("claims without evidence", "5 of mitocw_vtt", faults, 0, "at most")]
