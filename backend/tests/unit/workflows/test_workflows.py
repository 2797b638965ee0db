import pytest

from noteai.lecture.recording import Upload
from noteai.workflows import CLIP, WORKFLOWS, UnknownWorkflow, from_uploads, workflow_named


def test_a_clip_is_rendered_by_the_same_agent_as_all_of_them() -> None:
    assert CLIP.stages == (WORKFLOWS["highlights"].stage("clips"),)


def test_people_ask_for_what_starts_from_an_upload() -> None:
    assert [each.given for each in from_uploads().values()] == [(Upload,)]
    assert workflow_named("highlights").name == "highlights"
    with pytest.raises(UnknownWorkflow, match="clip") as caught:
        workflow_named("clip")
    assert caught.value.remedy == "There is: highlights."
    assert workflow_named("clip", WORKFLOWS) is CLIP
