"""Things to be looked up that were written down together, some of which need what others find."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from syftr_like.errors import ComponentError

from ..reply_forms import without_thoughts
from .actions import Action, read_action
from .findings import Finding
from .toolbox import Toolbox

_LINE = re.compile(r"^[\s>*_-]*(?P<number>\d+)[.):][*_`\s]*(?P<text>\S.*)$", re.MULTILINE)

_BEFORE_FIRST = re.compile(r"\A[^\n]*?[.:!]\s+(?=1[.)]\s)")


@dataclass(frozen=True, slots=True)
class Request:
    """An action that may refer to the results of earlier ones.

    Attributes:
        name: What later ones refer to it by.
        action: The action, references included.
        needs: The names that it refers to.
    """

    name: str
    action: Action
    needs: tuple[str, ...] = ()


def listed(reply: str, toolbox: Toolbox, default: str) -> list[tuple[str, Action]]:
    """Return number and action of each line of a numbered list, in order.

    A line is an action (`1. search: otters`), or else a text to use the default tool with.

    Raises:
        ComponentError: There is no numbered line.
    """
    text = without_thoughts(reply)
    # `Here it is: 1. ...`: the list may begin behind a sentence that leads to it.
    lines = list(_LINE.finditer(text)) or list(_LINE.finditer(_BEFORE_FIRST.sub("", text)))
    if not lines:
        raise ComponentError("it has no numbered line, such as 1. ...")
    return [(line["number"], _action(line["text"].strip(), toolbox, default)) for line in lines]


def unlisted(reply: str) -> str:
    """Return a reply without its numbered lines."""
    return _LINE.sub("", without_thoughts(reply))


def referring(
    actions: Sequence[tuple[str, Action]], reference: re.Pattern[str], most: int
) -> list[Request]:
    """Return actions as requests.

    Args:
        actions: Each with its name.
        reference: How one is referred to in a text; its group is the name.
        most: How many there may be.

    Raises:
        ComponentError: There are more, two have one name, or one refers to what is not before it.
    """
    if len(actions) > most:
        raise ComponentError(f"it has {len(actions)} of them, {most} are allowed at most")
    made: dict[str, Request] = {}
    for name, action in actions:
        if name in made:
            raise ComponentError(f"{name} stands twice in it")
        needs = tuple(dict.fromkeys(reference.findall(action.text)))
        later = [needed for needed in needs if needed not in made]
        if later:
            raise ComponentError(f"{name} refers to {later[0]}, which does not stand before it")
        made[name] = Request(name, action, needs)
    return list(made.values())


async def fulfil(
    requests: Sequence[Request],
    reference: re.Pattern[str],
    carry_out: Callable[[Sequence[Request]], Awaitable[Sequence[Finding]]],
) -> None:
    """Carry out requests, those side by side that need nothing of each other.

    References are replaced by what the findings stand for. A request that needs what came to
    nothing is not carried out, and comes to nothing itself.

    Args:
        requests: See `referring`.
        reference: See `referring`.
        carry_out: Is given requests whose references are replaced.
    """
    values: dict[str, str | None] = {}
    left = list(requests)
    while left:
        lost = [
            request
            for request in left
            if any(name in values and values[name] is None for name in request.needs)
        ]
        values |= {request.name: None for request in lost}
        ready = [
            request
            for request in left
            if all(values.get(name) is not None for name in request.needs)
        ]
        if ready:
            found = await carry_out([_filled(request, reference, values) for request in ready])
            values |= {r.name: finding.value for r, finding in zip(ready, found, strict=True)}
        left = [request for request in left if request.name not in values]


def _filled(
    request: Request, reference: re.Pattern[str], values: Mapping[str, str | None]
) -> Request:
    text = reference.sub(lambda match: values[match[1]] or "", request.action.text)
    return replace(request, action=Action(request.action.tool, text))


def _action(text: str, toolbox: Toolbox, default: str) -> Action:
    text = text.replace("**", "").replace("`", "")
    action = read_action(text)
    return action if action and action.tool in toolbox.names else Action(default, text)
