"""Packages that only some components need."""

from __future__ import annotations

from importlib.util import find_spec

from syftr_like.errors import UnavailableError

EXTRA = "models"
"""The extra of this distribution that installs what remote models need."""

LOCAL_EXTRA = "local"
"""The extra that installs what neural models on one's own machine need."""


def require(package: str, component: str, *, extra: str = EXTRA) -> None:
    """Check that a package, which an extra of this distribution installs, is there.

    It is not imported.

    Raises:
        UnavailableError: It is not; the message says how to install it.
    """
    try:
        installed = find_spec(package) is not None
    except ValueError:  # a module without a spec, as a test double may be
        installed = True
    if not installed:
        raise UnavailableError(
            f"the component '{component}' needs the package '{package}', which is not installed",
            expected=f"pip install 'syftr-like[{extra}]'",
        )
