"""`Steering`: the terms of one request, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator

from gradatim.domain import Noun
from gradatim.errors import InputError

MAX_TERMS = 256
"""Words and phrases of both terms together."""
MAX_LAMBDA = 20.0
"""Largest λ, in logits: a word of weight 1 becomes e^20 times as likely against the others."""
MAX_WORD = 64
"""Characters of a word or phrase."""
MAX_TEMPERATURE = 2.0
MAX_CHARACTERS = 200_000
"""Characters of a steering as JSON: more than its terms can need is not even read."""


class SteeringError(InputError, ValueError):
    """A steering that cannot be applied; also a `ValueError`, which is what vLLM turns into HTTP 400."""


def _word(text: str) -> str:
    if not 0 < len(text) <= MAX_WORD:
        raise ValueError(f"a word has 1 to {MAX_WORD} characters")
    if text != text.strip() or not text.isprintable():
        raise ValueError("a word neither begins nor ends with white space and has no control characters")
    return text


Word = Annotated[str, AfterValidator(_word)]
Weight = Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]
Lambda = Annotated[float, Field(ge=0, le=MAX_LAMBDA, allow_inf_nan=False)]


class Steering(Noun):
    """The terms of controlled decoding for one request.

    A token's logit `z` becomes `(z + λ_p · P + λ_c · C) / temperature`; between two tokens of which one begins a word
    of weight `w` and the other none, the odds change by the factor `exp(λ · w / temperature)`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    lambda_profile: Lambda = 0.0
    """λ_p, in logits."""
    lambda_curriculum: Lambda = 0.0
    """λ_c, in logits."""
    temperature: Annotated[float, Field(ge=0, le=MAX_TEMPERATURE, allow_inf_nan=False)] | None = None
    """Replaces the request's own temperature when given; 0 takes the most likely token of the steered logits."""
    profile: dict[Word, Weight] = Field(default_factory=dict[str, float])
    """Word → how far this learner can read it (1 well known, -1 far above)."""
    curriculum: dict[Word, Weight] = Field(default_factory=dict[str, float])
    """Word or phrase → how near it is to what the task is about."""

    @model_validator(mode="after")
    def _not_too_many(self) -> Steering:
        if (count := len(self.profile) + len(self.curriculum)) > MAX_TERMS:
            raise ValueError(f"profile and curriculum have {count} words together; at most {MAX_TERMS} are taken")
        return self

    @property
    def neutral(self) -> bool:
        """Whether no logit changes."""
        return not any(weight for scale, term in self.scaled() for weight in term.values() if scale)

    def scaled(self) -> tuple[tuple[float, Mapping[str, float]], ...]:
        """Each term with its λ."""
        return (self.lambda_profile, self.profile), (self.lambda_curriculum, self.curriculum)

    def plain(self) -> dict[str, Any]:
        """As the payload key `steering` carries it: only what was given."""
        return self.model_dump(mode="json", exclude_defaults=True)


def parse_steering(given: object) -> Steering:
    """Read a steering from JSON text or plain data.

    Raises:
        SteeringError: Unknown keys, wrong types, values out of range, too many words; says which in one line.
    """
    if isinstance(given, Steering):
        return given
    try:
        if isinstance(given, str):
            if len(given) > MAX_CHARACTERS:
                raise SteeringError(
                    f"{len(given):,} characters, more than {MAX_CHARACTERS:,}",
                    place="steering",
                    remedy="give fewer words",
                )
            return Steering.model_validate_json(given)
        return Steering.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(("steering", *(str(part) for part in first["loc"])))
        problem = first["msg"].removeprefix("Value error, ")
        shown = repr(first.get("input"))
        raise SteeringError(
            problem if len(shown) > 60 else f"{problem} (got {shown})",
            place=place[:120],
            remedy=f"give {', '.join(Steering.model_fields)}: weights in [-1, 1], λ in [0, {MAX_LAMBDA:g}]",
        ) from error
