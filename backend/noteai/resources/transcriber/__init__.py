"""Speech to words: the `Transcriber` port and what stands behind it."""

from noteai.resources.transcriber.port import Chunk, Heard, HeardWord, Plan, Transcriber, joined

__all__ = ["Chunk", "Heard", "HeardWord", "Plan", "Transcriber", "joined"]
