"""The whole service as one machine runs it: real servers, real workers, real models."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from noteai.cli.empty import EMPTY_STATUS
from noteai.client import TERMINAL, Client
from noteai.media.ffmpeg import Ffmpeg
from noteai.sample import Sample
from noteai.servers.process import free_port

LONGEST = 900.0

pytestmark = pytest.mark.usefixtures("servers_folder")


@dataclass(frozen=True)
class Service:
    url: str
    data: Path


def noteai(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "noteai", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)


@pytest.fixture(scope="module")
def service(servers_folder: Path) -> Iterator[Service]:
    """Started as a person starts it, and ended so."""
    port, data = free_port(), servers_folder / "service"
    started = noteai("up", "--detach", "--data", str(data), "--port", str(port))
    assert started.returncode == 0, started.stdout + started.stderr
    yield Service(f"http://127.0.0.1:{port}", data)
    assert noteai("down", "--data", str(data)).returncode == 0


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[Client]:
    with Client(service.url) as opened:
        yield opened


@dataclass(frozen=True)
class Seen:
    """One job as two clients saw it."""

    heard: list[dict[str, Any]]
    polled: list[dict[str, Any]]

    @property
    def id(self) -> str:
        return str(self.polled[-1]["id"])

    @property
    def events(self) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["type"] == "event"]


@pytest.fixture(scope="module")
def seen(client: Client, lecture: Sample) -> Seen:
    """The sample lecture from its upload in parts to its clips."""
    sent: list[float] = []
    submitted = client.submit(lecture.video, "highlights", "Sample")
    job = submitted["id"]
    assert submitted["state"] == "awaiting_upload"
    with ThreadPoolExecutor(1) as pool:
        heard: Future[list[dict[str, Any]]] = pool.submit(listen, client.url, job)
        client.send(lecture.video, submitted["upload"], sent.append)
        assert sent[-1] == 1.0
        polled = list(client.follow(job))
        return Seen(heard.result(LONGEST), polled)


def listen(url: str, job: str) -> list[dict[str, Any]]:
    address = url.replace("http", "ws", 1)
    with connect(f"{address}/api/v1/ws/{job}?last_seq=0") as socket:
        return [json.loads(each) for each in socket]


def test_a_lecture_comes_to_its_clips(seen: Seen) -> None:
    last = seen.polled[-1]
    assert (last["state"], last["percent"], last["failure"]) == ("completed", 100.0, None)
    assert {each["state"] for each in last["stages"]} == {"done"}
    assert {each["attempts"] for each in last["stages"]} == {1}


def test_both_clients_saw_the_same(seen: Seen) -> None:
    assert seen.events[-1]["kind"] == "job_ended"
    assert seen.events[-1]["state"] == seen.polled[-1]["state"]
    assert seen.events[-1]["seq"] == seen.polled[-1]["last_seq"]
    done = [each["stage"] for each in seen.events if each["kind"] == "stage_done"]
    assert sorted(done) == sorted(each["stage"] for each in seen.polled[-1]["stages"])


def test_events_come_in_order_without_gaps_and_progress_never_falls(seen: Seen) -> None:
    assert [each["seq"] for each in seen.events] == list(range(1, len(seen.events) + 1))
    fractions = [each["fraction"] for each in seen.events]
    assert fractions == sorted(fractions)
    assert [each["state"] in TERMINAL for each in seen.polled].count(True) == 1


def test_each_clip_plays(seen: Seen, client: Client, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    clips = client.ask("GET", f"/results/{seen.id}")["clips"]
    assert clips
    for clip in clips:
        (tmp_path / "clip.mp4").write_bytes(httpx2.get(clip["video_url"]).content)
        ffmpeg.run(("-xerror", "-i", "clip.mp4", "-f", "null", "-"), tmp_path)
        captions = httpx2.get(clip["captions"]["vtt"]).text
        assert captions.startswith("WEBVTT")


def test_what_was_said_is_found_at_its_time(seen: Seen, client: Client) -> None:
    transcript = client.ask("GET", f"/results/{seen.id}/transcript")
    word = max(transcript["words"], key=lambda each: len(each["text"]))
    asked = {"q": word["text"].strip(".,?!")}
    found = client.ask("GET", f"/results/{seen.id}/search", params=asked)["hits"]
    assert any(each["start"] <= word["start"] < each["end"] for each in found)


def test_the_same_file_again_is_neither_sent_nor_worked_on_again(
    service: Service, lecture: Sample, seen: Seen, tmp_path: Path
) -> None:
    assert seen.polled[-1]["state"] == "completed"
    ended = noteai("send", str(lecture.video), "--to", service.url, "--out", str(tmp_path / "out"))
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.count(": cached") == len(seen.polled[-1]["stages"])
    assert (tmp_path / "out/index.html").exists()
    assert list((tmp_path / "out/clips").glob("*.mp4"))


def test_a_recording_in_which_nobody_speaks_is_said_to_have_no_highlights(
    service: Service, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    ffmpeg.run(("-f", "lavfi", "-i", "sine=duration=4", "tone.wav"), tmp_path)
    out = tmp_path / "out"
    ended = noteai("send", str(tmp_path / "tone.wav"), "--to", service.url, "--out", str(out))
    assert ended.returncode == EMPTY_STATUS, ended.stdout
    assert "No highlights" in ended.stdout
    assert (out / "index.html").exists()
