"""Python processes as they are on a user's machine: bytecode is kept from the first run on."""

import os
import subprocess
import sys
from pathlib import Path


def python(*args: str) -> subprocess.CompletedProcess[str]:
    """Run `python ARGS`; what it prints is captured, and its status is not judged."""
    kept = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / ".bytecode")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, *args]
    return subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
