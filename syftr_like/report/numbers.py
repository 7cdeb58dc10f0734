"""How numbers are shown to people."""

from __future__ import annotations

from syftr_like.statistics.estimate import Estimate


def counted(count: int, noun: str) -> str:
    """Return how many there are, with a noun that takes an `s` where there is not just one."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def shown(value: float, unit: str) -> str:
    """Return a value with its unit, in as many digits as mean something."""
    if value < 0:
        return f"-{shown(-value, unit)}"
    if unit == "share":
        return f"{value:.3f}"
    if unit == "USD":
        return f"${value:,.2f}" if value >= 1 else f"${_three_digits(value)}"
    if unit == "s":
        return _seconds(value)
    if unit == "tokens":
        return f"{value:,.0f}" if value >= 100 else _three_digits(value)
    return f"{_three_digits(value)} {unit}".rstrip()


def shown_estimate(estimate: Estimate, unit: str) -> str:
    """Return a value with its interval, where it has one."""
    interval = shown_interval(estimate, unit)
    return shown(estimate.value, unit) + (f" [{interval}]" if interval else "")


def shown_interval(estimate: Estimate, unit: str) -> str:
    """Return an interval; one end alone where there are too few questions for the other."""
    low, high = (None if e is None else shown(e, unit) for e in (estimate.low, estimate.high))
    if low is None or high is None:
        return f"from {low}" if low is not None else f"to {high}" if high is not None else ""
    return f"{low} to {high}"


def _seconds(value: float) -> str:
    # Where rounding carries over to the next unit, the next unit is taken.
    if value >= 0.9995 or value == 0:
        return f"{_three_digits(value)} s"
    if value >= 0.9995e-3:
        return f"{_three_digits(value * 1e3)} ms"
    return f"{_three_digits(value * 1e6)} µs"


def _three_digits(value: float) -> str:
    """Return three significant digits; as a power of ten where it would take many zeros."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.2e}".split("e")
    power = int(exponent)
    if not -3 <= power <= 6:
        return f"{_without_zeros(mantissa)}e{power}"
    rounded = round(value, 2 - power)
    return _without_zeros(f"{rounded:,.{max(0, 2 - power)}f}")


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
