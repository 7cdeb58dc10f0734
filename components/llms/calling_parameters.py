"""Parameters of everything that calls a provider."""

from __future__ import annotations

from syftr_like.contracts import ComponentParameters, parameter
from syftr_like.contracts.model_request import RateLimit

from ..retries import RetryPolicy


class CallingParameters(ComponentParameters):
    """How often and how patiently a provider is called."""

    attempts: int = parameter(
        3,
        "Requests sent at most; timeouts, transport errors, 429 and 5xx are tried again.",
        ge=1,
        le=10,
    )
    timeout_seconds: float = parameter(
        60.0, "Longest wait for the answer to one request.", gt=0, le=3600
    )
    retry_wait_seconds: float = parameter(
        1.0, "Wait before the second request; doubled before each next one.", ge=0, le=60
    )

    requests_per_minute: float | None = parameter(
        None,
        "Calls that all workers together begin within a minute at most, each of up to `attempts`"
        " requests; null for no limit.",
        ge=1,
        le=1e6,
    )
    tokens_per_minute: float | None = parameter(
        None,
        "Tokens of those calls at most, sent and received; counted by us.",
        ge=1,
        le=1e12,
    )
    concurrent: int | None = parameter(
        None, "Calls of the model under way at a time, of all workers.", ge=1, le=10_000
    )

    @property
    def rate_limit(self) -> RateLimit | None:
        """The limit that these parameters state, None without one."""
        limit = RateLimit(self.requests_per_minute, self.tokens_per_minute, self.concurrent)
        return None if limit == RateLimit() else limit

    @property
    def retry_policy(self) -> RetryPolicy:
        """The policy that these parameters state."""
        return RetryPolicy(self.attempts, self.timeout_seconds, self.retry_wait_seconds)
