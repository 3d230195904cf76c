"""How nodes run: renamed keys, routes with bounds, retries, timeouts, failures, caches, language, elements."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import NodeTimeoutError
from langgraph.types import Command

from gradatim.errors import InputError, ServiceError, WorkflowError
from gradatim.graphs.workflow import build_workflow, check_workflow, parse_workflow
from gradatim.languages import spoken
from tests.graphs.workflow.support import SERVICES, flow, kind, run, writes

COUNT = kind("count", lambda state: {"n": (state.get("n") or 0) + 1}, optional={"n": int}, writes={"n": int})
DOUBLE = kind("double", lambda state: {"out": 2 * state["x"]}, reads={"x": int}, writes={"out": int})
TOTAL = kind(
    "total", lambda state: {"total": sum(state["numbers"])}, reads={"numbers": list[int]}, writes={"total": int}
)


def failing(times: int, error: type[Exception] = ServiceError) -> tuple[Any, list[int]]:
    calls: list[int] = []

    def work(state: Any) -> dict[str, Any]:
        calls.append(1)
        if len(calls) <= times:
            raise error("the line is dead")
        return {"n": 7}

    return kind("shaky", work, writes={"n": int}), calls


async def test_a_loop_ends_at_its_bound_and_counts_are_kept() -> None:
    text = """
workflow: loop
parameters: {most: {type: integer, default: 3, minimum: 0}}
outputs: [n]
nodes: {count: }
edges:
  - START -> count
  - count: [{when: n < 10, to: count, at_most: "${most}"}, {to: END}]
"""
    for most, rounds in ((3, 4), (0, 1), (20, 10)):
        done = await run(flow(text, COUNT), most=most)
        assert done["n"] == rounds
        assert done["ways_taken"].get("count:0", 0) == rounds - 1


async def test_keys_are_renamed_on_both_sides() -> None:
    text = """
workflow: renamed
inputs: [a, b]
outputs: [total]
nodes:
  one: {kind: double, reads: {x: a}, writes: {out: p}}
  two: {kind: double, reads: {x: b}, writes: {out: q}}
  both: {kind: collect, with: {of: [p, q], into: list}, writes: {collected: numbers}}
  total:
edges: [START -> one, START -> two, "one, two -> both", both -> total, total -> END]
"""
    done = await run(flow(text, DOUBLE, TOTAL), {"a": 2, "b": 5})
    assert (done["p"], done["q"], done["total"]) == (4, 10, 14)


async def test_a_way_may_lead_to_several_nodes_and_a_route_may_begin_a_run() -> None:
    text = """
workflow: ways
inputs: [a]
outputs: [a]
nodes: {set_x: , set_y: , use: {kind: double, reads: {x: a}}}
edges:
  - START: [{when: a > 3, to: "set_x, set_y"}, {to: use}]
  - set_x -> END
  - set_y -> END
  - use -> END
"""
    workflow = flow(text, writes("x", 1), writes("y", 2), DOUBLE)
    assert {"x", "y"} <= (await run(workflow, {"a": 5})).keys()
    assert (await run(workflow, {"a": 1}))["out"] == 2


async def test_an_optional_step_beside_another_branch_meets_before_the_join() -> None:
    text = """
workflow: w
inputs: [a]
outputs: [out]
nodes: {set_x: , set_y: , set_z: , meet: , last: {kind: double, reads: {x: a}}}
edges:
  - START -> set_x, set_y
  - set_x: [{when: a > 3, to: set_z}, {to: %s}]
  - set_z -> %s
  - meet, set_y -> last
  - last -> END
"""
    kinds = (writes("x", 1), writes("y", 2), writes("z", 3), DOUBLE)
    for a in (1, 5):
        done = await run(flow(text % ("meet", "meet"), *kinds), {"a": a})
        assert done["out"] == 2 * a
        assert ("z" in done) is (a > 3)
    problems = check_workflow(flow(text % ("END", "meet"), *kinds))
    assert any("'last' waits for meet for ever" in item.message and "`meet`" in item.remedy for item in problems)


async def test_a_service_that_does_not_answer_is_asked_again_and_other_errors_are_not() -> None:
    text = "workflow: w\nnodes: {shaky: {retry: {attempts: 3, wait: 0}}}\nedges: [START -> shaky, shaky -> END]\n"
    shaky, calls = failing(2)
    assert (await run(flow(text, shaky)))["n"] == 7
    assert len(calls) == 3
    shaky, calls = failing(9)
    with pytest.raises(ServiceError):
        await run(flow(text, shaky))
    assert len(calls) == 3
    shaky, calls = failing(9, ValueError)
    with pytest.raises(ValueError, match="dead"):
        await run(flow(text, shaky))
    assert len(calls) == 1


async def test_a_node_that_degrades_says_so_and_the_run_goes_on() -> None:
    text = """
