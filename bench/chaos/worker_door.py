"""A worker that naps: the real one with another trade, and with traps on its way."""

import os
import sys

from bench.chaos import traps
from bench.chaos.nap import TRADE
from noteai.settings import Settings
from noteai.worker.door import serve

traps.install()  # also in the processes that this one starts afresh, which load it again
if os.environ.get(traps.TRIPLE):
    traps.put_thrice()

if __name__ == "__main__":
    sys.exit(serve(Settings(), concurrency=2, trade=TRADE))
