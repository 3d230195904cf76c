"""What decisions do to a graph."""

from __future__ import annotations

from gradatim.kg.decisions import applied, apply, conflicts
from gradatim.kg.decisions.editing import also_called, merged, renamed, turned
from gradatim.kg.decisions.names import find_concept
from gradatim.kg.decisions.records import ConceptItem, RelationItem
from gradatim.kg.graphfile import FileConcept, FileSource
from tests.kg.decisions.cases import GRAPH, concept, edge, ends, names, on_concept, on_edge, taken_back


def of(name: str) -> FileConcept:
    found = find_concept((*GRAPH.concepts, *GRAPH.doubtful.concepts), name)
    assert found is not None
    return found


def test_without_decisions_nothing_is_touched() -> None:
    assert apply(GRAPH, []) is GRAPH
    decision = on_concept("loop", "reject")
    assert apply(GRAPH, [decision, taken_back(decision)]) is GRAPH


def test_an_accepted_item_stands_in_the_graph() -> None:
    graph = apply(GRAPH, [on_concept("excursion", "accept"), on_edge("range", "loop", "accept")])
    assert (graph.concepts[-1].name, graph.concepts[-1].standing) == ("excursion", "accepted")
    assert [item.name for item in graph.doubtful.concepts] == ["iterator"]
    assert (graph.edges[-1].source, graph.edges[-1].standing, graph.edges[-1].confidence) == (
        "range",
        "accepted",
        0.395,
    )
    assert graph.concepts[0] is GRAPH.concepts[0]


def test_a_rejected_concept_takes_its_relations_with_it() -> None:
    graph = apply(GRAPH, [on_concept("range", "reject"), on_concept("iterator", "reject")])
    assert "range" not in names(graph)
    assert not [item for item in (*graph.edges, *graph.doubtful.edges) if "range" in (item.source, item.target)]
    assert [item.name for item in graph.doubtful.concepts] == ["excursion"]


def test_a_rejected_relation_is_out_and_nothing_else() -> None:
    graph = apply(GRAPH, [on_edge("list", "list comprehension", "reject"), on_edge("generator", "list", "reject")])
    assert ends(GRAPH) - ends(graph) == {("list", "list comprehension", "prerequisite")}
    assert len(graph.doubtful.edges) == 2
    assert graph.concepts == GRAPH.concepts


def test_a_renamed_concept_keeps_its_old_name_as_an_alias_and_its_relations() -> None:
    became = renamed(GRAPH, of("list comp"), "  listcomp ")
    graph = apply(GRAPH, [on_concept("list comp", "edit", became)])
    found = find_concept(graph.concepts, "listcomp")
    assert found is not None
    assert (found.name, found.aliases, found.standing) == ("listcomp", ("list comp",), "edited")
    assert ("loop", "listcomp", "prerequisite") in ends(graph)


def test_a_merged_concept_leaves_its_names_and_relations_to_the_other() -> None:
    became = merged(GRAPH, of("list comp"), "comprehension")
    graph = apply(GRAPH, [on_concept("list comp", "edit", became)])
    assert "list comp" not in names(graph)
    found = find_concept(graph.concepts, "list comp")
    assert found is not None
    assert (found.name, found.aliases) == ("list comprehension", ("comprehension", "list comp"))
    assert (found.mentions, found.standing) == (4, "edited")
    assert ends(graph) == {
        ("list", "list comprehension", "prerequisite"),
        ("loop", "list comprehension", "prerequisite"),
        ("list comprehension", "generator", "prerequisite"),
        ("array", "range", "similarity"),
    }


def test_relations_that_a_merge_makes_equal_stand_once_the_more_confident_one() -> None:
    became = merged(GRAPH, of("loop"), "list")
    graph = apply(
        GRAPH.model_copy(update={"edges": (*GRAPH.edges, edge("loop", "list comprehension", confidence=0.95))}),
        [on_concept("loop", "edit", became)],
    )
    (kept,) = [item for item in graph.edges if (item.source, item.target) == ("list", "list comprehension")]
    assert kept.confidence == 0.95


