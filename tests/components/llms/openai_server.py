"""A local server that speaks OpenAI's protocol and does what it is told."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-a-key-for-this-test"
PRICE = {"input_per_million": 1.0, "output_per_million": 2.0}
USAGE = {"prompt_tokens": 70, "completion_tokens": 3, "total_tokens": 73}


class Server(ThreadingHTTPServer):
    """Speaks OpenAI's protocol; `statuses` are given out first, then 200. 0 never answers.

    Attributes:
        requests: Path, body and authorization of each.
        answered: Requests that got a reply, which a provider charges for.
        usage: Tokens that each reply reports.
        takes: Seconds before a reply.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.requests: list[tuple[str, dict[str, Any], str]] = []
        self.answered = 0
        self.usage = dict(USAGE)
        self.takes = 0.0
        self.lock = threading.Lock()
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            self.server.requests.append((self.path, body, self.headers["authorization"]))
            status = self.server.statuses.pop(0) if self.server.statuses else 200
            self.server.answered += status == 200
        if status == 0:
            self.server.closing.wait(30)
            self.close_connection = True
            return
        time.sleep(self.server.takes)
        if status != 200:
            self.reply(status, {"error": {"message": f"no: {self.headers['authorization']}"}})
        elif self.path.endswith("/embeddings"):
            data = [
                {"object": "embedding", "index": i, "embedding": [float(len(text)), 1.0, 0.0]}
                for i, text in enumerate(body["input"])
            ]
            self.reply(200, {"object": "list", "model": "m", "data": data})
        else:
            message = {"role": "assistant", "content": "Steller"}
            self.reply(
                200,
                {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 0,
                    "model": "m",
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": self.server.usage,
                },
            )

    def reply(self, status: int, body: object) -> None:
        encoded = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *args: object) -> None:
        pass
