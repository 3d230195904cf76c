"""`@node`: a function becomes a kind, typed by its annotations, and what cannot be one says why."""

from __future__ import annotations

import asyncio
import threading
from typing import Annotated, Any, NotRequired, TypedDict

import pytest
from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import BaseModel, Field

from gradatim.domain import Submission
from gradatim.errors import InputError, ServiceError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow import check_workflow
from gradatim.graphs.workflow.kinds.decorated import node
from gradatim.graphs.workflow.kinds.registry import KindRegistry, kinds_in, known_kinds
from gradatim.graphs.workflow.kinds.threads import in_thread
from gradatim.graphs.workflow.types import Unchecked
from tests.cases import submission
from tests.graphs.workflow.support import SERVICES, flow, run


class Sizes(TypedDict):
    lines: int
    longest: NotRequired[int]


class Marks(BaseModel):
    style: float
    names: list[str]


@node
def word_count(submission: Submission, *, factor: Annotated[int, Field(ge=1)] = 1) -> int:
    """Counts the words of a program.

    Nothing else.
    """
    return factor * len(submission.code.split())


@node
async def sizes(submission: Submission, services: Services, runtime: Runtime[None]) -> Sizes:
    assert services is SERVICES
    assert runtime is not None
    return {"lines": len(submission.code.splitlines())}


@node
def marks(word_count: int, lines: int | None, longest: int = 7) -> Marks:
    return Marks(style=word_count / (lines or 1), names=[threading.current_thread().name, str(longest)])


@node(key="remark", writes="said", summary="Says something that nobody has checked.")
def make_remark(word_count: int) -> Unchecked[str]:
    return f"{word_count} words"


TEXT = """
workflow: w
inputs: [submission]
outputs: [style, said_at_last]
nodes:
  word_count: {with: {factor: 2}}
  sizes:
  marks:
  remark: {writes: {said: raw}}
  at_last: {kind: set, with: {values: {said_at_last: "x"}}}
edges:
  - START -> word_count, sizes
  - word_count, sizes -> marks
  - marks -> remark -> at_last -> END
"""


async def test_functions_run_as_nodes() -> None:
    workflow = flow(TEXT, *kinds_in((word_count, sizes, marks, make_remark)))
    assert not check_workflow(workflow)
    done = await run(workflow, {"submission": submission().plain()})
    assert done["word_count"] == 28
    assert done["lines"] == 5
    assert done["style"] == 28 / 5
    assert done["names"][1] == "7"
    assert done["names"][0] != threading.main_thread().name, "what is not async does not block the others"
    assert done["raw"] == "28 words"


def test_a_function_stays_a_function_and_knows_its_kind() -> None:
    assert word_count(submission()) == 14
    kind = word_count.kind
    assert (kind.key, kind.summary) == ("word_count", "Counts the words of a program.")
    assert (dict(kind.reads), dict(kind.writes)) == ({"submission": Submission}, {"word_count": int})
    assert marks.kind.optional == {"lines": int | None, "longest": int}
    assert sizes.kind.writes == {"lines": int}
    assert sizes.kind.may_write == {"longest": int}
    assert make_remark.kind.key == "remark"
    assert make_remark.kind.writes == {"said": Unchecked[str]}


def test_what_with_gives_is_checked() -> None:
    for given, message in (
        ("factor: 0", "greater than"),
        ("factr: 1", "no parameter 'factr'"),
        ("factor: x", "integer"),
    ):
        text = TEXT.replace("factor: 2", given)
        problems = check_workflow(flow(text, *kinds_in((word_count, sizes, marks, make_remark))))
        assert any(message in item.message for item in problems), problems


def test_what_is_unchecked_does_not_reach_an_output() -> None:
    text = TEXT.replace("outputs: [style, said_at_last]", "outputs: [style, raw]")
    problems = check_workflow(flow(text, *kinds_in((word_count, sizes, marks, make_remark))))
    assert any("'raw' is unchecked" in item.message for item in problems)


async def test_a_function_that_fails_is_told_with_its_line() -> None:
    @node
    def broken(x: int) -> int:
        return [][x]

    @node
    def liar(x: int) -> int:
        return "many"  # type: ignore[return-value]

    @node
    def down(x: int) -> int:
        raise ServiceError("the server is down")

    for function, message in ((broken, "IndexError"), (liar, "returned str"), (down, "server is down")):
        name = function.__name__
        workflow = flow(
            f"workflow: w\ninputs: [x]\nnodes: {{{name}: }}\nedges: [START -> {name} -> END]\n", function.kind
        )
        with pytest.raises((InputError, ServiceError), match=message) as caught:
            await run(workflow, {"x": 1})
        assert function is down or f"{__file__}:" in str(caught.value.place)
    with pytest.raises(InputError, match="cannot read 'x'"):
        await run(workflow.__class__(workflow.spec, workflow.places, workflow.kinds), {"x": "text"})


