"""GraphML: what yEd, Gephi, Cytoscape, igraph and networkx open.

Concepts and misconceptions are nodes, told apart by the attribute `kind`; the `kind` of an edge is `prerequisite`,
`similarity`, `hierarchical`, or `about` from a misconception to its concept. Every attribute has its type. Topics are
an attribute of the graph. yEd and Gephi also find a label and a place for each node, in columns from what is needed
first to what needs it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from gradatim.errors import InputError
from gradatim.kg.exchange.draft import Draft, Entry, text_list
from gradatim.kg.exchange.flat import CONCEPT_FIELDS, MISCONCEPTION_FIELDS, flat, nested
from gradatim.kg.exchange.layers import layers
from gradatim.kg.exchange.xml import attribute, content, original, parse
from gradatim.kg.schema import ConceptGraph
from gradatim.kg.validation import Problem

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_YED = "http://www.yworks.com/xml/graphml"
_ABOUT = "misconception:"
"""Before the id of a misconception: it may be that of a concept, too."""
_NODE_KEYS = ("kind", "label", *(name for name in dict.fromkeys(CONCEPT_FIELDS + MISCONCEPTION_FIELDS) if name != "id"))
_SHAPE = (
    '<data key="shape"><y:ShapeNode><y:Geometry height="36.0" width="{width}" x="{x}" y="{y}"/><y:Fill color="{fill}"'
    ' transparent="false"/><y:NodeLabel>{label}</y:NodeLabel><y:Shape type="roundrectangle"/></y:ShapeNode></data>'
)


def write_graphml(graph: ConceptGraph) -> bytes:
    """A graph as a GraphML file."""
    return "\n".join(_lines(graph)).encode("utf-8")


def _lines(graph: ConceptGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<graphml xmlns="{_NAMESPACE}" xmlns:y="{_YED}">'
    for name in ("name", "topics"):
        yield f'  <key id="graph_{name}" for="graph" attr.name="{name}" attr.type="string"/>'
    for name in _NODE_KEYS:
        yield f'  <key id="{name}" for="node" attr.name="{name}" attr.type="string"/>'
    yield '  <key id="shape" for="node" yfiles.type="nodegraphics"/>'
    yield '  <key id="edge_kind" for="edge" attr.name="kind" attr.type="string"/>'
    yield '  <key id="weight" for="edge" attr.name="weight" attr.type="double"><default>1.0</default></key>'
    yield '  <graph id="G" edgedefault="directed">'
    yield _data("graph_name", graph.name, 4)
    yield _data("graph_topics", json.dumps([topic.plain() for topic in graph.topics], ensure_ascii=False), 4)
    depth = layers(graph)
    used: Counter[int] = Counter()
    for concept in graph.concepts:
        column = depth[concept.id]
        values = {"kind": "concept", "label": concept.name, **flat(concept)}
        yield from _node(concept.id, values, "#DCE8FA", column, used)
    for item in graph.misconceptions:
        column = max((depth.get(about, 0) for about in item.concepts), default=0)
        values = {"kind": "misconception", "label": item.id, **flat(item)}
        yield from _node(_ABOUT + item.id, values, "#FCE3D7", column, used)
    number = 0
    for edge in graph.relations:
        number += 1
        yield _edge(number, edge.source, edge.target, edge.type, edge.weight)
    for item in graph.misconceptions:
        for concept in item.concepts:
            number += 1
            yield _edge(number, _ABOUT + item.id, concept, "about", 1.0)
    yield "  </graph>\n</graphml>\n"


def _node(identity: str, values: Mapping[str, str], fill: str, column: int, used: Counter[int]) -> Iterator[str]:
    yield f"    <node id={attribute(identity)}>"
    for key, value in values.items():
        if key not in ("id", "name", "concepts"):
            yield _data(key, value, 6)
    label = values["label"]
    width = max(60.0, 7.5 * len(label) + 20)
    yield "      " + _SHAPE.format(
        width=width, x=column * 260.0, y=used[column] * 56.0, fill=fill, label=content(label.replace("\n", " "))
    )
    yield "    </node>"
    used[column] += 1


def _edge(number: int, source: str, target: str, kind: str, weight: float) -> str:
    return (
        f'    <edge id="e{number}" source={attribute(source)} target={attribute(target)}>'
        f'<data key="edge_kind">{kind}</data><data key="weight">{weight!r}</data></edge>'
    )


def _data(key: str, text: str, indent: int) -> str:
    return f'{" " * indent}<data key="{key}">{content(text)}</data>'


def read_graphml(data: bytes, name: str) -> Draft:
    """What a GraphML file holds; keys are known by their `attr.name`, as other programs number them anew.

    Args:
        data: The file.
        name: How it is called in errors.

    Raises:
        InputError: It is no GraphML.
    """
    reading = _Reading(name)
    parse(data, name, reading)
    return reading.draft()


@dataclass(slots=True)
class _Part:
    """A node, an edge or the graph, while it is read."""

    kind: str
    attributes: Mapping[str, str]
    place: str
    values: dict[str, str] = field(default_factory=dict[str, str])


class _Reading:
    """Collects nodes and edges of the one graph of a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._keys: dict[str, str] = {}
        self._defaults: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._open: list[_Part] = []
        self._key: str | None = None
        self._declared: tuple[str, str] = ("", "")
        self._graph: _Part | None = None
        self._nodes: dict[str, _Part] = {}
        self._edges: list[_Part] = []
        self._problems: list[Problem] = []
        self._root = False

    def start(self, name: str, attributes: Mapping[str, str], place: str) -> None:
        kind = _ours(name)
        if not self._root:
            if kind != "graphml":
                raise InputError(
                    f"holds {name.rpartition(' ')[2][:60]!r}, not graphml", place=place, remedy="name a GraphML file"
                )
            self._root = True
        if kind == "key":
            named = attributes.get("attr.name", "")
            self._keys[attributes.get("id", "")] = named
            self._declared = (attributes.get("for", "all"), named)
        elif kind in ("node", "edge", "graph"):
            if kind == "graph" and self._open:
                raise InputError("has a graph in a graph", place=place, remedy="ungroup the nodes before exporting")
            self._open.append(_Part(kind, attributes, place))
        elif kind == "data":
            self._key = self._keys.get(attributes.get("key", ""))
        elif kind in ("hyperedge", "port"):
            self._problems.append(Problem(place, f"a concept graph has no {kind}"))

    def end(self, name: str, text: str, place: str) -> None:
        kind = _ours(name)
        if kind == "default":
            self._defaults[self._declared[0]][self._declared[1]] = original(text)
        elif kind == "data":
            if self._open and self._key:
                self._open[-1].values[self._key] = original(text)
            self._key = None
        elif kind in ("node", "edge", "graph"):
            self._close(self._open.pop())

    def _close(self, part: _Part) -> None:
        part.values = {**self._defaults["all"], **self._defaults[part.kind], **part.values}
        if part.kind == "graph":
            if self._graph is not None:
                raise InputError("has several graphs", place=part.place, remedy="leave one of them")
            self._graph = part
        elif part.kind == "edge":
            self._edges.append(part)
        else:
            identity = part.attributes.get("id", "")
            if identity in self._nodes:
                first = self._nodes[identity].place
                self._problems.append(Problem(part.place, f"node {identity[:60]!r} is there twice, first at {first}"))
            self._nodes[identity] = part

    def draft(self) -> Draft:
        """What was found, once the whole file has been read."""
        if self._graph is None:
            raise InputError("holds no graph", place=self._name, remedy="name a GraphML file with a graph in it")
        draft = Draft(self._graph.values.get("name", "") or "graph", problems=self._problems)
        for topic in text_list(self._graph.values.get("topics", "")):
            stated = cast("Mapping[str, object]", topic) if isinstance(topic, dict) else {"id": topic}
            draft.topics.append(Entry(stated, self._graph.place))
        about: defaultdict[str, list[str]] = defaultdict(list)
        for edge in self._edges:
            source, target = (original(edge.attributes.get(end, "")) for end in ("source", "target"))
            if edge.values.get("kind") == "about":
                about[source].append(target)
                if source not in self._nodes:
                    draft.problems.append(Problem(edge.place, f"there is no node {source[:60]!r}"))
                continue
            values = {"source": source, "target": target, "type": edge.values.get("kind", "")}
            draft.relations.append(Entry({**values, "weight": edge.values.get("weight", "1")}, edge.place))
        for identity, node in self._nodes.items():
            if node.values.get("kind") == "misconception":
                values = nested({**node.values, "id": identity.removeprefix(_ABOUT)}, MISCONCEPTION_FIELDS)
                draft.misconceptions.append(Entry({**values, "concepts": about[identity]}, node.place))
            else:
                named = {**node.values, "id": identity, "name": node.values.get("label", "")}
                draft.concepts.append(Entry(nested(named, CONCEPT_FIELDS), node.place))
        return draft


def _ours(name: str) -> str:
    """The name of an element of GraphML, or of none; nothing for those of other namespaces."""
    space, _, local = name.rpartition(" ")
    return local if space in (_NAMESPACE, "") else ""
