"""A clip as it is, or as somebody wants it, apart from its files."""

from typing import Any

from noteai.frozen import Frozen
from noteai.lecture.clips import Clip
from noteai.lecture.highlights import Highlight
from noteai.results.models import ClipRow


class Version(Frozen):
    """`look` and `words` are as in the clip's row."""

    highlight: Highlight
    look: dict[str, Any]
    words: dict[str, str]

    def called(self, title: str) -> "Version":
        return self.model_copy(
            update={"highlight": self.highlight.model_copy(update={"title": title})}
        )


def version_of(row: ClipRow) -> Version:
    highlight = Highlight.model_validate(
        {name: getattr(row, name) for name in Highlight.model_fields}
    )
    return Version(highlight=highlight, look=row.look, words=row.words)


def call(row: ClipRow, title: str) -> None:
    """Give a clip another title, where its title is not drawn: its files stay."""
    row.is_edited = row.is_edited or row.title != title
    row.title = title
    row.clip = {**row.clip, "title": title}
    if row.wanted:
        row.wanted = Version.model_validate(row.wanted).called(title).model_dump(mode="json")


def land(row: ClipRow, clip: Clip) -> None:
    """The wanted version is there, with these files."""
    wanted = Version.model_validate(row.wanted)
    for name, value in wanted.highlight.model_dump(mode="json", exclude={"rank"}).items():
        setattr(row, name, value)
    row.look, row.words = dict(wanted.look), dict(wanted.words)
    named = clip.model_copy(update={"title": wanted.highlight.title})
    row.clip = named.model_dump(mode="json")
    row.is_edited, row.wanted = True, None
