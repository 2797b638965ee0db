"""Topics and important sentences: how good they are and how long they take.

`python -m bench.content` prints the rows. Media are found by NOTEAI_MEDIA_DIR. Where
NOTEAI_BENCH_CACHE names a folder, sentence vectors are kept in it between runs.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.table import Row
from noteai.agents.content import ContentParams
from noteai.agents.content.delivery import delivery
from noteai.agents.content.evidence import unresolved
from noteai.agents.content.importance import importance
from noteai.agents.content.offline import analyse
from noteai.agents.content.topics import topics
from noteai.engine.artifact import FileRef
from noteai.lecture.captions import read_captions
from noteai.lecture.layout import LayoutTimeline, Slide
from noteai.lecture.sentences import assemble
from noteai.lecture.silence import Silence, SilenceMap
from noteai.lecture.transcript import Sentence, Transcript, Word
from noteai.resources.embedder import Matrix, MiniLm

TOLERANCE = 30.0
SEEDS = (21, 22, 23, 24, 25, 26)
"""Of synthetic lectures of four to nine minutes; nothing was tuned on them."""
MIT = {
    "mit_ai_manual": (0.368, 0.443),
    "mit_physics_manual": (0.321, 0.347),
    "mit_physics_asr": (0.339, 0.372),
}
"""Pk and WindowDiff of BayesSeg, told the number of topics."""
UNDER_TEST = MiniLm()


@dataclass(frozen=True)
class Talk:
    """A transcript with gold: where topics end, after which of its units and at which second."""

    transcript: Transcript
    unit_ends: tuple[float, ...]
    gold: tuple[int, ...]
    """Units that end a topic, the last one not among them."""

    @property
    def gold_seconds(self) -> list[float]:
        return [self.unit_ends[unit] for unit in self.gold]


def media() -> Path:
    return Path(os.environ["NOTEAI_MEDIA_DIR"])


def quality() -> list[Row]:
    return [*avlecture(), *mit(), *synthetic(), *vtssum(), *proofs()]


# Topic boundaries


def avlecture() -> list[Row]:
    """The 35 lectures of the development set, their number of topics not given, then given."""
    lines = (media() / "segmentation/avlecture/dev.jsonl").read_text("utf-8").splitlines()
    talks = [_clips(json.loads(line)) for line in lines]
    on = "avlecture/dev"
    tuned = "settings were tuned on this set; choosing among 60 in 5-fold cross-validation: 45.4"
    free = [divided(talk, None) for talk in talks]
    told = [divided(talk, len(talk.gold) + 1) for talk in talks]
    even = [_evenly(talk) for talk in talks]
    return [
        Row("topics, number not given: F1@30 s", on, pooled_f1(talks, free), 45.0, note=tuned),
        Row("topics, number not given: Pk", on, mean_pk(talks, free)[0], sense="at most"),
        Row("topics, number not given: WindowDiff", on, mean_pk(talks, free)[1], sense="at most"),
        Row("topics, number given: F1@30 s", on, pooled_f1(talks, told), 45.2, note="BayesSeg"),
        Row("topics, number given: Pk", on, mean_pk(talks, told)[0], 0.266, "at most", "BayesSeg"),
        Row(
            "topics, number given: WindowDiff",
            on,
            mean_pk(talks, told)[1],
            0.288,
            "at most",
            "BayesSeg",
        ),
        Row("even split, number given: F1@30 s", on, pooled_f1(talks, even), note="the naive way"),
    ]


def mit() -> list[Row]:
    rows = []
    for name, (pk_goal, wd_goal) in MIT.items():
        files = sorted((media() / "segmentation" / name).glob("*.ref"))
        talks = [_reference(file) for file in files]
        pk, wd = mean_pk(talks, [divided(talk, len(talk.gold) + 1) for talk in talks])
        rows += [
            Row("topics, number given: Pk", name, pk, pk_goal, "at most", "goal: BayesSeg"),
            Row("topics, number given: WindowDiff", name, wd, wd_goal, "at most", "goal: BayesSeg"),
        ]
    return rows


def synthetic() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        told = [_recited(Path(folder), seed, 4.0 + at) for at, seed in enumerate(SEEDS)]
    hits = np.zeros(3)
    bare = np.zeros(3)
    for talk, silence, layout in told:
        hits += _matched(talk, divided(talk, None, silence, layout))
        bare += _matched(talk, divided(talk, None))
    on = f"synthetic lectures, seeds {SEEDS}"
    return [
        Row("topics, number not given: F1@30 s", on, _f1(hits), 90.0),
        Row(
            "topics from captions alone: F1@30 s",
            on,
            _f1(bare),
            note="no slides",
        ),
    ]


def divided(
    talk: Talk,
    wanted: int | None,
    silence: SilenceMap | None = None,
    layout: LayoutTimeline | None = None,
) -> list[float]:
    """Seconds at which topics begin, the first not among them."""
    sentences = talk.transcript.sentences
    parts = topics(sentences, vectors(talk.transcript), silence, layout, wanted)
    return [sentences[part.start].start for part in parts[1:]]


def pooled_f1(talks: Sequence[Talk], found: Sequence[Sequence[float]]) -> float:
    """Percent; a boundary counts within 30 s of a gold one, one to one, all talks together."""
    pairs = zip(talks, found, strict=True)
    return _f1(np.sum([_matched(talk, each) for talk, each in pairs], axis=0))


def _f1(counts: Iterable[float]) -> float:
    matched, found, gold = counts
    return round(float(200 * matched / max(1.0, found + gold)), 1)


def _matched(talk: Talk, found: Sequence[float]) -> np.ndarray:
    """How many match, were found, and are gold. Both run in order of time, so greedy is best."""
    gold, left, matched = talk.gold_seconds, sorted(found), 0
    for boundary in gold:
        left = [each for each in left if each >= boundary - TOLERANCE]
        if left and left[0] <= boundary + TOLERANCE:
            matched, left = matched + 1, left[1:]
    return np.array([matched, len(found), len(gold)])


def mean_pk(talks: Sequence[Talk], found: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Pk and WindowDiff over units, as segeval defines them, averaged over talks."""
    pairs = [_pk(talk, each) for talk, each in zip(talks, found, strict=True)]
    pk, wd = np.mean(pairs, axis=0)
    return round(float(pk), 3), round(float(wd), 3)


