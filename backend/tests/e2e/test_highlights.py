"""The main job on the sample lecture, as a user runs it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import opentimelineio
import pysubs2
import pytest
from running import Job, ffmpegs

from noteai.sample import Sample
from noteai.timeline import span, total

EXPECTED = (
    *("index.html", "run.json", "highlights.json", "highlights.otio", "content.json"),
    *("layout.json", "silence.json", "chapters.txt", "chapters.vtt", "chapters.ffmetadata"),
    *("transcript.json", "transcript.srt", "transcript.vtt", "transcript.txt"),
)


def test_the_folder_holds_everything(job: Job) -> None:
    names = {str(each.relative_to(job.out)) for each in job.out.rglob("*")}
    for name in EXPECTED:
        assert name in names
    clips = {Path(name).stem for name in names if name.endswith(".mp4")}
    assert clips
    for clip in clips:
        for suffix in ("mp4", "srt", "vtt", "jpg", "json"):
            assert f"clips/{clip}.{suffix}" in names


def test_every_clip_plays_from_start_to_end(job: Job) -> None:
    for path in (job.out / "clips").glob("*.mp4"):
        said = json.loads(path.with_suffix(".json").read_text())
        with av.open(str(path)) as file:
            frames = [frame.time for frame in file.decode(video=0)]
        with av.open(str(path)) as file:
            heard = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
        assert frames[-1] == pytest.approx(said["length"], abs=0.2)
        assert heard == pytest.approx(said["length"], abs=0.2)
        assert said["loudness"] == pytest.approx(-16, abs=1.5)


def test_clips_begin_and_end_with_sentences(job: Job) -> None:
    sentences = job.read("transcript.json")["sentences"]
    for each in job.read("highlights.json"):
        inside = [s for s in sentences if s["start"] >= each["start"] and s["end"] <= each["end"]]
        cut = [
            s
            for s in sentences
            if s not in inside and s["end"] > each["start"] and s["start"] < each["end"]
        ]
        assert inside
        assert cut == []
        assert 15 <= each["end"] - each["start"] <= 90


def test_captions_can_be_read(job: Job) -> None:
    for path in job.out.rglob("*.srt"):
        cues = pysubs2.load(str(path))
        assert len(cues) > 0
        for cue in cues:
            lines = cue.plaintext.split("\n")
            assert len(lines) <= 2
            assert max(map(len, lines)) <= 42


def test_an_editor_can_go_on(job: Job) -> None:
    timeline = opentimelineio.adapters.read_from_file(str(job.out / "highlights.otio"))
    assert len(timeline.video_tracks()[0].find_clips()) == len(job.read("highlights.json"))


def test_evidence_resolves(job: Job) -> None:
    words = {each["id"] for each in job.read("transcript.json")["words"]}
    slides = {each["id"] for each in job.read("layout.json")["slides"]}
    content = job.read("content.json")
    proofs = [each["evidence"] for each in job.read("highlights.json")]
    for topic in content["topics"]:
        evidence = topic["evidence"]
        proofs += [evidence["title"], *evidence["summary"], *evidence["scores"].values()]
    for proof in proofs:
        assert proof["words"] or proof["slides"]
        assert set(proof["words"]) <= words
        assert set(proof["slides"]) <= slides


def test_what_was_found_is_near_the_truth(job: Job, lecture: Sample) -> None:
    truth = lecture.truth
    said = [each["text"].strip(".,").lower() for each in job.read("transcript.json")["words"]]
    spoken = [each.text.strip(".,").lower() for each in truth.words]
    assert len(set(said) & set(spoken)) / len(set(spoken)) > 0.85
    quiet = [span(each["start"], each["end"]) for each in job.read("silence.json")["spans"]]
    assert total(quiet) == pytest.approx(total(truth.silences), rel=0.15)


def test_running_again_does_nothing_twice(job: Job, lecture: Sample) -> None:
    again = job.run(
        "run", "highlights", str(lecture.video), "--out", str(job.folder / "out2"), "--json"
    )
    assert again.returncode == 0, again.stderr
    events = [json.loads(line) for line in again.stdout.splitlines()]
    done = {each["stage"]: each["source"] for each in events if each.get("kind") == "stage_done"}
    assert len(done) == 7
    assert set(done.values()) == {"cached"}


def test_ctrl_c_leaves_nothing_and_the_next_run_goes_on(opening: Path, tmp_path: Path) -> None:
    job = Job(tmp_path)
    args = ("run", "highlights", str(opening), "--out", str(tmp_path / "out"), "--json")
    process = subprocess.Popen(job.command(*args), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("stage") == "silence" and '"stage_done"' in line:
            break
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(rest.splitlines()[-1])["error"]["code"] == "cancelled"
    time.sleep(0.1)
    assert ffmpegs(tmp_path.resolve()) == set()
    assert list((tmp_path / "cache" / "scratch").iterdir()) == []
    assert [each.name for each in tmp_path.iterdir()] == ["cache"]
    again = job.run(*args)
    events = [json.loads(line) for line in again.stdout.splitlines()]
    done = {each["stage"]: each["source"] for each in events if each.get("kind") == "stage_done"}
    assert (done["recording"], done["silence"]) == ("cached", "cached")
    assert again.returncode == 0


def test_captions_that_exist_are_used(job: Job, lecture: Sample, tmp_path: Path) -> None:
    captions = job.out / "transcript.vtt"
    ended = job.run(
        *("run", "highlights", str(lecture.video), "--captions", str(captions)),
        *("--out", str(tmp_path / "out"), "--without", "layout", "--json"),
    )
    assert ended.returncode == 0, ended.stderr
    stages = {json.loads(line).get("stage") for line in ended.stdout.splitlines()}
    assert not {"transcript", "layout"} & stages
    words = json.loads((tmp_path / "out" / "transcript.json").read_text())["words"]
    assert words[0]["flags"] == ["interpolated"]


def test_captions_alone_give_topics(job: Job) -> None:
    ended = job.run("topics", str(job.out / "transcript.vtt"), "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["topics"]


def test_the_forms_are_published(job: Job) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "noteai", "schema"], capture_output=True, text=True, check=True
    )
    assert {"silence", "transcript", "layout"} <= {
        name.removesuffix(".json") for name in json.loads(ended.stdout)
    }
