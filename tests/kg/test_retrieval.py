from __future__ import annotations

import pytest

from gradatim.domain import Evidence, LearnerState, Mastery, MisconceptionMatch
from gradatim.kg import ConceptGraph, EmbeddedStore, resolve, retrieve
from tests.kg.graphs import concept, misconception, needs, small_graph


@pytest.fixture
def store() -> EmbeddedStore:
    return EmbeddedStore(small_graph())


def ids(found: list[Evidence]) -> list[str]:
    return [item.id for item in found]


def match(misconception_id: str, confidence: float, *lines: int) -> MisconceptionMatch:
    return MisconceptionMatch(
        id=misconception_id,
        confidence=confidence,
        why="the last item is missing",
        lines=lines,
        evidence=("test:t1",),
    )


def learner(**mastery: float) -> LearnerState:
    beliefs = [
        Mastery(concept=key.replace("_", "-"), probability=value, observations=3) for key, value in mastery.items()
    ]
    return LearnerState(learner_id="someone", mastery=tuple(sorted(beliefs, key=lambda belief: belief.probability)))


async def test_everything_about_one_program_in_order(store: EmbeddedStore) -> None:
    found = await retrieve(
        store,
        concepts=["range", "while-loop"],
        errors=["logical"],
        misconceptions=[match("endless", 0.4), match("off-by-one", 0.9, 3)],
        mastery=learner(integer=0.2, statement=0.5, loop=0.95),
        limit=20,
    )
    assert ids(found) == [
        "misconception:off-by-one",
        "misconception:endless",
        "concept:range",
        "concept:while-loop",
        "path:range",
        "path:while-loop",
        "concept:integer",
        "misconception:range-includes-stop",
        "concept:loop",
        "concept:for-loop",
    ]
    assert {item.source for item in found} == {"kg/small"}
    assert all(item.visible for item in found)


async def test_a_match_carries_what_was_seen_and_what_to_say(store: EmbeddedStore) -> None:
    (found,) = await retrieve(store, concepts=[], misconceptions=[match("off-by-one", 0.9, 3, 4)])
    assert (found.kind, found.lines) == ("misconception", (3, 4))
    assert found.summary == "Common wrong belief: Belief of off-by-one. In truth: Correction of off-by-one."
    assert found.detail["matched"] is True
    assert found.detail["why"] == "the last item is missing"
    assert found.detail["observed"] == ["test:t1"]
    assert found.detail["talk"] == "What happens in the last round?"


async def test_a_path_shows_the_chain(store: EmbeddedStore) -> None:
    found = {item.id: item for item in await retrieve(store, concepts=["range"])}
    path = found["path:range"]
    assert path.summary == "range needs for loop, integer. Behind these stand loop, statement."
    chain = path.detail["chain"]
    assert isinstance(chain, list)
    assert chain[-1] == {
        "concept": "statement",
        "name": "statement",
        "distance": 3,
        "weight": 0.9,
        "path": ["statement", "loop", "for-loop", "range"],
    }


async def test_the_weakest_prerequisite_is_the_least_mastered_one_that_was_observed(
    store: EmbeddedStore,
) -> None:
    found = await retrieve(store, concepts=["range-step"], mastery=learner(loop=0.3, integer=0.4, range_step=0.1))
    (weak,) = [item for item in found if item.detail.get("role") == "weakest-prerequisite"]
    assert weak.id == "concept:loop"
    assert weak.summary == "loop (needed before range step): What loop is."
    assert (weak.detail["mastery"], weak.detail["observations"], weak.detail["of"]) == (0.3, 3, "range-step")


@pytest.mark.parametrize("mastery", [None, learner(), learner(integer=0.71), learner(while_loop=0.1)])
async def test_no_weakest_prerequisite_without_a_weak_one(store: EmbeddedStore, mastery: LearnerState | None) -> None:
    found = await retrieve(store, concepts=["range"], mastery=mastery)
    assert not [item for item in found if item.detail.get("role") == "weakest-prerequisite"]


