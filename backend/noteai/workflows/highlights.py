"""From an upload to clips."""

from noteai.agents.clips import clips
from noteai.agents.content import content
from noteai.agents.layout import layout
from noteai.agents.recording import recording
from noteai.agents.segments import segments
from noteai.agents.silence import silence
from noteai.agents.transcript import transcript
from noteai.engine.workflow import workflow
from noteai.lecture.recording import Upload

HIGHLIGHTS = workflow(
    "highlights",
    Upload,
    (recording, silence, transcript, layout, content, segments, clips),
)
