"""Cost of a run: as it was recorded, or its tokens times what a million of them cost.

`attributes.cost` is taken as it is. Otherwise `attributes.prices` (or the prices given to `cost_at`) say what a million
tokens cost: `input`, `output` and, where it is another price, `cached`; in any one currency.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.evals.scorers.given import Given, Missing, mapping_of, number_of, scorer
from gradatim.evals.scorers.score import Score, Scorer, ScorerInfo
from gradatim.evals.scorers.scores import scored
from gradatim.evals.scorers.trajectory.reading import tokens_of

KEY = "cost"


def cost_at(prices: Mapping[str, float] | None = None) -> Scorer:
    """A scorer of cost.

    Args:
        prices: Price of a million tokens by kind (`input`, `output`, `cached`), where the run does not say.
    """

    @scorer(KEY)
    def judge(given: Given) -> Score:
        recorded = number_of(given.find("outputs.attributes.cost"))
        if recorded is not None and recorded >= 0:
            return scored(KEY, recorded, f"{recorded:.6f}, as recorded")
        used = tokens_of(given)
        unknown = [kind for kind in ("input", "output") if kind not in used]
        if unknown:
            raise Missing(f"no question to a model tells of its {unknown[0]} tokens")
        if not any(used.values()):
            return scored(KEY, 0.0, "no token was used")
        named = mapping_of(given.find("outputs.attributes.prices")) or prices or {}
        found = {kind: price for kind in used if (price := number_of(named.get(kind))) is not None and price >= 0}
        missing = [kind for kind in ("input", "output") if kind not in found and used[kind]]
        if missing:
            raise Missing(f"what {' and '.join(missing)} tokens cost is not known: set `attributes.prices`")
        return _priced(used, found)

    return judge


def _priced(used: Mapping[str, float], prices: Mapping[str, Any]) -> Score:
    cached = min(used["cached"], used["input"])
    fresh = used["input"] - cached
    price = prices.get("input", 0.0)
    total = fresh * price + cached * prices.get("cached", price) + used["output"] * prices.get("output", 0.0)
    return scored(KEY, total / 1e6, f"{total / 1e6:.6f} for {used['input']:,.0f} and {used['output']:,.0f} tokens")


cost = cost_at()

INFO = ScorerInfo(
    key=KEY,
    scorer=cost,
    summary="Cost of a run's questions to models, in the currency of the prices.",
    family="trajectory",
    higher_is_better=False,
    unit="currency",
    needs=("outputs.attributes.cost or outputs.attributes.prices",),
)
