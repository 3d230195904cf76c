"""Whether a workflow can run: everything that could go wrong for certain, found before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from gradatim.errors import WorkflowProblem
from gradatim.graphs.workflow.analysing import analyse
from gradatim.graphs.workflow.analysis import Analysis, Node
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.rehearsal import (
    Facts,
    Marking,
    Rehearsal,
    TooTangled,
    rehearse,
    unbounded_cycle,
)
from gradatim.graphs.workflow.spec import END
from gradatim.graphs.workflow.state import GIVEN, SHARED
from gradatim.graphs.workflow.types import fits, is_unchecked, nullable, show
from gradatim.graphs.workflow.workflow import Workflow


def check_workflow(workflow: Workflow, parameters: Mapping[str, Any] | None = None) -> tuple[WorkflowProblem, ...]:
    """Everything that is wrong with a workflow, in the order of its file; nothing for one that can run.

    Args:
        parameters: Values of its parameters; `None` checks it with their defaults.
    """
    return examine(workflow, parameters).findings.problems()


def examine(workflow: Workflow, parameters: Mapping[str, Any] | None = None) -> Analysis:
    """What a workflow comes to, with everything that is wrong noted in its `findings`."""
    found = analyse(workflow, parameters, examine)
    _fitting(found)
    _given(found)
    sound = not found.findings and len(found.nodes) == len(workflow.spec.nodes)
    _unchecked(found)
    if sound:
        _rehearsed(found)
    return found


def facts_of(found: Analysis) -> dict[str, Facts]:
    """What the rehearsal has to know of each node."""
    return {name: Facts(node.always_writes, node.on_error) for name, node in found.nodes.items()}


def _fitting(found: Analysis) -> None:
    """Types of what is read against types of what is written."""
    for node in found.nodes.values():
        for inner, (outer, wanted) in node.reads.items():
            for writer, kind in found.writers(outer):
                _fit(found, node, inner, outer, wanted, writer, kind)
        for inner, (outer, wanted) in node.optional.items():
            for writer, kind in found.writers(outer):
                _fit(found, node, inner, outer, Union[wanted, None], writer, kind)  # noqa: UP007 built at run time
    for node in found.nodes.values():
        for key in SHARED:
            for inner, (outer, kind) in {**node.writes, **node.may_write}.items():
                if outer == key and not fits(kind, SHARED[key]):
                    found.findings.add(
                        ("nodes", node.name), f"{node.name!r} writes {inner!r} as {show(kind)}, but {key!r} is kept for"
                        f" {show(SHARED[key])}", "give it another key by `writes:`",
                    )  # fmt: skip


def _fit(found: Analysis, node: Node, inner: str, outer: str, wanted: Any, writer: str, kind: Any) -> None:
    if outer in SHARED or fits(kind, wanted):
        return
    called = outer if inner in (outer, f"each {node.element}") else f"{outer} (as {inner})"
    here = ("nodes", node.name, "reads", inner) if inner in node.spec.reads else ("nodes", node.name)
    if is_unchecked(kind) and not is_unchecked(wanted):
        found.findings.add(
            here, f"{node.name!r} reads {called!r}, which {writer!r} writes unchecked",
            "put `check_text` or `release` between them: what nobody has checked must not reach a learner",
        )  # fmt: skip
    elif nullable(kind) and fits(kind, Union[wanted, None]):  # noqa: UP007 built at run time
        found.findings.add(
            here, f"{node.name!r} needs {called!r}, but what {writer!r} writes may be null",
            f"lead to {node.name!r} only behind a node that always has it",
        )  # fmt: skip
    else:
        found.findings.add(
            here, f"{node.name!r} reads {called!r} as {show(wanted)}, but {writer!r} writes {show(kind)}",
            "rename one of the two by `reads:` or `writes:`",
        )  # fmt: skip


def _given(found: Analysis) -> None:
    """Reads and outputs that nobody serves."""
    spec = found.workflow.spec
    written = {key for node in found.nodes.values() for key in (*node.touches, *SHARED)}
    known = written | set(spec.inputs) | set(GIVEN)
    unsure = len(found.nodes) < len(spec.nodes)  # who knows what a node writes that is not understood
    for node in found.nodes.values():
        for inner, (outer, _) in node.reads.items():
            if outer not in known and not unsure:
                here = ("nodes", node.name, "reads", inner) if inner in node.spec.reads else ("nodes", node.name)
                found.findings.add(
                    here, f"{node.name!r} reads {outer!r}, which nobody writes", _who_writes(found, outer, inner)
                )
    for number, key in enumerate(spec.outputs):
        if key not in known and not unsure:
            close = did_you_mean(key, sorted(written - set(SHARED)))
            remedy = close if close.startswith("did you") else _who_writes(found, key, key)
            found.findings.add(("outputs", number), f"nobody writes the output {key!r}", remedy)
    asked = {key for condition in found.conditions.values() for key in condition.keys}
    used = {*GIVEN, *asked, *spec.outputs}
    for number, key in enumerate(spec.inputs):
        if not unsure and key not in used and not any(found.readers(key)):
            found.findings.add(
                ("inputs", number), f"nobody reads the input {key!r}", "leave it out, or correct its name"
            )
    duplicates = {key for key in spec.inputs if spec.inputs.count(key) > 1}
    for key in sorted(duplicates):
        found.findings.add(("inputs",), f"the input {key!r} stands twice", "write it once")


def _who_writes(found: Analysis, outer: str, inner: str) -> str:
    kinds = [kind.key for kind in found.workflow.kinds.kinds.values() if inner in kind.writes or outer in kind.writes]
    if kinds:
        return f"add a node that writes it ({', '.join(kinds[:4])}), or give it in `inputs:`"
    return "give it in `inputs:`, or add a node that writes it"


def _unchecked(found: Analysis) -> None:
    for number, key in enumerate(found.workflow.spec.outputs):
        if is_unchecked(found.types.get(key, Any)):
            found.findings.add(
                ("outputs", number), f"the output {key!r} is unchecked",
                "put `check_text` behind it, or let a person `release` it",
            )  # fmt: skip


def _rehearsed(found: Analysis) -> None:
    wiring, facts = found.wiring, facts_of(found)
    cycle = unbounded_cycle(wiring, facts)
    if cycle is not None:
        path = next(
            (path for source, target, path in wiring.arrows(bounded=False) if (source, target) == tuple(cycle[-2:])),
            ("nodes", cycle[-2], "on_error"),
        )
        found.findings.add(
            path, f"the loop {' → '.join(cycle)} has no bound",
            f"leave it by a route: `{cycle[-2]}: [{{when: …, to: {cycle[-1]}, at_most: 3}}, {{to: …}}]`",
        )  # fmt: skip
        return
    given = frozenset((*found.workflow.spec.inputs, *GIVEN))
    try:
        seen = rehearse(wiring, facts, given)
    except TooTangled:
        found.findings.add(
            ("edges",), "has more ways to go than can be checked", "move parallel routes into sub-workflows"
        )
        return
    _reached(found, seen)
    _written(found, seen)
    _joined(found, seen)
    _side_by_side(found, seen)


def _reached(found: Analysis, seen: Rehearsal) -> None:
    reached = seen.reached
    for name in found.nodes:
        if name not in reached:
            waiting = [join for join in found.wiring.joins if join.target == name]
            if waiting and all(source in reached for source in waiting[0].sources):
                continue  # `_joined` tells why
            found.findings.add(("nodes", name), f"no way leads to {name!r}", f"add an edge to {name!r}, or take it out")
    twice: dict[str, Marking] = {}
    for marking, before in seen.before.items():
        for name in marking.active & before:
            twice.setdefault(name, marking)
    for name, marking in sorted(twice.items()):
        sources = sorted({source for source, target, _ in found.wiring.arrows() if target == name})
        found.findings.add(
            ("nodes", name), f"{name!r} works twice on the way {seen.way(marking)}",
            f"let it wait for all of them: `{', '.join(sources)} -> {name}`",
        )  # fmt: skip


def _written(found: Analysis, seen: Rehearsal) -> None:
    missing: dict[tuple[str, str, str], Marking] = {}
    for marking, written in seen.written.items():
        for name in marking.active:
            for inner, (outer, _) in found.nodes[name].reads.items():
                if outer not in written and outer not in SHARED:
                    missing.setdefault((name, inner, outer), marking)
    for (name, inner, outer), marking in sorted(missing.items(), key=lambda item: item[0]):
        writers = ", ".join(sorted({writer for writer, _ in found.writers(outer)}))
        found.findings.add(
            ("nodes", name, "reads", inner) if inner in found.nodes[name].spec.reads else ("nodes", name),
            f"{name!r} reads {outer!r}, which is not written on the way {seen.way(marking, outer)}",
            f"put {writers} before it on that way too",
        )
    lacking: dict[int, Marking] = {}
    for marking in seen.endings:
        for number, key in enumerate(found.workflow.spec.outputs):
            if key not in seen.written[marking] and key not in SHARED:
                lacking.setdefault(number, marking)
    for number, marking in lacking.items():
        key = found.workflow.spec.outputs[number]
        found.findings.add(
            ("outputs", number), f"the output {key!r} is not written on the way {seen.way(marking, key)} → {END}",
            "lead that way through a node that writes it, or leave the output out",
        )  # fmt: skip


def _joined(found: Analysis, seen: Rehearsal) -> None:
    stuck: dict[int, tuple[Marking, frozenset[str]]] = {}
    for marking in seen.endings:
        for number, who in marking.arrived:
            stuck.setdefault(number, (marking, who))
    for number, (marking, who) in sorted(stuck.items()):
        join = found.wiring.joins[number]
        missing = sorted(set(join.sources) - who)
        found.findings.add(
            join.path, f"{join.target!r} waits for {', '.join(missing)} for ever on the way {seen.way(marking)}",
            "lead every way to all nodes of the join; ways that part before it can meet in a node (kind `meet`)",
        )  # fmt: skip


def _side_by_side(found: Analysis, seen: Rehearsal) -> None:
    told: set[tuple[str, str, str]] = set()
    for marking in seen.written:
        writing: dict[str, str] = {}
        for name in sorted(marking.active):
            for key in sorted(found.nodes[name].touches):
                first = writing.setdefault(key, name)
                if first != name:
                    told.add((first, name, key))
    for one, other, key in sorted(told):
        found.findings.add(
            ("nodes", other), f"{one!r} and {other!r} write {key!r} side by side",
            f"let one of them write another key: `writes: {{{_inner(found.nodes[other], key)}: …}}`,"
            " or put one behind the other",
        )  # fmt: skip


def _inner(node: Node, key: str) -> str:
    pairs = (*node.writes.items(), *node.may_write.items())
    return next(inner for inner, (outer, _) in pairs if outer == key)
