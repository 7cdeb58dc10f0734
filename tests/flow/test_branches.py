"""Components that have parts of the graph run when they ask: routers, cascades, agents' tools."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from syftr_like.cache import open_cache
from syftr_like.contracts import (
    Account,
    Answer,
    BudgetExhaustedError,
    CallEnvironment,
    ModelReply,
    ModelRequest,
    Outcome,
    Port,
    Query,
    call_model,
    calling_in,
)
from syftr_like.errors import ComponentError
from syftr_like.flow import IndexStore, Limits, PreparedFlow, build_flow

from .conftest import Catalogue
from .parts import Branches, asking, burn, call, flow_config, scripted

Prepare = Callable[..., PreparedFlow]
FROM_QUESTION = {"question": "question"}


def ask(flow: PreparedFlow, question: str = "why?") -> Outcome:
    return asyncio.run(flow.run("q", question))


@pytest.fixture
def routed(prepare: Prepare, catalogue: Catalogue) -> Callable[..., PreparedFlow]:
    """A flow whose output asks the branches `one` and `two`, which the test writes."""

    def build(
        work: Callable[[str, Branches], Awaitable[Answer]],
        one: Callable[[str], Any] = lambda text: Answer(f"one: {text}"),
        two: Callable[[str], Any] = lambda text: Answer(f"two: {text}"),
        **limits: Any,
    ) -> PreparedFlow:
        catalogue["one"] = scripted("one", one, Port.ANSWER)
        catalogue["two"] = scripted("two", two, Port.ANSWER)
        catalogue["asking"] = asking(work)
        return prepare(
            flow_config(
                "answer",
                one=("one", FROM_QUESTION),
                two=("two", FROM_QUESTION),
                answer=(
                    "asking",
                    {**FROM_QUESTION, "branches.cheap": "one", "branches.dear": "two"},
                ),
            ),
            **limits,
        )

    return build


def nodes(outcome: Outcome) -> list[str]:
    return [record.node for record in outcome.nodes]


def seconds(outcome: Outcome) -> dict[str, float]:
    """Return how long each node took; a test compares them with each other, not with a clock."""
    return {record.node: record.seconds for record in outcome.nodes}


class TestWhatIsRun:
    def test_only_what_is_asked(self, routed: Callable[..., PreparedFlow]) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            assert {name: branch.name for name, branch in branches.items()} == {
                "cheap": "cheap",
                "dear": "dear",
            }
            return await branches["dear"].ask()

        outcome = ask(routed(work))
        assert outcome.answer == Answer("two: why?")
        assert nodes(outcome) == ["two", "answer"]

    def test_nothing_where_nothing_is_asked(self, routed: Callable[..., PreparedFlow]) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            return Answer("by myself")

        assert nodes(ask(routed(work))) == ["answer"]

    def test_the_same_text_is_run_once_another_again(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            cheap = branches["cheap"]
            said = [await cheap.ask(), await cheap.ask(text), await cheap.ask("how?")]
            return Answer(" / ".join(answer.text for answer in said))

        outcome = ask(routed(work))
        assert outcome.answer == Answer("one: why? / one: why? / one: how?")
        assert nodes(outcome) == ["one", "one", "answer"]

    def test_a_tool_is_a_graph_and_what_it_found_is_what_was_read(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            first = await branches["search"].ask("otters")
            second = await branches["search"].ask("falcons")
            return Answer(first[0].text + second[0].text)

        catalogue["asking"] = asking(work)
        flow = prepare(
            flow_config(
                "answer",
                chunks=("whole_document", {"documents": "documents"}),
                search=("bm25", {"question": "question", "chunks": "chunks"}, {"k": 1}),
                never=("from_documents", {"documents": "documents"}),
                answer=(
                    "asking",
                    {**FROM_QUESTION, "tools.search": "search", "branches.never": "never"},
                ),
            )
        )
        outcome = ask(flow)
        assert "Otters eat" in outcome.answer.text
        assert "Falcons dive" in outcome.answer.text
        assert [p.chunk.document for p in outcome.retrieved["search"]] == ["otter", "falcon"]
        assert outcome.passages == outcome.retrieved["search"]

    def test_two_branches_share_what_feeds_both(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            said = await asyncio.gather(*(branch.ask() for branch in branches.values()))
            return Answer("+".join(answer.text for answer in said))

        async def slow(text: str) -> Any:
            await asyncio.sleep(0.2)
            return Query(text.upper())

        catalogue["asking"] = asking(work)
        catalogue["slow"] = scripted("slow", slow)
        catalogue["tail"] = scripted("tail", lambda text: Answer(text), Port.ANSWER)
        flow = prepare(
            flow_config(
                "answer",
                louder=("slow", FROM_QUESTION),
                one=("tail", {"question": "louder"}),
                two=("tail", {"question": "louder"}),
                answer=("asking", {**FROM_QUESTION, "branches.a": "one", "branches.b": "two"}),
            )
        )
        outcome = ask(flow)
        assert outcome.answer == Answer("WHY?+WHY?")
        assert sorted(nodes(outcome)) == ["answer", "louder", "one", "two"]
        assert outcome.latency_s >= seconds(outcome)["louder"]


class TestTime:
    def test_one_after_the_other_adds_up(self, routed: Callable[..., PreparedFlow]) -> None:
        async def nap(text: str) -> Answer:
            await asyncio.sleep(0.2)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            await branches["cheap"].ask()
            return await branches["dear"].ask()

        outcome = ask(routed(work, nap, nap))
        took = seconds(outcome)
        assert outcome.latency_s >= took["one"] + took["two"] >= 0.4
        began = {record.node: record.began_s for record in outcome.nodes}
        assert began["answer"] == 0
        assert began["two"] >= began["one"] + took["one"]

    def test_side_by_side_counts_as_the_longest(self, routed: Callable[..., PreparedFlow]) -> None:
        async def nap(text: str) -> Answer:
            await asyncio.sleep(0.2)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            await asyncio.gather(branches["cheap"].ask(), branches["dear"].ask())
            return Answer("done")

        outcome = ask(routed(work, nap, nap))
        took = seconds(outcome)
        assert max(took["one"], took["two"]) <= outcome.latency_s < took["one"] + took["two"]

    def test_waiting_for_the_slot_is_not_counted(self, routed: Callable[..., PreparedFlow]) -> None:
        def busy(text: str) -> Answer:
            time.sleep(0.1)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            return await branches["cheap"].ask()

        flow = routed(work, busy)

        async def many() -> list[Outcome]:
            return await asyncio.gather(*(flow.run(str(n), str(n)) for n in range(4)))

        outcomes = asyncio.run(many())
        in_all = sum(seconds(outcome)["one"] for outcome in outcomes)
        assert in_all >= 0.4
        assert max(o.latency_s for o in outcomes) < in_all, "the last one waited for the others"

    def test_cpu_time_is_counted_once(self, routed: Callable[..., PreparedFlow]) -> None:
        async def busy(text: str) -> Answer:
            burn(0.1)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            burn(0.03)
            return await branches["cheap"].ask()

        cpu = {r.node: r.cpu_seconds for r in ask(routed(work, busy)).nodes}
        assert cpu["one"] >= 0.1
        assert 0.03 <= cpu["answer"] < cpu["one"], "that of its branch is not in it"

    def test_a_branch_that_takes_too_long_is_a_timeout(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        async def forever(text: str) -> Answer:
            await asyncio.sleep(60)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            return await branches["cheap"].ask()

        outcome = ask(routed(work, forever, timeout=0.2))
        assert "timeout" in (outcome.error or "")
        assert outcome.latency_s == 0.2

    def test_so_is_work_that_never_ends_between_its_branches(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            await branches["cheap"].ask()
            await asyncio.sleep(60)
            return Answer("never")

        outcome = ask(routed(work, timeout=0.2))
        assert "timeout in node 'answer'" in (outcome.error or "")

    def test_an_endless_loop_of_questions_ends_with_the_time(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        async def nap(text: str) -> Answer:
            await asyncio.sleep(0.02)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            for n in range(10_000):
                await branches["cheap"].ask(str(n))
            return Answer("never")

        outcome = ask(routed(work, nap, timeout=0.3))
        assert outcome.error is not None
        assert len(outcome.nodes) < 30


class TestFailures:
    @staticmethod
    def broken(text: str) -> Answer:
        raise ValueError("the cheap one is broken")

    def test_the_failure_of_a_branch_is_a_failure(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        async def work(text: str, branches: Branches) -> Answer:
            return await branches["cheap"].ask()

        outcome = ask(routed(work, self.broken))
        assert "the cheap one is broken" in (outcome.error or "")
        assert outcome.answer is None

    def test_unless_the_component_goes_on_with_another(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        told: list[str] = []

        async def work(text: str, branches: Branches) -> Answer:
            try:
                return await branches["cheap"].ask()
            except ComponentError as error:
                told.append(str(error))
                return await branches["dear"].ask()

        outcome = ask(routed(work, self.broken))
        assert outcome.answer == Answer("two: why?")
        assert outcome.error is None
        assert ["'cheap'" in text for text in told] == [True]
        assert nodes(outcome) == ["one", "two", "answer"]

    def test_a_branch_whose_first_asker_was_cancelled_can_be_asked_again(
        self, routed: Callable[..., PreparedFlow]
    ) -> None:
        async def nap(text: str) -> Answer:
            await asyncio.sleep(0.05)
            return Answer(text)

        async def work(text: str, branches: Branches) -> Answer:
            first = asyncio.create_task(branches["cheap"].ask())
            await asyncio.sleep(0.01)
            second = asyncio.create_task(branches["cheap"].ask())
            await asyncio.sleep(0.01)
            first.cancel()
            return await second

        assert ask(routed(work, nap)).answer == Answer("why?")


class Broke(Account):
    """An account without money."""

    def reserve(self, model: str, worst_usd: float) -> int | None:
        raise BudgetExhaustedError("nothing is left")

    def settle(self, reservation: int, usd: float) -> None:
        raise AssertionError("nothing was reserved")


def test_a_call_that_is_refused_in_a_branch_leaves_the_question_unanswered(
    routed: Callable[..., PreparedFlow],
) -> None:
    async def paid(text: str) -> Answer:
        async def send() -> ModelReply:
            return ModelReply("yes", call())

        return Answer(str(await call_model(ModelRequest("m", [text], 1.0), send)))

    async def work(text: str, branches: Branches) -> Answer:
        try:
            return await branches["cheap"].ask()
        except Exception:
            return Answer("never mind")

    environment = CallEnvironment(None, Broke())
    with calling_in(environment), pytest.raises(BudgetExhaustedError, match="nothing is left"):
        ask(routed(work, paid))
    environment.close()


def test_results_of_branches_are_kept_and_what_asks_them_is_run_again(
    documents: Any, catalogue: Catalogue, tmp_path: Any
) -> None:
    made: list[str] = []

    def one(text: str) -> Answer:
        made.append(text)
        return Answer(text)

    async def work(text: str, branches: Branches) -> Answer:
        first = await branches["cheap"].ask()
        second = await branches["cheap"].ask(f"and {text}")
        return Answer(f"{first.text} {second.text}")

    catalogue["one"] = scripted("one", one, Port.ANSWER)
    catalogue["asking"] = asking(work)
    config = flow_config(
        "answer",
        one=("one", FROM_QUESTION),
        answer=("asking", {**FROM_QUESTION, "branches.cheap": "one"}),
    )
    outcomes = []
    for _ in range(2):
        cache = open_cache(str(tmp_path / "cache"), None)
        flow = PreparedFlow(build_flow(config), documents, IndexStore(), Limits(), results=cache)
        outcomes.append(ask(flow))
        flow.flush_results()
    cold, warm = outcomes
    assert made == ["why?", "and why?"]
    assert warm.answer == cold.answer
    assert [r.cached for r in warm.nodes] == [True, True, False]
    assert [r.seconds for r in warm.nodes[:2]] == [r.seconds for r in cold.nodes[:2]]