workflow: w
nodes: {shaky: {retry: {attempts: 2, wait: 0}, on_error: degrade}, set_x: }
edges: [START -> shaky -> set_x -> END]
"""
    shaky, calls = failing(9)
    done = await run(flow(text, shaky, writes("x", 1)))
    assert done["x"] == 1
    assert "n" not in done
    assert [(item["node"], item["reason"]) for item in done["degradations"]] == [("shaky", "the line is dead")]
    assert len(calls) == 2


async def test_a_failure_may_go_to_a_node_of_its_own() -> None:
    text = """
workflow: w
outputs: [n]
nodes: {shaky: {on_error: set_n}, set_n: }
edges: [START -> shaky, shaky -> END, set_n -> END]
"""
    shaky, _ = failing(9, ValueError)
    done = await run(flow(text, shaky, writes("n", -1)))
    assert done["n"] == -1
    assert done["degradations"][0]["reason"] == "ValueError: the line is dead"
    shaky, _ = failing(0)
    done = await run(flow(text, shaky, writes("n", -1)))
    assert (done["n"], done["degradations"]) == (7, [])


@pytest.mark.parametrize("on_error", ["fail", "degrade"])
async def test_a_node_may_take_only_so_long(on_error: str) -> None:
    async def slow(state: Any, runtime: Any = None) -> dict[str, Any]:
        await asyncio.sleep(30)
        return {}

    sleeper = kind("sleeper")
    object.__setattr__(sleeper, "build", lambda *_: slow)
    text = (
        f"workflow: w\nnodes: {{sleeper: {{timeout: 0.05, on_error: {on_error}}}}}\nedges: [START -> sleeper -> END]\n"
    )
    if on_error == "degrade":
        assert (await run(flow(text, sleeper)))["degradations"][0]["reason"] == "it took too long"
    else:
        with pytest.raises(NodeTimeoutError):
            await run(flow(text, sleeper))


async def test_the_same_input_is_worked_on_once_where_a_node_is_cached() -> None:
    calls: list[int] = []

    def work(state: Any) -> dict[str, Any]:
        calls.append(state["x"])
        return {"out": state["x"]}

    slow = kind("slow", work, reads={"x": int}, writes={"out": int})
    text = "workflow: w\ninputs: [x]\nnodes: {slow: {cache: true}}\nedges: [START -> slow -> END]\n"
    graph: Any = build_workflow(flow(text, slow), SERVICES)
    compiled = graph.compile(cache=InMemoryCache())
    for x in (1, 1, 2, 1):
        assert (await compiled.ainvoke({"x": x, "id": str(len(calls))}))["out"] == x
    assert calls == [1, 2]


async def test_nodes_speak_the_language_of_the_run() -> None:
    says = kind("says", lambda _: {"code": spoken()}, writes={"code": str})
    text = "workflow: w\nnodes: {says: }\nedges: [START -> says -> END]\n"
    assert (await run(flow(text, says), {"language": "zh"}))["code"] == "zh"
    assert (await run(flow(text, says)))["code"] == SERVICES.settings.language
    assert spoken() == "en"


async def test_a_kind_that_writes_what_it_does_not_declare_is_found_out() -> None:
    for update, message in (({"n": 1, "m": 2}, "wrote 'm'"), ({}, "did not write n")):
        liar = kind("liar", lambda _, update=update: update, writes={"n": int})
        with pytest.raises(InputError, match=message) as caught:
            await run(flow("workflow: w\nnodes: {liar: }\nedges: [START -> liar -> END]\n", liar))
        assert caught.value.place == "node liar"


async def test_elements_are_worked_on_side_by_side_so_many_at_once_and_kept_in_order() -> None:
    working, most = [0], [0]

    async def agent(state: Any, runtime: Any = None) -> dict[str, Any]:
        working[0] += 1
        most[0] = max(most[0], working[0])
        await asyncio.sleep(0.02 if state["x"] % 2 else 0.001)
        working[0] -= 1
        return {"out": state["x"] * state["factor"]}

    times = kind("times", reads={"x": int, "factor": int}, writes={"out": int})
    object.__setattr__(times, "build", lambda *_: agent)
    text = """
