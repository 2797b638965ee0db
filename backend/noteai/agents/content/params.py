"""What a user may set about chapters."""

from pydantic import Field

from noteai.engine.artifact import Params


class ContentParams(Params):
    """How the lecture is divided and described."""

    topics: int | None = Field(
        None, ge=1, le=200, description="Number of topics; found by itself where not given"
    )
    summary_sentences: int = Field(2, ge=1, le=8, description="Sentences of a topic's summary")
    keywords: int = Field(6, ge=0, le=20, description="Keywords of a topic, at most")