def test_a_relation_decided_about_under_a_merged_name_is_the_same_relation() -> None:
    decisions = [
        on_edge("list comp", "list comprehension", "accept", kind="similarity"),
        on_edge("loop", "list comp", "reject"),
        on_concept("list comp", "edit", merged(GRAPH, of("list comp"), "list comprehension")),
    ]
    built = GRAPH.model_copy(update={"edges": (*GRAPH.edges, edge("loop", "list comprehension"))})
    graph = apply(built, decisions)
    assert not [item for item in graph.edges if item.source == "loop" or item.source == item.target]


def test_another_spelling_and_the_mirrored_similarity_are_the_same_item() -> None:
    decisions = [
        on_concept("Excursions", "accept"),
        on_edge("ranges", "Array", "reject", kind="similarity"),
        on_edge("List-Comprehensions", "generators", "reject"),
    ]
    graph = apply(GRAPH, decisions)
    assert "excursion" in names(graph)
    gone = {("array", "range", "similarity"), ("list comprehension", "generator", "prerequisite")}
    assert ends(GRAPH) - ends(graph) == gone


def test_an_edited_relation_takes_the_place_of_what_it_was() -> None:
    decision = on_edge("list", "list comprehension", "edit", turned(GRAPH.edges[0]))
    graph = apply(GRAPH, [decision])
    assert ("list", "list comprehension", "prerequisite") not in ends(graph)
    (new,) = [item for item in graph.edges if item.source == "list comprehension" and item.target == "list"]
    assert (new.standing, new.confidence, new.sentence) == ("edited", None, GRAPH.edges[0].sentence)


def test_what_a_person_accepted_stays_in_a_graph_that_is_built_without_it() -> None:
    decisions = [on_concept("excursion", "accept"), on_edge("range", "loop", "accept")]
    built = GRAPH.model_copy(update={"doubtful": GRAPH.doubtful.model_copy(update={"concepts": (), "edges": ()})})
    graph = apply(built, decisions)
    assert graph.concepts[-1].sentence == "A excursion is explained here."
    assert ("range", "loop", "prerequisite") in ends(graph)
    other = built.model_copy(update={"documents": (FileSource(name="other.md", digest="1"),)})
    result = applied(other, decisions[:1])
    assert names(result.graph) == names(GRAPH)
    assert "intro.md:3 is not among the documents" in result.notes[0].text


def test_a_rejected_word_does_not_take_with_it_what_was_built_with_it_as_an_alias() -> None:
    built = GRAPH.model_copy(
        update={"concepts": (*GRAPH.concepts, concept("excerpt", "excursion")), "doubtful": type(GRAPH.doubtful)()}
    )
    assert "excerpt" in names(apply(built, [on_concept("excursion", "reject")]))
    assert find_concept(apply(built, [on_concept("excursion", "accept")]).concepts, "excerpt").standing == "accepted"  # type: ignore[union-attr]


def test_a_concept_whose_name_and_alias_changed_places_is_the_same() -> None:
    was = concept("excerpt", "excursion", confidence=0.39)
    decision = on_concept("excerpt", "reject", graph=GRAPH.model_copy(update={"concepts": (was,)}))
    now = concept("excursion", "excerpt", confidence=0.39)
    graph = apply(GRAPH.model_copy(update={"concepts": (*GRAPH.concepts, now)}), [decision])
    assert names(graph) == names(GRAPH)


def test_proposals_give_way_to_a_decision_that_they_close_a_circle_with() -> None:
    decision = on_edge("generator", "list", "accept")
    result = applied(GRAPH, [decision])
    assert ("generator", "list", "prerequisite") in ends(result.graph)
    assert ("list comprehension", "generator", "prerequisite") not in ends(result.graph)
    assert [(note.decision, "circle" in note.text) for note in result.notes] == [(None, True)]


def test_of_decisions_that_run_in_a_circle_the_earlier_ones_hold() -> None:
    decisions = [
        on_edge("list", "list comprehension", "accept"),
        on_edge("list comprehension", "generator", "accept"),
        on_edge("generator", "list", "accept", by="second reviewer"),
    ]
    result = applied(GRAPH, decisions)
    assert ("generator", "list", "prerequisite") not in ends(result.graph)
    assert [note.decision for note in result.notes] == [decisions[2].id]


