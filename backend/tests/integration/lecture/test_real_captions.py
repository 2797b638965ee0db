from pathlib import Path

from noteai.lecture.captions import cues, read_captions
from noteai.lecture.writing import width


def test_every_real_caption_file_loads_and_can_be_written_as_cues(media: Path) -> None:
    files = sorted((media / "transcripts" / "mitocw_vtt").glob("*.vtt"))
    assert files
    for file in files:
        transcript = read_captions(file)
        assert transcript.language == "en"
        starts = [word.start for word in transcript.words]
        assert starts == sorted(starts)
        shown = cues(transcript)
        assert sum(len(each.text.split()) for each in shown) == len(transcript.words)
        assert all(width(line) <= 42 for each in shown for line in each.lines)
