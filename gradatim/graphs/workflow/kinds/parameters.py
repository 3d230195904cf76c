"""What the kinds of the assessment may be given by `with:`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from gradatim.agents.policy import load_policy, parse_policy
from gradatim.errors import SettingsError


def _policy(text: str) -> str:
    try:
        parse_policy(text, "policy", load_policy())
    except SettingsError as error:
        raise ValueError(str(error)) from error
    return text


class Parameters(BaseModel):
    """Base of the parameters of these kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IntakeParameters(Parameters):
    """What `intake` may be given."""

    limit: Annotated[int, Field(gt=0)] | None = None
    """Bytes that a program may have; the setting `submission_limit` where nothing is said."""


class RecallParameters(Parameters):
    """What `recall` may be given."""

    limit: Annotated[int, Field(ge=1, le=50)] = 3
    """Earlier cases at most."""
    floor: Annotated[float, Field(ge=0, le=1)] = 0.3
    """Likeness from which an earlier case counts."""


class DiagnoseParameters(Parameters):
    """What `diagnose` may be given."""

    repair_seconds: Annotated[float, Field(ge=0, le=600)] | None = None
    """Time in which a change that makes every test pass is searched; the setting where nothing is said."""


class RetrieveParameters(Parameters):
    """What `retrieve` may be given."""

    limit: Annotated[int, Field(ge=1, le=100)] = 8
    """Pieces of evidence from the concept graph at most."""


class GenerateParameters(Parameters):
    """What `generate` may be given."""

    max_tokens: Annotated[int, Field(ge=50, le=8000)] = 700
    """Tokens that the answer may have."""
    settled: bool = True
    """Whether what was said on the same diagnosis before is said again; without that each draft is written anew."""


class CritiqueParameters(Parameters):
    """What `critique` may be given."""

    samples: Annotated[int, Field(ge=2, le=20)] | None = None
    """Opinions to ask for; the setting `samples` where nothing is said."""
    temperature: Annotated[float, Field(gt=0, le=2)] = 0.7
    """Sampling temperature."""


class ReviseParameters(Parameters):
    """What `revise` may be given."""

    rounds: Annotated[int, Field(ge=0, le=5)] | None = None
    """Rounds that the model gets; those of the policy where nothing is said."""


class DecideParameters(Parameters):
    """What `decide` may be given."""

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    """Confidence from which a feedback is delivered without a person; the policy's where nothing is said."""
    policy: Annotated[str, AfterValidator(_policy)] | None = None
    """What differs from the policy of the settings, as YAML; `file:NAME` takes it from a file beside the workflow."""
