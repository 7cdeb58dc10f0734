"""LangChain classes, of which syftr-like knows nothing."""

from __future__ import annotations

import os
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.retrievers import BaseRetriever


class SharedWords(BaseRetriever):
    """Ranks documents by the words they share with the question."""

    documents: list[Document]
    k: int = 3

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        asked = set(query.lower().split())
        ranked = sorted(
            self.documents,
            key=lambda document: -len(asked & set(document.page_content.lower().split())),
        )
        return ranked[: self.k]


class LastWords(BaseChatModel):
    """Replies with the last words of the last message."""

    words: int = 5

    @property
    def _llm_type(self) -> str:
        return "last-words"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        reply = AIMessage(
            " ".join(str(messages[-1].content).split()[-self.words :]),
            usage_metadata={"input_tokens": 50, "output_tokens": 5, "total_tokens": 55},
        )
        return ChatResult(generations=[ChatGeneration(message=reply)])


def keyed_last_words() -> LastWords:
    """Make one as providers' classes are made: not without a key."""
    if not os.environ.get("TIDE_API_KEY"):
        raise ValueError("no credentials: set the TIDE_API_KEY environment variable")
    return LastWords(words=3)
