"""Whatever is made with the practice server says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from syftr_like import Study
from syftr_like.report.practice import PRACTICE_NOTICE
from syftr_like.testing.model_server import ModelServer

from .tiny_study import SPACE, STUDY, write_tiny_study


@pytest.mark.parametrize("practised", [True, False])
def test_report_terminal_and_notebook_say_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    practised: bool,
) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", "practice")
    with ModelServer(speed=0) as server:
        model = f'{{llm: "openai:practice-small", base_url: "{server.url}", price: free}}'
        asking = f"models:\n  small: {model}\n" + SPACE.replace(
            "      - abstain\n", "      - llm_answer: {llm: small}\n"
        )
        path = write_tiny_study(
            tmp_path,
            study=STUDY.replace("method: random, trials: 4", "method: random, trials: 6"),
            space=asking if practised else SPACE,
        )
        run = Study.from_yaml(path).optimize(runs=tmp_path / "runs")
    report = (tmp_path / "runs/tiny/report.html").read_text(encoding="utf-8")
    assert (PRACTICE_NOTICE in report) == practised
    assert (PRACTICE_NOTICE in run._repr_html_()) == practised
    assert (PRACTICE_NOTICE in " ".join(capsys.readouterr().out.split())) == practised
