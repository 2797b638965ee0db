"""Speech to words: the `Transcriber` port and what stands behind it."""

from noteai.resources.transcriber.port import Heard, HeardWord, Transcriber

__all__ = ["Heard", "HeardWord", "Transcriber"]
