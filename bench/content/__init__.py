"""Topics and important sentences: how good they are and how long they take.

`python -m bench.content` prints the rows. Media are found by NOTEAI_MEDIA_DIR. Where
NOTEAI_BENCH_CACHE names a folder, sentence vectors are kept in it between runs.
"""

from bench.content.boundaries import avlecture, mit, synthetic
from bench.content.cost import speed
from bench.content.importance import proofs, vtssum
from bench.table import Row

__all__ = ["quality", "speed"]


def quality() -> list[Row]:
    return [*avlecture(), *mit(), *synthetic(), *vtssum(), *proofs()]
