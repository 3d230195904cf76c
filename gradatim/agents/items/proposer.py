"""Proposes items with a language model, grounded in the concept graph; whatever it says is executed.

The model invents a function and says in words what it does. Nothing of that is believed: the function runs on generated
inputs, programs of misconceptions have to fail its tests, and the words have to lead back to the function: the model
writes a program from the words alone, and at least one of these has to agree with the function on every input. Items
of a model stay drafts until a person approves them.
"""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import suppress
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from gradatim.agents.items.proposal import Proposal, Solution, program_of, proposal_schema, refusal
from gradatim.agents.prompts import load_prompt
from gradatim.errors import InputError
from gradatim.languages import language, spoken
from gradatim.serving import open_chat_model
from gradatim.serving.structured import ask_structured, model_name
from gradatim.settings import Settings
from gradatim.tools.items.item import ItemKind
from gradatim.tools.items.kinds import KINDS
from gradatim.tools.items.kinds.draft import signature
from gradatim.tools.items.maker import Made, Maker
from gradatim.tools.items.material import Material, examine, seen_by
from gradatim.tools.items.target import Target
from gradatim.tools.items.testing import choose_tests

ATTEMPTS = 4
"""Proposals for one item."""
SOLUTIONS = 2
"""Programs that are written from the description alone."""
_MAX_TOKENS = 700
_TEMPERATURE = 0.8
_EASY, _HARD = -0.7, 0.9


class ItemProposer:
    """Makes items from what a model proposes.

    Args:
        model: Any chat model.
        maker: Executes, compares with what is known, and estimates difficulties.
    """

    def __init__(self, model: BaseChatModel, maker: Maker) -> None:
        self.model = model
        self.maker = maker

    async def propose(
        self, target: Target, kinds: Collection[ItemKind] = tuple(KINDS), *, seed: int | str | None = None
    ) -> Made:
        """One item of one of these kinds.

        Raises:
            InputError: None of the model's proposals holds; tells what was wrong with each.
            ModelError: The model cannot be reached.
        """
        rng = random.Random(seed)
        reasons: list[str] = []
        for _ in range(ATTEMPTS):
            concepts = self._concepts(target, rng)
            proposal = await self._ask(target, concepts, reasons, rng)
            found = await self._tried(proposal, concepts, target, sorted(kinds), rng)
            if isinstance(found, Made):
                self.maker.known.add(found.item.id, found.fingerprint)
                return found
            reasons.append(found)
        raise InputError(
            f"none of {ATTEMPTS} proposals of {model_name(self.model)} holds: {'; '.join(reasons)}",
            place="items",
            remedy="try again, use a larger model, or leave --model out to use templates",
        )

    def _concepts(self, target: Target, rng: random.Random) -> tuple[str, ...]:
        """One or two concepts to ask for, those that are wanted most often first."""
        pool = sorted(target.needed) or sorted(target.concepts) or sorted(self.maker.concepts)
        weights = [target.concepts.get(concept, 0.01) for concept in pool]
        first = rng.choices(pool, weights)[0]
        return (first,)

    async def _ask(
        self, target: Target, concepts: Sequence[str], reasons: Sequence[str], rng: random.Random
    ) -> Proposal | str:
        """A proposal, or why there is none."""
        graph = self.maker.graph
        known = [concept for concept in graph.concepts if concept.id in concepts]
        wrong = [item.belief for item in graph.misconceptions if set(item.concepts) & set(concepts)][:3]
        refused = (
            "" if not reasons else f"\nYour last answer could not be used: {reasons[-1]}. Invent another function."
        )
        prompt = load_prompt("item").render(
            concepts=", ".join(concept.name for concept in known),
            definitions="\n".join(f"- {concept.name}: {concept.definition}" for concept in known),
            misconceptions="\n".join(f"- {belief}" for belief in wrong) or "- nothing is known",
            size=_size(target.theta),
            language=language(spoken()).english,
            example=self._example(concepts, rng),
            refused=refused,
        )
        answer = await ask_structured(
            self.model, [HumanMessage(prompt)], proposal_schema(), temperature=_TEMPERATURE, max_tokens=_MAX_TOKENS,
            seed=rng.randrange(1 << 30),
        )  # fmt: skip
        if answer.value is None:
            return f"the answer was no proposal ({answer.reason})"
        try:
            return Proposal.model_validate(answer.value)
        except ValueError as error:
            return f"the answer was no proposal ({str(error).splitlines()[0]})"

    def _example(self, concepts: Sequence[str], rng: random.Random) -> str:
        """A program of a template about the same concepts: the shape that is wanted."""
        program = self.maker.example(concepts, rng)
        return f"{program.code}\ndoes: {program.does}"

    async def _tried(
        self, proposal: Proposal | str, concepts: tuple[str, ...], target: Target, kinds: Sequence[ItemKind],
        rng: random.Random,
    ) -> Made | str:  # fmt: skip
        """The item that a proposal makes, or why it makes none."""
        if isinstance(proposal, str):
            return proposal
        reason = refusal(proposal)
        if reason is not None:
            return reason
        program = program_of(proposal, concepts, frozenset(self.maker.here))
        material = await examine(self.maker.sandbox, program, self.maker.misconceptions, rng)
        if material is None:
            return "the function has no answer to most inputs of its types"
        tests = choose_tests(material, rng)
        if tests is None or len(material.rivals) < 2:
            return "too few faults can be told from the function by tests"
        if len({seen.short for seen in material.seen}) < 3:
            return "the function gives nearly always the same"
        if not await self._agreed(material):
            return "the description does not lead to this function"
        return await self.maker.from_material(material, tests, target, rng.choice(list(kinds)), rng)

    async def _agreed(self, material: Material) -> bool:
        """Whether a program that is written from the description alone does what the function does."""
        program = material.program
        prompt = load_prompt("item_solution").render(
            call=signature(material),
            parameters=", ".join(argument.type for argument in program.arguments),
            does=str(program.does),
        )
        answer = await ask_structured(
            self.model, [HumanMessage(prompt)], Solution, n=SOLUTIONS, temperature=0.4, max_tokens=_MAX_TOKENS, seed=1
        )
        codes = [sample.value.code for sample in answer.samples if isinstance(sample.value, Solution)]
        found = await seen_by(self.maker.sandbox, codes, material.calls)
        wanted = [seen.short for seen in material.seen]
        return any(seen is not None and [one.short for one in seen] == wanted for seen in found)


def _size(theta: float) -> str:
    if theta < _EASY:
        return "very short: one to three statements"
    return (
        "of medium length: one loop with a condition" if theta < _HARD else "longer: two or three steps or nested loops"
    )


async def proposed_items(
    settings: Settings, model: str, maker: Maker, target: Target, count: int, kinds: Collection[ItemKind], *,
    seed: int | None = None,
) -> AsyncGenerator[Made]:  # fmt: skip
    """Items that a model proposes, the kinds in turn, each as soon as it is made.

    Args:
        model: As `open_chat_model` takes it.

    Raises:
        InputError: No proposal holds; those made before were given already.
        ModelError: The model cannot be had.
    """
    if model == "none":
        raise InputError("`none` is no language model", place="--model", remedy="leave --model out to use templates")
    chat: Any = open_chat_model(model, settings)
    turns = sorted(kinds, key=list(KINDS).index)
    try:
        proposer = ItemProposer(chat, maker)
        for number in range(count):
            yield await proposer.propose(target, (turns[number % len(turns)],), seed=f"{seed} {number}")
    finally:
        close = getattr(getattr(chat, "transport", None), "aclose", None)
        if close is not None:
            with suppress(OSError):
                await close()
