"""Examples as torch tensors, with signs as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gradatim.evals.construction.fit.examples import Example
from gradatim.kg.construction.judges import turn

RARE = 5
"""Places at which a sign has to be seen to be known; seen from the other side it counts again."""
RARE_OF_PAIR = 3
"""The same for signs of pairs."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The signs that a network knows, each with its number."""

    signs: Mapping[str, int]
    pair_signs: Mapping[str, int]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Vocabulary:
        """The signs that are not rare; a sign and what it is from the other side are both in, or both not."""
        signs: Counter[str] = Counter()
        pair_signs: Counter[str] = Counter()
        for example in examples:
            for pair in example.pairs:
                _count(pair_signs, pair.signs)
                for place in pair.places:
                    _count(signs, set(place.signs))
        return cls(_numbered(signs, RARE), _numbered(pair_signs, RARE_OF_PAIR))


def _count(counter: Counter[str], signs: Iterable[str]) -> None:
    for sign in signs:
        counter[sign] += 1
        counter[turn(sign)] += 1


def _numbered(counter: Counter[str], least: int) -> dict[str, int]:
    return {sign: number for number, sign in enumerate(sorted(sign for sign, n in counter.items() if n >= least))}


class Tensors:
    """An example as tensors.

    Attributes:
        states: Float16 (pieces, 384).
        features: Float32 (phrases, features).
        labels: Float32 (phrases,).
        stretches: Int64 (phrases, 6).
        pair_signs: Float32 (pairs, signs) of 0 and 1; `turned_pair_signs`: seen from the second concept.
        relations: Int64 (pairs,), places in `judges.KINDS`.
        owners: Int64 (places,): the pair of each place.
        signs: Numbers of the signs of all places in a row, and where each place's begin; `turned_signs` as above.
        first: Int64 (places, 2), tokens of the first concept; `second` and `between` likewise.

    Args:
        example: The example.
        vocabulary: The signs that count.
    """

    def __init__(self, example: Example, vocabulary: Vocabulary) -> None:
        torch: Any = import_module("torch")
        integers = torch.long
        self.states = torch.tensor(example.states)
        self.features = torch.tensor(example.features)
        self.labels = torch.tensor(example.labels)
        self.stretches = torch.tensor(example.stretches, dtype=integers)
        covered = [(token, piece) for token, pieces in enumerate(example.covered) for piece in pieces]
        self._token, self._piece = torch.tensor(covered, dtype=integers).reshape(-1, 2).unbind(1)
        counts = torch.zeros(len(example.covered)).index_add(0, self._token, torch.ones(len(covered)))
        self._counts = counts.clamp(min=1)[:, None]
        self.relations = torch.tensor([pair.label for pair in example.pairs], dtype=integers)
        self.pair_signs, self.turned_pair_signs = (
            _marked([_numbers(pair.signs, vocabulary.pair_signs, turned) for pair in example.pairs], vocabulary)
            for turned in (False, True)
        )
        places = [place for pair in example.pairs for place in pair.places]
        owners = [number for number, pair in enumerate(example.pairs) for _ in pair.places]
        self.owners = torch.tensor(owners, dtype=integers)
        self.signs, self.turned_signs = (
            _bag([_numbers(place.signs, vocabulary.signs, turned) for place in places]) for turned in (False, True)
        )
        self.first, self.second, self.between = (
            torch.tensor(part, dtype=integers).reshape(-1, 2)
            for part in ([p.first for p in places], [p.second for p in places], [p.between for p in places])
        )

    def token_vectors(self, states: Any) -> Any:
        """Vectors (tokens, 384): the mean of the pieces that each token covers, zeros where there are none."""
        torch: Any = import_module("torch")
        sums = torch.zeros(len(self._counts), states.shape[1]).index_add(0, self._token, states[self._piece])
        return sums / self._counts


def _numbers(signs: Iterable[str], known: Mapping[str, int], turned: bool) -> list[int]:
    seen = (turn(sign) if turned else sign for sign in signs)
    return [known[sign] for sign in seen if sign in known]


def _marked(rows: Sequence[Sequence[int]], vocabulary: Vocabulary) -> Any:
    torch: Any = import_module("torch")
    marked = torch.zeros(len(rows), len(vocabulary.pair_signs))
    for number, row in enumerate(rows):
        marked[number, list(row)] = 1
    return marked


def _bag(rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
    torch: Any = import_module("torch")
    starts = [0]
    for row in rows[:-1]:
        starts.append(starts[-1] + len(row))
    flat = [number for row in rows for number in row]
    return torch.tensor(flat, dtype=torch.long), torch.tensor(starts if rows else [], dtype=torch.long)
