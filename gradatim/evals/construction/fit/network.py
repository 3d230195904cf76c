"""The reader's upper layers and the two judges as one torch module; `judges` and `reader` compute the same in numpy.

The layers are those of BERT (Devlin et al. 2019). A judge is one hidden layer beside a linear part: of phrases over
features and vectors, of pairs over signs and vectors, where the places of a pair are pooled by a smooth maximum.
Importing this module imports torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradatim.evals.construction.fit.tensors import Tensors
from gradatim.kg.construction.encoding import DIMENSIONS
from gradatim.kg.construction.reader import HEADS

torch: Any = import_module("torch")
nn: Any = torch.nn
functional: Any = nn.functional

UPPER_LAYERS = 3
INNER = 4 * DIMENSIONS
"""Width of a layer's feed-forward part."""
PHRASE_HIDDEN = 64
PLACE_HIDDEN = 128
PAIR_HIDDEN = 16
PROJECTED = 48
"""Dimensions to which the vectors of a place are brought."""
RELATIONS = 3
"""What a side of a pair gets evidence for: prerequisite, hierarchical, similarity."""
_EPSILON = 1e-12

if TYPE_CHECKING:

    class _Module:
        """What is used of torch's own class."""

        training: bool

        def __call__(self, *seen: Any) -> Any: ...

else:
    _Module = nn.Module


class Layer(_Module):
    """A transformer layer over one text."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(DIMENSIONS, 3 * DIMENSIONS)
        self.out = nn.Linear(DIMENSIONS, DIMENSIONS)
        self.norm = nn.LayerNorm(DIMENSIONS, _EPSILON)
        self.up = nn.Linear(DIMENSIONS, INNER)
        self.down = nn.Linear(INNER, DIMENSIONS)
        self.final_norm = nn.LayerNorm(DIMENSIONS, _EPSILON)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Any) -> Any:
        """New states (pieces, 384) of the states `x`."""
        query, key, value = self.qkv(x).view(-1, 3, HEADS, DIMENSIONS // HEADS).permute(1, 2, 0, 3)
        dropped = self.drop.p if self.training else 0.0
        attended = functional.scaled_dot_product_attention(query[None], key[None], value[None], dropout_p=dropped)
        x = self.norm(self.drop(self.out(attended[0].transpose(0, 1).reshape(-1, DIMENSIONS))) + x)
        return self.final_norm(self.drop(self.down(functional.gelu(self.up(x)))) + x)


class PhraseJudge(_Module):
    """Log-odds that a phrase is the mention of a concept.

    Args:
        features: How many features a phrase has.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(features + 2 * DIMENSIONS, PHRASE_HIDDEN)
        self.out = nn.Linear(PHRASE_HIDDEN, 1)
        self.linear = nn.Linear(features, 1)
        self.drop = nn.Dropout(0.3)
        self.drop_vectors = nn.Dropout(0.1)

    def forward(self, features: Any, vectors: Any) -> Any:
        """Log-odds (phrases,) from (phrases, features) and (phrases, 768)."""
        hidden = functional.relu(self.hidden(torch.cat([features, self.drop_vectors(vectors)], 1)))
        return (self.out(self.drop(hidden)) + self.linear(features)).squeeze(1)


class PairJudge(_Module):
    """Evidence for each relation of a pair, seen from one of its sides.

    Args:
        signs: How many signs of places are known.
        pair_signs: How many signs of pairs.
    """

    def __init__(self, signs: int, pair_signs: int) -> None:
        super().__init__()
        # one row more than there are signs, which nothing uses: a table must not be empty
        self.embedding = nn.EmbeddingBag(signs + 1, PLACE_HIDDEN, mode="sum")
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.linear = nn.EmbeddingBag(signs + 1, RELATIONS, mode="sum")
        nn.init.zeros_(self.linear.weight)
        self.first = nn.Linear(DIMENSIONS, PROJECTED)
        self.second = nn.Linear(DIMENSIONS, PROJECTED)
        self.between = nn.Linear(DIMENSIONS, PROJECTED)
        self.mix = nn.Linear(4 * PROJECTED, PLACE_HIDDEN)
        self.out = nn.Linear(PLACE_HIDDEN, RELATIONS)
        self.pair_linear = nn.Linear(pair_signs, RELATIONS)
        self.pair_hidden = nn.Linear(pair_signs, PAIR_HIDDEN)
        self.pair_out = nn.Linear(PAIR_HIDDEN, RELATIONS)
        self.drop = nn.Dropout(0.3)
        self.drop_vectors = nn.Dropout(0.1)

    def of_pair(self, signs: Any) -> Any:
        """Evidence (pairs, 3) of what is seen of pairs as such: (pairs, signs) of 0 and 1."""
        hidden = functional.relu(self.pair_hidden(signs))
        return self.pair_linear(signs) + self.pair_out(self.drop(hidden))

    def of_places(self, signs: tuple[Any, Any], first: Any, second: Any, between: Any) -> Any:
        """Evidence (places, 3) of places: their signs as an `EmbeddingBag` takes them, and vectors (places, 384)."""
        hidden = self.embedding(*signs)
        left = torch.tanh(self.first(self.drop_vectors(first)))
        right = torch.tanh(self.second(self.drop_vectors(second)))
        middle = torch.tanh(self.between(self.drop_vectors(between)))
        hidden = hidden + self.mix(torch.cat([left, right, left * right, middle], 1))
        return self.out(self.drop(functional.relu(hidden))) + self.linear(*signs)


