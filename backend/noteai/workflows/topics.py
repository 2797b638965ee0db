"""From a transcript that exists to chapters and important sentences."""

from noteai.agents.content import content
from noteai.engine.workflow import workflow
from noteai.lecture.transcript import Transcript

TOPICS = workflow("topics", Transcript, (content,))
