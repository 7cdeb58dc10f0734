"""The contracts that the engine and the catalogue of components and evaluators share."""

from .adapter import Adapter, AdapterParameters, load_object
from .asking_nodes import Agent, Router
from .branch import AskedAnswer, AskedPassages, Branch
from .call_environment import (
    Account,
    BudgetExhaustedError,
    CallEnvironment,
    CallStore,
    calling_in,
    made_directly,
)
from .calling import call_model, call_model_blocking
from .component import Component, Input, Kind, NodeComponent
from .domains import ChoiceDomain, Domain, FloatDomain, IntDomain
from .engine_side import EngineSide
from .evaluator import Aggregation, Direction, Evaluator, Mean, Quantile
from .indexing import Index, Indexes
from .judge import Judge
from .kinds import KINDS
from .messages import LlmReply, Message, Tool, ToolCall
from .metering import Meter, ModelCall, metered, record_model_call
from .model_request import (
    CallPrice,
    DryCall,
    DryCourse,
    ModelCallError,
    ModelReply,
    ModelRequest,
)
from .nodes import ChunkTransform, QueryTransform, Reader, Reranker, Retriever, Splitter
from .outcome import NodeRecord, Outcome
from .parameters import (
    ComponentParameters,
    ParameterTraits,
    component_parameter,
    parameter,
    traits,
)
from .parts import Embedder, FittedEmbedder, Llm, Prompt
from .values import (
    Answer,
    Chunk,
    Chunks,
    Document,
    Documents,
    Evidence,
    Examples,
    Json,
    Passage,
    Port,
    Query,
    Question,
    fingerprint,
)

__all__ = [
    "KINDS",
    "Account",
    "Adapter",
    "AdapterParameters",
    "Agent",
    "Aggregation",
    "Answer",
    "AskedAnswer",
    "AskedPassages",
    "Branch",
    "BudgetExhaustedError",
    "CallEnvironment",
    "CallPrice",
    "CallStore",
    "ChoiceDomain",
    "Chunk",
    "ChunkTransform",
    "Chunks",
    "Component",
    "ComponentParameters",
    "Direction",
    "Document",
    "Documents",
    "Domain",
    "DryCall",
    "DryCourse",
    "Embedder",
    "EngineSide",
    "Evaluator",
    "Evidence",
    "Examples",
    "FittedEmbedder",
    "FloatDomain",
    "Index",
    "Indexes",
    "Input",
    "IntDomain",
    "Json",
    "Judge",
    "Kind",
    "Llm",
    "LlmReply",
    "Mean",
    "Message",
    "Meter",
    "ModelCall",
    "ModelCallError",
    "ModelReply",
    "ModelRequest",
    "NodeComponent",
    "NodeRecord",
    "Outcome",
    "ParameterTraits",
    "Passage",
    "Port",
    "Prompt",
    "Quantile",
    "Query",
    "QueryTransform",
    "Question",
    "Reader",
    "Reranker",
    "Retriever",
    "Router",
    "Splitter",
    "Tool",
    "ToolCall",
    "call_model",
    "call_model_blocking",
    "calling_in",
    "component_parameter",
    "fingerprint",
    "load_object",
    "made_directly",
    "metered",
    "parameter",
    "record_model_call",
    "traits",
]
