"""NoteAI turns a lecture recording into the passages worth seeing again."""

__version__ = "0.1.0"
