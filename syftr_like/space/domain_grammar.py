"""Domains as written: `{int: [2, 20]}`, `{float: [0.1, 1], log: true}`, `{choose: [...]}`."""

from __future__ import annotations

from syftr_like.contracts import ChoiceDomain, Domain, FloatDomain, IntDomain, Json
from syftr_like.errors import InputError, nearest

from .cursor import Cursor
from .fields import DeclaredParameter
from .tree import Fixed, Scalar, Searched, Value, same_value

DOMAIN_KEYS = ("int", "float", "choose")
_MOST_CHECKED = 1000


def is_domain(value: object) -> bool:
    """Whether plain data is written as a domain."""
    return isinstance(value, dict) and any(key in value for key in DOMAIN_KEYS)


def read_value(cursor: Cursor, declared: DeclaredParameter, path: str) -> Value:
    """Read a literal or a domain of a parameter that holds a plain value.

    Raises:
        InputError: Malformed, of the wrong type, empty, or out of the parameter's bounds.
    """
    if is_domain(cursor.value):
        return searched(read_domain(cursor, declared), path, declared)
    if isinstance(cursor.value, dict) and len(cursor.value) >= 1:
        first = next(iter(cursor.value))
        meant = nearest(first, DOMAIN_KEYS)
        if meant is not None and isinstance(cursor.value[first], list):
            raise cursor.child(first).error(
                f"unknown kind of domain '{first}'",
                expected=f"one of {', '.join(DOMAIN_KEYS)}",
                nearest=meant,
                key=True,
            )
    return Fixed(declared.check(cursor.value, cursor))


def searched(domain: Domain, path: str, declared: DeclaredParameter | None) -> Value:
    """Return a decision, or the fixed value of a domain that holds only one.

    Args:
        domain: The domain, as read or as the component suggests it.
        path: Path of the decision.
        declared: The parameter; None for an argument of a factory.
    """
    real = False
    if isinstance(domain, ChoiceDomain) and declared is not None:
        # What a component suggests may be written as whole numbers for a real parameter.
        domain = ChoiceDomain(tuple(_scalar(declared.normal(o)) for o in domain.options))
    if isinstance(domain, IntDomain) and declared is not None:
        real = isinstance(declared.normal(domain.low), float)
    if domain.size == 1:
        (value,) = domain.values()
        return Fixed(declared.normal(value) if declared is not None else value)
    return Searched(path, domain, real)


def _scalar(value: Json) -> Scalar:
    if not isinstance(value, bool | int | float | str | None):
        raise TypeError(f"a choice holds plain values, not {value!r}")
    return value


def read_domain(cursor: Cursor, declared: DeclaredParameter | None) -> Domain:
    """Read a domain; each end or option is checked against the parameter's type and bounds.

    Args:
        cursor: The mapping that `is_domain` recognised.
        declared: The parameter; None for an argument of a factory, which may be any plain value.

    Raises:
        InputError: See `read_value`.
    """
    written = [key for key in DOMAIN_KEYS if cursor.has(key)]
    if len(written) > 1:
        raise cursor.error(
            f"a domain is one of {', '.join(DOMAIN_KEYS)}, not several",
            found=" and ".join(written),
            expected="one of them",
        )
    kind = written[0]
    if kind == "choose":
        cursor.only(["choose"], "a choice")
        return _choice(cursor.child("choose"), declared)
    cursor.only([kind, "step", "log"], f"a domain of kind {kind}")
    low, high = _ends(cursor.child(kind), kind)
    step = cursor.child("step") if cursor.has("step") else None
    log = cursor.has("log") and _flag(cursor.child("log"))
    if step is not None:
        _number(step, kind, f"`step` of a domain of kind {kind}")
        if step.value <= 0:
            raise step.error("`step` must be above 0", expected="a positive number")
    if low > high:
        raise cursor.child(kind).error(
            "the domain is empty: its ends are reversed",
            found=f"[{low}, {high}]",
            expected=f"[{high}, {low}]",
        )
    if log and step is not None:
        raise cursor.child("log").error(
            "a domain is searched in steps or by its logarithm, not both",
            found="step and log",
            expected="one of them",
        )
    least = 1 if kind == "int" else 0
    if log and (low < least or low == 0):
        raise (
            cursor.child(kind)
            .child(0)
            .error(
                "a logarithmic domain starts above 0", expected="1 or more" if least else "above 0"
            )
        )
    domain: Domain
    if kind == "int":
        domain = IntDomain(int(low), int(high), int(step.value) if step else 1, log)
    else:
        domain = FloatDomain(float(low), float(high), float(step.value) if step else None, log)
    if declared is not None:
        _check_members(domain, cursor.child(kind), declared)
    return domain


def _ends(cursor: Cursor, kind: str) -> tuple[float, float]:
    if not isinstance(cursor.value, list) or len(cursor.value) != 2:
        raise cursor.error(f"a domain of kind {kind} has two ends", expected="[low, high]")
    for i in (0, 1):
        _number(cursor.child(i), kind, f"each end of a domain of kind {kind}")
    low, high = cursor.value
    return low, high


def _number(cursor: Cursor, kind: str, what: str) -> None:
    value = cursor.value
    wanted = int if kind == "int" else int | float
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise cursor.error(
            f"{what} must be a {'whole ' if kind == 'int' else ''}number",
            expected="a whole number" if kind == "int" else "a number",
        )


def _flag(cursor: Cursor) -> bool:
    if not isinstance(cursor.value, bool):
        raise cursor.error("`log` must be true or false", expected="true or false")
    return cursor.value


def _check_members(
    domain: IntDomain | FloatDomain, ends: Cursor, declared: DeclaredParameter
) -> None:
    declared.check(domain.low, ends.child(0))
    declared.check(domain.high, ends.child(1))
    if domain.size <= _MOST_CHECKED:
        for value in domain.values():
            # Beyond its ends, a parameter may exclude values within (a multiple, a validator).
            try:
                declared.check(value, ends)
            except InputError as error:
                raise ends.error(
                    error.problem,
                    found=f"{value}, which this domain holds",
                    expected=error.expected,
                ) from None


def _choice(cursor: Cursor, declared: DeclaredParameter | None) -> ChoiceDomain:
    options: list[Scalar] = []
    for item in cursor.sequence("`choose`"):
        if isinstance(item.value, dict | list):
            raise item.error(
                "an option of a parameter must be a plain value",
                expected="a number, text, true, false or null",
            )
        value = declared.check(item.value, item) if declared is not None else item.value
        if not isinstance(value, bool | int | float | str | None):
            raise item.error("this option is not a plain value", expected="a plain value")
        if any(same_value(value, other) for other in options):
            raise item.error("this option stands twice", expected="each option once")
        options.append(value)
    return ChoiceDomain(tuple(options))
