"""Nodes worked out: what each is, with checked parameters, under the keys of the workflow's state."""

from __future__ import annotations

from typing import Any, Union

from pydantic import ValidationError

from gradatim.graphs.workflow.analysis import Analysis, Examine, Node
from gradatim.graphs.workflow.kinds.kind import Kind, Shape
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.parameters import filled_in, settled
from gradatim.graphs.workflow.places import Findings
from gradatim.graphs.workflow.spec import END, START
from gradatim.graphs.workflow.state import GIVEN, SHARED, TURNS
from gradatim.graphs.workflow.texts import read_in


def resolve(found: Analysis, name: str, examine: Examine) -> Node | None:
    spec, findings, here = found.workflow.spec.node(name), found.findings, ("nodes", name)
    if name in (START, END):
        findings.add(here, f"a node is called {name}", "give it another name")
        return None
    if spec.workflow is not None and spec.kind is not None:
        findings.add(here, f"{name!r} has both a kind and a workflow", "keep one of the two")
        return None
    if (spec.for_each is None) != (spec.as_ is None):
        missing = "as" if spec.as_ is None else "for_each"
        findings.add(here, f"{name!r} has no {missing!r}", "write `for_each: KEY` and `as: NAME` together")
        return None
    node = Node(name, spec, element=spec.as_)
    shape = _sub_shape(found, node, examine) if spec.workflow is not None else _kind_shape(found, node)
    if shape is None:
        return None
    _check_policies(found, node)
    _rename(found, node, shape)
    return node


def _kind_shape(found: Analysis, node: Node) -> Shape | None:
    spec, findings, kinds = node.spec, found.findings, found.workflow.kinds
    key = spec.kind or node.name
    kind = kinds.get(key)
    here = ("nodes", node.name) if spec.kind is None else ("nodes", node.name, "kind")
    if kind is None:
        remedy = did_you_mean(key, kinds.kinds, "see `gradatim workflow kinds`; some are")
        if kinds.broken:
            origin, reason = next(iter(kinds.broken.items()))
            remedy += f"; {origin} could not be loaded: {reason}"
        findings.add(here, f"there is no kind {key!r}", remedy)
        return None
    node.kind = kind
    given = _settings(found, node, dict(spec.with_), "with")
    node.prompts = _settings(found, node, dict(spec.prompts), "prompts")
    try:
        node.parameters = kind.parameters.model_validate(given)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            _wrong_parameter(found, node, kind, item)
        return Shape(kind.reads, kind.optional, kind.writes, kind.may_write)  # what it does whatever it is given
    for prompt in spec.prompts:
        if prompt not in kind.prompts:
            findings.add(
                ("nodes", node.name, "prompts", prompt), f"{key!r} has no prompt {prompt!r}",
                did_you_mean(prompt, kind.prompts, "its prompts"),
            )  # fmt: skip
    return kind.of(node.parameters)


def _settings(found: Analysis, node: Node, given: dict[str, Any], key: str) -> dict[str, Any]:
    """What `with:` or `prompts:` says, with parameters and files put in."""
    here, path = ("nodes", node.name, key), found.workflow.path
    filled = filled_in(given, found.parameters, found.findings, here)
    return read_in(filled, path.parent if path is not None else None, found.findings, here)


def _wrong_parameter(found: Analysis, node: Node, kind: Kind, item: Any) -> None:
    loc = tuple(step for step in item["loc"] if isinstance(step, str | int))
    name = ".".join(map(str, loc)) or "with"
    here = ("nodes", node.name, "with", *loc)
    known = [field.alias or key for key, field in kind.parameters.model_fields.items()]
    if item["type"] == "extra_forbidden":
        remedy = did_you_mean(str(loc[-1]), known, "its parameters") if known else "leave `with` out"
        found.findings.add(here, f"{kind.key!r} has no parameter {name!r}", remedy)
    elif item["type"] == "missing":
        found.findings.add(here, f"{kind.key!r} needs the parameter {name!r}", f"add `with: {{{name}: …}}`")
    else:
        message = str(item["msg"]).replace("Input should be", "has to be").replace("Value error, ", "")
        found.findings.add(
            here, f"{name!r} of {kind.key!r}: {message}, not {item.get('input')!r}"[:300],
            f"see `gradatim workflow kinds {kind.key}`",
        )  # fmt: skip


