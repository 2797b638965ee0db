"""What is loaded before anything is done: it decides how quick the first word is."""

import subprocess
import sys

HEAVY = ("noteai.workflows", "numpy", "pydantic_settings")
LOG = "structlog"


def loaded(code: str) -> set[str]:
    """Which of the heavy modules a process has loaded after `code`."""
    command = [sys.executable, "-c", f"import sys; {code}; print('', *sys.modules)"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    return {LOG, *HEAVY} & set(ended.stdout.splitlines()[-1].split())


def test_a_refusal_loads_nothing_heavy() -> None:
    typed = "sys.argv = ['noteai', 'run', 'highlights', 'no.mp4']"
    assert loaded(f"{typed}; from noteai.cli import main; main.status_of(main.app)") == set()


def test_help_loads_nothing_heavy() -> None:
    typed = "sys.argv = ['noteai', '--help']"
    assert loaded(f"{typed}; from noteai.cli import main; main.status_of(main.app)") == set()


def test_a_run_loads_no_log_before_it_writes_one() -> None:
    assert loaded("import noteai.cli.job") & {LOG, "numpy"} == {"numpy"}
