"""A thousand random workflows: each compiles and ends with its outputs, or is refused; none hangs or fails."""

from __future__ import annotations

import random
from time import perf_counter
from typing import Any

from gradatim.graphs.workflow import NodeSpec, WaySpec, WorkflowSpec, build_workflow, workflow_of
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.compiling import compose, most_steps
from gradatim.graphs.workflow.kinds import Kind
from tests.graphs.workflow.support import SERVICES

KEYS = ("a", "b", "c", "d")
GRAPHS = 1000
CHANCE = random.Random(7)


class Wrong(AssertionError):
    """A node ran without what it reads."""


def _reader(reads: tuple[str, ...], written: str) -> Kind:
    async def agent(state: Any, runtime: Any = None) -> dict[str, Any]:
        missing = [key for key in reads if state.get(key) is None]
        if missing:
            raise Wrong(missing)
        return {written: CHANCE.randrange(10)}

    key = f"{'_'.join(reads) or 'nothing'}_to_{written}"
    return Kind(key, key, lambda *_: agent, reads=dict.fromkeys(reads, int), writes={written: int})


KINDS = tuple(
    _reader(reads, written) for written in KEYS for reads in ((), *((key,) for key in KEYS), ("a", "b"), ("c", "d"))
)


def _names(chance: random.Random, names: list[str], most: int = 2) -> str:
    return ", ".join(chance.sample(names, chance.randint(1, min(most, len(names)))))


def _spec(chance: random.Random, kinds: dict[str, str], edges: list[Any]) -> WorkflowSpec:
    nodes = {name: NodeSpec(kind=key) for name, key in kinds.items()}
    outputs = tuple(chance.sample(KEYS, chance.randint(0, 1)))
    return WorkflowSpec(workflow="random", nodes=nodes, edges=tuple(edges), inputs=(), outputs=outputs)


def _condition(chance: random.Random) -> str:
    return f"{chance.choice(KEYS)} {chance.choice(('<', '>=', '=='))} {chance.randrange(10)}"


def _wild(chance: random.Random) -> WorkflowSpec:
    """A workflow of which few are right."""
    names = [f"n{number}" for number in range(chance.randint(1, 8))]
    edges: list[Any] = [f"START -> {_names(chance, names[:2])}"]
    for place, name in enumerate(names):
        later = [*names[place + 1 : place + 4], "END"]
        draw = chance.random()
        if draw < 0.5:
            edges.append(f"{name} -> {chance.choice(later) if chance.random() < 0.8 else _names(chance, later)}")
        elif draw < 0.62 and place:
            edges.append(f"{chance.choice(names[:place])}, {name} -> {chance.choice(later)}")
        else:
            ways: list[WaySpec] = []
            for _ in range(chance.randint(1, 2)):
                back = chance.random() < 0.35
                bound = chance.randint(0, 3) if back and chance.random() < 0.9 else None
                when = _condition(chance) if chance.random() < 0.95 else None
                ways.append(WaySpec(to=_names(chance, names if back else later), when=when, at_most=bound))
            if chance.random() < 0.95:
                ways.append(WaySpec(to=chance.choice(later)))
            edges.append({name: tuple(ways)})
    return _spec(chance, {name: chance.choice(KINDS).key for name in names}, edges)


def _tame(chance: random.Random) -> WorkflowSpec:
    """Blocks one behind the other (a node, a fork with a join, a choice, a loop), with a slip now and then."""
    kinds: dict[str, str] = {}
    edges: list[Any] = []
    before, blocks = "START", chance.randint(1, 5)
    easy = [item.key for item in KINDS if not item.reads]
    for number in range(blocks):
        first, branches, last = (
            f"b{number}",
            [f"b{number}x{side}" for side in range(chance.randint(2, 3))],
            f"e{number}",
        )
        kinds[first] = chance.choice(easy if number < 2 or chance.random() < 0.6 else [item.key for item in KINDS])
        edges.append(f"{before} -> {first}")
        form, before = chance.choice(("line", "fork", "choice", "loop")), first
        if form in ("fork", "choice"):
            written = chance.sample(KEYS, len(branches))
            kinds |= {name: f"nothing_to_{key}" for name, key in zip(branches, written, strict=True)}
            kinds[last] = chance.choice(easy)
            if form == "fork":
                edges += [f"{first} -> {', '.join(branches)}", f"{', '.join(branches)} -> {last}"]
            else:
                ways = [WaySpec(to=name, when=_condition(chance)) for name in branches[:-1]]
                edges.append({first: (*ways, WaySpec(to=branches[-1]))})
                edges += [f"{name} -> {last}" for name in branches]
            before = last
        elif form == "loop":
            kinds[last] = chance.choice(easy)
            target = chance.choice([name for name in kinds if not name.count("x") and name != last] or [first])
            back = WaySpec(to=target, when=_condition(chance), at_most=chance.randint(0, 3))
            on = f"o{number}"
            kinds[on] = chance.choice(easy)
            edges += [f"{first} -> {last}", {last: (back, WaySpec(to=on))}]
            before = on
    edges.append(f"{before} -> END")
    if chance.random() < 0.3:
        edges.pop(chance.randrange(len(edges)))
    return _spec(chance, kinds, edges)


