"""Two small networks that were trained on annotated course text: is this a concept, and how do these two hang together?

They read signs that can be named (see `recognition` and `signs`) and the words' vectors in their context. What they say
is a probability, which becomes the confidence of an item; people's decisions move the thresholds, not the networks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from gradatim.kg.construction.contexts import Context, Pair

KINDS = ("none", "prerequisite>", "prerequisite<", "hierarchical>", "hierarchical<", "similarity")
"""How the first concept of a pair stands to the second; `>`: the first is the source."""
MOST_CONTEXTS = 12
"""Places of a passage that are looked at for one pair."""


class ConceptJudge:
    """Probability that a phrase names a concept of the course at its place.

    A hidden layer over features and vectors, plus a linear part over the features alone.
    """

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._weights = {name: _array(weights[name]) for name in weights}

    def probabilities(self, features: Sequence[Sequence[float]], vectors: Any) -> Any:
        """One probability a phrase.

        Args:
            features: `recognition.FEATURES` of each phrase.
            vectors: Array (phrases, 768): the mean vector of the phrase, and that of the words beside it.

        Returns:
            Array (phrases,) of float in [0, 1].
        """
        import numpy as np

        if not len(features):
            return np.zeros(0)
        w = self._weights
        x = np.asarray(features, np.float32)
        hidden = np.maximum(np.concatenate([x, vectors], axis=1) @ w["hidden"] + w["hidden_bias"], 0)
        return _sigmoid(hidden @ w["out"] + x @ w["linear"] + w["bias"])


@dataclass(frozen=True, slots=True)
class PairCase:
    """A pair of concepts in a passage."""

    pair: Pair
    signs: frozenset[str]
    """What is seen of the pair as such, as seen from its first concept: names, background, standing."""
    contexts: Sequence[Context]
    vectors: Sequence[tuple[Any, Any, Any]]
    """For each context, the vectors of the first concept, of the second, and of the words between them."""


class RelationJudge:
    """Probabilities of each of `KINDS` for a pair of concepts in a passage.

    The same network looks at the pair from both sides. Each place where the two stand together gives evidence, of which
    the strongest counts most; what is seen of the pair as such is added.
    """

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._signs = {str(name): place for place, name in enumerate(weights["signs"])}
        self._pair_signs = {str(name): place for place, name in enumerate(weights["pair_signs"])}
        self._weights = {name: _array(weights[name]) for name in weights if name not in ("signs", "pair_signs")}

    def probabilities(self, cases: Sequence[PairCase]) -> Any:
        """Array (cases, kinds) whose rows add up to 1."""
        import numpy as np

        if not cases:
            return np.zeros((0, len(KINDS)))
        forward, backward = self._side(cases, turned=False), self._side(cases, turned=True)
        logits = np.stack(
            [
                np.zeros(len(cases)),
                forward[:, 0],
                backward[:, 0],
                forward[:, 1],
                backward[:, 1],
                (forward[:, 2] + backward[:, 2]) / 2,
            ],
            axis=1,
        )
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        return odds / odds.sum(axis=1, keepdims=True)

    def _side(self, cases: Sequence[PairCase], *, turned: bool) -> Any:
        """Evidence (cases, 3) for prerequisite, hierarchical and similarity from one side of the pairs."""
        import numpy as np

        w = self._weights
        total = np.stack([self._of_pair(case.signs, turned) for case in cases])
        owners: list[int] = []
        signs: list[list[int]] = []
        first: list[Any] = []
        second: list[Any] = []
        between: list[Any] = []
        for number, case in enumerate(cases):
            for context, (a, b, words) in zip(case.contexts, case.vectors, strict=True):
                owners.append(number)
                signs.append(_places(context.signs_for(case.pair), self._signs, turned))
                first.append(b if turned else a)
                second.append(a if turned else b)
                between.append(words)
        if not owners:
            return total
        hidden = np.stack([w["embedding"][places].sum(axis=0) for places in signs])
        linear = np.stack([w["linear"][places].sum(axis=0) for places in signs])
        left = np.tanh(np.stack(first) @ w["first"] + w["first_bias"])
        right = np.tanh(np.stack(second) @ w["second"] + w["second_bias"])
        middle = np.tanh(np.stack(between) @ w["between"] + w["between_bias"])
        hidden = hidden + np.concatenate([left, right, left * right, middle], axis=1) @ w["mix"] + w["mix_bias"]
        evidence = np.maximum(hidden, 0) @ w["out"] + w["out_bias"] + linear
        return total + _strongest(evidence, owners, len(cases))

    def _of_pair(self, signs: Iterable[str], turned: bool) -> Any:
        import numpy as np

        w = self._weights
        places = _places(signs, self._pair_signs, turned)
        hidden = np.maximum(w["pair_hidden"][places].sum(axis=0) + w["pair_hidden_bias"], 0)
        return w["pair_linear"][places].sum(axis=0) + w["pair_bias"] + hidden @ w["pair_out"] + w["pair_out_bias"]


def turn(sign: str) -> str:
    """A sign as seen from the other concept of its pair."""
    return {"<": ">", ">": "<"}.get(sign[0], sign[0]) + sign[1:]


def _places(signs: Iterable[str], known: Mapping[str, int], turned: bool) -> list[int]:
    return [place for sign in signs if (place := known.get(turn(sign) if turned else sign)) is not None]


def _strongest(evidence: Any, owners: Sequence[int], count: int) -> Any:
    """For each owner and kind, log(1 + Σ exp(evidence)): a smooth maximum that is never below 0."""
    import numpy as np

    largest = np.zeros((count, evidence.shape[1]))
    np.maximum.at(largest, owners, evidence)
    total = np.exp(-largest)
    np.add.at(total, owners, np.exp(evidence - largest[owners]))
    return largest + np.log(total)


def _array(values: Any) -> Any:
    import numpy as np

    return np.asarray(values, np.float32)


def _sigmoid(values: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(values, -30, 30)))


def load_weights(path: Path) -> dict[str, Any]:
    """The arrays of a file that `gradatim.evals.construction.fit` wrote."""
    import numpy as np

    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


@cache
def default_judges() -> tuple[ConceptJudge, RelationJudge]:
    """The judges that come with gradatim."""
    folder = files("gradatim.kg") / "construction" / "weights"
    with as_file(folder / "concepts.npz") as concepts, as_file(folder / "relations.npz") as relations:
        return ConceptJudge(load_weights(concepts)), RelationJudge(load_weights(relations))
