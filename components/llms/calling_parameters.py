"""Parameters of everything that calls a provider."""

from __future__ import annotations

from syftr_like.contracts import ComponentParameters, parameter

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

    @property
    def retry_policy(self) -> RetryPolicy:
        """The policy that these parameters state."""
        return RetryPolicy(self.attempts, self.timeout_seconds, self.retry_wait_seconds)
