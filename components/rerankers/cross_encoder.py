"""Reranking by a model that reads question and passage together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from syftr_like.contracts import (
    ComponentParameters,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Reranker,
    parameter,
)
from syftr_like.errors import ComponentError, UnavailableError

from ..optional import LOCAL_EXTRA, require
from ..retries import told
from .order import reordered

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder as Model

_PACKAGE = "sentence_transformers"


class CrossEncoder(Reranker):
    """Scores each passage with a local model that reads it together with the question.

    Better than vectors made apart, and slower: some tens of passages a second on a CPU. Needs the
    extra `local` (sentence-transformers, PyTorch); the model is loaded when a flow is prepared,
    from a folder or by its name on the Hugging Face hub. Nogueira & Cho 2019.
    """

    name = "cross_encoder"

    class Parameters(ComponentParameters):
        """Which model, and how many passages are kept."""

        model: str = parameter(
            ...,
            "Folder of the model, or its name such as `cross-encoder/ms-marco-MiniLM-L6-v2`.",
            min_length=1,
        )
        top: int = parameter(5, "Passages to keep.", ge=1, le=1000, search=IntDomain(1, 8))
        max_tokens: int = parameter(
            512, "Tokens of question and passage that are read at most.", ge=16, le=32_768
        )
        batch: int = parameter(16, "Passages that are read at a time.", ge=1, le=1024)

    parameters: Parameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        super().__init__(parameters)
        require(_PACKAGE, self.name, extra=LOCAL_EXTRA)

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> Model:
        """Load the model; see `load`."""
        return self.load()

    def load(self) -> Model:
        """Load the model.

        Raises:
            UnavailableError: It cannot be loaded.
            ComponentError: It is none that gives one score for a question and a passage.
        """
        from sentence_transformers import CrossEncoder as Model

        p = self.parameters
        try:
            model = Model(p.model, max_length=p.max_tokens, device="cpu")
        except Exception as error:
            raise UnavailableError(
                f"the cross-encoder '{p.model}' cannot be loaded",
                found=told(error),
                expected="the folder of a cross-encoder, or the name of one on the hub",
            ) from error
        if model.config.num_labels != 1:
            raise ComponentError(
                f"the model '{p.model}' gives {model.config.num_labels} scores and not one"
            )
        loaded: Model = model
        return loaded

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `rerank`."""
        model: Any = prepared
        return tuple(self.rerank(inputs["question"], inputs["passages"], model))

    def rerank(
        self, question: Query, passages: Sequence[Passage], model: Model | None = None
    ) -> Sequence[Passage]:
        """Return the `top` passages with the highest scores; without a model it is loaded."""
        if not passages:
            return []
        pairs = [(question.text, passage.text) for passage in passages]
        scores = (model or self.load()).predict(
            pairs, batch_size=self.parameters.batch, show_progress_bar=False
        )
        # Rounded, so that equal passages tie whatever the batch they were read in.
        return reordered(
            passages, [round(float(score), 6) for score in scores], self.parameters.top
        )