def _pk(talk: Talk, found: Sequence[float]) -> tuple[float, float]:
    ends = np.array(talk.unit_ends)
    nearest = [int(np.abs(ends - second).argmin()) for second in found]
    size = max(2, round(len(ends) / (len(talk.gold) + 1) / 2))
    gold, mine = (_crossed(marks, len(ends), size) for marks in (talk.gold, nearest))
    return float(np.mean((gold > 0) != (mine > 0))), float(np.mean(gold != mine))


def _crossed(marks: Iterable[int], units: int, size: int) -> np.ndarray:
    """How many boundaries lie between each unit and the one `size` later."""
    line = np.zeros(units, int)
    line[[mark for mark in marks if mark < units - 1]] = 1
    sums = np.concatenate([[0], line.cumsum()])[:units]
    return sums[size:] - sums[:-size]


def _evenly(talk: Talk) -> list[float]:
    units, parts = len(talk.unit_ends), len(talk.gold) + 1
    return [talk.unit_ends[round(units * part / parts) - 1] for part in range(1, parts)]


def _clips(raw: dict[str, list]) -> Talk:
    times = [(float(start), float(max(start, end))) for start, end in raw["stet"]]
    gold = tuple(at for at, label in enumerate(raw["labels"][:-1]) if label)
    words = [
        word for text, when in zip(raw["text"], times, strict=True) for word in _spoken(text, *when)
    ]
    return Talk(assemble("en", words), tuple(end for _, end in times), gold)


def _spoken(text: str, start: float, end: float) -> list[Word]:
    """Words evenly by letters: clips and captions do not say more."""
    texts = text.split()
    edges = np.concatenate([[0], np.cumsum([len(each) + 1 for each in texts])])
    at = start + (end - start) * edges / max(1, edges[-1])
    return [
        Word(id="w0", start=at[n], end=at[n + 1], text=each, probability=1.0)
        for n, each in enumerate(texts)
    ]


def _reference(file: Path) -> Talk:
    """A sentence a line, `==========` between topics; it is given a second for each two words."""
    parts = file.read_text("utf-8", errors="replace").split("==========")
    topics_ = [[line for line in part.splitlines() if line.strip()] for part in parts]
    lines = [line for part in topics_ for line in part]
    gold = np.cumsum([len(part) for part in topics_ if part])[:-1] - 1
    transcript = by_lines(lines)
    ends = tuple(sentence.end for sentence in transcript.sentences)
    return Talk(transcript, ends, tuple(int(unit) for unit in gold))


def by_lines(lines: Sequence[str]) -> Transcript:
    """Each line is a sentence."""
    words: list[Word] = []
    sentences = []
    for number, line in enumerate(lines):
        first = len(words)
        for text in line.split():
            at = len(words)
            start, end = at / 2, (at + 1) / 2
            words.append(Word(id=f"w{at}", start=start, end=end, text=text, probability=1.0))
        sentences.append(
            Sentence(
                id=f"s{number}",
                start=first / 2,
                end=len(words) / 2,
                text=line.strip(),
                first_word=f"w{first}",
                last_word=f"w{len(words) - 1}",
            )
        )
    return Transcript(language="en", words=tuple(words), sentences=tuple(sentences))


