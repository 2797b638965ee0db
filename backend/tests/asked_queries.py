"""What a query of Prometheus asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import promql_parser
from promql_parser import AggregateExpr, BinaryExpr, VectorSelector

VARIABLES = {"$__rate_interval": "30s"}
"""Those of Grafana that stand in queries, with what they may be."""


@dataclass(frozen=True)
class Selection:
    """One series' name in a query."""

    name: str
    matched: frozenset[str]
    """Labels that are compared with a value."""
    within: str
    """The innermost aggregation around it: max, sum, ...; empty where there is none."""


@dataclass(frozen=True)
class Query:
    """Raises: ValueError, where it is no PromQL."""

    text: str

    @property
    def plain(self) -> str:
        """Without Grafana's variables."""
        text = self.text
        for name, value in VARIABLES.items():
            text = text.replace(name, value)
        return text

    @property
    def selections(self) -> list[Selection]:
        found: list[Selection] = []
        around: list[str] = []

        def enter(part: Any) -> None:
            if isinstance(part, AggregateExpr):
                around.append(str(part.op))
            if isinstance(part, VectorSelector):
                matched = frozenset(each.name for each in part.matchers.matchers)
                found.append(Selection(str(part.name), matched, around[-1] if around else ""))

        def leave(part: Any) -> None:
            if isinstance(part, AggregateExpr):
                around.pop()

        promql_parser.walk(self._tree(), enter, leave)
        return found

    @property
    def groupings(self) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        """The labels of each `by` and `on`, with the names of the series below it."""
        parts: list[Any] = []
        promql_parser.walk(self._tree(), lambda part: parts.append(part))  # noqa: PLW0108
        for part in parts:
            if labels := _grouping(part):
                below = Query(part.prettify()).selections
                yield frozenset(labels), frozenset(each.name for each in below)

    def _tree(self) -> Any:
        return promql_parser.parse(self.plain)


def _grouping(part: Any) -> list[str]:
    if isinstance(part, AggregateExpr) and part.modifier:
        return list(part.modifier.labels)
    if isinstance(part, BinaryExpr) and part.modifier and part.modifier.matching:
        return list(part.modifier.matching.labels)
    return []