async def test_a_thousand_random_workflows_end_with_their_outputs_or_are_refused() -> None:
    chance, accepted, refused = random.Random(11), 0, 0
    loops = 0
    for _ in range(GRAPHS):
        spec = _tame(chance) if chance.random() < 0.5 else _wild(chance)
        workflow = workflow_of(spec, kinds=KINDS)
        began = perf_counter()
        found = examine(workflow, {})
        assert perf_counter() - began < 2
        if found.findings:
            refused += 1
            assert all(item.message and item.remedy and item.place for item in found.findings.problems())
            continue
        accepted += 1
        graph: Any = compose(found, SERVICES)
        compiled = graph.compile()
        for _ in range(1 + accepted % 2):  # chance takes other ways the second time
            done = await compiled.ainvoke({"id": "x"}, {"recursion_limit": most_steps(found)})
            assert all(done.get(key) is not None for key in spec.outputs)
            loops += "ways_taken" in done
    assert accepted >= GRAPHS // 6, accepted
    assert refused >= GRAPHS // 5, refused
    assert loops >= GRAPHS // 20, loops


def test_a_workflow_with_too_many_situations_is_refused_and_does_not_hang() -> None:
    nodes: dict[str, NodeSpec | None] = {}
    edges: list[Any] = [f"START -> {', '.join(f'r{row}x0' for row in range(12))}"]
    for row in range(12):
        for step in range(6):
            nodes[f"r{row}x{step}"] = NodeSpec(kind="nothing_to_a", writes={"a": f"k{row}_{step}"})
            following = f"r{row}x{step + 1}" if step < 5 else "END"
            edges.append({f"r{row}x{step}": (WaySpec(to="END", when="id == 'x'"), WaySpec(to=following))})
    spec = WorkflowSpec(workflow="wide", nodes=nodes, edges=tuple(edges))
    began = perf_counter()
    (problem,) = examine(workflow_of(spec, kinds=KINDS), {}).findings.problems()
    assert perf_counter() - began < 5
    assert "more ways to go than can be checked" in problem.message
    assert "sub-workflows" in problem.remedy


async def test_a_long_line_and_a_wide_fan_are_no_trouble() -> None:
    line = [f"s{number}" for number in range(150)]
    nodes: dict[str, NodeSpec | None] = {name: NodeSpec(kind="nothing_to_a") for name in line}
    spec = WorkflowSpec(workflow="line", nodes=nodes, edges=(" -> ".join(["START", *line, "END"]),), outputs=("a",))
    workflow = workflow_of(spec, kinds=KINDS)
    graph: Any = build_workflow(workflow, SERVICES)
    done = await graph.compile().ainvoke({"id": "x"}, {"recursion_limit": most_steps(examine(workflow, {}))})
    assert done["a"] is not None
    fan = [f"f{number}" for number in range(60)]
    nodes = {name: NodeSpec(kind="nothing_to_a", writes={"a": f"k_{name}"}) for name in fan}
    nodes["last"] = NodeSpec(kind="nothing_to_b")
    edges = (f"START -> {', '.join(fan)}", f"{', '.join(fan)} -> last", "last -> END")
    spec = WorkflowSpec(workflow="fan", nodes=nodes, edges=edges, outputs=("b", "k_f59"))
    assert not examine(workflow_of(spec, kinds=KINDS), {}).findings
