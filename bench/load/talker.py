"""A server on loopback that speaks OpenAI's protocol, and whose model says nothing of use."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_USAGE = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}


class _Talk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        message = {"role": "assistant", "content": "{}"}
        said = {
            "id": "said",
            "object": "chat.completion",
            "created": 0,
            "model": "talker",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": _USAGE,
        }
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def talking() -> Iterator[dict[str, str]]:
    """The settings by which it is asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Talk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    model = "NOTEAI_LANGUAGE_MODEL__"
    try:
        yield {
            f"{model}PROVIDER": "openai",
            f"{model}MODEL": "talker",
            f"{model}BASE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1",
            f"{model}PRICE_IN": "1",
            f"{model}PRICE_OUT": "2",
        }
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
