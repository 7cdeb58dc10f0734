"""What the server keeps of each request, and the command that runs it alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from openai import NotFoundError, OpenAI

from syftr_like.testing import model_server
from syftr_like.testing.model_server import NOTICE, Fault, ModelServer

KEY = "sk-practice-key-that-must-not-be-kept"


def ask(url: str, model: str = "practice-small", text: str = "Who built it?") -> None:
    client = OpenAI(base_url=url, api_key=KEY, max_retries=0)
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])


def fetch(url: str, path: str) -> object:
    request = urllib.request.Request(
        url.replace("/v1", path), headers={"Authorization": f"Bearer {KEY}"}
    )
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def test_every_request_is_kept_with_its_reply_tokens_and_fault(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    faults = [Fault(kind="server_error", model="practice-large", every=1)]
    with ModelServer(speed=0, log=path, faults=faults) as server:
        ask(server.url)
        with pytest.raises(Exception, match="had an error"):
            ask(server.url, "practice-large")
        with pytest.raises(NotFoundError):
            ask(server.url, "practice-none")
        OpenAI(base_url=server.url, api_key=KEY).embeddings.create(
            model="practice-embed-small", input=["a text"]
        )
        first, failed, unknown, embedded = server.requests
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert fetch(server.url, "/practice/log") == lines
        counts = fetch(server.url, "/practice/counts")
        assert server.count() == 4
        assert server.count("practice-small") == 1
        assert server.tokens("practice-small").total == first.prompt_tokens + len(
            model_server.tokens.pieces(first.replies[0])
        )
    assert first.messages == [{"role": "user", "content": "Who built it?"}]
    assert (first.status, first.task, first.fault, first.error) == (200, "answer", None, None)
    assert (failed.status, failed.fault, failed.prompt_tokens) == (500, "server_error", 0)
    assert unknown.status == 404
    assert "practice-none" in unknown.error
    assert (embedded.path, embedded.prompt_tokens) == ("/v1/embeddings", 2)
    assert counts["practice-large"] == {
        "requests": 1,
        "errors": 1,
        "faults": 1,
        "prompt_tokens": 0,
        "completion_tokens": 0,
    }
    assert KEY not in path.read_text()
    assert KEY not in repr([first, failed, unknown, embedded])


def test_the_log_in_memory_can_be_emptied() -> None:
    with ModelServer(speed=0) as server:
        ask(server.url)
        server.forget()
        assert server.count() == 0


def test_a_reply_takes_as_long_as_the_table_says() -> None:
    waited: list[float] = []
    server = ModelServer(speed=3)
    server._http.closing.wait = lambda seconds: bool(waited.append(seconds))  # type: ignore
    with server:
        ask(server.url, "practice-large")
        (exchange,) = server.requests
    model = model_server.CHAT_MODELS["practice-large"]
    seconds = model.seconds_per_request + model.seconds_per_token * exchange.completion_tokens
    assert sum(waited) == pytest.approx(3 * seconds)


def test_no_negative_speed() -> None:
    with pytest.raises(ValueError, match="speed"):
        ModelServer(speed=-1)


def test_it_says_everywhere_that_it_is_no_language_model() -> None:
    assert "no language model" in NOTICE
    assert "no language model" in (model_server.__doc__ or "")
    page = Path(__file__).parents[2] / "docs" / "practice_server.md"
    assert NOTICE in " ".join(page.read_text(encoding="utf-8").split())


def test_the_command_prints_notice_and_address_and_ends_at_an_interrupt(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    command = [sys.executable, "-m", "syftr_like.testing.model_server", "--speed", "0"]
    with subprocess.Popen(
        [*command, "--log", str(log)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == NOTICE
            assert "practice-large" in process.stdout.readline()
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:")
            ask(url)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert json.loads(log.read_text())["model"] == "practice-small"


def test_a_mistake_on_the_command_line_ends_with_2(tmp_path: Path) -> None:
    faults = tmp_path / "faults.yaml"
    faults.write_text("faults: [{kind: flood}]")
    command = [sys.executable, "-m", "syftr_like.testing.model_server", "--faults", str(faults)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "faults.yaml" in ended.stderr
    assert "Traceback" not in ended.stderr
