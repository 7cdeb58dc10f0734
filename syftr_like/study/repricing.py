"""What a study would have cost at other prices, without running anything.

The ledger holds every model call with its tokens, and the CPU seconds of every question. From
these each question's cost is computed again, metrics in US dollars are scored again, and the front
is found again. Nothing else changes: qualities and times are facts. The ledger is not touched.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from syftr_like.contracts import (
    Answer,
    Chunk,
    Evaluator,
    ModelCall,
    NodeRecord,
    Outcome,
    Passage,
    Question,
)
from syftr_like.errors import InputError, nearest
from syftr_like.ledger import Ledger, TrialRow
from syftr_like.report.front_json import front_document
from syftr_like.report.html import report_html
from syftr_like.report.trials_csv import trials_frame
from syftr_like.results import StudyResult

from .assemble import study_result, trial_result, with_holdout
from .lock import facts
from .reading import FinishedRun

USD = "USD"
FOLDER = "repriced"
"""Where the files of a repriced run are written, in the folder of the run."""

Place = tuple[int, str, str]
"""Trial, split and question of an evaluation."""


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """The price of a model, in US dollars per million tokens.

    Raises:
        InputError: A price is negative or no finite number.
    """

    input_per_million: float
    output_per_million: float = 0.0

    def __post_init__(self) -> None:
        for value in (self.input_per_million, self.output_per_million):
            _check_dollars(value, "a price")

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs, in US dollars."""
        return (
            input_tokens * self.input_per_million + output_tokens * self.output_per_million
        ) / 1e6


def reprice(
    run: FinishedRun,
    prices: Mapping[str, TokenPrice],
    usd_per_cpu_hour: float | None = None,
) -> StudyResult:
    """Return what a run would have come to at other prices.

    Args:
        run: The run.
        prices: Model, as the ledger names it, to its price; others keep what their calls cost.
        usd_per_cpu_hour: Price of local compute; None keeps the study's.

    Returns:
        The result. `spent` stays what was really paid. A study that counted compute as free has
        not recorded what its index-time work computed: `usd_index` then holds models only.

    Raises:
        InputError: The run called no model of that name, or a price is no amount of dollars.
        StudyError: The ledger cannot be read.
    """
    if usd_per_cpu_hour is not None:
        _check_dollars(usd_per_cpu_hour, "the price of compute")
    before = run.file.prices.usd_per_cpu_hour
    after = before if usd_per_cpu_hour is None else usd_per_cpu_hour
    known = {row["model"] for row in run.ledger.model_calls()}
    for model in prices:
        if not known:
            raise InputError(
                "the run called no model, so that there is no price of one to change",
                found=f"a price of '{model}'",
                expected="another price of compute, such as --usd-per-cpu-hour 0.1",
            )
        if model not in known:
            raise InputError(
                f"the run called no model '{model}'",
                found=model,
                expected=f"one of: {', '.join(sorted(known))}",
                nearest=nearest(model, known),
            )
    ledger = RepricedLedger(run.ledger, run.evaluators, prices, before, after)
    holdout = len(run.lock["dataset"]["holdout"])
    trials = [
        with_holdout(
            ledger,
            trial_result(ledger, row, run.evaluators, run.constraints, run.lock["dataset"]["tune"]),
            run.evaluators,
            holdout,
        )
        for row in ledger.trials()
    ]
    told = facts(run.lock)
    study = run.ledger.study()
    return study_result(
        name=run.file.study,
        objectives=run.objectives,
        constraints=run.constraints,
        evaluators=run.evaluators,
        trials=trials,
        ledger=ledger,
        facts={**told, "search": {**told["search"], "usd_per_cpu_hour": after}},
        seconds=study["seconds"],
        ended=study["ended"],
    )


def write_repriced(result: StudyResult, folder: Path) -> Path:
    """Write `front.json`, `trials.csv` and `report.html` beside those of the run.

    Args:
        result: The repriced result.
        folder: The run's folder.

    Returns:
        The folder they are in.

    Raises:
        InputError: They cannot be written.
    """
    target = folder / FOLDER
    front = json.dumps(front_document(result), indent=2, ensure_ascii=False, allow_nan=False)
    files = {
        "front.json": front + "\n",
        "trials.csv": trials_frame(result).to_csv(index=False),
        "report.html": report_html(result),
    }
    try:
        target.mkdir(exist_ok=True)
        for name, text in files.items():
            temporary = target / f"{name}.tmp"
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(target / name)
    except OSError as error:
        raise InputError(
            "the repriced files cannot be written",
            found=f"{target}: {error.strerror or error}",
            expected="a folder that can be written to",
        ) from error
    return target


