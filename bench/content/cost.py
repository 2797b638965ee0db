"""How long the analysis takes."""

from bench.clock import best_of
from bench.content.vectors import UNDER_TEST
from bench.media import media
from bench.table import Row
from noteai.agents.content import ContentParams
from noteai.agents.content.offline import analyse
from noteai.lecture.captions import read_captions

ROUNDS = 2


def speed() -> list[Row]:
    """The whole analysis against embedding its sentences alone, which is its limit."""
    file = min(media("transcripts/mitocw_vtt").glob("*.vtt"))
    transcript = read_captions(file)
    texts = [sentence.text for sentence in transcript.sentences]
    UNDER_TEST.embed(texts)
    took = best_of(
        ROUNDS,
        {
            "embedding": lambda: UNDER_TEST.embed(texts),
            "whole": lambda: analyse(transcript, None, None, ContentParams(), UNDER_TEST),
            "singly": lambda: [UNDER_TEST.embed([text]) for text in texts],
        },
    )
    on = f"{transcript.sentences[-1].end / 60:.0f} minutes, {len(texts)} sentences"
    limit, naive = took["whole"] / took["embedding"], took["singly"] / took["whole"]
    return [
        Row("analysis / embedding its sentences alone", on, round(limit, 2)),
        Row("embedding one by one / analysis", on, round(naive, 2)),
    ]
