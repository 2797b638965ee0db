"""Are these the words of this recording? Captions may be another lecture's, or on another clock."""

from noteai.errors import InputError
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript

_MOST = 0.5
"""Share of the words that may lie beyond the end: cameras and recorders stop early."""


class CaptionsForeign(InputError):
    """These captions are not of this recording: {share} % of their words come after its end."""

    hint = "Give the captions of this recording, with times that count from its first second."
    exit_status = 45


def belonging(transcript: Transcript, recording: Recording) -> Transcript:
    """Without the sentences that lie beyond the recording's end.

    Raises:
        CaptionsForeign: most of the words do.
    """
    beyond = sum(word.start >= recording.duration for word in transcript.words)
    if beyond > _MOST * len(transcript.words):
        raise CaptionsForeign(share=round(100 * beyond / len(transcript.words)))
    kept = tuple(each for each in transcript.sentences if each.middle < recording.duration)
    return transcript.model_copy(update={"sentences": kept})


def warnings(transcript: Transcript, kept: Transcript) -> tuple[str, ...]:
    lost = len(transcript.sentences) - len(kept.sentences)
    if not lost:
        return ()
    said = len(transcript.sentences)
    return (f"{lost} of {said} sentences come after the recording's end and are in no clip.",)
