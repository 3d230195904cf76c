"""Item maker: writes an item that fits the learner of the state, or a wanted difficulty, into the state."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from gradatim.agents.items.proposer import ItemProposer
from gradatim.agents.state import Plain, State, degraded, learner_of
from gradatim.errors import InputError, ModelError
from gradatim.kg import ConceptGraph, ConceptStore
from gradatim.languages import speaking
from gradatim.memory.tracing import ParameterSource
from gradatim.serving.realiser import GroundedRealiser
from gradatim.tools.items.bank import Bank
from gradatim.tools.items.duplicates import Fingerprints
from gradatim.tools.items.item import ItemKind
from gradatim.tools.items.kinds import KINDS
from gradatim.tools.items.maker import Made, Maker
from gradatim.tools.items.target import BETA, Target, covered, target_of
from gradatim.tools.sandbox import Sandbox


class ItemMaker:
    """Makes one item a call; never the same twice.

    Args:
        sandbox: Where everything is executed.
        store: The concept graph.
        parameters: Of knowledge tracing, for what a learner's state says about ability.
        model: Proposes programs; templates stand in where it is `None` or the realiser, or no proposal holds.
        theta: Wanted difficulty; the learner's ability, or 0, when not given.
        concepts: Only about these; what is next to learn when not given.
        kinds: Of items.
        seed: For the same items again.
        bank: Where items are kept; those in it do not come again.
    """

    name = "make_item"

    def __init__(
        self, sandbox: Sandbox, store: ConceptStore, parameters: ParameterSource, *, model: Any = None,
        theta: float | None = None, concepts: Sequence[str] = (), kinds: Sequence[ItemKind] = tuple(KINDS),
        beta: float = BETA, seed: int | None = None, bank: Bank | None = None,
    ) -> None:  # fmt: skip
        self.sandbox, self.store, self.parameters = sandbox, store, parameters
        self.model = None if isinstance(model, GroundedRealiser) else model
        self.theta, self.concepts, self.kinds, self.beta, self.seed = theta, tuple(concepts), tuple(kinds), beta, seed
        self.bank = bank
        self._maker: Maker | None = None
        self._made = 0

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        with speaking(state.get("language")):
            graph = await self.store.snapshot()
            if self._maker is None or self._maker.graph.version != graph.version:
                known = Fingerprints() if self.bank is None else await asyncio.to_thread(self.bank.fingerprints)
                self._maker = Maker(self.sandbox, graph, known=known)
            target = self.target(state, graph, self._maker)
            seed = None if self.seed is None else f"{self.seed} {self._made}"
            made, update = await self._one(self._maker, target, seed)
        self._made += 1
        if self.bank is not None:
            at = datetime.now(UTC).isoformat()
            await asyncio.to_thread(self.bank.add, made.item, made.fingerprint, made_at=at)
        return {**update, "item": made.item.plain()}

    def target(self, state: State, graph: ConceptGraph, maker: Maker) -> Target:
        """What is wanted now."""
        learner = learner_of(state)
        beliefs = {} if learner is None else {item.concept: item for item in learner.mastery}
        own = target_of(graph, beliefs, self.parameters, maker.concepts, beta=self.beta)
        needed = frozenset(part for name in self.concepts for part in (covered(graph, name, maker.concepts) or {name}))
        wanted = {concept: 1.0 / len(needed) for concept in needed} or (own.concepts if learner is not None else {})
        theta = self.theta if self.theta is not None else own.theta
        return Target(theta=theta, concepts=wanted, needed=needed, beta=self.beta)

    async def _one(self, maker: Maker, target: Target, seed: str | None) -> tuple[Made, Plain]:
        if self.model is None:
            return await maker.make(target, self.kinds, seed=seed), {}
        try:
            return await ItemProposer(self.model, maker).propose(target, self.kinds, seed=seed), {}
        except (InputError, ModelError) as error:
            made = await maker.make(target, self.kinds, seed=seed)
            return made, degraded(self.name, error, "the item was made from a template")
