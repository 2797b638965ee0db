"""The embedder with its real weights."""

import numpy as np

from noteai.resources.embedder import MiniLm


def test_likeness_is_one_of_meaning() -> None:
    slope, rise, pizza = MiniLm(threads=1).embed(
        [
            "The derivative is the slope of a curve.",
            "Slope equals rise over run.",
            "I like pizza with cheese.",
        ]
    )
    assert slope @ rise > 0.3 > slope @ pizza


def test_rows_come_in_the_order_of_the_texts() -> None:
    texts = ["A long sentence about the melting of glaciers in summer.", "Short.", "Cats sleep."]
    embedder = MiniLm(threads=1, batch=2)
    rows = embedder.embed(texts)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    likeness = rows @ alone.T
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)
    assert likeness.argmax(axis=1).tolist() == [0, 1, 2]
