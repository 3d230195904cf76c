"""The annotated training texts are sound, and what is trained on them computes in numpy what it computes in torch."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.evals.construction.fit.__main__ import main
from gradatim.evals.construction.fit.examples import Example, examples
from gradatim.evals.construction.fit.pairs import PairExample
from gradatim.evals.construction.fit.reading import readings
from gradatim.evals.construction.fit.segments import (
    PACKAGED,
    AnnotatedConcept,
    AnnotatedRelation,
    Passage,
    Segment,
    TextBlock,
    documents,
    packaged_segments,
    read_segments,
)
from gradatim.evals.construction.fit.training import Plan
from gradatim.kg.construction.background import default_background
from gradatim.kg.construction.encoding import Encoded
from gradatim.kg.construction.judges import KINDS, ConceptJudge, PairCase, RelationJudge, load_weights
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.reader import CourseReader
from gradatim.kg.construction.recognition import FEATURES
from gradatim.kg.lexicon import name_key
from gradatim.serving.pieces import MiniLMPieces, Pieces

UNNAMED = {"written": 0.002, "python-docs": 0.02, "tutorial-dev": 0.04}
"""Share of concepts, at most, no name of which stands in the segment but for plural and case."""
STATES = 0.03
"""Largest difference of a state that 8-bit weights make; the states of a dimension deviate by about 1."""
PROBABILITY = 0.005
SHORT = Plan(epochs=5, warm_up=2)


@cache
def packaged(name: str) -> tuple[Segment, ...]:
    return tuple(packaged_segments([name]))


@cache
def twelve() -> tuple[Example, ...]:
    read = readings(packaged("written")[:12], default_parser(), default_background())
    return tuple(examples(read, MiniLMPieces()))


def segment(text: str, concepts: list[str], *relations: tuple[str, str, str]) -> Segment:
    return Segment(
        id="x-01",
        document="x",
        headings=(Passage(text="Containers"),),
        blocks=(TextBlock(kind="paragraph", text=text),),
        concepts=tuple(AnnotatedConcept(name=name) for name in concepts),
        relations=tuple(
            AnnotatedRelation.model_validate({"source": a, "target": b, "type": kind, "quote": text})
            for a, kind, b in relations
        ),
    )


def example(given: Segment) -> Example:
    return next(examples(readings([given], default_parser(), default_background()), MiniLMPieces()))


def test_ids_are_unique_and_documents_stand_side_by_side() -> None:
    every = [item for name in PACKAGED for item in packaged(name)]
    assert len({item.id for item in every}) == len(every)
    names = [document.name for document, _ in documents(every)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", PACKAGED)
def test_concepts_are_named_by_their_segments(name: str) -> None:
    named: list[bool] = []
    for item in packaged(name):
        words = _padded(name_key(" ".join(part.text for part in (*item.headings, *item.blocks))))
        named += [any(_padded(key) in words for key in concept.keys) for concept in item.concepts]
    assert 1 - sum(named) / len(named) <= UNNAMED[name]


def _padded(key: tuple[str, ...]) -> str:
    return f" {' '.join(key)} "


@pytest.mark.parametrize("name", PACKAGED)
def test_every_block_says_something_and_code_lies_in_it(name: str) -> None:
    for item in packaged(name):
        assert item.headings
        for part in (*item.headings, *item.blocks):
            assert part.text.strip()
            ends = [end for stretch in part.code for end in stretch]
            assert ends == sorted(ends)
            assert not ends or (ends[0] >= 0 and ends[-1] <= len(part.text))
            assert all(start < end for start, end in part.code)


@pytest.mark.parametrize("name", PACKAGED)
def test_the_description_tells_how_many_segments_there_are(name: str) -> None:
    text = (Path(import_module("gradatim.evals.construction").__path__[0]) / "training" / "README.md").read_text(
        "utf-8"
    )
    found = packaged(name)
    concepts, relations = sum(len(item.concepts) for item in found), sum(len(item.relations) for item in found)
    assert f"| `{name}.jsonl.gz` | {len(found)} | {concepts:,} | {relations:,} |" in text


def test_headings_are_not_repeated_in_a_document() -> None:
    document, own = next(documents(packaged("written")))
    headings = [block.text for block in document.blocks if block.kind == "heading"]
    assert len(set(headings)) == len(headings)
    assert {block.place for block in document.blocks} == {item.id for item in own}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"concepts": [{"name": "list"}, {"name": "list"}]}, "same name"),
        ({"relations": [{"source": "list", "target": "tuple", "type": "similarity", "quote": ""}]}, "ends"),
        ({"relations": [{"source": "list", "target": "list", "type": "similarity", "quote": ""}]}, "ends"),
        ({"colour": "red"}, "Extra"),
    ],
)
def test_an_impossible_line_is_named(tmp_path: Path, line: dict[str, Any], problem: str) -> None:
    right = {
        "id": "a-1",
        "document": "a",
        "headings": [],
        "blocks": [],
        "concepts": [{"name": "list"}],
        "relations": [],
    }
    path = tmp_path / "own.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, (right, {**right, **line}))).encode()))
    with pytest.raises(InputError, match=problem) as caught:
        read_segments(path)
    assert caught.value.place == "own.jsonl.gz:2"


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.jsonl.gz"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="no annotated text"):
        read_segments(path)


def test_phrases_are_mentions_of_concepts_or_not() -> None:
    given = segment(
        "A mutable sequence holds values. Every walker likes it.", ["mutable sequence", "sequence", "value"]
    )
    found = example(given)
    assert found.labels.sum() == 2  # "sequence" is a part of a longer name here
    assert len(found.labels) == len(found.features) == len(found.stretches) > 2


@pytest.mark.parametrize(
    ("relation", "kind"),
    [
        (("tuple", "hierarchical", "sequence"), "hierarchical>"),
        (("sequence", "prerequisite", "tuple"), "prerequisite<"),
        (("sequence", "similarity", "tuple"), "similarity"),
    ],
)
def test_pairs_have_the_place_of_their_relation(relation: tuple[str, str, str], kind: str) -> None:
    found = example(segment("A tuple is a sequence that stays as it is.", ["tuple", "sequence"], relation))
    (pair,) = found.pairs
    assert KINDS[pair.label] == kind
    (place,) = pair.places
    assert place.first < place.between < place.second
    assert ">between:is-a" in place.signs


def test_without_torch_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gradatim.evals.construction.fit.__main__.find_spec", lambda name: None)
    assert main(["--initial", str(tmp_path / "none"), "--out", str(tmp_path)]) == 3
    assert "gradatim[training]" in capsys.readouterr().err


def test_rates_rise_and_fall() -> None:
    plan = Plan(warm_up=10)
    rates = [plan.rate(step, 100) for step in range(100)]
    assert rates[0] < rates[5] < rates[10]
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == plan.floor


@pytest.fixture
def torch() -> Iterator[Any]:
    """torch with one thread: so little work is not worth more, and sums have one order."""
    torch: Any = pytest.importorskip("torch", reason="torch is not installed: `make test-serving` has it")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(threads)


@pytest.mark.torch
def test_training_lowers_the_loss(torch: Any) -> None:
    training = import_module("gradatim.evals.construction.fit.training")
    losses = [epoch.loss for epoch in training.train(twelve(), SHORT)]
    assert len(losses) == SHORT.epochs
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.torch
def test_the_same_seed_gives_the_same_weights(torch: Any) -> None:
    def weights(seed: int) -> dict[str, Any]:
        training = import_module("gradatim.evals.construction.fit.training")
        (epoch,) = training.train(twelve()[:3], Plan(epochs=1, seed=seed))
        return epoch.network.state_dict()

    once, again, other = weights(1), weights(1), weights(2)
    assert all(torch.equal(once[name], again[name]) for name in once)
    assert not torch.equal(once["phrases.hidden.weight"], other["phrases.hidden.weight"])


@pytest.mark.torch
def test_exported_weights_compute_the_same_in_numpy(torch: Any, tmp_path: Path) -> None:
    tensors = import_module("gradatim.evals.construction.fit.tensors")
    network, vocabulary = _random_network(torch, tensors.Vocabulary.of(twelve()))
    export = import_module("gradatim.evals.construction.fit.export").export
    files = {path.stem: path for path in export(network, vocabulary, tmp_path / "new")}
    phrases = ConceptJudge(load_weights(files["concepts"]))
    pairs = RelationJudge(load_weights(files["relations"]))
    spread: list[float] = []
    for given in twelve():
        seen = tensors.Tensors(given, vocabulary)
        with torch.no_grad():
            states = network.states(seen.states.float()).numpy()
            log_odds, scores = network(seen)
        named, related = torch.sigmoid(log_odds).numpy(), torch.softmax(scores, 1).numpy()
        read = CourseReader(files["reader"], _Kept(given)).pieces("").states
        assert np.abs(read - states).max() < STATES
        encoded = _encoded(given, read)
        judged = phrases.probabilities(given.features, _phrase_vectors(given, encoded))
        assert np.abs(judged - named).max() < PROBABILITY
        told = pairs.probabilities([_case(pair, encoded) for pair in given.pairs])
        assert np.abs(told - related).max() < PROBABILITY
        spread += [named.std(), related.std(axis=0).mean()]
    assert min(spread) > 5 * PROBABILITY  # else equality would show nothing


def _random_network(torch: Any, vocabulary: Any) -> tuple[Any, Any]:
    """A network whose judges say something different of everything, and whose outputs are of different size."""
    torch.manual_seed(3)
    network = import_module("gradatim.evals.construction.fit.network").Network(
        len(FEATURES), len(vocabulary.signs), len(vocabulary.pair_signs)
    )
    for judge, size in ((network.phrases, 0.1), (network.pairs, 0.1)):
        for parameter in judge.parameters():
            torch.nn.init.normal_(parameter, std=size)
    for layer in network.layers:
        for part in (layer.qkv, layer.out, layer.up, layer.down):
            part.weight.data *= torch.linspace(0.5, 1.5, len(part.weight))[:, None]
    return network.eval(), vocabulary


class _Kept(MiniLMPieces):
    """The lower half's states as an example keeps them."""

    def __init__(self, given: Example) -> None:
        super().__init__()
        self._given = given

    def pieces(self, text: str) -> Pieces:
        return Pieces((), self._given.states.astype(np.float32))


@dataclass(frozen=True)
class _Place:
    """A context whose signs are already those that its pair sees."""

    signs: tuple[str, ...]

    def signs_for(self, pair: tuple[int, int]) -> Iterator[str]:
        return iter(self.signs)


def _encoded(given: Example, states: Any) -> Encoded:
    rows = [states[list(pieces)].mean(axis=0) if pieces else np.zeros(states.shape[1]) for pieces in given.covered]
    return Encoded(np.array(rows, np.float32))


def _phrase_vectors(given: Example, encoded: Encoded) -> Any:
    rows = [[encoded.mean(*row[at : at + 2]) for at in (0, 2, 4)] for row in given.stretches.tolist()]
    return np.array([np.concatenate([own, (before + behind) / 2]) for own, before, behind in rows])


def _case(pair: PairExample, encoded: Encoded) -> PairCase:
    contexts: Any = [_Place(place.signs) for place in pair.places]
    vectors = [tuple(encoded.mean(*part) for part in (p.first, p.second, p.between)) for p in pair.places]
    return PairCase((0, 1), frozenset(pair.signs), contexts, [(a, b, c) for a, b, c in vectors])
