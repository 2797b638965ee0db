"""What results look like, for whoever reads the API's description."""

from typing import Any

from pydantic import ConfigDict

Responses = dict[int | str, dict[str, Any]]
_HERE = "https://store.example.org/noteai"
_SAID = "Entropy never falls."
_WORDS = [
    {"id": f"w{112 + n}", "start": 61.4 + n, "end": 62.1 + n, "text": text, "probability": 0.98,
     "flags": []}
    for n, text in enumerate(_SAID.split())
]  # fmt: skip
_EVIDENCE = {"words": ["w112"], "slides": ["v4"]}

CLIP: dict[str, Any] = {
    "rank": 2,
    "title": "Why entropy grows",
    "start": 61.0,
    "end": 104.5,
    "length": 43.5,
    "topic": "t1",
    "score": 0.81,
    "reasons": ["Defines a term"],
    "evidence": _EVIDENCE,
    "text": _SAID,
    "words": _WORDS,
    "width": 1920,
    "height": 1080,
    "loudness": -16.1,
    "aspect": "16:9",
    "video_url": f"{_HERE}/5f.mp4?signature=0a",
    "thumbnail_url": f"{_HERE}/9e.jpg?signature=1b",
    "captions": {
        "srt": f"{_HERE}/7c.srt?signature=2c",
        "vtt": f"{_HERE}/3d.vtt?signature=3d",
        "is_burned": False,
        "words": {},
    },
    "revision": 2,
    "state": "rendering",
    "is_edited": False,
    "edit": {
        "job_id": "4f6a1c9e-0b7d-4a57-8a3e-2f1d9c6b5e10",
        "title": "Why entropy grows",
        "start": 55.2,
        "end": 104.5,
        "aspect": "9:16",
        "is_burned": True,
        "words": {"w112": "Entropy"},
        "failure": None,
    },
}
CLIP_READY = {**CLIP, "revision": 1, "state": "ready", "edit": None}
CHAPTER: dict[str, Any] = {
    "id": "t1",
    "start": 55.0,
    "end": 312.4,
    "title": "The second law",
    "summary": "Entropy never falls in a closed system.",
    "keywords": ["entropy", "second law"],
    "importance": 0.74,
    "scores": {"definition": 0.9},
    "evidence": {
        "title": _EVIDENCE,
        "summary": [_EVIDENCE],
        "scores": {"definition": _EVIDENCE},
    },
}
SLIDE: dict[str, Any] = {
    "id": "v4",
    "title": "The second law",
    "text": "The second law\ndS >= 0",
    "picture_url": f"{_HERE}/8b.png?signature=4e",
    "visits": [{"start": 58.0, "end": 97.5}],
}
CHAPTERS, SLIDES = {"chapters": [CHAPTER]}, {"slides": [SLIDE]}
LAYOUT: dict[str, Any] = {
    "width": 1920,
    "height": 1080,
    "shots": [
        {
            "start": 0.0,
            "end": 312.4,
            "kind": "slides_inset",
            "confidence": 0.93,
            "screen": [0, 0, 1920, 1080],
            "camera": [1500, 780, 420, 300],
        }
    ],
    "warnings": [],
}
SILENCE = {
    "duration": 2712.4,
    "spans": [{"start": 64.9, "end": 66.2, "kind": "pause", "level_db": -52.5}],
}
TRANSCRIPT: dict[str, Any] = {
    "language": "en",
    "words": _WORDS,
    "sentences": [
        {
            "id": "s12",
            "start": 61.4,
            "end": 64.1,
            "text": _SAID,
            "first_word": "w112",
            "last_word": "w114",
        }
    ],
}
CONTENT: dict[str, Any] = {
    "topics": [CHAPTER],
    "sentences": [
        {
            "id": "s12",
            "importance": 0.82,
            "scores": {"definition": 0.9},
            "evidence": {"definition": _EVIDENCE},
        }
    ],
    "analyst": "offline",
    "degraded": False,
    "warnings": [],
}
HITS = {
    "hits": [
        {
            "kind": "sentence",
            "id": "s12",
            "start": 61.4,
            "end": 64.1,
            "title": "",
            "text": _SAID,
            "highlight": "<mark>Entropy</mark> never falls.",
        }
    ]
}
_JOB = "0b0c1a52-5f43-4b0e-9d3c-0b8a52f2b1aa"
_PLACE = f"/api/v1/results/{_JOB}"
RESULTS: dict[str, Any] = {
    "job_id": _JOB,
    "title": "Lecture 3: entropy",
    "state": "completed",
    "is_degraded": False,
    "warnings": [],
    "reason_if_empty": "",
    "duration": 2712.4,
    "language": "en",
    "clips": [CLIP_READY],
    "chapters": [CHAPTER],
    "slides": [SLIDE],
    "links": {
        "job": f"/api/v1/jobs/{_JOB}",
        **{
            each: f"{_PLACE}/{each}"
            for each in (
                "transcript", "chapters", "slides", "layout", "silence", "content", "search"
            )
        },
        "timeline": f"{_PLACE}/highlights.otio",
        "export": f"{_PLACE}/export.zip",
    },
}  # fmt: skip
FILES = {
    "text/plain": "0:00 Heat and work\n0:55 The second law\n",
    "text/vtt": "WEBVTT\n\n00:01:01.400 --> 00:01:04.100\nEntropy never falls.\n",
    "application/x-subrip": "1\n00:01:01,400 --> 00:01:04,100\nEntropy never falls.\n",
    "application/json": {"OTIO_SCHEMA": "Timeline.1", "name": "Lecture 3: entropy – highlights"},
    "application/zip": "PK...",
}
"""The beginning of each kind of file."""


def shown(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


def like(example: dict[str, Any]) -> Responses:
    """The `responses` of a route whose model stands elsewhere and shows none."""
    return {200: {"content": {"application/json": {"example": example}}}}


def file(*kinds: str) -> Responses:
    """The `responses` of a route that answers with a file."""
    return {200: {"description": "The file.", "content": files(*kinds)}}


def files(*kinds: str) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    return {
        kind: {"schema": {} if kind.endswith("json") else text, "example": FILES[kind]}
        for kind in kinds
    }
