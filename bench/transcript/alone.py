"""One file in a process of its own: `python -m bench.transcript.alone AUDIO`.

Transcribes with the smaller model, and prints the bytes of memory used at most.
"""

import sys
from pathlib import Path

from bench.memory import peak_memory
from bench.transcript.subject import ours

if __name__ == "__main__":
    ours(Path(sys.argv[1]), "tiny.en")
    print(peak_memory())
