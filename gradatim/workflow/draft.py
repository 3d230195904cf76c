"""The parts of a workflow that is being put together, each with the line on which it was written."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gradatim.errors import InputError, WorkflowError, WorkflowProblem
from gradatim.graphs.workflow.kinds.kind import Kind
from gradatim.graphs.workflow.kinds.registry import kinds_of_file, known_kinds
from gradatim.graphs.workflow.places import Path
from gradatim.graphs.workflow.spec import END, KEY, NAME, START, Edge, NodeSpec, ParameterSpec, WorkflowSpec
from gradatim.workflow.parts import kind_of
from gradatim.workflow.places import Line, WrittenPlaces, caller

_NO_NAME = "is no name: letters, digits and _, beginning with a letter"
T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(slots=True)
class Draft:
    """What a workflow holds so far.

    Attributes:
        lines: Part → where it was written.
        imports: Python files by the name that a workflow file gives them → where they are.
        kinds: Kinds that are no packaged or installed ones.
        lost: Those of them that stand in no file.
    """

    name: str
    description: str = ""
    lines: dict[Path, Line] = field(default_factory=dict[Path, Line])
    parameters: dict[str, ParameterSpec] = field(default_factory=dict[str, ParameterSpec])
    imports: dict[str, File] = field(default_factory=dict[str, File])
    inputs: list[str] = field(default_factory=list[str])
    outputs: list[str] = field(default_factory=list[str])
    nodes: dict[str, NodeSpec] = field(default_factory=dict[str, NodeSpec])
    edges: list[Edge] = field(default_factory=list[Edge])
    kinds: dict[str, Kind] = field(default_factory=dict[str, Kind])
    lost: set[str] = field(default_factory=set[str])

    def spec(self, *, imports: bool = True) -> WorkflowSpec:
        """What a workflow file with the same content says.

        Args:
            imports: Whether it names the Python files of its kinds.

        Raises:
            WorkflowError: It has no node or no edge, or its name is none.
        """
        return self.made(
            (),
            WorkflowSpec,
            workflow=self.name,
            description=self.description,
            parameters=dict(self.parameters),
            imports=tuple(self.imports) if imports else (),
            inputs=tuple(self.inputs),
            outputs=tuple(self.outputs),
            nodes={name: spec if spec != NodeSpec() else None for name, spec in self.nodes.items()},
            edges=tuple(self.edges),
        )

    def note(self, *places: Path) -> None:
        """Remember the line that is at work as that of these parts."""
        line = caller()
        for place in places:
            self.lines[place] = line

    def note_new(self, place: Path, what: str, taken: bool) -> None:
        """The same for a part that must not be there yet.

        Raises:
            WorkflowError: It is.
        """
        if taken:
            remedy = f"give it another name (the other one stands at {self.lines.get(place, self.name)})"
            problem = WorkflowProblem(f"there is a {what} {place[-1]!r} already", remedy, str(caller()), place)
            raise WorkflowError(self.name, [problem])
        self.note(place)
        name = str(place[-1])
        if not re.fullmatch(KEY if what == "parameter" else NAME, name) or name in (START, END):
            raise self.error(place, f"{name!r} {_NO_NAME}", f"give the {what} another name")

    def note_keys(self, section: str, keys: list[str], given: tuple[str, ...]) -> None:
        """Add keys to a list of them, each once."""
        keys += [key for key in dict.fromkeys(given) if key not in keys]
        self.note(*((section, keys.index(key)) for key in given))

    def take_kind(self, kind: object, name: str | None) -> str:
        """The name of a kind; one that is given as an object is remembered, with its file.

        Raises:
            WorkflowError: It is no kind.
        """
        try:
            own = kind_of(kind)
        except TypeError as error:
            self.note(("nodes", name or "?"))
            remedy = "give the name of a kind, or a function decorated with @node"
            raise self.error(("nodes", name or "?"), str(error), remedy) from error
        if own is None:
            return str(kind)
        if own.key not in known_kinds() or known_kinds()[own.key] is not own:
            self.kinds[own.key] = own
            file = _file_of(kind)
            if file is None:
                self.lost.add(own.key)
            else:
                self.imports.setdefault(file.name, file)
        return own.key

    def take_file(self, name: str, folder: File) -> None:
        """Remember a Python file with all its kinds.

        Raises:
            WorkflowError: It cannot be run, or defines none.
        """
        place: Path = ("imports", len(self.imports))
        self.note(place)
        try:
            found = kinds_of_file(folder / name)
        except InputError as error:
            raise self.error(place, f"{name!r}: {error.message}", error.remedy or "correct it") from error
        self.imports[name] = folder / name
        self.kinds |= {kind.key: kind for kind in found}

    def places(self) -> WrittenPlaces:
        """Where everything was written."""
        start = self.lines.get(())
        return WrittenPlaces(start.file if start else self.name, {}, dict(self.lines))

    def error(self, place: Path, message: str, remedy: str) -> WorkflowError:
        """What is wrong with one part."""
        return WorkflowError(self.name, [WorkflowProblem(message, remedy, self.places().of(place), place)])

    def made(self, place: Path, model: type[ModelT], **values: Any) -> ModelT:
        """A part, checked for its form.

        Raises:
            WorkflowError: It has not the form that workflow files want.
        """
        return self.tried(place, lambda: model(**values))

    def tried(self, place: Path, make: Callable[[], T]) -> T:
        """What a function makes; where it has not the right form, an error that names the place.

        Raises:
            WorkflowError: It has not.
        """
        try:
            return make()
        except ValidationError as error:
            raise self.error(place, *_explained(error)) from error


def _explained(error: ValidationError) -> tuple[str, str]:
    """What is wrong with a part's form, and the remedy."""
    problem = error.errors()[0]
    message, given = problem["msg"].removeprefix("Value error, "), problem["input"]
    name = str(problem["loc"][0]).rstrip("_") if problem["loc"] else ""  # behind it are the branches of unions
    if problem["type"] == "string_pattern_mismatch":
        return f"{name} {given!r} {_NO_NAME}", "write e.g. `first-look`"
    if problem["type"] == "too_short" and not given:
        return f"there are no {name} yet", f"add some with `{'chain' if name == 'nodes' else 'edge'}`"
    shown = "" if isinstance(given, Mapping) else f", not {given!r:.60}"
    said = f"{message[0].lower()}{message[1:]}".replace("input should be", "has to be")
    return f"{name!r} {said}{shown}" if name else message, "see docs/workflows.md for what may stand there"


def _file_of(thing: object) -> File | None:
    """The file in which a function is written."""
    inner: Any = getattr(thing, "__wrapped__", thing)
    code = getattr(inner, "__code__", None)
    name = code.co_filename if code is not None else None
    if name is None:
        module = inspect.getmodule(inner)
        name = getattr(module, "__file__", None)
    path = File(name) if name else None
    return path if path is not None and path.is_file() else None
