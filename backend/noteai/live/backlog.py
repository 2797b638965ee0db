"""Events of a job on their way to one reader: in order, each once, none missing. Pure."""

from collections.abc import Iterable
from typing import Any

Event = dict[str, Any]
PROGRESS = "stage_progressed"


class Backlog:
    """Takes events as they come, lost, doubled or in any order, and gives them by number.

    What was lost shows as a gap, which the owner fills. A reader who falls more than `room`
    events behind gets of each stage's progress only the newest; one for whom that does not
    help is overfull, and lost.
    """

    def __init__(self, room: int) -> None:
        self.last = 0
        """Number of the newest event that was given, or passed over for a newer one."""
        self.is_overfull = False
        self._room = room
        self._newest = 0
        self._given = 0
        self._waiting: dict[int, Event] = {}
        self._superseded: set[int] = set()

    @property
    def has_gap(self) -> bool:
        """Whether the next event is known to be there, and is not here."""
        return self.last < self._newest and not self._is_here(self.last + 1)

    @property
    def is_drained(self) -> bool:
        return self.last >= self._newest

    def begin(self, after: int) -> None:
        """The reader knows everything up to the event `after`."""
        self.last = self._given = after
        self._newest = max(self._newest, after)
        self._waiting = {seq: each for seq, each in self._waiting.items() if seq > after}
        self._superseded = {seq for seq in self._superseded if seq > after}

    def hear(self, event: Event) -> None:
        self.fill([event])
        if len(self._waiting) > self._room:
            self._make_room()

    def fill(self, events: Iterable[Event]) -> None:
        for event in events:
            seq = event["seq"]
            self.note(seq)
            if seq > self.last and not self._is_here(seq):
                self._waiting[seq] = event

    def note(self, newest: int) -> None:
        """So many events there are by now."""
        self._newest = max(self._newest, newest)

    def take(self) -> Event | None:
        """The next event; it says so where others before it were passed over."""
        while self.last + 1 in self._superseded:
            self.last += 1
            self._superseded.discard(self.last)
        event = self._waiting.pop(self.last + 1, None)
        if event is None:
            return None
        self.last += 1
        skipped, self._given = self.last - self._given - 1, self.last
        return {**event, "skipped": skipped} if skipped else event

    def _is_here(self, seq: int) -> bool:
        return seq in self._waiting or seq in self._superseded

    def _make_room(self) -> None:
        self._superseded |= self._outdated()
        for seq in self._superseded:
            self._waiting.pop(seq, None)
        if len(self._waiting) <= self._room:
            return
        self.is_overfull = not self.has_gap
        self._waiting.clear()  # with a gap they come again from where it is filled
        self._superseded.clear()

    def _outdated(self) -> set[int]:
        """Progress of stages that have a newer one."""
        newest: dict[str, int] = {}
        progress = [each for each in self._waiting.values() if each["kind"] == PROGRESS]
        for event in progress:
            stage = event.get("stage", "")
            newest[stage] = max(event["seq"], newest.get(stage, 0))
        return {event["seq"] for event in progress} - set(newest.values())
