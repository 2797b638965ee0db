"""How much of the machine's processors the bench and everything that it started has used."""

import os
from collections import defaultdict
from pathlib import Path


def used() -> float:
    """Processor seconds of this process and all that descend from it and live."""
    facts = {int(each.name): _facts(each) for each in Path("/proc").glob("[0-9]*")}
    children = defaultdict(list)
    for number, found in facts.items():
        if found:
            children[found[0]].append(number)
    family = [os.getpid()]
    for number in family:
        family.extend(children[number])
    return sum(found[1] for number in family if (found := facts.get(number)))


def _facts(process: Path) -> tuple[int, float] | None:
    """The parent's number, and seconds with those of children that have ended."""
    try:
        words = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(words[1]), sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
