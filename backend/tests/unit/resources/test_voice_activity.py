from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noteai.resources.voice_activity import FRAME, Pcm, in_order, pieces

PIECE = 640
WARM_UP = 64
CONTEXT = 64


def ramp(samples: int) -> Pcm:
    return np.arange(1, samples + 1, dtype=np.float32)


def cut(samples: Pcm, lengths: list[int]) -> list[Pcm]:
    return np.split(samples, np.cumsum(lengths))


def test_a_short_recording_is_one_piece_filled_up_with_zeros() -> None:
    (piece,) = pieces([ramp(700)])
    assert piece.warm_up == 0
    assert len(piece.samples) == CONTEXT + 2 * FRAME
    assert not piece.samples[:CONTEXT].any()
    assert np.array_equal(piece.samples[CONTEXT : CONTEXT + 700], ramp(700))
    assert not piece.samples[CONTEXT + 700 :].any()


def test_nothing_is_no_piece() -> None:
    assert not list(pieces([]))
    assert not list(pieces([ramp(0)]))


def test_a_piece_warms_up_on_the_end_of_the_one_before() -> None:
    samples = ramp((PIECE + 100) * FRAME)
    first, second = pieces([samples])
    assert (first.warm_up, second.warm_up) == (0, WARM_UP)
    overlap = WARM_UP * FRAME + CONTEXT
    assert np.array_equal(second.samples[:overlap], first.samples[-overlap:])


def test_a_recording_that_ends_with_a_piece_has_no_empty_one_behind_it() -> None:
    assert len(list(pieces([ramp(PIECE * FRAME)]))) == 1
    assert len(list(pieces([ramp(2 * PIECE * FRAME)]))) == 2


@settings(max_examples=30)
@given(st.integers(1, 3 * PIECE * FRAME), st.lists(st.integers(0, 500_000), max_size=6))
def test_pieces_hold_every_sample_once_however_the_blocks_were_cut(
    length: int, lengths: list[int]
) -> None:
    samples = ramp(length)
    own = [p.samples[CONTEXT + p.warm_up * FRAME :] for p in pieces(cut(samples, lengths))]
    joined = np.concatenate(own)
    assert np.array_equal(joined[:length], samples)
    assert not joined[length:].any()
    assert len(joined) == -(-length // FRAME) * FRAME


def test_results_come_in_the_order_of_the_items() -> None:
    with ThreadPoolExecutor(3) as pool:
        assert list(in_order(pool, lambda n: n * n, range(50), ahead=3)) == [
            n * n for n in range(50)
        ]


def test_no_more_items_are_taken_than_may_be_ahead() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(20):
            taken.append(item)
            yield item

    with ThreadPoolExecutor(1) as pool:
        results = in_order(pool, lambda n: n, items(), ahead=2)
        next(results)
        assert len(taken) == 3