workflow: w
inputs: [xs, factor]
outputs: [numbers, total]
nodes:
  times: {for_each: xs, as: x, at_once: 3, writes: {out: numbers}}
  total:
edges: [START -> times -> total -> END]
"""
    workflow = flow(text, times, TOTAL)
    done = await run(workflow, {"xs": list(range(9)), "factor": 10})
    assert done["numbers"] == [10 * x for x in range(9)]
    assert most[0] == 3
    assert done["total"] == 360
    assert (await run(workflow, {"xs": [], "factor": 10}))["total"] == 0
    with pytest.raises(InputError, match="'xs' is not a list"):
        await run(workflow, {"xs": 5, "factor": 1})


async def test_one_element_that_fails_need_not_fail_the_others() -> None:
    picky = kind("picky", lambda state: {"out": 10 // state["x"]}, reads={"x": int}, writes={"out": int})
    text = "workflow: w\ninputs: [xs]\noutputs: [outs]\nnodes: {picky: {for_each: xs, as: x, writes: {out: outs}%s}}\n"
    text += "edges: [START -> picky -> END]\n"
    done = await run(flow(text % ", on_error: degrade", picky), {"xs": [5, 0, 2]})
    assert done["outs"] == [2, None, 5]
    assert [item["reason"] for item in done["degradations"]] == [
        "element 1: ZeroDivisionError: integer division or modulo by zero"
    ]
    with pytest.raises(ZeroDivisionError):
        await run(flow(text % "", picky), {"xs": [5, 0, 2]})


async def test_every_element_of_a_list_may_be_asked_about() -> None:
    text = """
workflow: w
inputs: [xs]
outputs: [kept]
nodes:
  look: {kind: ask_person, with: {question: "Keep it?", shows: [x]}, for_each: xs, as: x, writes: {decision: kept}}
edges: [START -> look -> END]
"""
    graph: Any = build_workflow(flow(text), SERVICES)
    compiled, config = graph.compile(checkpointer=InMemorySaver()), {"configurable": {"thread_id": "t"}}
    await compiled.ainvoke({"xs": [1, 2]}, config)
    asked = (await compiled.aget_state(config)).interrupts
    answers = {
        item.id: {
            "decisions": [{"type": "approve" if item.value["action_requests"][0]["args"]["x"] == 2 else "reject"}]
        }
        for item in asked
    }
    done = await compiled.ainvoke(Command(resume=answers), config)
    assert [item["kind"] for item in done["kept"]] == ["reject", "approve"]


def test_lists_of_elements_have_types_like_everything_else() -> None:
    text = """
workflow: w
inputs: [xs]
nodes:
  double: {for_each: xs, as: x, writes: {out: numbers}%s}
  total:
edges: [START -> double -> total -> END]
"""
    assert not check_workflow(flow(text % "", DOUBLE, TOTAL))
    (problem,) = check_workflow(flow(text % ", on_error: degrade", DOUBLE, TOTAL))
    assert "list of whole number or null" in problem.message


def test_a_parameter_without_a_default_has_to_be_given_to_build_and_not_to_check() -> None:
    text = """
workflow: w
parameters:
  level: {type: integer, minimum: 2, maximum: 4}
  mode: {type: string, choices: [strict, loose], default: loose}
nodes: {a: {kind: set, with: {values: {level_now: "${level}", text: "level ${level}, $${kept}"}}}}
edges:
  - START -> a
  - a: [{when: mode == "strict", to: END}, {to: END}]
"""
    workflow = parse_workflow(text)
    assert not check_workflow(workflow)
    for given, message in (
        ({}, "has no value"), ({"level": 9}, "above 4"), ({"level": True}, "not a whole number"),
        ({"level": 2, "lvl": 2}, "no parameter 'lvl'"), ({"level": 2, "mode": "mild"}, "none of"),
        ({"level": float("nan")}, "not a whole number"),
    ):  # fmt: skip
        with pytest.raises(WorkflowError, match=message):
            build_workflow(workflow, SERVICES, given)


async def test_parameters_stand_where_they_are_written() -> None:
    text = """
workflow: w
parameters: {level: {type: integer}}
nodes: {a: {kind: set, with: {values: {level_now: "${level}", text: "level ${level}, $${kept}"}}}}
edges: [START -> a -> END]
"""
    done = await run(parse_workflow(text), level=3)
    assert (done["level_now"], done["text"]) == (3, "level 3, ${kept}")
