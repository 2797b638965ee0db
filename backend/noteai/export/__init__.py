"""The output folder and its page."""

from noteai.export.finished import Finished
from noteai.export.folder import write
from noteai.export.forms import schemas
from noteai.export.staging import OutputNotWritable, OutputOccupied, check_writable

__all__ = [
    "Finished",
    "OutputNotWritable",
    "OutputOccupied",
    "check_writable",
    "schemas",
    "write",
]
