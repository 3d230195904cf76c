"""Parameters of a workflow: values taken in, and put where `${name}` stands."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.places import Findings, Path
from gradatim.graphs.workflow.spec import ParameterSpec, WorkflowSpec

_REFERENCE = re.compile(r"\$?\$\{([^{}]*)\}")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
}  # fmt: skip
_WORDS = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


def check_declared(spec: WorkflowSpec, findings: Findings) -> None:
    """Note parameters that contradict themselves."""
    for name, parameter in spec.parameters.items():
        here = ("parameters", name)
        if parameter.default is not None:
            reason = why_not(parameter, parameter.default)
            if reason is not None:
                findings.add((*here, "default"), f"the default of {name!r} {reason}", "correct the default")
        low, high = parameter.minimum, parameter.maximum
        if (low is not None or high is not None) and parameter.type not in ("integer", "number"):
            findings.add(here, f"{name!r} is {parameter.type} and has no bounds", "leave minimum and maximum out")
        elif low is not None and high is not None and low > high:
            findings.add(here, f"the minimum of {name!r} is above its maximum", "swap them")


def settled(
    spec: WorkflowSpec, given: Mapping[str, Any] | None, findings: Findings, path: Path = ("parameters",)
) -> dict[str, Any]:
    """The value of every parameter.

    Args:
        given: Values that somebody sets; `None` when a workflow is only looked at, and values that have to be set are
            stood in for.
        path: Where the values are given, for what is wrong with them.
    """
    values: dict[str, Any] = {}
    for name, parameter in spec.parameters.items():
        if given is not None and name in given:
            reason = why_not(parameter, given[name])
            if reason is None:
                values[name] = given[name]
                continue
            findings.add((*path, name), f"the parameter {name!r} {reason}", _wanted(parameter))
        elif parameter.default is None and given is not None:
            findings.add(path, f"the parameter {name!r} has no value", f"set {name}: {_wanted(parameter)}")
        values[name] = parameter.default if parameter.default is not None else _stand_in(parameter)
    for name in given or {}:
        if name not in spec.parameters:
            findings.add((*path, name), f"there is no parameter {name!r}", did_you_mean(name, spec.parameters, "set"))
    return values


def why_not(parameter: ParameterSpec, value: Any) -> str | None:
    """Why a value cannot be a parameter's; `None` where it can."""
    wrong = not isinstance(value, _TYPES[parameter.type]) or (isinstance(value, bool) and parameter.type != "boolean")
    if wrong or (isinstance(value, float) and not math.isfinite(value)):
        return f"is {value!r}, not {_WORDS[parameter.type]}"
    if parameter.choices and value not in parameter.choices:
        return f"is {value!r}, none of {', '.join(map(repr, parameter.choices))}"
    if parameter.minimum is not None and isinstance(value, int | float) and value < parameter.minimum:
        return f"is {value!r}, below {parameter.minimum}"
    if parameter.maximum is not None and isinstance(value, int | float) and value > parameter.maximum:
        return f"is {value!r}, above {parameter.maximum}"
    return None


def _wanted(parameter: ParameterSpec) -> str:
    if parameter.choices:
        return f"one of {', '.join(map(repr, parameter.choices))}"
    low, high = parameter.minimum, parameter.maximum
    bounds = "" if low is None and high is None else f" from {low} to {high}"
    return f"{_WORDS[parameter.type]}{bounds}"


def _stand_in(parameter: ParameterSpec) -> Any:
    if parameter.choices:
        return parameter.choices[0]
    if parameter.type == "string":
        return "text"
    if parameter.type == "boolean":
        return False
    return parameter.minimum if parameter.minimum is not None else parameter.maximum or 1


def filled_in(value: Any, parameters: Mapping[str, Any], findings: Findings, path: Path) -> Any:
    """A value with `${name}` replaced; a text that is nothing else becomes the parameter's value, type and all.

    `$${` stands for `${` itself.
    """
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: filled_in(item, parameters, findings, (*path, key)) for key, item in items}
    if isinstance(value, list):
        return [
            filled_in(item, parameters, findings, (*path, place)) for place, item in enumerate(cast("list[Any]", value))
        ]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)

    def look_up(name: str) -> Any:
        if name not in parameters:
            findings.add(path, f"there is no parameter {name!r}", did_you_mean(name, parameters, "parameters"))
            return ""
        return parameters[name]

    if whole is not None and not value.startswith("$$"):
        return look_up(whole.group(1).strip())
    return _REFERENCE.sub(
        lambda found: found.group()[1:] if found.group().startswith("$$") else str(look_up(found.group(1).strip())),
        value,
    )
