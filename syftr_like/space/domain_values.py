"""Values of a domain: recognising them, and drawing them."""

from __future__ import annotations

import math
import random

from syftr_like.contracts import ChoiceDomain, Domain, IntDomain

from .tree import Scalar, same_value


class NotInDomainError(ValueError):
    """A value that a domain does not hold."""


def canonical(domain: Domain, value: object) -> Scalar:
    """Return a value in the one form that equal values share.

    Whole numbers of a real domain become float, steps are snapped to their grid, and a number
    that equals an option becomes that option.

    Raises:
        NotInDomainError: The domain does not hold it.
    """
    if isinstance(domain, ChoiceDomain):
        for option in domain.options:
            if type(option) is type(value) and option == value:
                return option
        for option in domain.options:
            if isinstance(option, int | float) and same_value(option, value):
                return option
        raise NotInDomainError(value)
    if value not in domain or isinstance(value, bool):
        raise NotInDomainError(value)
    assert isinstance(value, int | float)
    if isinstance(domain, IntDomain):
        return int(value)
    if domain.step is None or domain.low == domain.high:
        return float(value)
    # The form of FloatDomain.values, so that a listed and a proposed value are the same.
    return round(domain.low + round((value - domain.low) / domain.step) * domain.step, 12)


def draw(domain: Domain, rng: random.Random) -> Scalar:
    """Draw uniformly from a domain, in the logarithm where it asks for that."""
    if isinstance(domain, ChoiceDomain):
        return rng.choice(domain.options)
    if isinstance(domain, IntDomain):
        if not domain.log:
            return domain.low + domain.step * rng.randrange(domain.size)
        # Each whole number owns the half on either side of it, so that no end is cut short.
        drawn = math.exp(rng.uniform(math.log(domain.low - 0.5), math.log(domain.high + 0.5)))
        return min(max(round(drawn), domain.low), domain.high)
    if domain.size != math.inf:
        return canonical(domain, domain.low + rng.randrange(int(domain.size)) * (domain.step or 0))
    if domain.log:
        drawn = math.exp(rng.uniform(math.log(domain.low), math.log(domain.high)))
    else:
        drawn = rng.uniform(domain.low, domain.high)
    return min(max(drawn, domain.low), domain.high)
