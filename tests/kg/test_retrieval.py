from __future__ import annotations

from typing import Any

import pytest

from gradatim.agents.retriever import Retriever
from gradatim.domain import (
    Diagnosis,
    Evidence,
    LearnerState,
    Mastery,
    MisconceptionMatch,
    Recollection,
    Task,
    TestCase,
)
from gradatim.kg import ConceptGraph, EmbeddedStore, resolve, retrieve
from gradatim.kg.passages import Passage, PassageIndex
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


# ------------------------------------------------------------------- the likeliest misconception first


def beliefs(found: list[Evidence]) -> dict[str, Any]:
    """Why each misconception that was not matched stands where it does, in order."""
    return {
        item.id.removeprefix("misconception:"): item.detail["ranked_by"]
        for item in found
        if item.kind == "misconception" and not item.detail["matched"]
    }


def ladder() -> EmbeddedStore:
    """`goal` needs `near` and, less, `side`; `near` needs `far`; a misconception about each."""
    graph = ConceptGraph(
        name="ladder",
        concepts=tuple(map(concept, ("goal", "near", "side", "far"))),
        relations=(needs("goal", "near"), needs("goal", "side", 0.5), needs("near", "far")),
        misconceptions=(
            misconception("of-far", ["far"], ["logical"]),
            misconception("of-goal", ["goal"], ["logical"]),
            misconception("of-near", ["near"], ["logical"]),
            misconception("of-side", ["side"], ["logical"]),
        ),
    )
    return EmbeddedStore(graph)


async def ranked(store: EmbeddedStore, **arguments: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"concepts": ["goal"], "errors": ["logical"], "limit": 30} | arguments
    return beliefs(await retrieve(store, **asked))


async def test_the_nearer_misconception_is_the_likelier() -> None:
    found = await ranked(ladder())
    assert list(found) == ["of-goal", "of-near", "of-far", "of-side"]
    assert [parts["nearness"] for parts in found.values()] == [1, 0.5, 0.25, 0.25]
    assert [parts.get("focus") for parts in found.values()] == [0.5, None, None, None]


async def test_what_the_learner_showed_before_is_likelier_and_says_so() -> None:
    once = await ranked(ladder(), history=["of-far"])
    assert once["of-far"]["history"] == 0.25
    assert all("history" not in parts for key, parts in once.items() if key != "of-far")
    twice = await ranked(ladder(), history=["of-far", "unknown", "of-far"])
    assert list(twice) == ["of-goal", "of-far", "of-near", "of-side"]
    assert twice["of-far"]["history"] == 0.5
    assert (await ranked(ladder(), history=["of-far"] * 9))["of-far"]["history"] == 0.5


async def test_what_is_about_weak_concepts_is_likelier_and_says_so() -> None:
    found = await ranked(ladder(), mastery=learner(side=0.1, near=0.9))
    assert list(found)[:2] == ["of-goal", "of-side"]
    assert found["of-side"]["weakness"] == pytest.approx(0.45)
    assert found["of-near"]["weakness"] == pytest.approx(0.05)
    assert "weakness" not in found["of-far"]


async def test_what_shows_in_this_very_error_is_likelier() -> None:
    graph = ConceptGraph(
        name="errors",
        concepts=(concept("a"),),
        misconceptions=(
            misconception("exact", ["a"], ["UnboundLocalError"]),
            misconception("as", ["a"], ["NameError"]),
        ),
    )
    found = await ranked(EmbeddedStore(graph), concepts=["a"], errors=["UnboundLocalError"])
    assert {key: parts["error"] for key, parts in found.items()} == {"exact": 0.5, "as": 0.25}
    assert list(found) == ["exact", "as"]


async def test_the_way_to_the_task_is_told(store: EmbeddedStore) -> None:
    found = await retrieve(
        store,
        concepts=["range"],
        errors=["NameError"],
        mastery=learner(integer=0.2),
        misconceptions=[match("endless", 0.4)],
        limit=20,
    )
    ways = {item.id: item.detail["path"] for item in found}
    assert ways["concept:range"] == ["range"]
    assert ways["misconception:typo"] == ["statement", "loop", "for-loop", "range"]
    assert ways["misconception:endless"] == ["while-loop"]  # about nothing that the task needs
    assert ways["concept:integer"] == ["integer", "range"]
    assert ways["path:range"] == ["statement", "loop", "for-loop", "range"]
    around = {item.id: item.detail["path"] for item in await retrieve(store, concepts=["while-loop"], limit=20)}
    assert around["concept:loop"] == ["while-loop", "loop"]
    assert around["concept:for-loop"] == ["while-loop", "for-loop"]


