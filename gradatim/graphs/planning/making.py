"""From a design to checked files: assembled, checked, and repaired on what the checker says."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradatim.errors import InputError, WorkflowError
from gradatim.graphs.planning.assembling import Assembly, assemble
from gradatim.graphs.planning.batches import outer_workflow
from gradatim.graphs.planning.flags import flags_of
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.settling import Design
from gradatim.graphs.planning.writing import write
from gradatim.graphs.workflow.kinds.registry import KindRegistry, known_kinds
from gradatim.graphs.workflow.loading import load_workflow

_QUOTED = re.compile(r"'([^']+)'")
_NO_NODE = frozenset(
    {"each", "at_once", "class_report", "time_limit", "try_again", "degrade", "delivery", "recall", "person_before"}
)
"""Patterns that say how something is done, or are done by nodes of other patterns."""
_LONGEST_NAME = 48
_SHORT = {
    "feedback": "feedback", "grading": "grading", "diagnosis": "diagnosis", "execution": "tests",
    "double_marking": "double-marking", "hint_rounds": "hints", "two_drafts": "two-drafts", "person_before": "approval",
    "peer_review": "peer", "reflection": "reflection", "oral_questions": "oral", "items": "practice",
    "learner_report": "report", "class_report": "class-report", "tutoring": "tutoring", "placement": "placement",
    "short_answers": "short-answers", "formative_trigger": "formative", "each": "batch",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """Files of a design.

    Attributes:
        name: Of the workflow.
        files: File name → text, the workflow first.
        problems: What the checker says.
        assembly: The workflow that works on one submission.
    """

    name: str
    files: Mapping[str, str]
    problems: tuple[str, ...]
    assembly: Assembly


def name_of(design: Design) -> str:
    """A name that says what a workflow does."""
    said = [name for name, step in design.steps.items() if step.found_by != "implied"]
    if design.has("feedback") and "diagnosis" in said:
        said.remove("diagnosis")
    parts = [short for pattern, short in _SHORT.items() if pattern in said]
    name = "-".join(parts) or "workflow"
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME].rpartition("-")[0]


def make(design: Design, name: str | None, instructions: Sequence[str], registry: KindRegistry | None = None) -> Made:
    """The files of a design, and what is wrong with them.

    Args:
        name: Of the workflow; made from what it does when not given.
        instructions: What it was planned from.
        registry: Kinds that there are; the known ones when not given.
    """
    name = name or name_of(design)
    description = re.sub(r"\s+", " ", instructions[0])[:200]
    flags = flags_of(design)
    batch = design.has("each")
    inner_name = f"{name}-one" if batch else name
    assembly = assemble(design, flags, inner_name, description)
    steps = [*design.steps.values(), *design.denied.values()]
    texts = {f"{inner_name}.yaml": (assembly.document, steps)}
    if batch:
        outer = outer_workflow(design, assembly.document, name, f"{inner_name}.yaml", description)
        texts = {f"{name}.yaml": (outer, steps), **texts}
    files = {file: write(document, instructions, said) for file, (document, said) in texts.items()}
    problems = _missing(design, assembly, registry or known_kinds()) or check_files(files)
    return Made(name, files, problems, assembly)


def check_files(files: Mapping[str, str]) -> tuple[str, ...]:
    """What the checker says about files that belong together, the first of which is the workflow."""
    with tempfile.TemporaryDirectory(prefix="gradatim-plan-") as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        try:
            load_workflow(Path(folder) / next(iter(files)))
        except WorkflowError as error:
            return tuple(str(problem).replace(f"{folder}/", "") for problem in error.problems)
        except InputError as error:
            return (str(error).replace(f"{folder}/", ""),)
    return ()


def _missing(design: Design, assembly: Assembly, registry: KindRegistry) -> tuple[str, ...]:
    """Kinds that there are not, and steps that nothing here can do."""
    nodes: dict[str, Any] = assembly.document["nodes"]
    wanted: dict[str, str] = {name: spec.get("kind", name) if spec else name for name, spec in nodes.items()}
    absent = [
        f"{name!r}: there is no kind {kind!r} here (install what brings it)"
        for name, kind in wanted.items()
        if kind not in registry
    ]
    done = {pattern for owners in assembly.patterns.values() for pattern in owners}
    done |= {"class_report"} if design.has("each") else set()
    if design.has("each") and not {"submission", "learner_id", "answer"} & set(assembly.document["inputs"]):
        absent.append("'each': nothing here differs from one learner to the next")
    undone = [name for name in design.steps if patterns()[name].spec.goal and name not in done]
    return (*absent, *(f"{name!r}: no node does this together with the other steps" for name in undone))


def idle(design: Design, made: Made) -> tuple[str, ...]:
    """Patterns that somebody asked for and no node does: beside a placement test nothing is remembered."""
    done = {pattern for owners in made.assembly.patterns.values() for pattern in owners} | _NO_NODE
    return tuple(
        name
        for name, step in design.steps.items()
        if name not in done and step.found_by != "implied" and not patterns()[name].spec.always
    )


def culprit(design: Design, made: Made) -> str | None:
    """The pattern that is left out so that the rest can be kept: the last whose nodes the problems name.

    Nothing where only what the workflow is for is left.
    """
    named = {name for problem in made.problems for name in _QUOTED.findall(problem)}
    owners = {pattern for node in made.assembly.patterns if node in named for pattern in made.assembly.patterns[node]}
    owners |= named
    optional = [name for name in design.steps if not patterns()[name].spec.goal]
    guilty = [name for name in design.steps if name in owners]
    for name in reversed(guilty):
        if name in optional or len([item for item in design.steps if patterns()[item].spec.goal]) > 1:
            return name
    return optional[-1] if optional else None
