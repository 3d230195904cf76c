"""`gradatim bench compose`: the composed assessment graph against the same graph written by hand.

Both work on the same programs with the grounded realiser and the same services, each program in the one and in the
other graph, in turn, so that whatever the machine does hits both alike. What composing costs is told as time that
passes and as time of this process alone, which other work on the machine touches less. Agents that do nothing show what
is left when only LangGraph and the composer work.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from gradatim.app.bench.overhead import _PROGRAMS as PROGRAMS  # pyright: ignore[reportPrivateUsage]
from gradatim.app.bench.overhead import _TASK as TASK  # pyright: ignore[reportPrivateUsage]
from gradatim.domain import Submission

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.graphs.services import Services

PAIRS = 150
EMPTY_PAIRS = 400
WARM_UP = 10
LIMIT_PERCENT = 3.0
"""What composing may cost."""


def compose(request: BenchRequest) -> Figures:
    """Medians of both graphs, and what composing costs in percent."""
    return asyncio.run(_run(request))


async def _run(request: BenchRequest) -> Figures:
    from gradatim.graphs import build_assessment_graph
    from gradatim.graphs.services import open_services
    from gradatim.graphs.workflow import build_workflow, load_workflow

    pairs = request.sample or PAIRS
    load_workflow("packaged:assessment")  # what is imported once is not what a check takes
    began = perf_counter()
    workflow = load_workflow("packaged:assessment")
    check_ms = 1000 * (perf_counter() - began)
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        settings = request.settings.model_copy(
            update={"data_dir": Path(folder), "model": "none", "repair_seconds": 0.0, "deliver_threshold": 0.0}
        )
        async with open_services(settings) as services:
            written: Any = build_assessment_graph(services)
            began = perf_counter()
            composed: Any = build_workflow(workflow, services)
            build_ms = 1000 * (perf_counter() - began)
            request.say(f"{pairs} assessments in each graph, in turn")
            by_hand, by_file = await _timed(written.compile(), composed.compile(), pairs, _start)
            empty_pairs = max(pairs, EMPTY_PAIRS) if request.sample is None else pairs
            request.say(f"{empty_pairs} runs of each graph with agents that do nothing")
            empty_written, empty_composed = _empty(services)
            empty_hand, empty_file = await _timed(empty_written.compile(), empty_composed.compile(), empty_pairs, _same)
    ratio = median(by_file.passed) / median(by_hand.passed)
    return {
        "pairs": pairs,
        "by_hand_ms": _ms(by_hand.passed),
        "composed_ms": _ms(by_file.passed),
        "cost_percent": round(100 * (ratio - 1), 2),
        "limit_percent": LIMIT_PERCENT,
        "within_limit": 100 * (ratio - 1) <= LIMIT_PERCENT,
        "by_hand_cpu_ms": _ms(by_hand.worked),
        "composed_cpu_ms": _ms(by_file.worked),
        "cost_cpu_percent": round(100 * (median(by_file.worked) / median(by_hand.worked) - 1), 2),
        "empty_by_hand_cpu_ms": _ms(empty_hand.worked),
        "empty_composed_cpu_ms": _ms(empty_file.worked),
        "empty_cost_cpu_ms": round(1000 * (median(empty_file.worked) - median(empty_hand.worked)), 3),
        "check_ms": round(check_ms, 1),
        "build_ms": round(build_ms, 1),
    }


def _ms(seconds: list[float]) -> float:
    return round(1000 * median(seconds), 3)


@dataclass(slots=True)
class _Times:
    """Seconds of the runs of one graph: that passed, and that this process worked."""

    passed: list[float] = field(default_factory=list[float])
    worked: list[float] = field(default_factory=list[float])


def _start(number: int) -> dict[str, Any]:
    # a comment makes every submission a new one, as programs of a class are
    code = f"# {number}\n{PROGRAMS[number % len(PROGRAMS)]}"
    return {"id": f"run{number}", "task": TASK.plain(), "submission": Submission.of(TASK.id, code).plain()}


async def _timed(one: Any, other: Any, pairs: int, start: Callable[[int], dict[str, Any]]) -> tuple[_Times, _Times]:
    """Times of runs in two graphs, in pairs; which one goes first changes from pair to pair."""
    found = (_Times(), _Times())
    config: Any = {"recursion_limit": 100}
    gc.collect()
    gc.disable()
    try:
        for number in range(pairs + WARM_UP):
            # every program comes in either order: what the first run reads, the second finds in caches
            for place in (0, 1) if number // len(PROGRAMS) % 2 else (1, 0):
                began, worked = perf_counter(), process_time()
                await (one, other)[place].ainvoke(start(number), config)
                if number >= WARM_UP:
                    found[place].passed.append(perf_counter() - began)
                    found[place].worked.append(process_time() - worked)
            if number % 50 == 0:
                gc.collect()
    finally:
        gc.enable()
    return found


def _same(_: int) -> dict[str, Any]:
    return {"id": "run"}


def _empty(services: Services) -> tuple[Any, Any]:
    """Both graphs with agents that give constants: a program that is delivered at once."""
    from langgraph.graph import END, START, StateGraph

    from gradatim.agents import AssessmentState
    from gradatim.graphs.assessment import route, timed
    from gradatim.graphs.workflow import END as FILE_END
    from gradatim.graphs.workflow import START as FILE_START
    from gradatim.graphs.workflow import NodeSpec, load_workflow, workflow_of
    from gradatim.graphs.workflow.checking import examine
    from gradatim.graphs.workflow.compiling import compose as composed
    from gradatim.graphs.workflow.kinds import Kind

    spec = load_workflow("packaged:assessment").spec
    confidence: dict[str, Any] = {"value": 1.0, "components": {}, "route": "deliver"}
    kinds: list[Kind] = []
    graph: Any = StateGraph(AssessmentState)
    for name, node in examine(load_workflow("packaged:assessment")).nodes.items():
        constant: dict[str, Any] = {key: confidence if key == "confidence" else {} for key in node.writes}

        async def agent(state: Any, runtime: Any = None, update: dict[str, Any] = constant) -> dict[str, Any]:
            return dict(update)

        def build(services: Any, parameters: Any, agent: Any = agent) -> Any:
            return agent

        graph.add_node(name, timed(name, agent))
        writes = {key: kind for key, (_, kind) in node.writes.items()}
        kinds.append(Kind(f"empty_{name}", name, build, writes=writes))
    empty = spec.model_copy(
        update={"inputs": (), "nodes": {name: NodeSpec(kind=f"empty_{name}") for name in spec.nodes}}
    )
    found = examine(workflow_of(empty, kinds=tuple(kinds)), {})
    for source, targets in found.wiring.follows.items():
        for target in targets:
            graph.add_edge(START if source == FILE_START else source, END if target == FILE_END else target)
    for join in found.wiring.joins:
        graph.add_edge(list(join.sources), join.target)
    graph.add_conditional_edges("decide", route, {"deliver": "deliver", "revise": "revise", "review": "human_review"})
    return graph, composed(found, services)
