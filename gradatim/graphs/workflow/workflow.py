"""A workflow as it was loaded: what it says, where it says it, its kinds and its sub-workflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradatim.graphs.workflow.kinds.registry import KindRegistry
from gradatim.graphs.workflow.places import Places
from gradatim.graphs.workflow.spec import WorkflowSpec


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that can be checked, drawn and built.

    Attributes:
        path: Its file; `None` for one that was built in Python or read from text.
        kinds: Kinds that its nodes may be.
        children: Node → its sub-workflow.
    """

    spec: WorkflowSpec
    places: Places
    kinds: KindRegistry
    path: Path | None = None
    children: Mapping[str, Workflow] = field(default_factory=dict[str, Any])

    @property
    def name(self) -> str:
        return self.spec.workflow
