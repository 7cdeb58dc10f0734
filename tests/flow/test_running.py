"""Running a flow on questions: order, time, money, and what happens when something fails."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from syftr_like.contracts import (
    Answer,
    CallEnvironment,
    ModelReply,
    ModelRequest,
    Outcome,
    Port,
    Query,
    call_model,
    calling_in,
    record_model_call,
)
from syftr_like.flow import CpuSlot, PreparedFlow

from .conftest import Catalogue
from .parts import MostAtATime, burn, call, flow_config, scripted

Prepare = Callable[..., PreparedFlow]
FROM_QUESTION = {"question": "question"}


def ask(flow: PreparedFlow, *questions: str) -> list[Outcome]:
    """Run questions, all of them under way at a time."""

    async def run() -> list[Outcome]:
        return await asyncio.gather(*(flow.run(q, q) for q in questions))

    return asyncio.run(run())


def answering(work: Callable[[str], Any], name: str = "reader") -> Any:
    return scripted(name, work, Port.ANSWER)


@pytest.fixture
def one(prepare: Prepare, catalogue: Catalogue) -> Callable[..., PreparedFlow]:
    """A flow of one node that does what the test says."""

    def build(work: Callable[[str], Any], **limits: Any) -> PreparedFlow:
        catalogue["reader"] = answering(work)
        return prepare(flow_config("answer", answer=("reader", FROM_QUESTION)), **limits)

    return build


@pytest.fixture
def diamond(prepare: Prepare, catalogue: Catalogue) -> Callable[..., PreparedFlow]:
    """Two nodes side by side, and one that needs both."""

    def build(
        left: Callable[[str], Any], right: Callable[[str], Any], **limits: Any
    ) -> PreparedFlow:
        catalogue["left"], catalogue["right"] = scripted("left", left), scripted("right", right)
        return prepare(
            flow_config(
                "answer",
                left=("left", FROM_QUESTION),
                right=("right", FROM_QUESTION),
                answer=("join", {"left": "left", "right": "right"}),
            ),
            **limits,
        )

    return build


class TestResults:
    def test_values_travel_along_the_edges(self, prepare: Prepare) -> None:
        flow = prepare(
            flow_config(
                "answer",
                chunks=("whole_document", {"documents": "documents"}),
                louder=("upper", FROM_QUESTION),
                passages=("bm25", {"question": "louder", "chunks": "chunks"}, {"k": 1}),
                answer=("echo", {"question": "question", "passages": "passages"}),
            )
        )
        (outcome,) = ask(flow, "which animals have teeth?")
        assert outcome.answer == Answer(
            "which animals have teeth? | Urchins graze kelp. They have five teeth."
        )
        assert [p.chunk.document for p in outcome.passages] == ["urchin"]
        assert outcome.retrieved == {"passages": outcome.passages}
        assert [record.node for record in outcome.nodes] == ["louder", "passages", "answer"]
        assert outcome.error is None

    def test_a_flow_may_end_in_passages(self, prepare: Prepare) -> None:
        flow = prepare(
            flow_config(
                "passages",
                chunks=("whole_document", {"documents": "documents"}),
                passages=("bm25", {"question": "question", "chunks": "chunks"}, {"k": 2}),
            )
        )
        (outcome,) = ask(flow, "kelp")
        assert outcome.answer is None
        assert len(outcome.passages) == 2
        assert outcome.error is None


class TestLatency:
    def test_it_is_the_longest_chain_of_nodes(self, diamond: Callable[..., PreparedFlow]) -> None:
        async def short(question: str) -> Query:
            return Query("short")

        async def long(question: str) -> Query:
            await asyncio.sleep(0.05)
            return Query("long")

        (outcome,) = ask(diamond(short, long), "?")
        took = {record.node: record.seconds for record in outcome.nodes}
        assert outcome.answer == Answer("short+long")
        assert took["right"] > took["left"]
        assert outcome.latency_s == took["right"] + took["answer"]

    def test_nodes_that_wait_for_a_network_wait_side_by_side(
        self, diamond: Callable[..., PreparedFlow]
    ) -> None:
        """Each waits for the other: one after the other, they would never end."""
        inside: list[str] = []

        async def meet(question: str) -> Query:
            inside.append(question)
            while len(inside) < 2:
                await asyncio.sleep(0.001)
            return Query("met")

        (outcome,) = ask(diamond(meet, meet, timeout=20), "?")
        assert outcome.answer == Answer("met+met")

    def test_a_network_is_waited_for_while_the_cpu_works(
        self, diamond: Callable[..., PreparedFlow]
    ) -> None:
        awaited, worked = threading.Event(), threading.Event()

        async def network(question: str) -> Query:
            awaited.set()
            while not worked.is_set():
                await asyncio.sleep(0.001)
            return Query("network")

        def cpu(question: str) -> Query:
            assert awaited.wait(20)
            worked.set()
            return Query("cpu")

        (outcome,) = ask(diamond(network, cpu, timeout=40), "?")
        assert outcome.answer == Answer("network+cpu")


class TestCpuSlot:
    def test_one_cpu_bound_node_runs_at_a_time(self, one: Callable[..., PreparedFlow]) -> None:
        busy = MostAtATime()

        def work(question: str) -> Answer:
            with busy:
                time.sleep(0.01)
            return Answer(question)

        outcomes = ask(one(work), *"abcdef")
        assert [o.answer.text for o in outcomes if o.answer] == list("abcdef")
        assert busy.most == 1

    def test_also_across_the_flows_of_one_worker(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        busy = MostAtATime()

        def work(question: str) -> Answer:
            with busy:
                time.sleep(0.01)
            return Answer(question)

        catalogue["reader"] = answering(work)
        slot = CpuSlot()
        config = flow_config("answer", answer=("reader", FROM_QUESTION))
        first, second = prepare(config, slot=slot), prepare(config, slot=slot)

        async def run() -> None:
            await asyncio.gather(*(flow.run("q", "?") for flow in (first, second) * 3))

        asyncio.run(run())
        slot.close()
        assert busy.most == 1

    def test_waiting_for_it_is_no_latency(self, one: Callable[..., PreparedFlow]) -> None:
        gate = threading.Event()

        def work(question: str) -> Answer:
            gate.wait(20)
            return Answer(question)

        flow = one(work)

        async def run() -> list[Outcome]:
            asked = [asyncio.create_task(flow.run(q, q)) for q in "ab"]
            while len(asyncio.all_tasks()) < 3:
                await asyncio.sleep(0)
            await asyncio.sleep(0.06)
            gate.set()
            return await asyncio.gather(*asked)

        first, second = asyncio.run(run())
        assert second.nodes[0].waited_seconds >= 0.05, "it was asked before the first began to wait"
        for outcome in (first, second):
            assert outcome.latency_s == outcome.nodes[0].seconds
        assert second.latency_s < first.latency_s

    def test_waiting_uses_up_no_time_of_the_question(
        self, one: Callable[..., PreparedFlow]
    ) -> None:
        """Ten questions of a tenth of the limit each, and a bit: the last one waits for longer."""

        def work(question: str) -> Answer:
            time.sleep(0.05)
            return Answer(question)

        outcomes = ask(one(work, timeout=0.4), *"abcdefghijkl")
        assert [outcome.error for outcome in outcomes] == [None] * 12
        assert max(outcome.nodes[0].waited_seconds for outcome in outcomes) > 0.4


class TestCpuTime:
    def test_a_thread_counts_what_it_burns_not_what_it_sleeps(
        self, one: Callable[..., PreparedFlow]
    ) -> None:
        def work(question: str) -> Answer:
            burn(0.03)
            time.sleep(0.1)
            return Answer("")

        (outcome,) = ask(one(work, usd_per_cpu_hour=3600.0), "?")
        assert 0.03 <= outcome.cpu_s < 0.1
        assert outcome.nodes[0].cpu_seconds == outcome.cpu_s
        assert outcome.usd == pytest.approx(outcome.cpu_s), "one dollar per second"
        assert outcome.model_usd == 0

    def test_each_awaited_node_counts_its_own_steps_only(
        self, diamond: Callable[..., PreparedFlow]
    ) -> None:
        async def busy(question: str) -> Query:
            for _ in range(3):
                burn(0.02)
                await asyncio.sleep(0.001)
            return Query("busy")

        async def idle(question: str) -> Query:
            await asyncio.sleep(0.03)
            return Query("idle")

        (outcome,) = ask(diamond(busy, idle), "?")
        cpu = {record.node: record.cpu_seconds for record in outcome.nodes}
        assert cpu["left"] >= 0.06
        assert cpu["right"] < 0.02
        assert outcome.cpu_s == pytest.approx(sum(cpu.values()))


class TestTimeouts:
    def test_a_wait_is_cut_off(self, one: Callable[..., PreparedFlow]) -> None:
        ended: list[str] = []

        async def work(question: str) -> Answer:
            record_model_call(call())
            try:
                await asyncio.sleep(600)
            finally:
                ended.append("cancelled")
            return Answer("")

        (outcome,) = ask(one(work, timeout=0.05), "?")
        assert ended == ["cancelled"]
        assert outcome.error is not None
        assert outcome.error.startswith("timeout in node 'answer' (reader): 0.0")
        assert outcome.error.endswith("the limit is 0.05 s")
        assert outcome.latency_s == 0.05
        assert outcome.answer is None
        assert outcome.model_usd == 0.25, "what it cost until then"

    def test_work_on_the_cpu_is_found_late_afterwards(
        self, one: Callable[..., PreparedFlow]
    ) -> None:
        def work(question: str) -> Answer:
            time.sleep(0.08)
            return Answer("late")

        (outcome,) = ask(one(work, timeout=0.05), "?")
        assert outcome.error is not None
        assert outcome.error.startswith("timeout in node 'answer' (reader): 0.")
        assert outcome.latency_s == 0.05
        assert outcome.answer is None

    def test_the_limit_is_for_the_whole_question(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        def first(question: str) -> Query:
            time.sleep(1.0)
            return Query(question)

        async def second(question: str) -> Answer:
            await asyncio.sleep(600)
            return Answer("")

        catalogue["first"], catalogue["reader"] = scripted("first", first), answering(second)
        config = flow_config(
            "answer", first=("first", FROM_QUESTION), answer=("reader", {"question": "first"})
        )
        (outcome,) = ask(prepare(config, timeout=1.8), "?")
        assert outcome.error is not None
        assert "timeout in node 'answer'" in outcome.error
        assert outcome.nodes[1].seconds < 1.8, "it had only what the first left"


def in_a_thread(error: BaseException) -> Callable[[str], Answer]:
    def work(question: str) -> Answer:
        record_model_call(call())
        raise error

    return work


def in_the_loop(error: BaseException) -> Callable[[str], Coroutine[Any, Any, Answer]]:
    async def work(question: str) -> Answer:
        record_model_call(call())
        await asyncio.sleep(0)
        raise error

    return work


class TestFailures:
    @pytest.mark.parametrize("where", [in_a_thread, in_the_loop])
    @pytest.mark.parametrize(
        ("error", "told"),
        [
            (ValueError("no such thing"), "ValueError in node 'answer' (reader): no such thing"),
            (TimeoutError("gave up"), "TimeoutError in node 'answer' (reader): gave up"),
            (SystemExit(3), "SystemExit in node 'answer' (reader): 3"),
            (asyncio.CancelledError("lost"), "CancelledError in node 'answer' (reader): lost"),
        ],
    )
    def test_it_is_recorded_with_its_node_and_its_cost(
        self, one: Callable[..., PreparedFlow], where: Any, error: BaseException, told: str
    ) -> None:
        failed, again = ask(one(where(error)), "?", "!")
        for outcome in (failed, again):
            assert outcome.error == told
            assert outcome.latency_s == 60
            assert outcome.model_usd == outcome.usd == 0.25
            assert (outcome.input_tokens, outcome.output_tokens) == (100, 10)
            assert [record.node for record in outcome.nodes] == ["answer"]

    def test_the_nodes_before_it_count_and_those_after_it_do_not_run(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        def pay(question: str) -> Query:
            record_model_call(call("before"))
            return Query(question)

        def fail(question: str) -> Query:
            raise OSError("gone")

        def never(question: str) -> Answer:
            raise AssertionError("it ran")

        catalogue["pay"], catalogue["fail"] = scripted("pay", pay), scripted("fail", fail)
        catalogue["reader"] = answering(never)
        config = flow_config(
            "answer",
            one=("pay", FROM_QUESTION),
            two=("fail", {"question": "one"}),
            answer=("reader", {"question": "two"}),
        )
        (outcome,) = ask(prepare(config), "?")
        assert outcome.error == "OSError in node 'two' (fail): gone"
        assert [record.node for record in outcome.nodes] == ["one", "two"]
        assert outcome.model_usd == 0.25

    def test_what_ran_beside_it_counts(self, diamond: Callable[..., PreparedFlow]) -> None:
        async def fail(question: str) -> Query:
            raise ValueError("left")

        async def pay(question: str) -> Query:
            await asyncio.sleep(0.01)
            record_model_call(call())
            return Query("")

        (outcome,) = ask(diamond(fail, pay), "?")
        assert outcome.error == "ValueError in node 'left' (left): left"
        assert outcome.model_usd == 0.25
        assert {record.node for record in outcome.nodes} == {"left", "right"}

    @pytest.mark.parametrize("value", ["a string", None, Answer(None), Query("?")])  # type: ignore[arg-type]
    def test_an_output_of_the_wrong_type_is_no_answer(
        self, one: Callable[..., PreparedFlow], value: object
    ) -> None:
        (outcome,) = ask(one(lambda question: value), "?")
        assert outcome.error is not None
        assert outcome.error.startswith(
            "TypeError in node 'answer' (reader): what it put out is no answer, but "
        )
        assert outcome.answer is None

    def test_an_error_that_cannot_be_shown_in_full_is_cut(
        self, one: Callable[..., PreparedFlow]
    ) -> None:
        (outcome,) = ask(one(in_a_thread(ValueError("x" * 10_000))), "?")
        assert outcome.error is not None
        assert len(outcome.error) == 500

    def test_secrets_stay_out_of_it(
        self, one: Callable[..., PreparedFlow], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ACME_API_KEY", "hunter2-hunter2")
        (outcome,) = ask(one(in_the_loop(ValueError("401 for hunter2-hunter2"))), "?")
        assert outcome.error == "ValueError in node 'answer' (reader): 401 for ***"


class TestMetering:
    def test_each_node_and_question_has_its_own_calls(
        self, prepare: Prepare, catalogue: Catalogue
    ) -> None:
        async def think(question: str) -> Query:
            record_model_call(call(f"think {question}"))
            await asyncio.sleep(0.001 * len(question))
            record_model_call(call(f"think again {question}"))
            return Query(question)

        def look_up(question: str) -> Answer:
            record_model_call(call(f"look up {question}"))
            return Answer(question)

        catalogue["think"], catalogue["reader"] = scripted("think", think), answering(look_up)
        config = flow_config(
            "answer", think=("think", FROM_QUESTION), answer=("reader", {"question": "think"})
        )
        questions = ["x" * n for n in (5, 1, 4, 2, 3)]
        for question, outcome in zip(questions, ask(prepare(config), *questions), strict=True):
            assert [[c.model for c in record.model_calls] for record in outcome.nodes] == [
                [f"think {question}", f"think again {question}"],
                [f"look up {question}"],
            ]
            assert outcome.model_usd == 0.75
            assert (outcome.input_tokens, outcome.output_tokens) == (300, 30)

    def test_tasks_that_a_node_starts_are_its_own(self, one: Callable[..., PreparedFlow]) -> None:
        async def pay() -> None:
            record_model_call(call())

        async def work(question: str) -> Answer:
            await asyncio.gather(pay(), pay(), asyncio.to_thread(record_model_call, call()))
            return Answer("")

        (outcome,) = ask(one(work), "?")
        assert outcome.model_usd == 0.75


class Slow:
    """An account that has no room for a while."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    def reserve(self, model: str, worst_usd: float, pace: Any = None) -> int | None:
        return 1 if time.monotonic() > self.until else None

    def settle(self, reservation: int, usd: float) -> None:
        pass


def test_waiting_for_room_is_no_time_of_the_question(one: Callable[..., PreparedFlow]) -> None:
    async def paid(text: str) -> Answer:
        async def send() -> ModelReply:
            return ModelReply("yes", call())

        return Answer(str(await call_model(ModelRequest("m", [text], 1.0), send)))

    flow = one(paid, timeout=0.3)
    environment = CallEnvironment(None, Slow(0.8))
    with calling_in(environment):
        (outcome,) = ask(flow, "why?")
    environment.close()
    assert outcome.answer == Answer("yes")
    assert outcome.error is None, "what it waited is more than its timeout"
