"""When a formative assessment is asked for: weights, thresholds, decay and budget, from a checked YAML file."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gradatim.errors import InputError
from gradatim.memory.formative.policyfile import Place, Tree, read_tree
from gradatim.memory.profile import ATTRIBUTES

MASTERY, MISCONCEPTION, ERROR_KIND = "mastery", "misconception", "error_kind"
SUBJECTS = (MASTERY, MISCONCEPTION, ERROR_KIND)
"""Signals of which there is one for each concept, misconception and kind of error."""
ATTRIBUTE_SIGNALS = frozenset(item.name for item in ATTRIBUTES) - {"breadth", "depth"}
"""Attributes of the profile that may be signals; breadth and depth say again what mastery says."""
_PACKAGED = "policy.yaml"

_Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Signal(_Part):
    """What a change of one kind of evidence counts."""

    weight: Annotated[float, Field(ge=0, le=1e3, allow_inf_nan=False)]
    """What a full change counts; 0 turns the signal off."""
    scale: _Positive = 1.0
    """The change, in the unit of the evidence, that counts as a full one."""


class Threshold(_Part):
    """The two thresholds of the hysteresis."""

    high: _Positive
    low: Annotated[float, Field(ge=0, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _apart(self) -> Threshold:
        if self.low >= self.high:
            raise ValueError(f"low ({self.low:g}) must be below high ({self.high:g})")
        return self


class Budget(_Part):
    """How many requests one learner gets at most."""

    per_day: Annotated[int, Field(ge=0, le=1000)]
    """In any 24 hours."""
    per_week: Annotated[int, Field(ge=0, le=1000)]
    """In any seven days."""
    cool_down_hours: Annotated[float, Field(ge=0, le=24 * 365, allow_inf_nan=False)]
    """Between two of them at least."""


class FormativePolicy(_Part):
    """All of it.

    Attributes:
        threshold: Between which the trigger is armed again.
        half_life_hours: After so long a change of evidence counts half.
        events: Distinct events that have to speak before anything fires.
        settle: Observations that an attribute of the profile rests on before its changes count.
        open_days: After so long a request that nobody took up lapses.
        signals: Name → weight and scale. `mastery`, `misconception` and `error_kind` have one signal a subject; any
            attribute of the profile is a signal under its own name.
    """

    threshold: Threshold
    half_life_hours: _Positive
    events: Annotated[int, Field(ge=1, le=1000)]
    settle: Annotated[int, Field(ge=1, le=1000)]
    budget: Budget
    open_days: _Positive
    signals: dict[str, Signal]

    @model_validator(mode="after")
    def _known(self) -> FormativePolicy:
        if not any(signal.weight for signal in self.signals.values()):
            raise ValueError("no signal has a weight above 0")
        return self

    @property
    def version(self) -> str:
        """Changes with every value of the policy."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def load_policy(path: Path | None = None) -> FormativePolicy:
    """The packaged policy, or a file on top of it.

    Args:
        path: A YAML file with the keys that differ from the packaged ones.

    Raises:
        InputError: It cannot be read or says something impossible; names the line.
    """
    packaged = resources.files("gradatim.memory.formative").joinpath(_PACKAGED).read_bytes()
    base = read_tree(packaged, _PACKAGED)
    if path is None:
        return _checked(base.value, base, _PACKAGED)
    try:
        content = path.read_bytes() if path.stat().st_size <= Tree.LIMIT else b" " * (Tree.LIMIT + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="give a readable file") from error
    given = read_tree(content, str(path))
    return _checked(_merged(base.value, given.value), given, str(path))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """What is given wins, key by key; a signal is replaced as a whole."""
    merged = dict(base)
    for key, value in over.items():
        before = base.get(key)
        merged[key] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def _checked(value: dict[str, Any], tree: Tree, source: str) -> FormativePolicy:
    try:
        policy = FormativePolicy.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where: Place = tuple(str(step) for step in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            what = "there is no such key"
        raise InputError(
            f"{'.'.join(where) or 'policy'}: {what}",
            place=f"{source}:{tree.line(where)}",
            remedy="docs/formative.md explains the keys",
        ) from error
    unknown = [name for name in policy.signals if name not in SUBJECTS and name not in ATTRIBUTE_SIGNALS]
    if unknown:
        raise InputError(
            f"there is no signal {unknown[0]!r}",
            place=f"{source}:{tree.line(('signals', unknown[0]))}",
            remedy=f"name one of {', '.join((*SUBJECTS, *sorted(ATTRIBUTE_SIGNALS)))}",
        )
    return policy
