"""A flow as an MLflow model from code: MLflow copies this file into the model and runs it there.

The model's artifacts are the flow file, the documents, and the labelled questions where the flow
learns from them; loading builds the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mlflow
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from syftr_like.errors import ComponentError
from syftr_like.flow import Limits
from syftr_like.flow.runnable import FlowRunnable
from syftr_like.space import load_space
from syftr_like.tracking.documents import read_documents
from syftr_like.tracking.examples import read_examples


class FlowModel(PythonModel):
    """Answers questions with one flow."""

    def load_context(self, context: PythonModelContext) -> None:
        """Build the flow and index its documents."""
        settings: Mapping[str, Any] = context.model_config
        allowed = tuple(settings["allow_imports"])
        space = load_space(context.artifacts["flow"], allow_imports=allowed)
        self._flow = FlowRunnable(
            space.decode({}),
            read_documents(context.artifacts["documents"]),
            examples=read_examples(context.artifacts.get("examples")),
            allow_imports=allowed,
            limits=Limits(settings["question_timeout_s"], settings["usd_per_cpu_hour"]),
        )

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return one row per question.

        Args:
            context: The model's artifacts; not needed any more.
            model_input: A frame with the column `question`, or with one column: MLflow makes one
                of a list of questions.
            params: None are known.

        Returns:
            `answer`, `abstained`, `confidence`, `passages` (of `document`, `start`, `end`), `usd`
            and `latency_s`; `error` says why a question failed and is None where it did not.
        """
        names = list(model_input.columns)
        column = model_input["question" if "question" in names else names[0]]
        return pd.DataFrame([self._answer(text) for cell in column for text in _texts(cell)])

    def _answer(self, question: str) -> dict[str, Any]:
        try:
            reply = self._flow.invoke(question)
        except ComponentError as error:
            return {
                "answer": "",
                "abstained": False,
                "confidence": None,
                "passages": [],
                "usd": None,
                "latency_s": None,
                "error": str(error),
            }
        return {
            "answer": reply.answer,
            "abstained": reply.abstained,
            "confidence": reply.confidence,
            "passages": [
                {"document": p.chunk.document, "start": p.chunk.start, "end": p.chunk.end}
                for p in reply.passages
            ],
            "usd": reply.outcome.usd,
            "latency_s": reply.outcome.latency_s,
            "error": None,
        }


def _texts(cell: object) -> list[str]:
    """Return the questions in a cell: MLflow makes one cell of `{"question": [...]}`."""
    return [str(text) for text in cell] if isinstance(cell, list | tuple) else [str(cell)]


mlflow.models.set_model(FlowModel())
