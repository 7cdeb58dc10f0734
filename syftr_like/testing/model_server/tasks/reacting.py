"""Tool use by text: Thought, Action, Observation (ReAct: Yao et al. 2022)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..mind import Mind
from ..reading.forms import Form
from ..reading.parts import split_parts
from ..reading.prompt import Prompt, read_prompt
from ..reading.words import stems
from ..replies import Reply
from ..requests import ChatMessage
from ..writing import write
from .searching import next_step

_OBSERVES = re.compile(r"\W*Observation\b", re.I)
_LOOKS_BACK = re.compile(
    r"\b(?:rate|score|judge|evaluate|grade|reflect\w*|promising|critici[sz]e|summari[sz]e)\b", re.I
)
_MENTIONED = re.compile(r"\b(?P<tool>[a-zA-Z_]\w*)(?P<open>[\[(])<?[\w ]+>?[\])]")
_ACTION_INPUT = re.compile(r"Action Input(?: \d+)?\s*:\s*(?P<input>.+)")
_BRACKETED = re.compile(
    r"^\W*Action(?: \d+)?\s*:\s*(?P<tool>[A-Za-z_]\w*)\s*(?P<open>[\[(])"
    r"\s*(?P<input>.*?)\s*[\])]\s*$",
    re.M,
)
_OBSERVATION = re.compile(
    r"^\W*Observation(?: \d+)?\s*:[ \t]*(?P<text>.*?)(?=^\W*(?:Thought|Action|Observation|Question|"
    r"Final Answer)(?: \d+)?\s*:|\Z)",
    re.M | re.S,
)
_ONE_OF = re.compile(r"(?:one of|tools?(?: are)?:?)\s*[\[(](?P<names>[\w, -]+)[\])]", re.I)
_DESCRIBED = re.compile(
    r"^\s*(?:[-*]\s+|\(?\d+[.)]\s+)?[`*\"]*(?P<name>[A-Za-z_]\w*)[`*\"]*"
    r"(?P<call>\[[^\]\n]*\]|\([^)\n]*\))?[`*]*\s*(?::|,\s*which|\s-)\s*(?P<text>\S.*)$",
    re.M,
)
_NOT_TOOLS = {
    "question", "thought", "action", "observation", "answer", "final", "input", "note", "tools",
    "example", "begin", "format",
}  # fmt: skip
_FINISH = re.compile(r"\b(?P<name>finish|answer|final|submit|done)\s*(?P<open>[\[(])", re.I)


def reacts(messages: Sequence[ChatMessage]) -> bool:
    """Whether a conversation asks for thoughts, actions and observations in text."""
    told = "\n".join(m.text for m in messages if m.role != "assistant")
    last = next((m.text for m in reversed(messages) if m.role == "user"), "")
    if _LOOKS_BACK.search(split_parts(last)[0]):
        return False  # a transcript that is to be judged, not to be gone on with
    return all(re.search(rf"\b{word}", told) for word in ("Thought", "Action", "Observation"))


def react(messages: Sequence[ChatMessage], mind: Mind) -> Reply:
    """Return the next thought and action, or the final answer, after what was observed.

    The transcript may stand in one message, or each reply and observation in its own.
    """
    asked_in = next(
        (n for n, m in enumerate(messages) if m.role == "user" and not _OBSERVES.match(m.text)), 0
    )
    prompt = read_prompt(messages[: asked_in + 1])
    told = "\n".join(m.text for m in messages[: asked_in + 1])
    transcript = _transcript([m.text for m in messages[asked_in:]])
    queries = _queries(transcript)
    results = [m["text"].strip() for m in _OBSERVATION.finditer(transcript)]
    question = _question(messages[asked_in].text) or prompt.question
    step = next_step(question, results, queries, prompt.form.abstention, mind)
    count = f" {len(queries) + 1}" if re.search(r"\bThought \d", told) else ""
    lead = "" if transcript.rstrip().endswith("Thought:") else f"Thought{count}: "
    thought = f"{lead}{step.thought}"
    if step.finding is not None:
        text = write(step.finding, _plain(prompt), mind)
        if finish := _FINISH.search(told):
            close = "]" if finish["open"] == "[" else ")"
            action = f"Action{count}: {finish['name']}{finish['open']}{text}{close}"
            return Reply(f"{thought}\n{action}", (), "react")
        return Reply(f"{thought}\nFinal Answer: {text}", (), "react")
    query = step.queries[0]
    tool = tool_named(told, query, len(queries))
    if mind.slips(0.1):
        return Reply(f"{thought}\nI will use {tool} to look for {query}.", (), "react")
    bracket = _MENTIONED.search(told)
    if bracket and "Action Input" not in told:
        close = "]" if bracket["open"] == "[" else ")"
        action = f"Action{count}: {tool}{bracket['open']}{query}{close}"
        return Reply(f"{thought}\n{action}", (), "react")
    return Reply(f"{thought}\nAction{count}: {tool}\nAction Input{count}: {query}", (), "react")


def _plain(prompt: Prompt) -> Form:
    """Return the form of the answer itself, without the lines around it."""
    return replace(prompt.form, fields=(), reasons=False, shape=None, listing=None)


def _transcript(texts: Sequence[str]) -> str:
    """Return what was done since the last question, without the explanation of the form."""
    whole = "\n".join(texts)
    begins = [m.start() for m in re.finditer(r"^\W*(?:Question|Task|Query)\s*:", whole, re.M)]
    return whole[begins[-1] :] if begins else whole


def _queries(transcript: str) -> list[str]:
    bracketed = [m["input"].strip("\"' ") for m in _BRACKETED.finditer(transcript)]
    inputs = [m["input"].strip("\"' ") for m in _ACTION_INPUT.finditer(transcript)]
    found = inputs or bracketed
    return [text for text in found if not re.fullmatch(r"<.*>|\{.*\}|\.\.\.", text)]


def _question(text: str) -> str:
    """Return the last question of a text that is not part of the explanation of the form."""
    asked = re.findall(r"^\W*(?:Question|Task|Query)\s*:\s*(\S.*)$", text, re.M)
    real = [t for t in asked if not re.match(r"<|\{|the (?:input )?question\b", t)]
    return str(real[-1]).strip() if real else ""


def tool_named(told: str, query: str, made: int) -> str:
    """Return the name of the tool that suits best, of those that the prompt names."""
    described = {
        m["name"]: m["text"]
        for m in _DESCRIBED.finditer(told)
        if m["name"].lower() not in _NOT_TOOLS and not _FINISH.match(m["name"] + "[")
    }
    listed = _ONE_OF.search(told)
    names = [n.strip() for n in listed["names"].split(",")] if listed else []
    names = [name for name in names if name and name.lower() not in _NOT_TOOLS]
    usable = {n: described.get(n, "") for n in names} or described
    if not usable:
        mentioned = [m["tool"] for m in _MENTIONED.finditer(told)]
        return next((t for t in mentioned if not _FINISH.match(f"{t}[")), "search")
    asked = set(stems(query))

    def suits(name: str) -> tuple[int, bool]:
        about = f"{name.replace('_', ' ')} {usable[name]}"
        return len(asked & set(stems(about))), "search" in about.lower()

    ordered = sorted(usable, key=suits, reverse=True)
    equal = [name for name in ordered if suits(name) == suits(ordered[0])]
    return equal[made % len(equal)]
