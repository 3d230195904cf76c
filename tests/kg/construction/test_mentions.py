from __future__ import annotations

from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.mentions import Mention, mentions
from gradatim.kg.construction.sentences import Sentence, sentences
from gradatim.kg.lexicon import name_key
from tests.kg.construction.documents.reading import document

NAMES = ("tuple", "sequence", "list", "named tuple", "list comprehension", "for loop", "loop")


def read(text: str) -> list[tuple[Sentence, tuple[Mention, ...]]]:
    found = sentences(document(text, "a.md"), default_parser())
    names = {name_key(name): number for number, name in enumerate(NAMES)}
    return list(zip(found, mentions(found, names), strict=True))


def named(text: str) -> list[list[str]]:
    """For each sentence the concepts it names; `~` before one that a pronoun stands for."""
    return [["~" * mention.pronoun + NAMES[mention.concept] for mention in found] for _, found in read(text)]


def test_the_longest_name_wins() -> None:
    assert named("A named tuple is better than a tuple.") == [["named tuple", "tuple"]]
    assert named("A list comprehension uses a `for` loop.") == [["list comprehension", "for loop"]]


def test_the_longest_name_wins_also_over_one_that_begins_before_it() -> None:
    found = sentences(document("A binary search tree node is small.", "a.md"), default_parser())
    ((mention,),) = mentions(found, {("binary", "search"): 0, ("search", "tree", "node"): 1})
    assert (mention.concept, mention.first, mention.last) == (1, 2, 4)


def test_a_mention_covers_its_words() -> None:
    ((sentence, (first, second)),) = read("Named tuples are tuples.")
    tokens = [token.text for token in sentence.tokens]
    assert tokens[first.first : first.last + 1] == ["Named", "tuples"]
    assert tokens[second.first : second.last + 1] == ["tuples"]


def test_a_name_inside_a_longer_unknown_phrase_is_found() -> None:
    assert named("An immutable tuple is handy.") == [["tuple"]]


def test_a_pronoun_stands_for_the_subject_before() -> None:
    assert named("A tuple is a sequence. It is immutable. They differ from lists.") == [
        ["tuple", "sequence"],
        ["~tuple"],
        ["~tuple", "list"],
    ]


def test_a_pronoun_stands_for_the_latest_subject() -> None:
    assert named("A tuple is fixed. A list is mutable. It grows.")[-1] == ["~list"]


def test_a_pronoun_that_is_no_subject_stands_for_nothing() -> None:
    assert named("A tuple is fixed. We like it.")[-1] == []


def test_a_pronoun_stands_for_nothing_beyond_a_heading_or_an_unknown_subject() -> None:
    assert named("A tuple is fixed.\n\n# Something else\n\nIt is new.") == [["tuple"], [], []]
    assert named("A tuple is fixed.\n\n# They are fast")[-1] == []
    assert named("A tuple is fixed. The weather is nice. It rains.")[-1] == []


def test_a_pronoun_below_a_heading_stands_for_what_the_heading_names() -> None:
    assert named("# The tuple\n\nIt is immutable.") == [["tuple"], ["~tuple"]]


def test_mentions_stand_in_reading_order_and_do_not_overlap() -> None:
    text = "Loops, lists, named tuples, list comprehensions, and `for` loops over a sequence."
    for sentence, found in read(text):
        ends = [-1]
        for mention in found:
            assert ends[-1] < mention.first <= mention.last < len(sentence.tokens)
            ends.append(mention.last)
        assert len(found) == 6