def test_what_cannot_be_a_node_says_why() -> None:
    def no_return(x: int): ...

    def nothing(x: int) -> None: ...

    def bare(x) -> int:
        return x

    def many(*x: int) -> int:
        return 1

    def _hidden(x: int) -> int:
        return x

    def strange(x: threading.Thread) -> int:
        return 1

    for function, message in (
        (no_return, "does not say what it returns"),
        (nothing, "does not say what it returns"),
        (bare, "does not say what 'x' is"),
        (many, r"takes \*x"),
        (strange, "no JSON data"),
        (_hidden, "is called '_hidden'"),
        (lambda x: x, "no function with a name"),
        (Marks, "no function with a name"),
    ):
        with pytest.raises(InputError, match=message) as caught:
            node(function)  # type: ignore[arg-type]
        assert caught.value.remedy


async def test_a_function_may_ask_a_person() -> None:
    @node(asks=True)
    def ask(x: int) -> str:
        return interrupt({"what": x})

    workflow = flow("workflow: w\ninputs: [x]\nnodes: {ask: }\nedges: [START -> ask -> END]\n", ask.kind)
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.types import Command

    from gradatim.graphs.workflow import build_workflow

    graph: Any = build_workflow(workflow, SERVICES)
    compiled = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t"}}
    assert (await compiled.ainvoke({"x": 3}, config))["__interrupt__"][0].value == {"what": 3}
    assert (await compiled.ainvoke(Command(resume="yes"), config))["ask"] == "yes"


def test_clashing_and_broken_kinds_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradatim.graphs.workflow.kinds import registry

    @node(key="execute")
    def mine(x: int) -> int:
        return x

    with pytest.raises(InputError, match=r"'execute' is already defined by gradatim \(assessment\)"):
        known_kinds().adding((mine.kind,), "mine.py")

    class Point:
        value = "mine"
        dist = None

        def __init__(self, name: str, thing: Any) -> None:
            self.name = name
            self.thing = thing

        def load(self) -> Any:
            if isinstance(self.thing, Exception):
                raise self.thing
            return self.thing

    points = [Point("a", ImportError("no such module")), Point("b", word_count), Point("c", 5), Point("d", mine)]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    found: KindRegistry = registry.known_kinds.__wrapped__()
    assert "word_count" in found
    assert found.origins["word_count"] == "mine (b)"
    assert "ImportError: no such module" in found.broken["mine (a)"]
    assert "no kind" in found.broken["mine (c)"]
    assert "already defined" in found.broken["mine (d)"]
    assert "execute" in found


def ends() -> Any:
    raise SystemExit(4)


@pytest.mark.parametrize(
    ("work", "annotation", "told"),
    [
        (ends, int, "failed: SystemExit: 4"),
        (lambda: float("nan"), float, "returned NaN or infinity"),
        (lambda: None, int, r"returned nothing \(None\)"),
        (lambda: None, Sizes, r"returned nothing \(None\)"),
        (lambda: {"lines": 3, "width": 2}, Sizes, "none of its keys"),
        (object, int, "returned object"),
        (lambda: next(iter(())), int, "failed: RuntimeError: .*StopIteration"),
    ],
)
async def test_what_a_node_must_not_give_ends_the_run_with_its_place(work: Any, annotation: Any, told: str) -> None:
    def bad() -> Any:
        return work()

    bad.__annotations__["return"] = annotation
    workflow = flow("workflow: w\nnodes: {bad: }\nedges: [START -> bad -> END]\n", node(bad).kind)  # type: ignore[attr-defined]
    with pytest.raises(InputError, match=told) as caught:
        await run(workflow)
    assert "test_decorated.py:" in str(caught.value.place)


async def test_a_function_that_never_returns_keeps_no_process_from_ending() -> None:
    held, threads = threading.Event(), list[threading.Thread]()

    def stuck() -> None:
        threads.append(threading.current_thread())
        held.wait(30)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await in_thread(stuck)
    assert threads[0].is_alive()
    assert threads[0].daemon, "the interpreter does not wait for it, as it would for one of an executor"
    held.set()
    await asyncio.to_thread(threads[0].join)
