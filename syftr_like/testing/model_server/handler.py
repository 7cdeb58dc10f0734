"""OpenAI's endpoints over HTTP/1.1, and the practice server's own."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, NamedTuple

from .api_errors import ApiError, bad_value, missing_key, unknown_path
from .faults import Fault
from .requests import read_chat, read_embedding
from .service import ChatResult, EmbeddingResult, model_list

if TYPE_CHECKING:
    from .server import HttpServer

_MOST_BYTES = 64 * 1024 * 1024
_CHAT, _EMBEDDINGS = "/v1/chat/completions", "/v1/embeddings"
_HTML = b"<html><body>502 Bad Gateway</body></html>"


class _Outcome(NamedTuple):
    """What the log is told of a request."""

    status: int
    fault: str | None = None
    error: str | None = None
    result: ChatResult | EmbeddingResult | None = None


class _Cut(Exception):  # noqa: N818  (not an error: a fault that was asked for)
    """The connection is to be closed here."""


class Handler(BaseHTTPRequestHandler):
    """One connection; keeps it open from request to request."""

    protocol_version = "HTTP/1.1"
    # Without both, small writes wait for the other side's acknowledgement: 40 ms a request.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: HttpServer
    _last: bytes = b""
    """The end of the reply, kept back until the log holds the exchange: a client that has its
    reply finds it in the log."""

    def do_GET(self) -> None:
        """Answer `/v1/models`, `/practice/log` and `/practice/counts`."""
        path = self.path.split("?")[0]
        try:
            self._check_key()
            if path == "/v1/models":
                self._send(200, model_list())
            elif path.startswith("/v1/models/"):
                name = path.removeprefix("/v1/models/")
                entries = {entry["id"]: entry for entry in model_list()["data"]}
                if name not in entries:
                    raise unknown_path(path)
                self._send(200, entries[name])
            elif path == "/practice/log":
                self._send(200, [asdict(exchange) for exchange in self.server.log.exchanges()])
            elif path == "/practice/counts":
                self._send(200, self.server.log.counts())
            else:
                raise unknown_path(path)
        except ApiError as error:
            self._send(error.status, error.body(), error.headers)
        self._send_last()

    def do_POST(self) -> None:
        """Answer a request for a chat completion or embeddings, and log it."""
        began, at = time.perf_counter(), time.time()
        path = self.path.split("?")[0]
        body: dict[str, Any] = {}
        try:
            body = self._body()
            self._check_key()
            outcome = self._carry_out(path, body)
        except ApiError as error:
            self._send(error.status, error.body(), error.headers)
            outcome = _Outcome(error.status, error=error.message)
        except ConnectionError:
            self.close_connection = True
            outcome = _Outcome(0, error="the client closed the connection")
        except Exception as error:
            # A defect of ours; the client is told as a provider would tell it, the log in full.
            traceback.print_exc()
            failed = ApiError(500, f"{type(error).__name__} in the server", kind="server_error")
            self._send(500, failed.body())
            outcome = _Outcome(500, error=traceback.format_exc())
        self._note(path, body, at, began, outcome)
        self._send_last()

    def _carry_out(self, path: str, body: dict[str, Any]) -> _Outcome:
        service = self.server.service
        result: ChatResult | EmbeddingResult
        if path == _CHAT:
            result = service.chat(read_chat(body))
        elif path == _EMBEDDINGS:
            result = service.embeddings(read_embedding(body))
        else:
            raise unknown_path(path)
        fault = self.server.faults.next(result.request.model)
        if fault is not None and fault.kind == "bad_arguments" and not _has_calls(result):
            fault = None
        if fault is None:
            self._reply(result, None)
            return _Outcome(200, result=result)
        return self._fail(result, fault)

    def _fail(self, result: ChatResult | EmbeddingResult, fault: Fault) -> _Outcome:
        kind = fault.kind
        if kind in ("rate_limit", "server_error"):
            error = _refusal(fault, result.request.model)
            self._send(error.status, error.body(), error.headers)
            return _Outcome(error.status, kind, error.message)
        if kind == "hang":
            self.server.closing.wait(fault.seconds)
            self.close_connection = True
            return _Outcome(0, kind)
        if kind == "not_json":
            self.server.wait(result.seconds)
            self._send_bytes(200, _HTML, {"Content-Type": "application/json"})
            return _Outcome(200, kind, result=result)
        if kind == "no_choices":
            self.server.wait(result.seconds)
            reply = result.body()
            reply.pop("data", None)
            if "choices" in reply:
                reply["choices"] = []
            self._send_chunks([reply]) if _streams(result) else self._send(200, reply)
            return _Outcome(200, kind, result=result)
        if kind == "truncated":
            try:
                self._reply(result, fault)
            except _Cut:
                self.close_connection = True
            return _Outcome(200, kind, result=result)
        if isinstance(result, ChatResult):
            result = result.emptied() if kind == "empty" else result.with_bad_arguments()
            self._reply(result, None)
        else:
            self._send(200, {**result.body(), "data": []})
        return _Outcome(200, kind, result=result)

    def _reply(self, result: ChatResult | EmbeddingResult, fault: Fault | None) -> None:
        """Send a reply after its wait; with a fault, only its first half."""
        if isinstance(result, ChatResult) and result.request.stream:
            chunks = list(result.chunks())
            self.server.wait(result.first_wait)
            if fault is not None:
                self._send_chunks(chunks[: max(1, len(chunks) // 2)], result.token_wait, end=False)
                raise _Cut
            self._send_chunks(chunks, result.token_wait)
            return
        encoded = _json(result.body())
        self.server.wait(result.seconds)
        if fault is not None:
            self._send_head(200, {"Content-Length": str(len(encoded))})
            self.wfile.write(encoded[: len(encoded) // 2])
            self.wfile.flush()
            raise _Cut
        self._send_bytes(200, encoded)

    def _send_chunks(
        self, chunks: list[dict[str, Any]], wait: float = 0.0, *, end: bool = True
    ) -> None:
        """Send server-sent events in HTTP's chunks; without an end the stream is broken off."""
        head = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
        self._send_head(200, head)
        for chunk in chunks:
            self.wfile.write(_event(_json(chunk)))
            self.wfile.flush()
            self.server.wait(wait)
        if end:
            self._last = _event(b"[DONE]") + b"0\r\n\r\n"

    def _send(self, status: int, content: object, headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, _json(content), headers)

    def _send_bytes(
        self, status: int, encoded: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        self._send_head(status, {"Content-Length": str(len(encoded)), **(headers or {})})
        self._last = encoded

    def _send_last(self) -> None:
        last, self._last = self._last, b""
        try:
            self.wfile.write(last)
            self.wfile.flush()
        except ConnectionError:
            self.close_connection = True

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _body(self) -> dict[str, Any]:
        """Read the body in any case, so that the next request on the connection is in place."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _MOST_BYTES:
            self.close_connection = True
            raise bad_value("The body needs a Content-Length, of 64 MiB at most.", "body")
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise bad_value(f"The body is no JSON: {error}.", "body") from error
        if not isinstance(body, dict):
            raise bad_value("The body must be a JSON object.", "body")
        return body

    def _check_key(self) -> None:
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise missing_key()

    def _note(
        self, path: str, body: dict[str, Any], at: float, began: float, outcome: _Outcome
    ) -> None:
        result = outcome.result
        chat = result if isinstance(result, ChatResult) else None
        choices = chat.choices if chat else ()
        model = body.get("model")
        self.server.log.add(
            at=at,
            seconds=time.perf_counter() - began,
            path=path,
            model=model if isinstance(model, str) else "",
            request=body,
            status=outcome.status,
            task=chat.task if chat else "",
            replies=tuple(choice.text for choice in choices),
            tool_calls=tuple((c.name, c.arguments) for choice in choices[:1] for c in choice.calls),
            prompt_tokens=result.prompt_tokens if result else 0,
            completion_tokens=chat.completion_tokens if chat else 0,
            fault=outcome.fault,
            error=outcome.error,
        )

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on standard error; the log holds it all."""


def _refusal(fault: Fault, model: str) -> ApiError:
    if fault.kind == "rate_limit":
        seconds = f"{fault.retry_after:g}"
        return ApiError(
            429,
            f"Rate limit reached for {model}. Please try again in {seconds}s.",
            kind="requests",
            code="rate_limit_exceeded",
            headers={"Retry-After": seconds},
        )
    return ApiError(
        500, "The server had an error while processing your request.", kind="server_error"
    )


def _has_calls(result: ChatResult | EmbeddingResult) -> bool:
    return isinstance(result, ChatResult) and any(choice.calls for choice in result.choices)


def _streams(result: ChatResult | EmbeddingResult) -> bool:
    return isinstance(result, ChatResult) and bool(result.request.stream)


def _event(data: bytes) -> bytes:
    """Return a server-sent event in a chunk of HTTP's."""
    event = b"data: " + data + b"\n\n"
    return f"{len(event):x}\r\n".encode() + event + b"\r\n"


def _json(content: object) -> bytes:
    # A lone surrogate in a prompt cannot be written as UTF-8; as an escape it can.
    return json.dumps(content).encode("ascii")
