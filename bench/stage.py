"""One stage of the main job in a process of its own: `python -m bench.stage VIDEO CACHE STAGE`.

Prints seconds and peak memory as JSON. Stages before it are taken from the cache.
"""

import json
import sys
import time
from pathlib import Path

from bench.memory import peak_memory
from noteai import bootstrap
from noteai.adapters.memory_ledger import MemoryLedger
from noteai.cli.progress import Unheard
from noteai.engine.run import Run, run_stage
from noteai.lecture.recording import Upload
from noteai.settings import Settings
from noteai.workflows import HIGHLIGHTS


def main(video: Path, cache: Path, name: str) -> None:
    services = bootstrap.build(Settings(cache_dir=cache))
    upload = Upload(file=services.store.adopt(video, "video/mp4"))
    run = Run("bench", HIGHLIGHTS, {Upload: upload})
    world = services.world(MemoryLedger(), Unheard())
    for stage in HIGHLIGHTS.stages:
        started = time.monotonic()
        run_stage(run, stage.name, world)
        if stage.name == name:
            break
    record = world.ledger.records("bench")[name]
    if record.manifest is None:
        raise SystemExit(f"{name}: {record.failure}")
    facts = {"seconds": time.monotonic() - started, "peak": peak_memory()}
    print(json.dumps({**facts, "source": record.manifest.source}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
