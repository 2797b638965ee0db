"""The list that rules and dashboards are held against is that of the code."""

import measured

from noteai.api.figures import ROWS
from noteai.metrics.families import FAMILIES

UNASKED = {"noteai_database_up"}
"""DatabaseDown goes by the absence of what the rows say."""


def test_the_list_has_what_the_code_serves() -> None:
    served = {each.name: (each.kind, frozenset(each.labels)) for each in (*FAMILIES, *ROWS)}
    listed = {
        name: (each.kind, frozenset(each.labels))
        for name, each in measured.METRICS.items()
        if name.startswith("noteai_")
    }
    assert listed == {name: each for name, each in served.items() if name not in UNASKED}
