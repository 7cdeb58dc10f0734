"""A practice model server: it speaks OpenAI's protocol, and is no language model.

A rule-based stand-in answers from the passages in the prompt and carries out the tasks that
prompts ask for, by reading the prompt as text. So clients, components, agents, routers and judges
can be exercised over the wire with no account and no network. Scores made with it say nothing
about real models (`NOTICE`).

`ModelServer` runs it in this process, `python -m syftr_like.testing.model_server` alone.
"""

from .faults import Fault, load_faults
from .log import Exchange, Tokens
from .models import CHAT_MODELS, EMBEDDING_MODELS, ChatModel, EmbeddingModel
from .notice import NOTICE
from .server import ModelServer

__all__ = [
    "CHAT_MODELS",
    "EMBEDDING_MODELS",
    "NOTICE",
    "ChatModel",
    "EmbeddingModel",
    "Exchange",
    "Fault",
    "ModelServer",
    "Tokens",
    "load_faults",
]