def test_a_relation_waits_for_its_concepts() -> None:
    decision = on_edge("iterator", "generator", "accept")
    result = applied(GRAPH, [decision])
    assert ends(result.graph) == ends(GRAPH)
    assert "'iterator' is not in the graph yet" in result.notes[0].text
    graph = apply(GRAPH, [decision, on_concept("iterator", "accept")])
    assert ("iterator", "generator", "prerequisite") in ends(graph)
    unknown = applied(GRAPH, [on_edge("tuple", "generator", "accept")])
    assert "there is no concept 'tuple'" in unknown.notes[0].text


def test_the_later_of_two_decisions_about_an_item_holds_and_an_undo_brings_the_other_back() -> None:
    first = on_concept("generator", "reject")
    second = on_concept("generator", "accept", by="second reviewer")
    assert "generator" in names(apply(GRAPH, [second, first]))
    assert "generator" not in names(apply(GRAPH, [first, second, taken_back(second, "second reviewer")]))


def test_edits_follow_each_other() -> None:
    first = on_concept("generator", "edit", renamed(GRAPH, of("generator"), "generator function"))
    graph = apply(GRAPH, [first])
    found = find_concept(graph.concepts, "generator function")
    assert found is not None
    second = on_concept("generator function", "edit", also_called(graph, found, "yielder"), graph=graph)
    third = on_edge("list comprehension", "generator", "accept")
    graph = apply(GRAPH, [first, second, third])
    again = find_concept(graph.concepts, "yielder")
    assert again is not None
    assert (again.name, again.aliases) == ("generator function", ("generator", "yielder"))
    assert ("list comprehension", "generator function", "prerequisite") in ends(graph)


def test_a_new_alias_never_takes_the_name_of_another_concept() -> None:
    became = ConceptItem(name="generator", aliases=("range", "yielder"))
    graph = apply(GRAPH, [on_concept("generator", "edit", became)])
    found = find_concept(graph.concepts, "generator")
    assert found is not None
    assert found.aliases == ("yielder",)


def test_an_edit_to_an_end_that_is_not_there_only_takes_the_relation_out() -> None:
    became = RelationItem(source="tuple", target="list comprehension", type="prerequisite")
    result = applied(GRAPH, [on_edge("list", "list comprehension", "edit", became)])
    assert ends(GRAPH) - ends(result.graph) == {("list", "list comprehension", "prerequisite")}
    assert len(result.notes) == 1


def test_the_last_word_about_a_relation_counts_also_over_an_edit_that_made_it() -> None:
    became = RelationItem(source="loop", target="list comprehension", type="prerequisite")
    for first in ("list comprehension", "list comp"):  # the same name, and one that is merged into it
        decisions = [
            on_concept("list comp", "edit", merged(GRAPH, of("list comp"), "list comprehension")),
            on_edge("loop", first, "reject"),
            on_edge("range", "loop", "edit", became),
            on_edge("loop", "list comprehension", "reject"),
        ]
        assert ("loop", "list comprehension", "prerequisite") in ends(apply(GRAPH, decisions[:3]))
        assert ("loop", "list comprehension", "prerequisite") not in ends(apply(GRAPH, decisions))


def test_an_accepted_word_stands_when_the_concept_that_has_it_as_an_alias_is_rejected() -> None:
    built = GRAPH.model_copy(
        update={"concepts": (*GRAPH.concepts, concept("excerpt", "excursion")), "doubtful": type(GRAPH.doubtful)()}
    )
    made = [on_concept("excursion", "accept"), on_concept("excerpt", "reject", graph=built)]
    graph = apply(built, made)
    assert names(graph) == [*names(GRAPH), "excursion"]
    assert apply(graph, made) == graph


def test_two_people_who_say_different_things_of_a_mirrored_similarity_are_in_conflict() -> None:
    first = on_edge("array", "range", "reject", kind="similarity")
    second = on_edge("Range", "Arrays", "accept", kind="similarity", by="second reviewer")
    (conflict,) = conflicts([second, first])
    assert (conflict.earlier, conflict.later) == (first, second)
    assert conflicts([first, second, taken_back(second, "second reviewer")]) == []
    assert conflicts([first, on_edge("array", "range", "reject", kind="similarity", by="second reviewer")]) == []
