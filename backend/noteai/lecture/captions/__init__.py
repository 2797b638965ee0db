"""Captions: cues from a transcript, the files that hold them, and a transcript from such files."""

from noteai.lecture.captions.cues import Cue, CueStyle, cues
from noteai.lecture.captions.read import CaptionsEmpty, CaptionsUnreadable, read_captions
from noteai.lecture.captions.write import timestamp, to_srt, to_vtt

__all__ = [
    "CaptionsEmpty",
    "CaptionsUnreadable",
    "Cue",
    "CueStyle",
    "cues",
    "read_captions",
    "timestamp",
    "to_srt",
    "to_vtt",
]