async def test_misconceptions_are_proposed_only_for_errors_and_concepts_at_hand(store: EmbeddedStore) -> None:
    assert not [item for item in await retrieve(store, concepts=["range"]) if item.kind == "misconception"]
    found = await retrieve(store, concepts=["range"], errors=["IndexError"])
    proposed = [item for item in found if item.kind == "misconception"]
    assert ids(proposed) == ["misconception:off-by-one"]
    assert proposed[0].detail["matched"] is False
    assert await retrieve(store, concepts=[], errors=["logical"]) == []


async def test_matched_misconceptions_are_not_proposed_again(store: EmbeddedStore) -> None:
    found = await retrieve(store, concepts=["range"], errors=["logical"], misconceptions=[match("off-by-one", 0.5)])
    assert ids(found).count("misconception:off-by-one") == 1
    assert found[0].detail["matched"] is True


@pytest.mark.parametrize("limit", range(12))
async def test_the_limit_holds_and_matches_go_first(store: EmbeddedStore, limit: int) -> None:
    found = await retrieve(
        store,
        concepts=["range", "while-loop", "range-step"],
        errors=["logical"],
        misconceptions=[match("endless", 0.4), match("off-by-one", 0.9)],
        mastery=learner(integer=0.2),
        limit=limit,
    )
    assert len(found) == limit
    assert len(set(ids(found))) == limit
    assert ids(found)[:2] == ["misconception:off-by-one", "misconception:endless"][:limit]


async def test_many_matches_do_not_push_out_everything_else() -> None:
    names = [f"m{number}" for number in range(9)]
    graph = ConceptGraph(
        name="many",
        concepts=(concept("a"), concept("b")),
        relations=(needs("b", "a"),),
        misconceptions=tuple(misconception(name, ["b"], ["logical"]) for name in names),
    )
    matches = [match(name, 0.5) for name in reversed(names)]
    found = await retrieve(EmbeddedStore(graph), concepts=["b"], misconceptions=matches, limit=6)
    assert ids(found) == [*(f"misconception:m{number}" for number in range(4)), "concept:b", "path:b"]


async def test_names_are_understood_and_unknown_ones_told(store: EmbeddedStore) -> None:
    known, unknown = await resolve(store, ["Range function", "quantum", "range", "loop"])
    assert [item.id for item in known] == ["range", "loop"]
    assert unknown == ("quantum",)
    by_name = await retrieve(store, concepts=["Range function", "quantum"], misconceptions=[match("no-such", 0.9)])
    assert by_name == await retrieve(store, concepts=["range"])


async def test_long_definitions_are_shortened_by_whole_sentences() -> None:
    first = "A value such as 3.5 or `x.y` stays in one sentence, e.g. this one."
    definition = f"{first} Second sentence here. {'Very long third sentence ' * 8}ends."
    store = EmbeddedStore(ConceptGraph(name="long", concepts=(concept("a", definition=definition),)))
    (found,) = await retrieve(store, concepts=["a"])
    assert found.summary == f"a: {first} Second sentence here."
    assert found.detail["definition"] == definition


async def test_a_path_with_many_prerequisites_says_how_many_are_left_out() -> None:
    names = [f"concept-with-a-long-name-{number:02}" for number in range(20)]
    graph = ConceptGraph(
        name="wide",
        concepts=(concept("goal"), *map(concept, names)),
        relations=tuple(needs("goal", name) for name in names),
    )
    found = {item.id: item for item in await retrieve(EmbeddedStore(graph), concepts=["goal"])}
    path = found["path:goal"]
    assert len(path.summary) <= 200
    shown = path.summary.count("concept with")
    assert path.summary.endswith(f" and {20 - shown} more.")
    assert len(path.detail["chain"]) == 20  # type: ignore[arg-type]