def _sub_shape(found: Analysis, node: Node, examine: Examine) -> Shape | None:
    child = found.workflow.children.get(node.name)
    if child is None:
        return None
    given = _settings(found, node, dict(node.spec.with_), "with")
    scratch = Findings(found.findings.places)
    settled(child.spec, given, scratch, ("nodes", node.name, "with"))
    if scratch:
        found.findings.take(scratch.problems())
        return None
    if node.spec.prompts:
        found.findings.add(
            ("nodes", node.name, "prompts"), "a sub-workflow takes no prompts", "write them into its own file"
        )
    node.inner = examine(child, given)
    node.parameters = given
    inner = node.inner
    if inner.findings:
        found.findings.take(inner.findings.problems())
        return None
    return Shape(
        reads={key: inner.inputs.get(key, Any) for key in child.spec.inputs},
        optional=GIVEN,
        writes={key: inner.types.get(key, Any) for key in child.spec.outputs},
    )


def _check_policies(found: Analysis, node: Node) -> None:
    spec, findings = node.spec, found.findings
    target = node.on_error
    if target is not None and target not in found.workflow.spec.nodes:
        names = ("fail", "degrade", *found.workflow.spec.nodes)
        findings.add(("nodes", node.name, "on_error"), f"there is no node {target!r}", did_you_mean(target, names))
    if target is not None and any(node.name in join.sources for join in found.wiring.joins):
        findings.add(
            ("nodes", node.name, "on_error"), f"{node.name!r} stands in a join, which would wait for it for ever",
            "use `on_error: degrade`, or take it out of the join",
        )  # fmt: skip
    waits = node.asks
    for name, given in (("timeout", spec.timeout), ("cache", spec.cache), ("retry", spec.retry)):
        if given and (waits or (spec.workflow is not None and name == "cache")):
            why = "waits for a person" if waits else "is a workflow of its own"
            findings.add(("nodes", node.name, name), f"{node.name!r} {why} and takes no {name!r}", "leave it out")


def _rename(found: Analysis, node: Node, shape: Shape) -> None:
    """Put the state's keys in place of what the node calls them."""
    spec, findings, name = node.spec, found.findings, node.name
    known_reads = {**GIVEN, **shape.optional, **shape.reads}
    known_writes = {**shape.may_write, **shape.writes}
    for inner in spec.reads:
        if inner not in known_reads or inner == node.element:
            findings.add(
                ("nodes", name, "reads", inner), f"{name!r} does not read {inner!r}",
                did_you_mean(inner, known_reads, "it reads"),
            )  # fmt: skip
    for inner in spec.writes:
        if inner not in known_writes:
            findings.add(
                ("nodes", name, "writes", inner), f"{name!r} does not write {inner!r}",
                did_you_mean(inner, known_writes, "it writes"),
            )  # fmt: skip
    for outer in (
        *spec.writes.values(),
        *spec.reads.values(),
        *(key for key in shape.writes if key not in spec.writes),
    ):
        if outer == TURNS:
            findings.add(("nodes", name), f"the key {TURNS!r} is kept for loops", "use another name")
    node.reads = {key: (spec.reads.get(key, key), kind) for key, kind in shape.reads.items()}
    node.optional = {
        key: (spec.reads.get(key, key), kind)
        for key, kind in {**GIVEN, **shape.optional}.items()
        if key not in node.reads
    }
    node.writes = {key: (spec.writes.get(key, key), kind) for key, kind in shape.writes.items()}
    node.may_write = {
        key: (spec.writes.get(key, key), kind) for key, kind in shape.may_write.items() if key not in node.writes
    }
    outers = [outer for outer, _ in (*node.writes.values(), *node.may_write.values())]
    for outer in dict.fromkeys(outers):
        if outers.count(outer) > 1:
            findings.add(("nodes", name, "writes"), f"{name!r} writes {outer!r} twice", "give each its own key")
    if node.element is not None and spec.for_each is not None:
        _each(found, node, spec.for_each)


def _each(found: Analysis, node: Node, key: str) -> None:
    """A node that works for each element: it reads the list, and writes lists."""
    element = node.element or ""
    wanted = node.reads.pop(element, None) or node.optional.pop(element, None)
    if wanted is None:
        found.findings.add(
            ("nodes", node.name, "as"), f"{node.name!r} reads nothing called {element!r}",
            did_you_mean(element, [*node.reads, *node.optional], "it reads"),
        )  # fmt: skip
        return
    node.reads[f"each {element}"] = (key, list[wanted[1]])
    for inner, (outer, kind) in {**node.may_write, **node.writes}.items():
        if inner not in SHARED:
            sure = inner in node.writes and node.spec.on_error != "degrade"
            always = kind if sure else Union[kind, None]  # noqa: UP007 built at run time
            node.writes[inner] = (outer, list[always])
    node.may_write = {inner: pair for inner, pair in node.may_write.items() if inner in SHARED}