def _recited(folder: Path, seed: int, minutes: float) -> tuple[Talk, SilenceMap, LayoutTimeline]:
    """A synthetic lecture's truth as the stages before this one would say it, without the film."""
    from noteai.sample import storyboard
    from noteai.sample.recital import recite
    from noteai.sample.script import write
    from noteai.sample.slides import HEIGHT, WIDTH, deck
    from noteai.sample.voice import Voice

    drawn = [np.random.default_rng([seed, part]) for part in range(3)]
    script = write(minutes, drawn[0])
    said = recite(script, Voice().say, folder / "voice.raw", drawn[1], lambda _: None)
    shown = deck(script)
    slides = storyboard.visited(storyboard.storyboard(script, shown, said, drawn[2]), shown)
    words = [
        Word(id="w0", start=each.start, end=each.end, text=each.text, probability=1.0)
        for each in said.words
    ]
    transcript = assemble("en", words)
    pauses = [each for each in said.silences if each.duration >= 0.3]
    silence = SilenceMap(
        duration=said.duration,
        spans=tuple(
            Silence(start=each.start, end=each.end, kind=each.kind, level_db=-60.0)
            for each in pauses
        ),
    )
    picture = FileRef(digest="0" * 64, media_type="image/png", size=0)
    layout = LayoutTimeline(
        width=WIDTH,
        height=HEIGHT,
        shots=(),
        slides=tuple(
            Slide(id=s.id, title=s.title, text=s.text, picture=picture, visits=s.visits)
            for s in slides
        ),
    )
    ends = [topic.end for topic in said.topics]
    return Talk(transcript, tuple(ends), tuple(range(len(ends) - 1))), silence, layout


# Important sentences


def vtssum() -> list[Row]:
    """Three sentences a segment, against those that its slide repeats."""
    files = sorted((media() / "highlights/vtssum").glob("*.json"))
    mine, longest, first = np.zeros(3), np.zeros(3), np.zeros(3)
    for file in files:
        for worth, lengths, labels in _segments(json.loads(file.read_text("utf-8"))):
            mine += _top_three(worth, labels)
            longest += _top_three(lengths, labels)
            first += _top_three(-np.arange(len(labels)), labels)
    fitted = "weights fitted on this set; fitted anew in 6-fold cross-validation: 39.3"
    return [
        Row("important sentences: top 3 F1", "vtssum", _f1(mine), 39.0, note=fitted),
        Row("the longest three: F1", "vtssum", _f1(longest), note="the naive way"),
        Row("the first three: F1", "vtssum", _f1(first), note="the naive way"),
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
    files = sorted((media() / "transcripts/mitocw_vtt").glob("*.vtt"))[:5]
    faults = 0
    for file in files:
        transcript = read_captions(file)
        analysis = analyse(transcript, None, None, ContentParams(), UNDER_TEST)
        faults += len(unresolved(analysis, transcript, None))
    return [Row("claims without evidence", "5 of mitocw_vtt", faults, 0, "at most")]


# Speed


def speed() -> list[Row]:
    """The whole analysis against embedding its sentences alone, which is its limit."""
    file = min((media() / "transcripts/mitocw_vtt").glob("*.vtt"))
    transcript = read_captions(file)
    texts = [sentence.text for sentence in transcript.sentences]
    UNDER_TEST.embed(texts[:1])
    known = UNDER_TEST.embed(texts)
    embedding = _seconds(lambda: UNDER_TEST.embed(texts))
    whole = _seconds(lambda: analyse(transcript, None, None, ContentParams(), UNDER_TEST))
    singly = _seconds(lambda: [UNDER_TEST.embed([text]) for text in texts])
    on = f"{transcript.sentences[-1].end / 60:.0f} minutes, {len(known)} sentences"
    return [
        Row("analysis / embedding its sentences alone", on, round(whole / embedding, 2)),
        Row("embedding one by one / analysis", on, round(singly / whole, 2)),
    ]


def _seconds(work: Callable[[], object]) -> float:
    """The better of two times."""
    took = []
    for _ in range(2):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return min(took)


def vectors(transcript: Transcript) -> Matrix:
    """Embeddings of its sentences, kept between runs where a folder is named for it."""
    texts = [sentence.text for sentence in transcript.sentences]
    folder = os.environ.get("NOTEAI_BENCH_CACHE")
    if not folder:
        return UNDER_TEST.embed(texts)
    name = hashlib.sha256("\n".join([UNDER_TEST.identity, *texts]).encode()).hexdigest()
    path = Path(folder) / f"{name}.npy"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, UNDER_TEST.embed(texts))
    return np.asarray(np.load(path), np.float32)


if __name__ == "__main__":
    for row in [*quality(), *speed()]:
        print(row)
