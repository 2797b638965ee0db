"""The rules as promtool sees them: `make rules` says the same."""

import subprocess
from pathlib import Path

import pytest
from rulebook import CONFIGURATION, ROOT, RULES, TESTS
from scraping import PROMTOOL

pytestmark = pytest.mark.skipif(not PROMTOOL, reason="the program promtool is not installed")


def promtool(*arguments: str | Path) -> str:
    """What it says. Fails where it finds something wrong."""
    assert PROMTOOL
    done = subprocess.run(
        [PROMTOOL, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_configuration_is_one() -> None:
    assert f"{len(RULES)} rule files found" in promtool("check", "config", CONFIGURATION)


def test_the_rules_are_rules() -> None:
    assert promtool("check", "rules", *RULES).count("SUCCESS") == len(RULES)


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_alerts_fire_and_clear_at_their_times(file: Path) -> None:
    assert "SUCCESS" in promtool("test", "rules", file)


def test_promtool_notices_an_alert_that_does_not_fire(tmp_path: Path) -> None:
    """Else none of the tests above could fail."""
    story = (ROOT / "prometheus/tests/service.yml").read_text()
    broken = tmp_path / "broken.yml"
    rules = ROOT / "prometheus" / "rules"
    broken.write_text(story.replace("../rules", str(rules)).replace("61x10", "59x10"))
    with pytest.raises(AssertionError, match="RelayLagging"):
        promtool("test", "rules", broken)
