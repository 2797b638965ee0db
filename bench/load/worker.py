"""A worker that knows the idle workflow: `python -m bench.load.worker`, settings as ever."""

import sys

from bench.load.idle import TRADE
from noteai.settings import Settings
from noteai.worker.door import serve

if __name__ == "__main__":
    sys.exit(serve(Settings(), concurrency=int(sys.argv[1]), trade=TRADE))
