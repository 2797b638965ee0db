"""Stands for `noteai` where `up` is tested: an API that listens, and a worker that waits."""

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


def main(name: str, *options: str) -> None:
    print(f"{name} is {os.getpid()}", *sorted(os.environ), flush=True)  # noqa: T201
    if name == "api":
        port = int(options[options.index("--port") + 1])
        HTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler).serve_forever()
    time.sleep(1000)


main(*sys.argv[1:])
