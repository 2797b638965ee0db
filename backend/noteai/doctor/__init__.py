"""Looks whether a machine has what NoteAI needs, and says what to do where it has not."""

from noteai.doctor.checks import examine
from noteai.doctor.finding import Finding, Ground

__all__ = ["Finding", "Ground", "examine"]
