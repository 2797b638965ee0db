"""A service of processes that an API stands before, and where its spans arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collecting import Collector, Seen, unresolved
from crew import Site, wait_until
from sleepy import SLEEPY
from uploading import LECTURE

from noteai.client import Client, ServiceAway

API = Path(__file__).with_name("api_door.py")
TITLE = "planted-title"


@dataclass
class Traced:
    site: Site
    client: Client
    collector: Collector

    def declare(self, **params: Mapping[str, Any]) -> dict[str, Any]:
        """A job whose recording is still to be sent."""
        diary = {"diary": str(self.site.diary)}
        order = {
            "upload": {"name": "nap.mp4", "size": len(LECTURE)},
            "workflow": "sleepy",
            "title": TITLE,
            "params": {name: {**diary, **params.get(name, {})} for name in SLEEPY.names},
        }
        return self.client.ask("POST", "/jobs", json=order)

    def deliver(self, job: dict[str, Any]) -> None:
        file = self.site.folder / "nap.mp4"
        file.write_bytes(LECTURE)
        self.client.send(file, job["upload"], lambda _: None)

    def submit(self, **params: Mapping[str, Any]) -> str:
        job = self.declare(**params)
        self.deliver(job)
        return str(job["id"])

    def trace(self, job: str) -> list[Seen]:
        """All of it, once all has come in: of an ended job."""

        def is_whole() -> bool:
            spans = self.collector.of(job)
            last = [each for each in spans if each.name == "stage last" and each.outcome]
            return bool(last) and not unresolved(spans)

        wait_until(is_whole, "its trace is whole")
        return self.collector.of(job)


def answer(site: Site, client: Client) -> None:
    """Start the API, and wait until it answers."""
    site.start(API, client.url.rpartition(":")[2], "confess")

    def answers() -> bool:
        try:
            client.check()
        except ServiceAway:
            return False
        return True

    wait_until(answers, "the API answers")
