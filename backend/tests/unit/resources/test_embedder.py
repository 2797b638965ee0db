import numpy as np

from noteai.resources.embedder import MiniLm, mean_pool


def test_masked_tokens_do_not_count() -> None:
    tokens = np.array([[[3.0, 4.0], [100.0, 0.0]]], np.float32)
    assert np.allclose(mean_pool(tokens, np.array([[1, 0]])), [[0.6, 0.8]])


def test_rows_have_length_one() -> None:
    tokens = np.ones((2, 3, 5), np.float32)
    assert np.allclose(np.linalg.norm(mean_pool(tokens, np.ones((2, 3), np.int64)), axis=1), 1.0)


def test_a_text_without_tokens_is_zero_and_not_a_number() -> None:
    assert not mean_pool(np.ones((1, 2, 3), np.float32), np.zeros((1, 2), np.int64)).any()


def test_the_identity_names_the_weights_without_reading_them() -> None:
    embedder = MiniLm()
    assert embedder.identity.startswith("all-MiniLM-L6-v2-int8@")
    assert "_session" not in vars(embedder)


def test_no_texts_give_no_rows() -> None:
    assert MiniLm().embed([]).shape == (0, 384)
