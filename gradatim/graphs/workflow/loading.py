"""Workflows loaded: a file with its kinds and its sub-workflows, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradatim.errors import InputError, WorkflowError, WorkflowProblem
from gradatim.graphs.workflow.checking import check_workflow
from gradatim.graphs.workflow.kinds.kind import Kind
from gradatim.graphs.workflow.kinds.registry import KindRegistry, kinds_of_file, known_kinds
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.places import Findings, Places
from gradatim.graphs.workflow.reading import parse_spec, read_spec
from gradatim.graphs.workflow.spec import WorkflowSpec
from gradatim.graphs.workflow.workflow import Workflow

PACKAGED = Path(__file__).with_name("packaged")
PREFIX = "packaged:"
DEEPEST = 8
"""How many workflows may stand inside each other."""


def packaged_names() -> tuple[str, ...]:
    """Names of the workflows that come with gradatim."""
    return tuple(sorted(path.stem for path in PACKAGED.glob("*.yaml")))


def load_workflow(
    path: str | Path, *, kinds: tuple[Kind, ...] = (), parameters: Mapping[str, Any] | None = None
) -> Workflow:
    """A workflow from a file, checked.

    Args:
        path: A file, or `packaged:NAME`.
        kinds: Kinds beside those that are known.
        parameters: Values of its parameters, for the check.

    Raises:
        WorkflowError: Something is wrong with it; tells everything, with place and remedy.
    """
    workflow = read_workflow(path, kinds=kinds)
    problems = check_workflow(workflow, parameters)
    if problems:
        raise WorkflowError(workflow.places.source, problems)
    return workflow


def read_workflow(path: str | Path, *, kinds: tuple[Kind, ...] = ()) -> Workflow:
    """A workflow from a file, of which only the form is checked.

    Raises:
        WorkflowError: It cannot be read, or its imports or sub-workflows cannot.
    """
    try:
        file = _located(str(path), Path())
    except InputError as error:
        problem = WorkflowProblem(error.message, error.remedy or "name a file", str(path))
        raise WorkflowError(str(path), [problem]) from error
    spec, places = read_spec(file)
    return _assembled(spec, places, file, _with(known_kinds(), kinds), ())


def parse_workflow(
    text: str, source: str = "workflow", *, folder: Path | None = None, kinds: tuple[Kind, ...] = ()
) -> Workflow:
    """A workflow from YAML or JSON text, of which only the form is checked.

    Args:
        source: What stands before line numbers in errors.
        folder: Where its imports and sub-workflows lie; without one it may have none but packaged ones.

    Raises:
        WorkflowError: As for `read_workflow`.
    """
    spec, places = parse_spec(text, source)
    return _assembled(spec, places, folder / "workflow.yaml" if folder else None, _with(known_kinds(), kinds), ())


def workflow_of(
    spec: WorkflowSpec, *, kinds: tuple[Kind, ...] = (), children: Mapping[str, Workflow] | None = None
) -> Workflow:
    """A workflow that was put together in Python.

    Args:
        children: Sub-workflows that are no files: node → workflow.

    Raises:
        WorkflowError: A kind's name is taken, or a sub-workflow's file cannot be read.
    """
    places = Places(spec.workflow)
    return _assembled(spec, places, None, _with(known_kinds(), kinds), (), children)


def _with(registry: KindRegistry, kinds: tuple[Kind, ...]) -> KindRegistry:
    return registry.adding(kinds, "Python") if kinds else registry


def _located(name: str, folder: Path | None) -> Path:
    if name.startswith(PREFIX):
        wanted = name.removeprefix(PREFIX)
        if wanted not in packaged_names():
            raise InputError(
                f"there is no packaged workflow {wanted!r}", place=name, remedy=did_you_mean(wanted, packaged_names())
            )
        return PACKAGED / f"{wanted}.yaml"
    if folder is None:
        raise InputError(
            "a workflow that is no file cannot name another file",
            place=name,
            remedy=f"write it to a file, or {PREFIX}NAME",
        )
    return folder / name


def _assembled(
    spec: WorkflowSpec,
    places: Places,
    path: Path | None,
    kinds: KindRegistry,
    above: tuple[Path, ...],
    given: Mapping[str, Workflow] | None = None,
) -> Workflow:
    findings = Findings(places)
    common = kinds
    folder = path.parent if path is not None else None
    for number, name in enumerate(spec.imports):
        try:
            kinds = kinds.adding(kinds_of_file(_located(name, folder)), name)
        except InputError as error:
            line = (error.place or "").removeprefix(name if folder is None else str(folder / name))
            where = f"{name}{line}" if re.fullmatch(r"(:\d+)?", line) else f"{name}: {error.place}"
            findings.add(("imports", number), f"{where} {error.message}", error.remedy or "correct the file")
    children: dict[str, Workflow] = dict(given or {})
    chain = (*above, path.resolve()) if path is not None else above
    for name in spec.nodes:
        wanted = spec.node(name).workflow
        if wanted is None or name in children:
            continue
        here = ("nodes", name, "workflow")
        file: Path | None = None
        try:
            file = _located(wanted, folder)
            if file.resolve() in chain:
                names = " → ".join(item.name for item in (*chain[chain.index(file.resolve()) :], file))
                findings.add(here, f"the workflows contain each other: {names}", "take one of them out")
            elif len(chain) >= DEEPEST:
                findings.add(here, f"more than {DEEPEST} workflows stand inside each other", "flatten some of them")
            else:
                inner, inner_places = read_spec(file)
                children[name] = _assembled(inner, inner_places, file, common, chain)
        except WorkflowError as error:
            for item in error.problems:
                if item.place == str(file):  # the file as a whole: what names it is what can be mended
                    findings.add(here, f"{wanted!r} {item.message}", item.remedy)
                else:
                    findings.take([item])
        except InputError as error:
            findings.add(here, f"{wanted!r}: {error.message}", error.remedy or "name another file")
    findings.raise_if_any()
    return Workflow(spec, places, kinds, path, children)
