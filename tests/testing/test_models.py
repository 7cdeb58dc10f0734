"""What sets the models apart, and what they have in common: the same request, the same reply."""

from __future__ import annotations

import ast
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openai import OpenAI

from syftr_like.testing.model_server import CHAT_MODELS, ModelServer

ROOT = Path(__file__).parents[2] / "syftr_like" / "testing"
NAMES = ["Venn", "Brandt", "Pryce", "Ashe", "Oduya", "Ferrand", "Steller", "Myhre"]
THINGS = [
    *("lighthouse", "harbour", "chapel", "school", "bridge", "mill"),
    *("inn", "store", "barn", "jetty", "wall", "tower"),
]


@pytest.fixture
def start() -> Iterator[Callable[[int], OpenAI]]:
    servers: list[ModelServer] = []

    def started(seed: int) -> OpenAI:
        servers.append(ModelServer(speed=0, seed=seed).start())
        return OpenAI(base_url=servers[-1].url, api_key="k", max_retries=0)

    yield started
    for server in servers:
        server.stop()


def passages(number: int) -> list[str]:
    """Twelve passages, of which one answers."""
    return [
        f"The {thing} at Cape {number} was built by Maria {NAMES[(number + place) % 8]}."
        for place, thing in enumerate(THINGS)
    ]


def prompt(number: int, thing: str) -> str:
    told = "\n\n".join(f"[{n}] {text}" for n, text in enumerate(passages(number), start=1))
    return (
        "Answer from the passages. If they do not tell, reply with exactly: NOT ANSWERABLE\n\n"
        f"{told}\n\nQuestion: Who built the {thing} at Cape {number}?"
    )


def ask(client: OpenAI, model: str, text: str, **more: object) -> list[str]:
    reply = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": text}], **more
    )
    return [choice.message.content.split("</think>")[-1].strip() for choice in reply.choices]


def right(client: OpenAI, model: str) -> tuple[int, int]:
    """Of 40 questions each: how many are answered rightly, and declined rightly."""
    answered = declined = 0
    for number in range(40):
        name = f"Maria {NAMES[(number + 9) % 8]}"
        answered += ask(client, model, prompt(number, "jetty"))[0] == name
        reply = ask(client, model, prompt(number, "glasshouse of the mayor of Dorvale"))[0]
        declined += reply == "NOT ANSWERABLE"
    return answered, declined


def test_more_skill_answers_more_rightly_and_declines_more_rightly(client: OpenAI) -> None:
    small, medium, large = (
        right(client, f"practice-{size}") for size in ("small", "medium", "large")
    )
    assert small[0] < medium[0] <= large[0]
    assert small[1] < medium[1] <= large[1]
    assert large[0] >= 38
    assert large[1] >= 38
    assert small[0] >= 4


def test_more_skill_costs_more_and_takes_longer() -> None:
    models = sorted(CHAT_MODELS.values(), key=lambda model: model.skill)
    for cheap, dear in itertools.pairwise(models):
        assert cheap.input_per_million < dear.input_per_million
        assert cheap.output_per_million > cheap.input_per_million
        assert cheap.seconds_per_token < dear.seconds_per_token


@pytest.mark.parametrize("model", CHAT_MODELS)
def test_at_temperature_0_the_same_request_has_the_same_reply(
    start: Callable[[int], OpenAI], model: str
) -> None:
    first, second = start(3), start(3)
    for number in range(5):
        text = prompt(number, "jetty")
        replies = [ask(c, model, text, temperature=0)[0] for c in (first, first, second)]
        assert len(set(replies)) == 1


def test_another_seed_makes_other_slips(start: Callable[[int], OpenAI]) -> None:
    def replies(seed: int) -> list[str]:
        client = start(seed)
        return [ask(client, "practice-small", prompt(n, "jetty"))[0] for n in range(20)]

    assert replies(1) != replies(2)


def test_above_temperature_0_replies_vary_and_their_majority_is_right(
    start: Callable[[int], OpenAI],
) -> None:
    client = start(0)
    won, varied = 0, 0
    for number in range(10):
        text = prompt(number, "jetty")
        samples = [ask(client, "practice-medium", text, temperature=1.0)[0] for _ in range(9)]
        together = ask(client, "practice-medium", text, temperature=1.0, n=9)
        assert len(together) == 9
        varied += len(set(samples)) > 1
        most, _ = Counter(samples + together).most_common(1)[0]
        won += most == f"Maria {NAMES[(number + 9) % 8]}"
    assert varied >= 5
    assert won >= 8


def test_top_p_0_and_a_seed_take_the_variation_back(start: Callable[[int], OpenAI]) -> None:
    client = start(0)
    text = prompt(4, "jetty")
    for settings in ({"temperature": 1.5, "seed": 11}, {"temperature": 0.0}):
        replies = [ask(client, "practice-small", text, **settings)[0] for _ in range(6)]
        assert len(set(replies)) == 1
    spread = {ask(client, "practice-small", text, temperature=2, seed=n)[0] for n in range(20)}
    assert len(spread) > 1


def test_what_varies_does_not_depend_on_who_asks_first(start: Callable[[int], OpenAI]) -> None:
    text = prompt(5, "mill")

    def sampled(client: OpenAI, threads: int) -> Counter[str]:
        with ThreadPoolExecutor(threads) as pool:
            return Counter(
                pool.map(
                    lambda _: ask(client, "practice-small", text, temperature=1.0)[0], range(24)
                )
            )

    assert sampled(start(7), 1) == sampled(start(7), 8)


def test_the_server_knows_nothing_of_the_catalogue() -> None:
    """It must work from any prompt's English, not from the prompts of this project."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                if name.startswith(("syftr_like", "components", "evaluators")):
                    assert name == "syftr_like.errors", f"{path} imports {name}"


def test_the_documentation_has_the_table_as_it_is() -> None:
    page = (ROOT.parents[1] / "docs" / "practice_server.md").read_text(encoding="utf-8")
    for model in CHAT_MODELS.values():
        assert (
            f"| `{model.name}` | {model.skill:.2f} | {model.window:,} | "
            f"{model.seconds_per_request} | {model.seconds_per_token} | "
            f"{model.input_per_million:.2f} / {model.output_per_million:.2f} |"
        ) in page
