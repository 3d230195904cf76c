"""What every `ConceptStore` has to answer; a store's tests inherit from `StoreConformance`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable

import pytest
import pytest_asyncio

from gradatim.kg import Concept, ConceptGraph, ConceptStore, Misconception, Step
from tests.kg.graphs import concept, like, needs, small_graph


def ids(found: Iterable[Concept | Misconception | Step]) -> list[str]:
    return [item.concept.id if isinstance(item, Step) else item.id for item in found]


class StoreConformance(ABC):
    """Behaviour that does not depend on where the graph lies."""

    @abstractmethod
    async def open(self, graph: ConceptGraph) -> ConceptStore:
        """A store that holds this graph and nothing else."""

    @pytest_asyncio.fixture
    async def store(self) -> AsyncIterator[ConceptStore]:
        store = await self.open(small_graph())
        yield store
        await store.aclose()

    async def test_is_a_store_with_the_name_of_its_graph(self, store: ConceptStore) -> None:
        assert isinstance(store, ConceptStore)
        assert store.name == "small"

    async def test_snapshot_has_the_content_of_the_graph(self, store: ConceptStore) -> None:
        snapshot = await store.snapshot()
        assert snapshot.version == await store.version() == small_graph().version
        assert {item.id for item in snapshot.concepts} == {item.id for item in small_graph().concepts}

    async def test_concept_by_id(self, store: ConceptStore) -> None:
        assert await store.concept("integer") == concept("integer", "int", "whole number")
        assert await store.concept("int") is None

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("range", "range"),
            ("Range Function", "range"),
            ("range()", "range"),
            ("`range`", "range"),
            ("the for loops", "for-loop"),
            ("For-Loop", "for-loop"),
            ("while", "while-loop"),
            ("whole numbers", "integer"),
            ("generator", None),
            ("", None),
        ],
    )
    async def test_find(self, store: ConceptStore, name: str, expected: str | None) -> None:
        found = await store.find(name)
        assert (found.id if found else None) == expected

    async def test_find_prefers_a_name_to_an_alias_and_refuses_to_guess_between_aliases(self) -> None:
        graph = ConceptGraph(
            name="ambiguous",
            concepts=(concept("class"), concept("type", "class", "kind"), concept("sort", "kind")),
        )
        store = await self.open(graph)
        found = await store.find("Classes")
        assert found is not None
        assert found.id == "class"
        assert await store.find("kind") is None
        assert ids(await store.search("Every class has a kind.")) == ["class", "type", "sort"]
        await store.aclose()

    async def test_search_takes_the_longest_name_and_whole_words(self, store: ConceptStore) -> None:
        found = await store.search("A for loop over range(5) prints; loops arrange integers.")
        assert ids(found) == ["for-loop", "range", "loop", "integer"]
        assert ids(await store.search("range(start, stop, step) counts down")) == ["range-step"]

    async def test_search_takes_everyday_words_for_concepts_only_in_code_marks(self, store: ConceptStore) -> None:
        assert ids(await store.search("Wait for it while it works.")) == []
        assert ids(await store.search("Use `while` here, and `for x in xs` there.")) == [
            "while-loop",
            "for-loop",
        ]

    async def test_prerequisites_come_with_distance_weight_and_path(self, store: ConceptStore) -> None:
        steps = await store.prerequisites("range-step")
        assert [(step.concept.id, step.distance, round(step.weight, 3), step.path) for step in steps] == [
            ("range", 1, 0.8, ("range", "range-step")),
            ("for-loop", 2, 0.8, ("for-loop", "range", "range-step")),
            ("integer", 2, 0.4, ("integer", "range", "range-step")),
            ("loop", 3, 0.72, ("loop", "for-loop", "range", "range-step")),
            ("statement", 4, 0.72, ("statement", "loop", "for-loop", "range", "range-step")),
        ]

    async def test_depth_bounds_a_chain(self, store: ConceptStore) -> None:
        assert ids(await store.prerequisites("range-step", 2)) == ["range", "for-loop", "integer"]
        assert await store.prerequisites("range-step", 0) == ()
        assert await store.prerequisites("statement") == ()

    async def test_dependents_run_the_other_way(self, store: ConceptStore) -> None:
        steps = await store.dependents("loop", 2)
        assert [(step.concept.id, step.distance, step.path) for step in steps] == [
            ("while-loop", 1, ("loop", "while-loop")),
            ("for-loop", 1, ("loop", "for-loop")),
            ("range", 2, ("loop", "for-loop", "range")),
        ]

    async def test_weight_is_the_largest_product_over_shortest_ways_only(self) -> None:
        graph = ConceptGraph(
            name="diamond",
            concepts=tuple(concept(name) for name in ("a", "b", "c", "d", "e")),
            relations=(
                needs("e", "a", 0.1),
                needs("b", "a", 0.5),
                needs("c", "a", 0.9),
                needs("d", "b", 0.9),
                needs("d", "c", 0.8),
                needs("e", "d"),
            ),
        )
        store = await self.open(graph)
        (found,) = [step for step in await store.prerequisites("d") if step.concept.id == "a"]
        assert (found.distance, round(found.weight, 3), found.path) == (2, 0.72, ("a", "c", "d"))
        (found,) = [step for step in await store.prerequisites("e") if step.concept.id == "a"]
        assert (found.distance, found.weight) == (1, 0.1)
        await store.aclose()

    async def test_similarity_is_symmetric_and_not_transitive(self) -> None:
        graph = ConceptGraph(
            name="alike",
            concepts=tuple(concept(name) for name in ("a", "b", "c")),
            relations=(like("a", "b", 0.5), like("b", "c")),
        )
        store = await self.open(graph)
        assert ids(await store.similar("b")) == ["c", "a"]
        assert ids(await store.similar("a")) == ["b"]
        chain = await store.holds("b", "similarity", "a")
        assert chain is not None
        assert (chain.concepts, chain.weight, chain.direct) == (("b", "a"), 0.5, True)
        assert await store.holds("a", "similarity", "c") is None
        await store.aclose()

    async def test_parents_and_children(self, store: ConceptStore) -> None:
        assert ids(await store.parents("for-loop")) == ["loop"]
        assert ids(await store.parents("for-loop", None)) == ["loop", "control-flow"]
        assert ids(await store.children("loop")) == ["for-loop", "while-loop"]
        (_, _, deep) = await store.children("control-flow", 2)
        assert deep.path == ("while-loop", "loop", "control-flow")

    async def test_relations_between_two_concepts(self, store: ConceptStore) -> None:
        assert [edge.type for edge in await store.relations("loop", "for-loop")] == ["prerequisite"]
        assert [edge.type for edge in await store.relations("for-loop", "loop")] == ["hierarchical"]
        assert [edge.weight for edge in await store.relations("for-loop", "while-loop")] == [0.7]
        assert await store.relations("range", "statement") == ()

    async def test_holds_says_through_which_concepts(self, store: ConceptStore) -> None:
        chain = await store.holds("statement", "prerequisite", "range")
        assert chain is not None
        assert chain.concepts == ("statement", "loop", "for-loop", "range")
        assert chain.weight == pytest.approx(0.9)
        assert not chain.direct
        above = await store.holds("while-loop", "hierarchical", "control-flow")
        assert above is not None
        assert above.concepts == ("while-loop", "loop", "control-flow")

    async def test_holds_is_directed_and_can_be_asked_for_stated_relations_only(self, store: ConceptStore) -> None:
        assert await store.holds("range", "prerequisite", "statement") is None
        assert await store.holds("statement", "hierarchical", "range") is None
        assert await store.holds("statement", "prerequisite", "range", transitive=False) is None
        direct = await store.holds("integer", "prerequisite", "range", transitive=False)
        assert direct is not None
        assert direct.direct

    async def test_nothing_is_needed_before_itself(self, store: ConceptStore) -> None:
        assert await store.holds("range", "prerequisite", "range") is None

    async def test_misconception_by_id(self, store: ConceptStore) -> None:
        found = await store.misconception("endless")
        assert found is not None
        assert found.concepts == ("while-loop",)
        assert await store.misconception("range") is None

    async def test_misconceptions_by_concepts_and_errors(self, store: ConceptStore) -> None:
        of = store.misconceptions_of
        assert ids(await of(["range", "for-loop"], ["logical"])) == ["off-by-one", "range-includes-stop"]
        assert ids(await of(["range"], ["IndexError"])) == ["off-by-one"]
        assert ids(await of(["range"], ["timeout"])) == []
        assert ids(await of(errors=["timeout"])) == ["endless"]
        assert ids(await of(["while-loop"])) == ["endless"]
        assert len(await of()) == 5

    async def test_an_error_finds_misconceptions_of_wider_errors_after_its_own(self, store: ConceptStore) -> None:
        assert ids(await store.misconceptions_of(["statement"], ["UnboundLocalError"])) == [
            "local-first",
            "typo",
        ]
        assert ids(await store.misconceptions_of(["statement"], ["NameError"])) == ["typo"]

    async def test_unknown_ids_have_nothing_around_them(self, store: ConceptStore) -> None:
        for question in (store.prerequisites, store.dependents, store.similar, store.parents, store.children):
            assert await question("no-such") == ()
        assert await store.holds("no-such", "prerequisite", "range") is None
        assert await store.misconceptions_of(["no-such"]) == ()

    async def test_around_gives_in_one_go_what_the_single_questions_give(self, store: ConceptStore) -> None:
        found = await store.around(
            ["range-step", "no-such", "Range function", "while"],
            depth=2,
            errors=["UnboundLocalError", "logical"],
            misconceptions=["typo", "no-such", "endless", "typo"],
        )
        assert [item.id if item else None for item in found.concepts] == ["range-step", None, "range", "while-loop"]
        about = ("range-step", "range", "while-loop")
        assert found.prerequisites == {key: await store.prerequisites(key, 2) for key in about}
        assert found.parents == {key: await store.parents(key) for key in about}
        assert found.similar == {key: await store.similar(key) for key in about}
        assert ids(found.misconceptions) == ["typo", "endless"]
        assert ids(found.beliefs) == ["local-first", "off-by-one", "range-includes-stop", "typo"]

    async def test_around_nothing_there_is_nothing(self, store: ConceptStore) -> None:
        found = await store.around(["no-such"], depth=3)
        assert (found.concepts, found.prerequisites, found.beliefs, found.misconceptions) == ((None,), {}, (), ())
        assert (await store.around(["range"], depth=3)).beliefs == ()
        assert (await store.around([], depth=3, errors=["logical"])).beliefs == ()
