"""Training reader and judges together, a segment at a time, by both judges' losses."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gradatim.errors import ModelError
from gradatim.evals.construction.fit.examples import Example
from gradatim.evals.construction.fit.tensors import Tensors, Vocabulary

PHRASES = 70
"""The loss of a segment's phrases is their sum divided by this: about as many as a segment has."""
PAIRS = 60
"""The same of its pairs."""
_LARGEST_STEP = 1.0
"""Norm to which gradients are cut."""
_DECAY_READER, _DECAY_JUDGES = 0.01, 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        epochs: How often every segment is seen.
        seed: Of the weights, the order and the dropout.
        batch: Segments of a step.
        reader_rate: Highest learning rate of the reader's layers, which are trained already.
        judges_rate: Highest learning rate of the judges.
        warm_up: Steps in which the rates rise.
        floor: Share of the rates below which they do not fall.
    """

    epochs: int = 6
    seed: int = 0
    batch: int = 6
    reader_rate: float = 1.5e-4
    judges_rate: float = 2e-3
    warm_up: int = 60
    floor: float = 0.02

    def rate(self, step: int, steps: int) -> float:
        """Share of the highest rates at a step: up to 1 in the beginning, then down in proportion to what is left."""
        return min(1.0, (step + 1) / self.warm_up) * max(self.floor, 1 - step / steps)


@dataclass(frozen=True, slots=True)
class Epoch:
    """What was reached when every segment had been seen once more."""

    number: int
    loss: float
    """Mean of the segments."""
    network: Any
    vocabulary: Vocabulary


def train(
    examples: Sequence[Example], plan: Plan, initial: Sequence[Mapping[str, Any]] | None = None
) -> Iterator[Epoch]:
    """Train a network; gives it after every epoch, always the same one.

    On the same machine with as many threads, the same examples and plan give the same weights.

    Args:
        examples: At least one.
        plan: How to train.
        initial: For each upper layer, the tensors it starts with; random without.

    Raises:
        ModelError: torch is not installed.
    """
    try:
        torch: Any = import_module("torch")
    except ModuleNotFoundError as error:
        raise ModelError("torch is not installed", remedy="pip install gradatim[training]") from error
    from gradatim.evals.construction.fit.network import Network

    torch.manual_seed(plan.seed)
    order = random.Random(plan.seed)
    vocabulary = Vocabulary.of(examples)
    features = examples[0].features.shape[1]
    network: Any = Network(features, len(vocabulary.signs), len(vocabulary.pair_signs), initial)
    seen = [Tensors(example, vocabulary) for example in examples]
    optimizer, schedule = _optimizer(torch, network, plan, plan.epochs * (len(seen) // plan.batch + 1))
    for number in range(plan.epochs):
        network.train()
        numbers = list(range(len(seen)))
        order.shuffle(numbers)
        total = 0.0
        for start in range(0, len(numbers), plan.batch):
            optimizer.zero_grad()
            for at in numbers[start : start + plan.batch]:
                loss = loss_of(network, seen[at])
                if loss is not None:
                    (loss / plan.batch).backward()
                    total += loss.item()
            torch.nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_STEP)
            optimizer.step()
            schedule.step()
        network.eval()
        yield Epoch(number, total / len(seen), network, vocabulary)


def loss_of(network: Any, seen: Tensors) -> Any | None:
    """Cross-entropy of a segment's phrases and pairs; `None` where it has neither."""
    functional: Any = import_module("torch.nn.functional")
    phrases, pairs = network(seen)
    losses: list[Any] = []
    if phrases is not None:
        entropy = functional.binary_cross_entropy_with_logits(phrases, seen.labels, reduction="sum")
        losses.append(entropy / PHRASES)
    if pairs is not None:
        losses.append(functional.cross_entropy(pairs, seen.relations, reduction="sum") / PAIRS)
    return sum(losses) if losses else None


def _optimizer(torch: Any, network: Any, plan: Plan, steps: int) -> tuple[Any, Any]:
    """AdamW (Loshchilov and Hutter 2019) with a rate for the reader and one for the judges, and its schedule."""
    judges = [*network.phrases.parameters(), *network.pairs.parameters()]
    groups = [
        {"params": list(network.layers.parameters()), "lr": plan.reader_rate, "weight_decay": _DECAY_READER},
        {"params": judges, "lr": plan.judges_rate, "weight_decay": _DECAY_JUDGES},
    ]
    optimizer = torch.optim.AdamW(groups)

    def rate(step: int) -> float:
        return plan.rate(step, steps)

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
