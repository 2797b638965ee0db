"""Where topics begin."""

import json
import tempfile
from pathlib import Path

import numpy as np

from bench.content.scores import f1, mean_pk, pooled_f1, tally
from bench.content.talks import Talk, captioned, recited, referenced
from bench.content.vectors import vectors
from bench.media import media
from bench.table import Row
from noteai.agents.content.topics import topics
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.silence import SilenceMap

SEEDS = (21, 22, 23, 24, 25, 26)
"""Of synthetic lectures of four to nine minutes; nothing was tuned on them."""
MIT = {
    "mit_ai_manual": (0.368, 0.443),
    "mit_physics_manual": (0.321, 0.347),
    "mit_physics_asr": (0.339, 0.372),
}
"""Pk and WindowDiff of BayesSeg, told the number of topics."""


def avlecture() -> list[Row]:
    """The 35 lectures of the development set, their number of topics not given, then given."""
    lines = media("segmentation/avlecture/dev.jsonl").read_text("utf-8").splitlines()
    talks = [captioned(json.loads(line)) for line in lines]
    on = "avlecture/dev"
    tuned = "settings were tuned on this set; choosing among 60 in 5-fold cross-validation: 45.4"
    free = [divided(talk, None) for talk in talks]
    told = [divided(talk, len(talk.gold) + 1) for talk in talks]
    even = [_evenly(talk) for talk in talks]
    (pk, wd), (told_pk, told_wd) = mean_pk(talks, free), mean_pk(talks, told)
    return [
        Row("topics, number not given: F1@30 s", on, pooled_f1(talks, free), 45.0, note=tuned),
        Row("topics, number not given: Pk", on, pk, sense="at most"),
        Row("topics, number not given: WindowDiff", on, wd, sense="at most"),
        Row("topics, number given: F1@30 s", on, pooled_f1(talks, told), 45.2, note="BayesSeg"),
        Row("topics, number given: Pk", on, told_pk, 0.266, "at most", "BayesSeg"),
        Row("topics, number given: WindowDiff", on, told_wd, 0.288, "at most", "BayesSeg"),
        Row("even split, number given: F1@30 s", on, pooled_f1(talks, even), note="the naive way"),
    ]


def mit() -> list[Row]:
    rows = []
    for name, (pk_goal, wd_goal) in MIT.items():
        files = sorted(media(f"segmentation/{name}").glob("*.ref"))
        talks = [referenced(file) for file in files]
        pk, wd = mean_pk(talks, [divided(talk, len(talk.gold) + 1) for talk in talks])
        rows += [
            Row("topics, number given: Pk", name, pk, pk_goal, "at most", "goal: BayesSeg"),
            Row("topics, number given: WindowDiff", name, wd, wd_goal, "at most", "goal: BayesSeg"),
        ]
    return rows


def synthetic() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        told = [recited(Path(folder), seed, 4.0 + at) for at, seed in enumerate(SEEDS)]
    whole, bare = np.zeros(3), np.zeros(3)
    for talk, silence, layout in told:
        whole += tally(talk, divided(talk, None, silence, layout))
        bare += tally(talk, divided(talk, None))
    on = f"synthetic lectures, seeds {SEEDS}"
    return [
        Row("topics, number not given: F1@30 s", on, f1(whole), 90.0),
        Row("topics from captions alone: F1@30 s", on, f1(bare), note="no slides"),
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


def _evenly(talk: Talk) -> list[float]:
    units, parts = len(talk.unit_ends), len(talk.gold) + 1
    return [talk.unit_ends[round(units * part / parts) - 1] for part in range(1, parts)]
