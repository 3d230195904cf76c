"""Workflows in Python written to workflow files, and read back to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from gradatim.graphs.workflow.reading import parse_spec, read_spec
from gradatim.graphs.workflow.spec import WorkflowSpec
from gradatim.workflow.builder import Workflow
from gradatim.workflow.places import Line

_WIDTH = 110
_SHORT = 88
"""Characters up to which a mapping is written on one line."""


def to_yaml(flow: Workflow) -> str:
    """The workflow file with the same content.

    Raises:
        WorkflowError: It has no node or no edge, or a kind stands in no file that could be imported.
    """
    draft = flow.draft
    if draft.lost:
        key = sorted(draft.lost)[0]
        raise draft.error(
            (), f"the kind {key!r} stands in no file", "put its function into a Python file beside the workflow's"
        )
    return written(flow.spec())


def save(flow: Workflow, path: str | Path) -> Path:
    """Write the workflow file, and beside it those of sub-workflows made in Python.

    Raises:
        WorkflowError: As for `to_yaml`, or a Python file of its kinds lies in another folder.
        OSError: It cannot be written.
    """
    path = Path(path)
    texts = {path: to_yaml(flow)}
    for name, file in flow.draft.imports.items():
        if file.resolve() != (path.parent / name).resolve():
            raise flow.draft.error(
                (), f"{name} lies in {file.parent}, not beside {path}", "save the workflow there, or copy the file"
            )
    for child in [child for child in flow.children.values() if isinstance(child, Workflow)]:
        if (path.parent / f"{child.name}.yaml").resolve() == path.resolve():
            raise flow.draft.error((), f"a part of it is called {child.name!r} as well", "save it under another name")
        save(child, path.parent / f"{child.name}.yaml")
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return path


def read(path: str | Path) -> Workflow:
    """The workflow of a file, to be changed in Python; its sub-workflows stay files.

    Raises:
        WorkflowError: It cannot be read, or a Python file that it imports cannot.
    """
    path = Path(path)
    spec, places = read_spec(path)
    return _flow(spec, str(path), places.lines, path.parent)


def parse(text: str, source: str = "workflow", *, folder: Path | None = None) -> Workflow:
    """The workflow of a text, to be changed in Python.

    Args:
        source: What stands before line numbers in errors.
        folder: Where the Python files lie that it imports; the working folder when not given.

    Raises:
        WorkflowError: It does not hold a workflow, or a Python file that it imports cannot be read.
    """
    spec, places = parse_spec(text, source)
    return _flow(spec, source, places.lines, folder or Path.cwd())


def _flow(spec: WorkflowSpec, source: str, lines: Mapping[Any, int], folder: Path) -> Workflow:
    flow = Workflow(spec.workflow, spec.description)
    draft = flow.draft
    for name in spec.imports:
        draft.take_file(name, folder)
    draft.parameters = dict(spec.parameters)
    draft.inputs, draft.outputs = list(spec.inputs), list(spec.outputs)
    draft.nodes = {name: spec.node(name) for name in spec.nodes}
    draft.edges = list(spec.edges)
    draft.lines = {path: Line(source, line) for path, line in lines.items()}
    for name, node in draft.nodes.items():
        child = flow.read_child(name, node.workflow, folder) if node.workflow is not None else None
        if child is not None:
            flow.children[name] = child
    return flow


def written(spec: WorkflowSpec) -> str:
    """A workflow as a person would write its file."""
    plain: dict[str, Any] = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    plain["nodes"] = {name: _node(value) for name, value in plain["nodes"].items()}
    plain["edges"] = [edge if isinstance(edge, str) else _route(edge) for edge in plain["edges"]]
    order = ("workflow", "description", "parameters", "imports", "inputs", "outputs", "nodes", "edges")
    return yaml.dump(
        {key: plain[key] for key in order if plain.get(key)},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
    )


def _node(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: item for key, item in value.items() if item not in (None, {}, "")} if value else None


def _route(edge: dict[str, Any]) -> dict[str, Any]:
    order = ("when", "to", "at_most")
    return {
        name: [{key: way[key] for key in order if way.get(key) is not None} for way in ways]
        for name, ways in edge.items()
    }


class _Dumper(yaml.SafeDumper):
    """Writes short mappings on one line, nothing for null, and long texts as blocks."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = self._brief(cast("Mapping[str, Any]", mapping))
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = all(isinstance(item, str | int | float) and "->" not in str(item) for item in sequence)
        return node

    def _brief(self, mapping: Mapping[str, Any]) -> bool:
        if not mapping or ("workflow" in mapping and "nodes" in mapping):
            return False
        text = str(dict(mapping))
        held = any(isinstance(value, dict) or value is None for value in mapping.values())
        return len(text) <= _SHORT and not held and "\n" not in text and "\\n" not in text and "->" not in text


def _text(dumper: Any, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _nothing(dumper: Any, value: None) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


_Dumper.add_representer(str, _text)
_Dumper.add_representer(type(None), _nothing)
