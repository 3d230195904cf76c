"""What a workflow in Python takes and gives: parameters, inputs, outputs, and files with kinds of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from gradatim.graphs.workflow.spec import ParameterSpec
from gradatim.workflow.draft import Draft
from gradatim.workflow.parts import Parameter
from gradatim.workflow.places import calling_folder

Value = str | int | float | bool
_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


class Givens:
    """The part of `Workflow` that says what it takes and gives."""

    draft: Draft

    def parameter(
        self,
        name: str,
        kind: type[Value],
        *,
        default: Value | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        choices: Sequence[str | int | float] = (),
        description: str = "",
    ) -> Parameter:
        """A parameter that whoever runs the workflow may set; stands for its value in nodes' settings and bounds.

        Args:
            kind: `str`, `int`, `float` or `bool`.
            default: Its value where nobody sets it; without one it has to be set.

        Raises:
            WorkflowError: There is one of this name, or its description is wrong.
        """
        here = ("parameters", name)
        self.draft.note_new(here, "parameter", name in self.draft.parameters)
        if kind not in _TYPES:
            raise self.draft.error(here, f"a parameter cannot be {kind!r}", "take str, int, float or bool")
        bounds: dict[str, Any] = {"default": default, "minimum": minimum, "maximum": maximum}
        given = {key: value for key, value in bounds.items() if value is not None}
        self.draft.parameters[name] = self.draft.made(
            here, ParameterSpec, type=_TYPES[kind], choices=tuple(choices), description=description, **given
        )
        return Parameter(name)

    def inputs(self, *keys: str) -> Self:
        """State keys that are given at the start."""
        self.draft.note_keys("inputs", self.draft.inputs, keys)
        return self

    def outputs(self, *keys: str) -> Self:
        """State keys that are written on every way to the end."""
        self.draft.note_keys("outputs", self.draft.outputs, keys)
        return self

    def imports(self, *files: str) -> Self:
        """Python files that define kinds of nodes, beside the file that calls this.

        Raises:
            WorkflowError: One cannot be run or defines none.
        """
        for name in files:
            self.draft.take_file(name, calling_folder())
        return self
