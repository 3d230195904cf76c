"""What an experiment file holds, as it is written: the model that the published JSON Schema is made from.

An experiment is data × variants × models × seeds: every combination with every sample of the data is a cell, which is
run once and judged by every scorer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, field_validator, model_validator

NAME = r"^[A-Za-z][A-Za-z0-9_.+-]{0,63}$"
Name = Annotated[str, StringConstraints(pattern=NAME)]

Part = Literal["graph", "profile", "critic", "verifier", "evidence"]
"""What an ablation takes away from the assessment."""
PARTS: tuple[Part, ...] = get_args(Part)
DESCRIPTIONS: Mapping[Part, str] = {
    "graph": "no concept graph, no passages of the course, no related concepts",
    "profile": "the learner memory knows nobody",
    "critic": "no independent opinions, no self-consistency",
    "verifier": "what the model writes passes unchecked",
    "evidence": "the model sees task and program alone: no test results, no diagnosis, no passages",
}
"""Part → what its absence means."""
Design = Literal["runs", "pre-post"]
World = Literal["responses", "practice", "tutoring"]
Treatment = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,31}$")]

CHANGEABLE = (
    "deliver_threshold", "lambda_curriculum", "lambda_profile", "language", "max_revisions", "policy",
    "repair_seconds", "samples", "submission_limit",
)  # fmt: skip
"""Settings that a variant may change: those that hold for one run and need nothing opened anew."""
MOST_SEEDS = 100


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataSpec(_Part):
    """Which examples."""

    loader: str = "examples"
    """A data set that `gradatim eval list data` names."""
    path: str | None = None
    """Where it lies, seen from the experiment file; the packaged loader `examples` finds its own in a checkout."""
    options: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """Of the loader."""
    groups: str | None = None
    """CSV file with attributes of learners, for fairness audits; seen from the experiment file."""
    sample: Annotated[int, Field(ge=1)] | None = None
    """Examples that are drawn at random; all when not given."""
    seed: int = 0
    """Of that draw, and of the histories."""
    histories: Annotated[int, Field(ge=0, le=20)] = 0
    """Earlier assessments of each learner that the memory holds, made up from other examples of the data set whose
    truth is known; 0: nobody is known."""


class VariantSpec(_Part):
    """How the agents are changed; nothing said: as they are."""

    description: str = ""
    without: tuple[Part, ...] = ()
    """Parts of the assessment that are taken away."""
    base: bool = False
    """The model alone, with an ordinary prompt."""
    recorded: bool = False
    """Nothing is run: the outputs that the data set holds are judged."""
    workflow: str | None = None
    """A workflow file (seen from the experiment file) or `packaged:NAME`, instead of the assessment."""
    parameters: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """Of that workflow."""
    settings: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """Settings that are different in this variant."""
    treatment: Treatment | None = None
    """`design: pre-post`: what the learners of this arm get."""

    @field_validator("without", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_kind(self) -> VariantSpec:
        chosen = [
            name
            for name, given in (
                ("without", bool(self.without)), ("base", self.base), ("recorded", self.recorded),
                ("workflow", self.workflow is not None), ("treatment", self.treatment is not None),
            )
            if given
        ]  # fmt: skip
        if len(chosen) > 1:
            raise ValueError(f"{' and '.join(chosen)} cannot be had together; make a variant of each")
        if self.parameters and self.workflow is None:
            raise ValueError("parameters are a workflow's: name it with `workflow:`")
        return self


class CohortSpec(_Part):
    """`design: pre-post`: simulated learners, randomised to the two variants, tested before and after."""

    world: World = "responses"
    """`responses`: learners of item response theory, the treatment raises their ability by a known amount. `practice`:
    learners who practise by knowledge tracing. `tutoring`: learners with one misconception who talk with a tutor."""
    learners: Annotated[int, Field(ge=4, le=100_000)] = 120
    """Both arms together."""
    items: Annotated[int, Field(ge=4, le=500)] = 40
    """Of each test."""
    effect: Annotated[float, Field(ge=-3, le=3)] = 0.5
    """`responses`: by how many standard deviations of ability the treatment raises it; 0 for an A/A design."""
    growth: Annotated[float, Field(ge=-3, le=3)] = 0.2
    """`responses`: what both arms gain without any treatment."""
    practices: Annotated[int, Field(ge=1, le=1000)] = 60
    """`practice`: of each learner between the tests."""
    turns: Annotated[int, Field(ge=1, le=20)] = 8
    """`tutoring`: what a tutor may say."""


class ExperimentSpec(_Part):
    """An experiment file."""

    experiment: Name
    """Its name."""
    description: str = ""
    design: Design = "runs"
    data: DataSpec = DataSpec()
    variants: Annotated[dict[Name, VariantSpec | None], Field(min_length=1, max_length=50)]
    """Name → what is changed."""
    models: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)] = ("none",)
    """As the setting `model` names them; `none`: no model."""
    seeds: tuple[Annotated[int, Field(ge=0, lt=2**31)], ...] = (1,)
    """Runs of every sample; a whole number N stands for 1 … N. Every question to a model is asked with the seed."""
    temperature: Annotated[float, Field(gt=0, le=2)] = 0.2
    """Of every question to a model: at 0, seeds would make no difference."""
    scorers: tuple[Name, ...] = ()
    """Keys that `gradatim eval list scorers` names; all that need no judge when none is given."""
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Cells at the same time; a model on this machine answers one request at a time all the same."""
    cohort: CohortSpec | None = None

    @field_validator("seeds", mode="before")
    @classmethod
    def _counted(cls, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            if not 1 <= value <= MOST_SEEDS:
                raise ValueError(f"a number of seeds lies between 1 and {MOST_SEEDS}")
            return tuple(range(1, value + 1))
        return value

    @field_validator("models", mode="before")
    @classmethod
    def _one_model(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _sensible(self) -> ExperimentSpec:
        for name, given in (("seeds", self.seeds), ("models", self.models), ("scorers", self.scorers)):
            if len(set(given)) < len(given):
                raise ValueError(f"{name}: something stands there twice")
        if not self.seeds or len(self.seeds) > MOST_SEEDS:
            raise ValueError(f"seeds: give 1 to {MOST_SEEDS} of them")
        treated = [name for name, variant in self.variants.items() if variant is not None and variant.treatment]
        if self.design == "pre-post" and (len(self.variants) != 2 or len(treated) != 2):
            raise ValueError("design: pre-post needs two variants, each with a `treatment:`; the first is the control")
        if self.design == "runs" and treated:
            raise ValueError("variants: `treatment:` belongs to `design: pre-post`")
        if self.design == "runs" and self.cohort is not None:
            raise ValueError("cohort: belongs to `design: pre-post`")
        return self

    def variant(self, name: str) -> VariantSpec:
        """A variant; one that is written as nothing is the agents as they are."""
        return self.variants[name] or VariantSpec()


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an experiment file, for editors and for models that write such files."""
    found = ExperimentSpec.model_json_schema()
    properties: dict[str, Any] = found["properties"]
    properties["seeds"] = {
        "description": "Runs of every sample; a whole number N stands for 1 … N.",
        "default": [1],
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": MOST_SEEDS},
            {"type": "array", "minItems": 1, "maxItems": MOST_SEEDS, "uniqueItems": True,
             "items": {"type": "integer", "minimum": 0}},
        ],
    }  # fmt: skip
    properties["models"] = {"anyOf": [{"type": "string"}, properties["models"]], "default": ["none"]}
    without: dict[str, Any] = found["$defs"]["VariantSpec"]["properties"]["without"]
    found["$defs"]["VariantSpec"]["properties"]["without"] = {
        "anyOf": [{"enum": list(PARTS)}, {key: value for key, value in without.items() if key != "default"}],
        "default": [],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradatim experiment",
        **{key: value for key, value in found.items() if key != "title"},
    }
