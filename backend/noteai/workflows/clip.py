"""One highlight rendered again, of what a job has found."""

from noteai.agents.clips import clips
from noteai.engine.workflow import workflow
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.layout import LayoutTimeline
from noteai.lecture.recording import Recording
from noteai.lecture.silence import SilenceMap
from noteai.lecture.transcript import Transcript

CLIP = workflow(
    "clip", (Recording, HighlightPlan, Transcript, SilenceMap, LayoutTimeline), (clips,)
)