# ------------------------------------------------------------------------------------------- passages


def passages() -> PassageIndex:
    return PassageIndex(
        [
            Passage("p1", "A loop repeats.", ("loop",), "Loops", "week1.md:3", "passages/week1.md", relevance=0.4),
            Passage("p2", "Ranges stop early.", ("range", "for-loop"), "", "week2.md:1", "", errors=("logical",)),
            Passage("p3", "Ranges count. They are lazy.", ("range",), "Ranges", "week2.md:9", "passages/week2.md"),
        ]
    )


async def test_passages_about_the_task_are_cited(store: EmbeddedStore) -> None:
    found = await retrieve(store, concepts=["for-loop", "range"], errors=["logical"], passages=passages(), limit=30)
    cited = [item for item in found if item.kind == "passage"]
    assert ids(cited) == ["passage:p2", "passage:p3"]
    first, second = cited
    assert (first.summary, first.source) == ("Ranges stop early.", "kg/small")
    assert second.summary == "Ranges count. They are lazy."
    assert second.source == "passages/week2.md"
    assert first.detail["path"] == ["for-loop", "range"]
    assert second.detail == {
        "text": "Ranges count. They are lazy.",
        "heading": "Ranges",
        "place": "week2.md:9",
        "concepts": ["range"],
        "path": ["range"],
    }


async def test_passages_have_a_share_of_little_room(store: EmbeddedStore) -> None:
    found = await retrieve(
        store,
        concepts=["range"],
        errors=["logical"],
        misconceptions=[match("endless", 0.4)],
        passages=passages(),
        limit=6,
    )
    assert ids(found) == [
        "misconception:endless",
        "concept:range",
        "path:range",
        "misconception:range-includes-stop",
        "misconception:off-by-one",
        "passage:p2",
    ]


# ---------------------------------------------------------------------------------------- the retriever


def diagnosis() -> Diagnosis:
    own = Evidence(id="test:t1", kind="test", summary="A test fails.", source="execution")
    return Diagnosis(submission="s", verdict="incorrect", error_category="logical", evidence=(own,))


def recollection(number: int, *misconceptions: str) -> Recollection:
    return Recollection(
        id=f"r{number}",
        learner_id="someone",
        kind="error",
        text="The last item was missing.",
        task_id="count",
        misconceptions=misconceptions,
        at="2026-01-01T00:00:00Z",
    )


TASK = Task(
    id="t", title="T", statement="Count.", concepts=("range",), tests=(TestCase(id="t1", call="f()", expect="1"),)
)


async def test_the_retriever_grounds_a_diagnosis_in_history_and_passages(store: EmbeddedStore) -> None:
    retriever = Retriever(store, passages(), limit=20)
    earlier = [recollection(1, "range-includes-stop"), recollection(2, "range-includes-stop", "off-by-one")]
    found = await retriever.ground(TASK, diagnosis(), learner(range=0.2), earlier)
    assert len(set(ids(list(found)))) == len(found)
    assert found[0].id == "test:t1"
    why = beliefs(list(found))
    assert list(why) == ["range-includes-stop", "off-by-one"]
    assert (why["range-includes-stop"]["history"], why["off-by-one"]["history"]) == (0.5, 0.25)
    assert why["off-by-one"]["weakness"] == pytest.approx(0.4)
    assert "passage:p2" in ids(list(found))
    assert [item.id for item in found if item.kind == "history"] == ["history:r1", "history:r2"]
    (mastery,) = [item for item in found if item.kind == "mastery"]
    assert mastery.detail["concept"] == "range"


async def test_the_retriever_without_history_or_passages(store: EmbeddedStore) -> None:
    found = await Retriever(store).ground(TASK, diagnosis())
    assert {item.kind for item in found} <= {"test", "concept", "path", "misconception"}
    assert all("history" not in parts for parts in beliefs(list(found)).values())
