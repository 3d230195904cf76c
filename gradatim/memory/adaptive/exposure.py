"""Probabilities of showing items that keep every item's exposure below a limit."""

from __future__ import annotations

import dataclasses

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.selection import SympsonHetter
from gradatim.memory.adaptive.simulation import simulate
from gradatim.memory.adaptive.strategies import Strategies
from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.bank import ItemBank


def control_exposure(
    bank: ItemBank,
    strategies: Strategies,
    *,
    limit: float = 0.25,
    examinees: int = 2000,
    rounds: int = 20,
    seed: int = 0,
    population: FloatArray | None = None,
) -> SympsonHetter:
    """Find the exposure control of Sympson and Hetter (1985) for a design of a test, by repeated simulation.

    An item's exposure is the probability that it is chosen and then shown. In each round examinees are simulated, and
    an item that was met by more of them than the limit allows is shown less by the ratio of the two, one that was met
    by fewer is shown more.

    Args:
        bank: The items.
        strategies: The design; its selection is the one that is controlled.
        limit: Largest share of examinees who may meet an item, in (0, 1].
        examinees: Simulated a round.
        rounds: At most; fewer when all items keep the limit within 2 %.
        seed: Of the simulations.
        population: Abilities of examinees; standard normal when not given.

    Returns:
        The selection to put in the place of the design's own.

    Raises:
        InputError: The limit is no share, or the bank is too small to keep it.
    """
    if not 0.0 < limit <= 1.0:
        raise InputError(f"an exposure limit of {limit}", place="limit", remedy="give a share in (0, 1]")
    rng = np.random.default_rng(seed)
    show = np.ones(len(bank))
    best, lowest = show, np.inf
    for number in range(rounds):
        theta = rng.standard_normal(examinees) if population is None else rng.choice(population, examinees)
        controlled = dataclasses.replace(strategies, selection=SympsonHetter(show, strategies.selection))
        found = simulate(bank, theta, controlled, seed=seed + number)
        if found.mean_length > limit * len(bank):
            raise InputError(
                f"tests of {found.mean_length:.3g} items out of {len(bank)} show each to more than {limit:.3g}",
                place="limit",
                remedy="raise the limit or use a larger bank",
            )
        most = float(found.exposure.max())
        if most < lowest:
            best, lowest = show, most
        if most <= 1.02 * limit:
            break
        # An item that was shown to a share e of examinees with probability k was chosen for e/k of them.
        chosen = np.divide(found.exposure, show, out=np.zeros_like(show), where=show > 0.0)
        show = np.where(chosen > limit, limit / np.maximum(chosen, 1e-12), 1.0)
    return SympsonHetter(best, strategies.selection)
