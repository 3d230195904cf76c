"""`Workflow`: a workflow put together in Python, the same model that a file gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from langgraph.graph import StateGraph

from gradatim.errors import WorkflowError, WorkflowProblem
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.checking import check_workflow
from gradatim.graphs.workflow.loading import PREFIX, read_workflow, workflow_of
from gradatim.graphs.workflow.spec import CacheSpec, NodeSpec, RetrySpec, WorkflowSpec
from gradatim.graphs.workflow.workflow import Workflow as LoadedWorkflow
from gradatim.workflow.draft import Draft
from gradatim.workflow.edges import Edges
from gradatim.workflow.givens import Givens
from gradatim.workflow.parts import Node, NodeLike, Timeout, plain, policies
from gradatim.workflow.places import caller, calling_folder


class Workflow(Givens, Edges):
    """A workflow: nodes, and how they follow each other.

    Every call notes the line on which it stands, so that what is wrong is told with file and line.

    Args:
        name: What it is called.
        description: What it is for.

    Example:
        ```python
        flow = Workflow("first-look").inputs("task", "submission").outputs("diagnosis")
        flow.chain(START, "intake", "execute", "diagnose", END)
        ```
    """

    def __init__(self, name: str, description: str = "") -> None:
        self.draft = Draft(name, description)
        self.draft.note((), ("workflow",))
        self.children: dict[str, Workflow | LoadedWorkflow] = {}

    @property
    def name(self) -> str:
        """What it is called."""
        return self.draft.name

    def add(
        self,
        kind: object,
        name: str | None = None,
        *,
        with_: Mapping[str, object] | None = None,
        reads: Mapping[str, str] | None = None,
        writes: Mapping[str, str] | None = None,
        prompts: Mapping[str, str] | None = None,
        retry: int | RetrySpec | None = None,
        timeout: Timeout = None,
        cache: bool | int = False,
        on_error: NodeLike = "fail",
        description: str = "",
        **settings: object,
    ) -> Node:
        """A node.

        Args:
            kind: Name of a kind, a function decorated with `@node`, or a `Kind`.
            name: What it is called here; the kind's name when not given.
            with_: Parameters of the kind, where one is called like an argument of this method.
            reads: What the kind calls it → the key of the state.
            writes: What the kind calls it → the key of the state.
            prompts: Prompts of the kind by name, in words of your own.
            retry: Tries in all, when a service does not answer.
            timeout: Seconds that one try may take.
            cache: Whether the same input is worked on only once; a number: for so many seconds.
            on_error: `fail`, `degrade`, or a node to go to.
            settings: Parameters of the kind.

        Raises:
            WorkflowError: There is a node of this name, or something has not the right form.
        """
        key = self.draft.take_kind(kind, name)
        called = name or key
        return self._node(
            called,
            kind=None if called == key else key,
            with_=plain({**(with_ or {}), **settings}),
            prompts=dict(prompts or {}),
            cache=cache if isinstance(cache, bool) else CacheSpec(seconds=cache),
            **policies(reads, writes, retry, timeout, on_error, description),
        )

    def add_workflow(
        self,
        workflow: Workflow | str,
        name: str | None = None,
        *,
        for_each: str | None = None,
        as_: str | None = None,
        at_once: int = 4,
        reads: Mapping[str, str] | None = None,
        writes: Mapping[str, str] | None = None,
        retry: int | RetrySpec | None = None,
        timeout: Timeout = None,
        on_error: NodeLike = "fail",
        description: str = "",
        **parameters: object,
    ) -> Node:
        """Another workflow as a node.

        Args:
            workflow: A workflow, `packaged:NAME`, or a workflow file beside the file that calls this.
            name: What it is called here; the workflow's name when not given.
            for_each: A key that holds a list: the workflow runs once for every element, side by side.
            as_: What an element is called inside.
            at_once: How many elements are worked on at the same time.
            reads: What the workflow calls it → the key of this state.
            writes: What the workflow calls it → the key of this state.
            parameters: Its parameters.

        Raises:
            WorkflowError: There is a node of this name, the file cannot be read, or something has not the right form.
        """
        file = f"{workflow.name}.yaml" if isinstance(workflow, Workflow) else workflow
        called = name or Path(file.removeprefix("packaged:")).stem
        child = workflow if isinstance(workflow, Workflow) else self.read_child(called, workflow, calling_folder())
        node = self._node(
            called,
            workflow=file,
            with_=plain(parameters),
            for_each=for_each,
            as_=as_,
            at_once=at_once,
            **policies(reads, writes, retry, timeout, on_error, description),
        )
        if child is not None:
            self.children[called] = child
        return node

    def read_child(self, node: str, file: str, folder: Path) -> LoadedWorkflow | None:
        """The workflow of a file that a node names; `None` for a packaged one, which is found without.

        Raises:
            WorkflowError: It cannot be read.
        """
        if file.startswith(PREFIX):
            return None
        try:
            return read_workflow(folder / file)
        except WorkflowError as error:
            message = f"{node!r} names {file!r} in {folder}: {error.message}"
            problem = WorkflowProblem(message, error.remedy or "correct that file", str(caller()), ("nodes", node))
            raise WorkflowError(self.name, [problem]) from error

    def _node(self, name: str, **values: Any) -> Node:
        here = ("nodes", name)
        self.draft.note_new(here, "node", name in self.draft.nodes)
        self.draft.nodes[name] = self.draft.made(here, NodeSpec, **values)
        return Node(name)

    def chain(self, *nodes: NodeLike) -> Self:
        """One after the other; a name that is no node yet becomes a node of the kind of this name."""
        for node in nodes:
            if isinstance(node, str) and node not in self.draft.nodes and node not in ("START", "END"):
                self.add(node)
        for source, target in pairwise(nodes):
            self.edge(source, target)
        return self

    def spec(self) -> WorkflowSpec:
        """What a workflow file with the same content says.

        Raises:
            WorkflowError: It has no node or no edge, or its name is none.
        """
        return self.draft.spec()

    def loaded(self) -> LoadedWorkflow:
        """As if it had been loaded from a file, not checked yet.

        Raises:
            WorkflowError: A kind's name is taken, or a sub-workflow's file cannot be read.
        """
        places, spec = self.draft.places(), self.draft.spec(imports=False)
        children = {
            name: child.loaded() if isinstance(child, Workflow) else child for name, child in self.children.items()
        }
        try:
            made = workflow_of(spec, kinds=tuple(self.draft.kinds.values()), children=children)
        except WorkflowError as error:
            found = [replace(item, place=places.of(item.path)) for item in error.problems]
            raise WorkflowError(places.source, found) from error
        return replace(made, places=places)

    def problems(self, parameters: Mapping[str, Any] | None = None) -> tuple[WorkflowProblem, ...]:
        """Everything that is wrong with it, in the order of its lines.

        Args:
            parameters: Values of its parameters; their defaults when not given.

        Raises:
            WorkflowError: It cannot even be put together.
        """
        return check_workflow(self.loaded(), parameters)

    def check(self, parameters: Mapping[str, Any] | None = None) -> Self:
        """Raise what is wrong with it.

        Raises:
            WorkflowError: It cannot run; tells everything, with place and remedy.
        """
        found = self.problems(parameters)
        if found:
            raise WorkflowError(self.draft.places().source, found)
        return self

    def build(self, services: Services, parameters: Mapping[str, Any] | None = None) -> StateGraph[Any, Any, Any, Any]:
        """The ordinary LangGraph graph that it stands for, not compiled yet.

        Args:
            services: What its agents work with.
            parameters: Values of its parameters.

        Raises:
            WorkflowError: It cannot run.
        """
        from gradatim.graphs.workflow import build_workflow

        return build_workflow(self.loaded(), services, parameters)

    def to_yaml(self) -> str:
        """The workflow file with the same content.

        Raises:
            WorkflowError: It has no node or no edge, or a kind stands in no file that could be imported.
        """
        from gradatim.workflow.files import to_yaml

        return to_yaml(self)

    def save(self, path: str | Path) -> Path:
        """Write the workflow file, and beside it those of sub-workflows made in Python.

        Raises:
            WorkflowError: As for `to_yaml`, or a Python file of its kinds lies in another folder.
            OSError: It cannot be written.
        """
        from gradatim.workflow.files import save

        return save(self, path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workflow) and self.spec() == other.spec()

    __hash__ = None  # pyright: ignore[reportAssignmentType] it can be changed

    def __repr__(self) -> str:
        return f"<Workflow {self.name}: {len(self.draft.nodes)} nodes, {len(self.draft.edges)} edges>"