class Network(_Module):
    """Reader and judges.

    Args:
        features: How many features a phrase has.
        signs: How many signs of places are known.
        pair_signs: How many signs of pairs.
        initial: For each upper layer, the tensors it starts with (`initial.published_layers`); random without.
    """

    def __init__(
        self, features: int, signs: int, pair_signs: int, initial: Sequence[Mapping[str, Any]] | None = None
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Layer() for _ in range(UPPER_LAYERS)])
        for layer, tensors in zip(self.layers, initial or [], strict=False):
            layer.load_state_dict(tensors)
        self.phrases = PhraseJudge(features)
        self.pairs = PairJudge(signs, pair_signs)

    def states(self, lower: Any) -> Any:
        """States (pieces, 384) of the last layer, from those of the lower half."""
        for layer in self.layers:
            lower = layer(lower)
        return lower

    def forward(self, seen: Tensors) -> tuple[Any | None, Any | None]:
        """What is said of a segment.

        Returns:
            Log-odds (phrases,), and scores (pairs, `judges.KINDS`); `None` where there are no phrases, no pairs.
        """
        vectors = seen.token_vectors(self.states(seen.states.float()))
        return self._of_phrases(seen, vectors), self._of_pairs(seen, vectors)

    def _of_phrases(self, seen: Tensors, vectors: Any) -> Any | None:
        if not len(seen.features):
            return None
        own, before, behind = (mean(vectors, seen.stretches[:, at : at + 2]) for at in (0, 2, 4))
        return self.phrases(seen.features, torch.cat([own, (before + behind) / 2], 1))

    def _of_pairs(self, seen: Tensors, vectors: Any) -> Any | None:
        pairs = len(seen.relations)
        if not pairs:
            return None
        forward, backward = self.pairs.of_pair(seen.pair_signs), self.pairs.of_pair(seen.turned_pair_signs)
        if len(seen.owners):
            first, second, between = (mean(vectors, part) for part in (seen.first, seen.second, seen.between))
            told = self.pairs.of_places(seen.signs, first, second, between)
            turned = self.pairs.of_places(seen.turned_signs, second, first, between)
            forward = forward + strongest(told, seen.owners, pairs)
            backward = backward + strongest(turned, seen.owners, pairs)
        similarity = (forward[:, 2] + backward[:, 2]) / 2
        sides = (forward[:, 0], backward[:, 0], forward[:, 1], backward[:, 1])
        return torch.stack([torch.zeros(pairs), *sides, similarity], 1)


def mean(vectors: Any, stretches: Any) -> Any:
    """Mean vectors of stretches (n, 2) of tokens, first and last included; zeros for an empty one.

    Args:
        vectors: (tokens, dimensions).
        stretches: First and last token.
    """
    first, last = stretches[:, 0], stretches[:, 1]
    sums = torch.cat([torch.zeros(1, vectors.shape[1]), vectors.cumsum(0)])
    begin = first.clamp(0, len(vectors))
    end = torch.maximum(begin, (last + 1).clamp(0, len(vectors)))
    return (sums[end] - sums[begin]) / (last - first + 1).clamp(min=1)[:, None]


def strongest(evidence: Any, owners: Any, count: int) -> Any:
    """For each owner and relation, log(1 + Σ exp(evidence)): a smooth maximum that is never below 0.

    Args:
        evidence: (places, 3).
        owners: The pair of each place.
        count: How many pairs there are.
    """
    index = owners[:, None].expand(-1, RELATIONS)
    largest = (
        torch.zeros(count, RELATIONS).scatter_reduce(0, index, evidence, reduce="amax", include_self=True).detach()
    )
    total = torch.zeros(count, RELATIONS).index_add(0, owners, torch.exp(evidence - largest[owners]))
    return largest + torch.log(total + torch.exp(-largest))
