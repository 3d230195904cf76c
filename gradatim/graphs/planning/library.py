"""The library of patterns: what an instruction can ask for, and the words in which people ask for it.

`patterns/*.yaml` hold them, `patterns/words.yaml` the words that several share. What each becomes in a workflow stands
in `gradatim.graphs.planning.blocks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from gradatim.graphs.planning.cues import Cue, compile_cues
from gradatim.graphs.planning.quantities import Measure
from gradatim.graphs.planning.words import stem


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NumberSpec(_Written):
    """A number that a pattern takes."""

    measure: Measure
    default: float | None = None
    minimum: float
    maximum: float
    units: tuple[str, ...] = ()
    """Words beside a number that say it counts this; any number of the measure where there are none."""


class ChoiceSpec(_Written):
    """What a pattern is about, of several things."""

    many: bool = False
    options: dict[str, tuple[str, ...]]
    """Option → cues."""


class PatternSpec(_Written):
    """A pattern as it is written in its file."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    summary: str
    """For the model that chooses; people read `planning.patterns.<id>` of their language."""
    goal: bool = False
    """Whether a workflow can be for this alone."""
    always: bool = False
    """Whether it is done in any case and cannot be denied."""
    same_as: str | None = None
    """Another pattern that it asks for in other words."""
    implies: tuple[str, ...] = ()
    """Patterns that it cannot do without."""
    instead_of: tuple[str, ...] = ()
    """Patterns that its words do not ask for, though they sound like it."""
    cues: tuple[str, ...]
    denials: tuple[str, ...] = ()
    """Cues that say it is not wanted."""
    hints: tuple[str, ...]
    """Sentences that say it in other words, for comparing meanings."""
    parameters: dict[str, NumberSpec] = {}
    choices: dict[str, ChoiceSpec] = {}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern with its cues made ready.

    Attributes:
        spec: As written.
        cues: What people say who want it.
        denials: What they say who do not.
        options: Choice → option → cues.
        units: Number → stems that stand beside it.
    """

    spec: PatternSpec
    cues: tuple[Cue, ...]
    denials: tuple[Cue, ...] = ()
    options: Mapping[str, Mapping[str, tuple[Cue, ...]]] = field(default_factory=dict[str, Any])
    units: Mapping[str, frozenset[str]] = field(default_factory=dict[str, Any])

    @property
    def id(self) -> str:
        return self.spec.id


@cache
def things() -> frozenset[str]:
    """Stems of what a workflow works on, and for whom: programs, students."""
    classes = _shared()["classes"]
    return frozenset(map(stem, (*classes["work"], *classes["learner"])))


@cache
def vocabulary() -> frozenset[str]:
    """All English words, as written, that patterns and the words which ask for nothing are made of."""
    shared = _shared()
    lists: list[str] = [
        *shared["plain"]["en"],
        *shared["plain"]["nouns"],
        *(word for words in shared["classes"].values() for word in words),
        *(cue for cues in shared["lists"].values() for cue in cues),
    ]
    for pattern in patterns().values():
        spec = pattern.spec
        lists += [*spec.cues, *spec.denials, *(unit for number in spec.parameters.values() for unit in number.units)]
        lists += [cue for choice in spec.choices.values() for cues in choice.options.values() for cue in cues]
    return frozenset(re.findall(r"[a-z]+", " ".join(lists).lower()))


@cache
def _shared() -> dict[str, Any]:
    file = resources.files("gradatim.graphs.planning").joinpath("patterns", "words.yaml")
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@cache
def patterns() -> Mapping[str, Pattern]:
    """All patterns by id, in the order of their files.

    Raises:
        ValueError: A file is not as it should be; the packaged ones are tested.
    """
    folder = resources.files("gradatim.graphs.planning").joinpath("patterns")
    classes, lists = _shared()["classes"], _shared()["lists"]
    found: dict[str, Pattern] = {}
    for name in ("goals", "people", "rounds", "ways"):
        for item in yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8")):
            spec = PatternSpec.model_validate(item)
            options = {
                choice: {option: compile_cues(cues, classes, lists) for option, cues in given.options.items()}
                for choice, given in spec.choices.items()
            }
            units = {key: frozenset(map(stem, number.units)) for key, number in spec.parameters.items()}
            wanted, unwanted = (compile_cues(cues, classes, lists) for cues in (spec.cues, spec.denials))
            found[spec.id] = Pattern(spec, wanted, unwanted, options, units)
    return found
