"""OpenAI's errors, as a status and a JSON body."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError


class ApiError(Exception):
    """A request that is answered with an error.

    Args:
        status: HTTP status.
        message: What was wrong, for a person.
        kind: OpenAI's `type`.
        code: OpenAI's `code`, for a program.
        param: The parameter at fault.
        headers: More headers of the reply.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """Return the JSON body."""
        error = {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }
        return {"error": error}


def missing_key() -> ApiError:
    """No key, or an empty one."""
    return ApiError(
        401,
        "You didn't provide an API key. Send it as: Authorization: Bearer KEY. "
        "Any key will do here.",
        code="invalid_api_key",
    )


def unknown_model(name: str, known: list[str]) -> ApiError:
    """A model that is not in the table, or not of this endpoint."""
    return ApiError(
        404,
        f"The model `{name}` does not exist here. There are: {', '.join(known)}.",
        code="model_not_found",
        param="model",
    )


def unknown_path(path: str) -> ApiError:
    """A path that the server does not have."""
    return ApiError(404, f"Unknown request URL: {path}.", code="unknown_url")


def bad_value(message: str, param: str) -> ApiError:
    """A parameter with a value that cannot be."""
    return ApiError(400, message, param=param, code="invalid_value")


def window_exceeded(window: int, prompt: int, completion: int) -> ApiError:
    """More tokens than the model's window holds."""
    return ApiError(
        400,
        f"This model's maximum context length is {window} tokens. However, you requested "
        f"{prompt + completion} tokens ({prompt} in the messages, {completion} in the "
        "completion). Please reduce the length of the messages or completion.",
        code="context_length_exceeded",
        param="messages",
    )


def not_as_expected(error: ValidationError) -> ApiError:
    """A body that does not have OpenAI's shape."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return ApiError(400, f"{where}: {first['msg']}.", param=where, code="invalid_type")
