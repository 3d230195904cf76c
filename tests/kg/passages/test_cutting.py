from __future__ import annotations

import pytest

from gradatim.kg.lexicon import Lexicon
from gradatim.kg.passages import Passage
from gradatim.kg.passages.cutting import MOST_CONCEPTS, WORDS, cut
from tests.kg.construction.documents.reading import document
from tests.kg.graphs import concept

LEXICON = Lexicon([concept("loop"), concept("list"), concept("for-loop", "for"), concept("range", "range()")])
LOOP = "A loop repeats its statements for as long as it is told to, and then the program goes on."


def passages(text: str, lexicon: Lexicon = LEXICON) -> list[Passage]:
    return list(cut(document(text, "week.md"), lexicon))


def test_a_passage_knows_where_it_stands_and_what_it_is_about() -> None:
    (found,) = passages(f"# Control\n\n## Loops\n\n{LOOP} The list of steps is in a loop.")
    assert found.text == f"{LOOP} The list of steps is in a loop."
    assert (found.heading, found.place, found.source) == ("Control › Loops", "week.md:5", "passages/week.md")
    assert found.concepts == ("loop", "list")
    assert 0 < found.relevance <= 1


def test_sections_on_one_level_stand_side_by_side() -> None:
    text = f"## A\n\n{LOOP}\n\n## B\n\n{LOOP}\n\n#### C\n\n{LOOP}\n\n### D\n\n{LOOP}\n\n# E\n\n{LOOP}"
    assert [item.heading for item in passages(text)] == ["A", "B", "B › C", "B › D", "E"]


def test_code_belongs_to_its_passage_and_everyday_words_count_there() -> None:
    (found,) = passages(
        f"{LOOP}\n\n```python\nfor item in items:\n    print(item)\n```\n\nThat was a `for` of the usual kind."
    )
    assert "```\nfor item in items:\n    print(item)\n```" in found.text
    assert "That was a `for` of" in found.text
    assert set(found.concepts) == {"loop", "for-loop"}


def test_a_long_section_is_cut_behind_paragraphs() -> None:
    text = "\n\n".join([LOOP] * 20)
    found = passages(f"# Loops\n\n{text}")
    assert "\n\n".join(item.text for item in found) == text
    assert all(WORDS <= len(item.text.split()) < WORDS + 20 for item in found[:-1])
    assert {item.heading for item in found} == {"Loops"}
    assert len({item.id for item in found}) < len(found)  # the same words twice are one passage


def test_too_little_is_no_passage() -> None:
    assert passages("# Loops\n\nA loop.\n\n# Lists\n\nShort.") == []
    assert passages("# Weather\n\nIt rains today and it rained yesterday and it will rain tomorrow and for ever.") == []
    assert passages(f"{LOOP}", Lexicon([])) == []


def test_a_heading_counts_more_than_a_word() -> None:
    (found,) = passages(
        "# Lists\n\nA loop goes over all the items of it, one after the other, until the end is reached."
    )
    assert found.concepts == ("list", "loop")


def test_a_passage_is_filed_under_the_concepts_it_names_most() -> None:
    names = [f"topic{letter}" for letter in "abcdefghij"]
    text = " ".join(" ".join([name] * (10 - place)) for place, name in enumerate(names))
    (found,) = passages(text, Lexicon([concept(name) for name in names]))
    assert found.concepts == tuple(names[:MOST_CONCEPTS])


@pytest.mark.parametrize("change", ["## Other\n\n", "x"])
def test_another_text_or_heading_is_another_passage(change: str) -> None:
    (before,), (after,) = passages(f"# Loops\n\n{LOOP}"), passages(f"# Loops\n\n{change}{LOOP}")
    assert before.id != after.id


def test_what_moves_stays_the_same_passage() -> None:
    (before,), (after,) = passages(f"# Loops\n\n{LOOP}"), passages(f"New line.\n\n# Loops\n\n{LOOP}")
    assert before.id == after.id
    assert (before.place, after.place) == ("week.md:3", "week.md:5")
