"""Values of a domain by their place in its uniform distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from syftr_like.contracts.domains import Domain, FloatDomain, IntDomain

if TYPE_CHECKING:
    from syftr_like.search.proposer import Value


def at_quantile(domain: Domain, u: float) -> Value:
    """Return the value of a domain at `u` in [0, 1) of its uniform distribution.

    A log domain is uniform in the logarithm; whole numbers then each own the stretch from half
    below to half above them, which is how Optuna draws them.
    """
    if isinstance(domain, FloatDomain) and domain.step is None:
        if domain.log:
            value = math.exp(math.log(domain.low) + u * math.log(domain.high / domain.low))
        else:
            value = domain.low + u * (domain.high - domain.low)
        return min(max(value, domain.low), domain.high)
    if isinstance(domain, IntDomain) and domain.log:
        low, high = math.log(domain.low - 0.5), math.log(domain.high + 0.5)
        return min(max(round(math.exp(low + u * (high - low))), domain.low), domain.high)
    values = domain.values()
    return values[min(int(u * len(values)), len(values) - 1)]
