"""A judge: a chat model that labels replies of tutors by a rubric, asked twice with the labels in both orders."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gradatim.domain import Usage
from gradatim.errors import GradatimError, InputError, ModelError
from gradatim.evals.judging.background import Background
from gradatim.evals.judging.exchange import Exchange
from gradatim.evals.judging.judgement import Judgement
from gradatim.evals.judging.labelled import Labelled
from gradatim.evals.judging.prompt import REASON, label_schema, messages, shown_reply
from gradatim.evals.judging.rubric import Rubric, packaged_rubrics
from gradatim.evals.judging.store import JudgementStore, Kept
from gradatim.evals.scorers.tutoring.reading import LABELS, VALUES, Dimension, Label, nearest
from gradatim.serving.client.accounting import Prices
from gradatim.serving.structured import ask_structured, model_name
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

T = TypeVar("T")
TOKENS = 200
"""Tokens of an answer: a short reason and a label."""
PATIENCE = 8
"""Judgements in a row that may fail before the judge is not asked any more."""
_VERSION = 1
"""Of the prompt: judgements under another one are not taken for the same."""


@dataclass(slots=True)
class Spent:
    """What a judge has taken so far.

    Attributes:
        cost: `None` without prices.
        judged: Judgements that were asked for; `cached`: of them known before; `failed`: without a label.
        why: Why the last one failed.
    """

    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    judged: int = 0
    cached: int = 0
    failed: int = 0
    why: str = ""


class Judge:
    """Labels replies with a chat model.

    Every reply is asked about twice at temperature 0, with the labels in their order and reversed. Where the two agree,
    that is the label; where they differ, the value is the mean of both and the label the one nearest to it.

    Args:
        model: Any LangChain chat model.
        rubrics: In place of the packaged ones, by dimension; those not named stay.
        store: Judgements that were made before.
        prices: Of a million tokens, to account for cost.
        name: In reports; the model's own when not given.
        at_once: Judgements that a validation asks for at a time.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        rubrics: Mapping[Dimension, Rubric] | None = None,
        store: JudgementStore | None = None,
        prices: Prices | None = None,
        name: str | None = None,
        at_once: int = 4,
    ) -> None:
        self.model = model
        self.rubrics: Mapping[Dimension, Rubric] = {**packaged_rubrics(), **(rubrics or {})}
        self.spent = Spent(cost=None if prices is None else 0.0)
        self.at_once = max(1, at_once)
        self._name = name or model_name(model)
        self._store = store if store is not None else JudgementStore()
        self._prices = prices
        self._background = Background()
        self._given_up = False
        self._failing = 0

    @property
    def name(self) -> str:
        """What reports call it."""
        return self._name

    @property
    def digest(self) -> str:
        """Stands for model, prompt and rubrics."""
        parts = [str(_VERSION), model_name(self.model), *(self.rubrics[key].digest for key in sorted(self.rubrics))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    async def label(self, dimension: Dimension, labelled: Labelled) -> Judgement:
        """Label a reply of a labelled set; its labels are not shown to the model."""
        return await self.judge(dimension, labelled.exchange)

    async def judge(self, dimension: Dimension, exchange: Exchange, *, screen: bool = True) -> Judgement:
        """Label a reply.

        Args:
            screen: False shows the material with words to the judge in it: to find out whether the model would obey.

        Raises:
            ModelError: The model cannot be reached, or the judge was given up.
            StorageError: The file of judgements cannot be written.
        """
        if self._given_up:
            raise ModelError("is not asked any more", place=self._name, remedy="begin again; what it judged is kept")
        if not exchange.reply.strip() or (screen and not shown_reply(exchange)):
            why = "the reply is empty" if not exchange.reply.strip() else "the reply holds nothing but words to a judge"
            self._count(Usage(), None, why=why)
            return Judgement(dimension, None, None, why, screened=int(bool(exchange.reply.strip())))
        # the rubric of this dimension alone decides: another one's change must not have all asked anew
        parts = (_VERSION, model_name(self.model), self.rubrics[dimension].digest, exchange.digest, screen)
        key = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
        kept = self._store.get(key)
        usage = Usage()
        cached = kept is not None
        if kept is None:
            self._ask_on()
            try:
                kept, usage = await self._asked(dimension, exchange, key, screen=screen)
            except GradatimError as error:
                self._failing += 1
                self._count(usage, None, why=str(error))
                raise
            self._failing = 0
        cost = None if self._prices is None else self._prices.cost(usage)
        judgement = _judged(dimension, kept, exchange.cut, usage, cost, cached=cached)
        self._count(usage, cost, cached=cached, why="" if kept.asks else judgement.why)
        return judgement

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine in the judge's own event loop."""
        return self._background.run(work)

    def close(self) -> None:
        """Close the model's connections and the event loop."""
        transport = getattr(self.model, "transport", None)
        closing = getattr(transport, "aclose", None)
        if closing is not None:
            self.wait(closing())
        self._background.close()

    def give_up(self) -> None:
        """Close, and ask nothing more: what waits for an answer in other threads is told so at once."""
        self._given_up = True
        self.close()

    async def _asked(self, dimension: Dimension, exchange: Exchange, key: str, *, screen: bool) -> tuple[Kept, Usage]:
        """Ask twice, and keep what came of it."""
        asks = [self._ask(dimension, exchange, order, screen=screen) for order in (LABELS, LABELS[::-1])]
        answers = await _all(asks)
        labels: tuple[Label, ...] = tuple(label for label, _, _, _ in answers if label is not None)
        kept = Kept(labels, tuple(reason for _, reason, _, _ in answers), answers[0][3])
        if len(labels) == len(answers):  # what failed may succeed another time
            self._store.put(key, kept)
        return kept, sum((spent for _, _, spent, _ in answers), Usage())

    async def _ask(
        self, dimension: Dimension, exchange: Exchange, order: tuple[Label, ...], *, screen: bool
    ) -> tuple[Label | None, str, Usage, int]:
        asked, removed = messages(self.rubrics[dimension], exchange, order, screen=screen)
        answer = await ask_structured(self.model, asked, label_schema(order), temperature=0.0, max_tokens=TOKENS)
        value = answer.value
        if value is None:
            return None, f"no usable answer: {answer.reason}", answer.usage, removed
        label: Any = value.get("label")
        return (label if label in LABELS else None), str(value.get("reason", ""))[:REASON], answer.usage, removed

    def _ask_on(self) -> None:
        """Raise where there is no point in asking: a run of many traces must not wait for a dead judge at each."""
        if self._failing >= PATIENCE:
            why = f"{PATIENCE} judgements in a row failed, and it is not asked any more; the last: {self.spent.why}"
            raise ModelError(why, place=self._name, remedy="begin again when it answers; what it judged is kept")

    def _count(self, usage: Usage, cost: float | None, *, cached: bool = False, why: str = "") -> None:
        self.spent.usage += usage
        if cost is not None:
            self.spent.cost = (self.spent.cost or 0.0) + cost
        self.spent.judged += 1
        self.spent.cached += cached
        self.spent.failed += bool(why)
        self.spent.why = why or self.spent.why


async def _all(asks: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Results of all; where one fails, its error, but not before the others have ended."""
    found = await asyncio.gather(*asks, return_exceptions=True)
    for item in found:
        if isinstance(item, BaseException):
            raise item
    return [item for item in found if not isinstance(item, BaseException)]


def open_judge(
    spec: str,
    settings: Settings,
    *,
    store: Path | None = None,
    rubrics: Mapping[Dimension, Rubric] | None = None,
) -> Judge:
    """The judge that a model's name stands for, as in `gradatim.serving.models.open_chat_model`.

    Args:
        store: File of judgements made before.

    Raises:
        InputError: The name is `none`: a judge needs a model.
        ModelError: The model is not on disk.
        SettingsError: The address of an endpoint is incomplete.
        StorageError: The file cannot be read.
    """
    from gradatim.serving.models import open_chat_model

    if spec == "none":
        raise InputError("a judge needs a model", place="judge", remedy="name one; without, evidence alone scores")
    prices = None
    if settings.price_input is not None or settings.price_output is not None:
        prices = Prices(settings.price_input or 0.0, settings.price_output or 0.0, settings.price_cached)
    return Judge(
        open_chat_model(spec, settings),
        rubrics=rubrics,
        store=JudgementStore(store),
        prices=prices,
        at_once=max(1, settings.model_concurrency),
    )


def _judged(
    dimension: Dimension, kept: Kept, cut: bool, usage: Usage, cost: float | None, *, cached: bool
) -> Judgement:
    reasons = [reason for reason in kept.reasons if reason]
    if not kept.asks:
        why = reasons[0] if reasons else "no usable answer"
        return Judgement(dimension, None, None, why, (), kept.screened, cut, usage, cost, cached)
    value = sum(VALUES[label] for label in kept.asks) / len(kept.asks)
    why = reasons[0] if reasons else ""
    if len(kept.asks) == 1:
        why = f"one of two asks gave no usable answer; the other: {why}"
    elif kept.asks[0] != kept.asks[1]:
        why = f"of two minds ({kept.asks[0]}; with the labels reversed: {kept.asks[1]}): {why}"
    return Judgement(dimension, nearest(value), value, why, kept.asks, kept.screened, cut, usage, cost, cached)
