"""The server: started and stopped as a context manager."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from .faults import Fault, FaultSchedule
from .handler import Handler
from .log import Exchange, Log, Tokens
from .service import Service


class HttpServer(ThreadingHTTPServer):
    """Listens on this machine alone; one thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, service: Service, faults: FaultSchedule, log: Log, speed: float):
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service
        self.faults = faults
        self.log = log
        self.speed = speed
        self.closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away; of anything else, all."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def wait(self, seconds: float) -> None:
        """Wait as a model would, unless the server closes."""
        if seconds * self.speed > 0:
            self.closing.wait(seconds * self.speed)


class ModelServer:
    """A practice model server in threads of this process: no language model.

    Scores made with it say nothing about real models.

        with ModelServer(speed=0) as server:
            client = OpenAI(base_url=server.url, api_key="any")
            ...
            server.count("practice-small"), server.tokens("practice-small").prompt

    Args:
        port: 0 for one that is free.
        seed: Shifts all that is drawn: slips, variation, faults.
        faults: What goes wrong, and when.
        log: A file to which each exchange is added as a line of JSON.
        speed: Factor on the models' waits: 1 waits as the table says, 0 not at all.

    Raises:
        ValueError: `speed` is negative.
        OSError: The port is taken.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        log: Path | None = None,
        speed: float = 1.0,
    ) -> None:
        if speed < 0:
            raise ValueError(f"speed must be 0 or more, not {speed}")
        self._log = Log(log)
        self._http = HttpServer(port, Service(seed), FaultSchedule(faults, seed), self._log, speed)
        self._thread = threading.Thread(
            target=self._http.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="practice-model-server",
            daemon=True,
        )

    @property
    def url(self) -> str:
        """The base URL for clients, with `/v1`."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def requests(self) -> Sequence[Exchange]:
        """Every exchange so far, in the order in which they ended."""
        return self._log.exchanges()

    def count(self, model: str | None = None) -> int:
        """Return the number of requests for a model, or of all."""
        return len(self._log.exchanges(model))

    def tokens(self, model: str | None = None) -> Tokens:
        """Return the tokens that were charged, for a model or for all."""
        return self._log.tokens(model)

    def forget(self) -> None:
        """Empty the log in memory."""
        self._log.clear()

    def start(self) -> Self:
        """Begin to listen, in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """End all waits and hangs, and listen no more."""
        self._http.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
