"""How numbers are shown to people."""

from __future__ import annotations

from syftr_like.statistics.estimate import Estimate


def shown(value: float, unit: str) -> str:
    """Return a value with its unit, in as many digits as mean something."""
    if unit == "share":
        return f"{value:.3f}"
    if unit == "USD":
        return f"${value:.2f}" if value >= 1 else f"${value:.3g}"
    if unit == "s":
        if value < 1e-3:
            return f"{value * 1e6:.0f} µs"
        return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"
    if unit == "tokens":
        return f"{value:,.0f}"
    return f"{value:.4g} {unit}".rstrip()


def shown_estimate(estimate: Estimate, unit: str) -> str:
    """Return a value with its interval, where it has one."""
    if estimate.low is None or estimate.high is None:
        return shown(estimate.value, unit)
    return (
        f"{shown(estimate.value, unit)} [{shown(estimate.low, unit)}, {shown(estimate.high, unit)}]"
    )
