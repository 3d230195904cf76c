"""What a judge says of one reply."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from gradatim.domain import Usage
from gradatim.evals.judging.labelled import Labelled
from gradatim.evals.scorers.tutoring.reading import Dimension, Label

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A label with how it came about.

    Attributes:
        label: `None` where there is none: the model gave no usable answer, or there was nothing to judge.
        value: The label as a number in [0, 1]; between two where the two asks differ.
        why: The judge's reason, or why there is no label.
        asks: Labels of the two asks: with the labels in their order, and reversed. Fewer where an answer failed.
        screened: Sentences that were left out because they speak to the judge.
        cut: Whether something was too long to be shown whole.
        usage: What it took; nothing where it was known before.
        cost: In the currency of the prices; `None` without prices.
        cached: Whether it was known before.
    """

    dimension: Dimension
    label: Label | None
    value: float | None
    why: str
    asks: tuple[Label, ...] = ()
    screened: int = 0
    cut: bool = False
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None
    cached: bool = False

    @property
    def agreed(self) -> bool | None:
        """Whether both orders gave the same label; `None` where there were not two answers."""
        return self.asks[0] == self.asks[1] if len(self.asks) == 2 else None

    @property
    def plain(self) -> Mapping[str, Any]:
        """What scores keep of it."""
        return {
            "asks": list(self.asks),
            "agreed": self.agreed,
            "screened": self.screened,
            "cut": self.cut,
            "tokens": self.usage.input_tokens + self.usage.output_tokens,
            "cost": self.cost,
            "cached": self.cached,
        }


class Judging(Protocol):
    """Whatever labels exchanges: a model, evidence alone, a person."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def digest(self) -> str:
        """Stands for all that decides its labels: model, rubrics, settings."""
        ...

    @property
    def at_once(self) -> int:
        """Labels that may be asked for at a time."""
        ...

    async def label(self, dimension: Dimension, labelled: Labelled) -> Judgement:
        """Label a reply of a labelled set, without looking at its labels."""
        ...

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for a coroutine."""
        ...
