"""What a plan takes for the replies of an agent's model, so that a question goes round its loop.

`fewest` looks up as little as the agent allows, `usual` two things, with the tools in turn, and
`most` as many as its limits allow. What is looked up second or later leaves out the first words of
the question: other words find other passages, as in a real loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import LlmReply, ToolCall

from ..dry_reply import DryReplies, Said
from ..side_by_side import AT_A_TIME
from .actions import Action
from .toolbox import Toolbox

USUAL_LOOKUPS = 2
"""Things looked up for a question as a rule: as many as questions of several hops need."""

ANSWER = "a short reply"


def searched(question: str, number: int) -> str:
    """Return the text that is looked up, for the numbers from 0; each is another one."""
    words = question.split()
    return " ".join(words[number:]) if number < len(words) else f"{question} {number}"


def in_turn(box: Toolbox, question: str, number: int) -> Action:
    """Return what is looked up, with the tools in turn."""
    return Action(box.names[number % len(box.names)], searched(question, number))


def several(box: Toolbox, question: str, count: int) -> list[Action]:
    """Return so many things to be looked up, with the tools in turn."""
    return [in_turn(box, question, number) for number in range(count)]


def with_all(box: Toolbox, question: str, number: int) -> list[Action]:
    """Return a look-up with every tool."""
    return [Action(name, searched(question, number)) for name in box.names[:AT_A_TIME]]


def in_text(actions: Sequence[Action]) -> str:
    """Return actions as lines of a reply."""
    return "\n".join(f"Action: {action}" for action in actions)


def called(box: Toolbox, actions: Sequence[Action]) -> LlmReply:
    """Return actions as calls of tools."""
    return LlmReply(
        "",
        tuple(
            ToolCall(
                f"dry-{number}",
                action.tool,
                {"question" if action.tool in box.experts else "query": action.text},
            )
            for number, action in enumerate(actions)
        ),
    )


def listing(actions: Sequence[Action]) -> str:
    """Return actions as a numbered list."""
    return "\n".join(f"{n}. {a.tool}: {a.text}" for n, a in enumerate(actions, start=1))


def round_of_loop(done: int, fewest: Said, usual: Said, most: Said, answer: Said) -> DryReplies:
    """Return the replies at one place of a loop that ends with an answer.

    Args:
        done: Rounds before it.
        fewest, usual, most: How each course looks something up.
        answer: Ends it.
    """
    return DryReplies(
        fewest if done < 1 else answer, usual if done < USUAL_LOOKUPS else answer, most
    )
