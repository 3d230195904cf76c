"""`gradatim item make`: items that fit."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from typing import Any

import click

from gradatim.app.commands.item.asking import KINDS, LANGUAGES, bank_of, described, now, question
from gradatim.app.commands.kg.asking import concept_named
from gradatim.app.console import emit, out, plural, printable, progress, say
from gradatim.app.options import curriculum_option, data_dir_option, json_option, sandbox_option
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph, ConceptStore, opened_graph
from gradatim.languages import speaking
from gradatim.settings import Settings, load_settings
from gradatim.tools.items import Item
from gradatim.tools.items.maker import Maker
from gradatim.tools.items.target import BETA, Target, covered, target_of
from gradatim.tools.sandbox import open_sandbox


@click.command()
@click.option("--learner", "learner_id", metavar="ID", help="Fit this learner: ability and what is next to learn.")
@click.option("--theta", "--difficulty", type=float, metavar="X", help="Wanted difficulty in logits (0 is average).")
@click.option("--concept", "names", multiple=True, metavar="CONCEPT", help="Only about this concept; may be repeated.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Kind of item; may be repeated.")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many.")
@click.option("--beta", type=float, default=BETA, show_default=True, help="Weight of the concepts against difficulty.")
@click.option("--seed", type=int, metavar="N", help="Make the same items again (with the same bank).")
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of the items (setting: language).")
@click.option("--model", metavar="NAME", help="Let this language model propose the programs, instead of templates.")
@click.option("--dry-run", is_flag=True, help="Show the items without putting them into the bank.")
@json_option
@curriculum_option
@sandbox_option
@data_dir_option
def make(
    learner_id: str | None,
    theta: float | None,
    names: Sequence[str],
    kinds: Sequence[Any],
    count: int,
    beta: float,
    seed: int | None,
    language: str | None,
    model: str | None,
    dry_run: bool,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Make items whose difficulty and concepts fit, each executed before anybody sees it.

    An item is chosen to make |d − θ|² + β·KL(its concepts ‖ wanted ones) small. New items are drafts until somebody
    approves them (`gradatim item review`). Duplicates of what the bank holds are never made.

    \b
    Exit codes: 0 made; 1 fewer could be made than asked for; 2 a concept, learner or number that cannot be used.
    """
    if learner_id is not None and theta is not None:
        raise click.UsageError("give either --learner or --theta")
    if theta is not None and not math.isfinite(theta):
        raise click.UsageError("--theta needs a number")
    settings = load_settings(**overrides, **({} if language is None else {"language": language}))
    with speaking(settings.language):
        found = asyncio.run(
            _make(settings, learner_id, theta, names, tuple(kinds) or KINDS, count, beta, seed, model, dry_run, as_json)
        )
    if as_json:
        emit({"items": [made.plain() for made in found], "stored": not dry_run})
    if len(found) < count:
        raise click.exceptions.Exit(1)


async def _make(
    settings: Settings,
    learner_id: str | None,
    theta: float | None,
    names: Sequence[str],
    kinds: tuple[Any, ...],
    count: int,
    beta: float,
    seed: int | None,
    model: str | None,
    dry_run: bool,
    as_json: bool,
) -> list[Item]:
    bank, found = bank_of(settings), list[Item]()
    async with opened_graph(settings) as store, open_sandbox(settings) as sandbox:
        graph = await store.snapshot()
        maker = Maker(sandbox, graph, known=bank.fingerprints(settings.language))
        target = await _target(settings, store, graph, maker, learner_id, theta, names, beta)
        if not as_json:
            say(f"wanted difficulty {target.theta:+.2f}{_about(target)}")
        with progress(not as_json and count > 1) as shown:
            task = None if shown is None else shown.add_task("making items", total=count)
            try:
                async for made in _sources(settings, maker, target, count, kinds, seed, model):
                    if not dry_run:
                        bank.add(made.item, made.fingerprint, made_at=now())
                    found.append(made.item)
                    if not as_json:
                        out(f"{made.item.id}  {made.item.kind:<8} {described(made.item)}  {printable(made.item.title)}")
                        if dry_run:  # nothing is kept that could be shown later
                            out(f"\n{question(made.item)}\n")
                    if shown is not None and task is not None:
                        shown.update(task, completed=len(found))
            except InputError as error:
                if not found:
                    raise
                say(f"made {plural(len(found), 'item')} of {count}: {error.message}")
    return found


def _sources(
    settings: Settings,
    maker: Maker,
    target: Target,
    count: int,
    kinds: tuple[Any, ...],
    seed: int | None,
    model: str | None,
) -> Any:
    """Where items come from: templates, or a model."""
    if model is None:
        return maker.several(target, count, kinds, seed=seed)
    from gradatim.agents.items import proposed_items

    return proposed_items(settings, model, maker, target, count, kinds, seed=seed)


async def _target(
    settings: Settings,
    store: ConceptStore,
    graph: ConceptGraph,
    maker: Maker,
    learner_id: str | None,
    theta: float | None,
    names: Sequence[str],
    beta: float,
) -> Target:
    named = [(await concept_named(name, store)).id for name in names]
    needed = frozenset(part for one in named for part in (covered(graph, one, maker.concepts) or {one}))
    wanted = {concept: 1.0 / len(needed) for concept in needed}
    if learner_id is None:
        return Target(theta=theta or 0.0, concepts=wanted, needed=needed, beta=beta)
    from gradatim.memory import open_memory, parameters_of
    from gradatim.memory.rights.guard import guarded
    from gradatim.memory.rights.pseudonyms import known_as

    parameters = parameters_of(settings)
    async with open_memory(settings) as memory:
        # as agents see the learner: only with consent, and without what rests on a disputed label
        state = await guarded(memory, settings.assumed_consent, parameters).state(known_as(settings, learner_id))
    beliefs = {item.concept: item for item in state.mastery}
    own = target_of(graph, beliefs, parameters, maker.concepts, beta=beta)
    return Target(theta=own.theta, concepts=wanted or own.concepts, needed=needed, beta=beta)


def _about(target: Target) -> str:
    leading = sorted(target.concepts, key=lambda concept: -target.concepts[concept])[:4]
    return f", about {', '.join(leading)}{' …' if len(target.concepts) > 4 else ''}" if leading else ""