class RepricedLedger(Ledger):
    """Shows a ledger as if other prices had held. For reading; it shares the connections.

    Args:
        ledger: The ledger.
        evaluators: Every metric of the study.
        prices: Model to price.
        before: Dollars per CPU hour that held.
        after: Dollars per CPU hour to hold.
    """

    def __init__(
        self,
        ledger: Ledger,
        evaluators: Sequence[Evaluator],
        prices: Mapping[str, TokenPrice],
        before: float,
        after: float,
    ) -> None:
        vars(self).update(vars(ledger))
        self._prices = prices
        self._in_usd = [e for e in evaluators if e.unit == USD]
        self._before, self._after = before, after
        self._calls: dict[Place, list[tuple[str, ModelCall]]] = {}
        self._index: dict[int, dict[str, tuple[float, float]]] = {}
        for row in ledger.model_calls():
            self._add(row)

    def evaluations(
        self, trial: int | None = None, split: str | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield rows as `Ledger.evaluations`, with other costs."""
        for row in super().evaluations(trial, split):
            calls = self._calls.get((row["trial"], row["split"], row["question"]), [])
            model_usd = math.fsum(call.usd for _, call in calls)
            usd = model_usd + row["cpu_s"] * self._after / 3600
            changed = {**row, "model_usd": model_usd, "usd": usd}
            scores = dict(row["scores"])
            outcome = _outcome(changed, calls)
            for metric in self._in_usd:
                # A failure scores the worst where a metric has one, whatever it cost.
                if metric.name in scores and not (outcome.failed and metric.worst is not None):
                    question = Question(row["question"], "")
                    scores[metric.name] = float(metric.score(question, outcome))
            yield {**changed, "scores": scores}

    def trials(self) -> list[TrialRow]:
        """Return the trials, with other costs of their index-time work."""
        return [self._repriced(row) for row in super().trials()]

    def trial(self, number: int) -> TrialRow:
        """Return a trial, with another cost of its index-time work."""
        return self._repriced(super().trial(number))

    def _add(self, row: Mapping[str, Any]) -> None:
        price = self._prices.get(row["model"])
        usd = row["usd"]
        if price is not None:
            usd = price.usd(row["input_tokens"], row["output_tokens"])
        if row["split"] == "index":
            # A flow that is prepared again, as for the holdout, asks for the same again.
            request = row["request"] or f"row {row['id']}"
            self._index.setdefault(row["trial"], {})[request] = (row["usd"], usd)
            return
        call = ModelCall(
            model=row["model"],
            input_tokens=row["input_tokens"],
            output_tokens=row["output_tokens"],
            usd=usd,
            seconds=row["seconds"],
            attempts=row["attempts"],
            tokens_estimated=row["tokens_estimated"],
            price_source=row["price_source"] if price is None else "repriced",
            request=row["request"],
            cached=row["cached"],
        )
        place = (row["trial"], row["split"], row["question"])
        self._calls.setdefault(place, []).append((row["node"], call))

    def _repriced(self, row: TrialRow) -> TrialRow:
        calls = self._index.get(row.number, {}).values()
        was = math.fsum(old for old, _ in calls)
        computed = max(0.0, row.index_usd - was)
        if self._before > 0:
            computed *= self._after / self._before
        return replace(row, index_usd=computed + math.fsum(new for _, new in calls))


def _outcome(row: Mapping[str, Any], calls: Sequence[tuple[str, ModelCall]]) -> Outcome:
    """Return an evaluation as it was scored, without texts of passages.

    Of a node that ran more than once, the calls are all its first record's.
    """
    by_node: dict[str, list[ModelCall]] = {}
    for node, call in calls:
        by_node.setdefault(node, []).append(call)
    answered = row["answer"] is not None
    return Outcome(
        question_id=row["question"],
        answer=Answer(row["answer"], bool(row["abstained"]), row["confidence"])
        if answered
        else None,
        passages=(),
        retrieved={
            node: tuple(
                Passage(Chunk(document, start, end, ""), math.nan if score is None else score)
                for document, start, end, score in passages
            )
            for node, passages in row["retrieved"].items()
        },
        nodes=tuple(
            NodeRecord(node, component, seconds, waited, cpu, tuple(by_node.pop(node, ())))
            for node, component, seconds, waited, cpu, *_ in row["nodes"]
        ),
        latency_s=row["latency_s"],
        cpu_s=row["cpu_s"],
        usd=row["usd"],
        input_tokens=row["input_tokens"],
        output_tokens=row["output_tokens"],
        error=row["error"],
        model_usd=row["model_usd"],
    )


def _check_dollars(value: float, what: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise InputError(
            f"{what} is no amount of dollars", found=f"{value:g}", expected="0 or more"
        )
