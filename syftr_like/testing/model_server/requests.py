"""What OpenAI's clients send, checked as OpenAI checks it."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .api_errors import ApiError, bad_value, not_as_expected

Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9_.-]{1,64}$")]


class _Part(BaseModel):
    """Unknown fields are left aside, as OpenAI's newer ones would be."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ContentPart(_Part):
    """A part of a message; only text can be read here."""

    type: str
    text: str = ""


class FunctionCall(_Part):
    """What a model wants to be called; `arguments` is JSON as text."""

    name: str
    arguments: str


class ToolCall(_Part):
    """A call in an assistant's message."""

    id: str
    type: Literal["function"] = "function"
    function: FunctionCall


class ChatMessage(_Part):
    """A message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[ContentPart] | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """The text of all parts."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class FunctionSpec(_Part):
    """A function that may be called; `parameters` is a JSON Schema."""

    name: Name
    description: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)


class Tool(_Part):
    """A tool that is offered."""

    type: Literal["function"]
    function: FunctionSpec


class NamedFunction(_Part):
    """The name in a `tool_choice`."""

    name: str


class NamedTool(_Part):
    """A `tool_choice` that names the tool that must be called."""

    type: Literal["function"]
    function: NamedFunction


class SchemaFormat(_Part):
    """The `json_schema` of a response format."""

    name: Name
    json_schema: dict[str, Any] = Field(alias="schema", default_factory=dict)


class ResponseFormat(_Part):
    """How the reply is to be written."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: SchemaFormat | None = None


class StreamOptions(_Part):
    """What a stream tells beside the reply."""

    include_usage: bool = False


class ChatRequest(_Part):
    """The body of `POST /v1/chat/completions`."""

    model: str
    messages: list[ChatMessage] = Field(min_length=1)
    tools: list[Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | NamedTool | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    n: int | None = Field(default=None, ge=1, le=128)
    stop: str | list[str] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None

    @property
    def most_tokens(self) -> int | None:
        """The greatest number of tokens of a reply, by its new or its old name."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> list[str]:
        """Texts before which a reply ends."""
        if self.stop is None:
            return []
        found = [self.stop] if isinstance(self.stop, str) else self.stop
        return [text for text in found if text]

    @property
    def offered(self) -> list[FunctionSpec]:
        """The functions that may be called: none where `tool_choice` is `none`."""
        if not self.tools or self.tool_choice == "none":
            return []
        return [tool.function for tool in self.tools]

    @property
    def must_call(self) -> str | None:
        """The function that must be called; `*` for any, None for as the model likes."""
        if isinstance(self.tool_choice, NamedTool):
            return self.tool_choice.function.name
        return "*" if self.tool_choice == "required" else None

    def digest(self, *, only: set[str] | None = None) -> str:
        """Return what tells requests apart, streamed or not; by some fields only, if told."""
        content = self.model_dump(include=only, exclude={"stream", "stream_options"})
        # Escaped, since a lone surrogate in a prompt has no UTF-8.
        encoded = json.dumps(content, sort_keys=True).encode("ascii")
        return hashlib.blake2b(encoded, digest_size=16).hexdigest()


class EmbeddingRequest(_Part):
    """The body of `POST /v1/embeddings`."""

    model: str
    input: str | list[str]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(default=None, ge=1)

    @property
    def texts(self) -> list[str]:
        """The texts, also of a single one."""
        return [self.input] if isinstance(self.input, str) else self.input


def read_chat(body: object) -> ChatRequest:
    """Return a chat request.

    Raises:
        ApiError: 400, what is wrong with it.
    """
    try:
        request = ChatRequest.model_validate(body)
    except ValidationError as error:
        raise not_as_expected(error) from error
    if len(request.stops) > 4:
        raise bad_value("There may be up to 4 stop sequences.", "stop")
    _check_conversation(request.messages)
    _check_tools(request)
    form = request.response_format
    if form is not None and form.type == "json_schema" and form.json_schema is None:
        raise bad_value("Missing required parameter.", "response_format.json_schema")
    if form is not None and form.type == "json_object":
        texts = " ".join(message.text for message in request.messages)
        if "json" not in texts.lower():
            raise bad_value(
                "'messages' must contain the word 'json' in some form, to use 'response_format' "
                "of type 'json_object'.",
                "messages",
            )
    return request


def read_embedding(body: object) -> EmbeddingRequest:
    """Return a request for embeddings.

    Raises:
        ApiError: 400, what is wrong with it.
    """
    if isinstance(body, dict) and isinstance(body.get("input"), list):
        first = body["input"][0] if body["input"] else None
        if isinstance(first, (int, list)):
            raise bad_value(
                "This server has no vocabulary: send texts, not token numbers "
                "(LangChain: check_embedding_ctx_length=False).",
                "input",
            )
    try:
        request = EmbeddingRequest.model_validate(body)
    except ValidationError as error:
        raise not_as_expected(error) from error
    if not request.texts or not all(request.texts):
        raise bad_value("There must be a text, and none may be empty.", "input")
    if len(request.texts) > 2048:
        raise bad_value("There may be up to 2048 texts.", "input")
    return request


def _check_conversation(messages: list[ChatMessage]) -> None:
    open_calls: set[str] = set()
    for position, message in enumerate(messages):
        where = f"messages.{position}"
        if message.role == "tool":
            if message.tool_call_id not in open_calls:
                raise bad_value(
                    "Messages with role 'tool' must be a response to a preceding message with "
                    f"'tool_calls'; found tool_call_id {json.dumps(message.tool_call_id)}.",
                    where,
                )
            open_calls.discard(message.tool_call_id)
        elif open_calls:
            raise _unanswered(open_calls, where)
        if message.content is None and not message.tool_calls:
            raise bad_value("A message must have content.", f"{where}.content")
        if isinstance(message.content, list):
            for part in message.content:
                if part.type not in ("text", "refusal"):
                    raise bad_value(f"Only text can be read, not {part.type}.", f"{where}.content")
        open_calls |= {call.id for call in message.tool_calls or ()}
    if open_calls:
        raise _unanswered(open_calls, f"messages.{len(messages)}")


def _unanswered(calls: set[str], where: str) -> ApiError:
    return bad_value(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        f"each 'tool_call_id'. These had none: {', '.join(sorted(calls))}.",
        where,
    )


def _check_tools(request: ChatRequest) -> None:
    names = [tool.function.name for tool in request.tools or ()]
    if len(set(names)) < len(names):
        raise bad_value("Two tools have the same name.", "tools")
    if request.tool_choice not in (None, "none", "auto") and not names:
        raise bad_value("'tool_choice' is only allowed when 'tools' are given.", "tool_choice")
    wanted = request.must_call
    if wanted not in (None, "*") and wanted not in names:
        raise bad_value(f"There is no tool {wanted}.", "tool_choice")
