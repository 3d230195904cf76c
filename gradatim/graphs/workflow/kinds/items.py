"""Kinds of items: make one that fits, judge an answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from gradatim.agents.items import ItemMaker, ItemScorer
from gradatim.domain import Degradation, LearnerState
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind
from gradatim.memory import parameters_of
from gradatim.tools.items.bank import Bank, bank_path
from gradatim.tools.items.item import Item, ItemKind
from gradatim.tools.items.kinds import KINDS as ITEM_KINDS
from gradatim.tools.items.target import BETA


class MakeItemParameters(BaseModel):
    """What `make_item` may be given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theta: Annotated[float, Field(ge=-6, le=6)] | None = None
    """Wanted difficulty in logits; the learner's ability, or 0, where nothing is said."""
    concepts: tuple[str, ...] = ()
    """Only about these concepts; what is next to learn where nothing is said."""
    kinds: Annotated[tuple[ItemKind, ...], Field(min_length=1)] = tuple(ITEM_KINDS)
    """Kinds of items to choose from."""
    beta: Annotated[float, Field(ge=0)] = BETA
    """What the concepts count against the difficulty."""
    use_model: bool = False
    """Let the model propose programs; templates stand in where none of its proposals holds."""
    seed: int | None = None
    """For the same items again."""


class ItemScore(BaseModel):
    """What `score_item` writes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    right: bool
    said: list[str]
    """What the learner may be told: executed facts, and what the concept graph says."""
    misconception: str | None = None
    passed: int = 0
    total: int = 1


def _make(services: Services, parameters: MakeItemParameters) -> Agent:
    return ItemMaker(
        services.sandbox,
        services.concepts,
        parameters_of(services.settings),
        model=services.model if parameters.use_model else None,
        theta=parameters.theta,
        concepts=parameters.concepts,
        kinds=parameters.kinds,
        beta=parameters.beta,
        seed=parameters.seed,
        bank=Bank(bank_path(services.settings.data_dir)),
    )


def _score(services: Services, parameters: Any) -> Agent:
    return ItemScorer(services.sandbox, services.concepts, services.memory)


KINDS: tuple[Kind, ...] = (
    Kind(
        "make_item",
        "Makes a question of a wanted difficulty (write, fix, predict, order, choose), executed before it is shown.",
        _make,
        optional={"learner": LearnerState | None, "language": str},
        writes={"item": Item},
        may_write={"degradations": list[Degradation]},
        parameters=MakeItemParameters,
    ),
    Kind(
        "score_item",
        "Judges an answer to an item by execution, and lets the learner memory learn from it.",
        _score,
        reads={"item": Item, "answer": str},
        optional={"learner_id": str, "language": str, "at": str},
        writes={"score": ItemScore},
        may_write={"degradations": list[Degradation]},
    ),
)
