"""Clips by way of the engine: each is found in the cache by itself."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from studio import Studio, plan, spoken

from noteai.adapters.folder_store import FolderStore
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.agents.clips import ClipParams, clips
from noteai.engine.artifact import Artifact
from noteai.engine.events import Event
from noteai.engine.manifest import Manifest
from noteai.engine.run import Run, World, run_stage
from noteai.engine.stage import as_stage
from noteai.engine.workflow import Workflow
from noteai.lecture.clips import ClipSet
from noteai.lecture.highlights import HighlightPlan
from noteai.lecture.recording import Recording
from noteai.lecture.transcript import Transcript
from noteai.media.ffmpeg import Ffmpeg
from noteai.media.fonts import Fonts

RENDERING = Workflow("rendering", (Recording, HighlightPlan, Transcript), (as_stage(clips),))
PARAMS = ClipParams(preset="ultrafast", crf=30)


class Quiet:
    def emit(self, event: Event) -> None:
        """Nobody listens."""


@dataclass
class Renderer:
    """Renders plans of one recording into one store."""

    recording: Recording
    world: World
    made: list[Manifest] = field(default_factory=list)

    def render(self, plan: HighlightPlan) -> ClipSet:
        name = str(len(self.made))
        given: dict[type[Artifact], Artifact] = {
            Recording: self.recording,
            HighlightPlan: plan,
            Transcript: spoken((1, 2), (7, 8)),
        }
        run_stage(Run(name, RENDERING, given, {"clips": PARAMS}), "clips", self.world)
        manifest = self.world.ledger.records(name)["clips"].manifest
        assert manifest
        self.made.append(manifest)
        return ClipSet.model_validate_json(manifest.output)


@pytest.fixture
def renderer(studio: Studio, tmp_path: Path) -> Renderer:
    recording = studio.count("lecture.mp4")
    store = FolderStore(tmp_path / "store")
    store.put(studio.desk.fetch(recording.file), "video/mp4")
    scratch, resources = tmp_path / "scratch", {Ffmpeg: studio.ffmpeg, Fonts: studio.fonts}
    return Renderer(recording, World(store, MemoryLedger(), Quiet(), resources, scratch))


def plan_of(*passages: tuple[float, float], title: str = "Waves") -> HighlightPlan:
    found = [plan(start, end).highlights[0] for start, end in passages]
    return HighlightPlan(
        highlights=tuple(
            each.model_copy(update={"rank": rank, "title": title})
            for rank, each in enumerate(found, 1)
        )
    )


def test_only_the_clip_whose_passage_changed_is_rendered_again(renderer: Renderer) -> None:
    before = renderer.render(plan_of((1, 3), (6, 8)))
    after = renderer.render(plan_of((1, 3), (6, 9)))
    first, second = (each.parts for each in renderer.made)
    assert (first[0] == second[0], first[1] == second[1]) == (True, False)
    assert before.clips[0] == after.clips[0]
    assert before.clips[1].video != after.clips[1].video


def test_another_title_and_rank_render_nothing(renderer: Renderer) -> None:
    before = renderer.render(plan_of((1, 3), (6, 8)))
    after = renderer.render(plan_of((6, 8), (1, 3), title="Water"))
    assert [each.rank for each in after.clips] == [1, 2]
    assert {each.title for each in after.clips} == {"Water"}
    assert [each.video for each in after.clips] == [each.video for each in before.clips[::-1]]
    assert set(renderer.made[0].parts) == set(renderer.made[1].parts)


def test_the_stage_has_the_files_of_all_its_clips(renderer: Renderer) -> None:
    made = renderer.render(plan_of((1, 3), (6, 8)))
    files = {each.digest for each in renderer.made[0].files}
    assert {each.video.digest for each in made.clips} < files
    assert {each.thumbnail.digest for each in made.clips} < files


def test_a_font_that_was_installed_is_drawn_with(
    renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for _ in range(2):
        renderer.render(plan_of((1, 3)))
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts/hangul.ttf").write_bytes(b"")
    renderer.render(plan_of((1, 3)))
    first, second, third = renderer.made
    assert [each.source for each in (first, second, third)] == ["ran", "cached", "ran"]
    assert set(third.parts).isdisjoint(first.parts)
