from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.kg.construction.documents.model import BlockKind
from gradatim.kg.construction.passages import WORDS, Passage, passages
from gradatim.kg.construction.sentences import Sentence, Token


def sentence(kind: BlockKind, words: int, block: int, section: tuple[str, ...] = ()) -> Sentence:
    tokens = tuple(Token("w", "w", "NOUN", "NN", "ROOT", 0, 2 * at, 2 * at + 1) for at in range(words))
    return Sentence(" ".join("w" * words), tokens, kind, section, "a.md:1", block)


def heading(block: int, *section: str) -> Sentence:
    return sentence("heading", 1, block, section)


def cut(*given: Sentence) -> list[Passage]:
    return list(passages(given))


def test_a_section_is_one_passage_with_the_headings_above() -> None:
    given = (heading(0, "A"), sentence("paragraph", 5, 1), heading(2, "A", "B"), sentence("paragraph", 5, 3))
    assert cut(*given) == [Passage((0,), (1,)), Passage((0, 2), (3,))]
    assert cut(*given)[1].all == (0, 2, 3)


def test_a_heading_takes_the_place_of_those_on_its_level_and_below() -> None:
    given = (heading(0, "A"), heading(1, "A", "B"), heading(2, "A", "B", "C"), heading(3, "D"), sentence("item", 2, 4))
    assert cut(*given) == [Passage((3,), (4,))]


def test_a_long_section_is_cut_between_paragraphs() -> None:
    given = (
        heading(0, "A"),
        sentence("paragraph", WORDS - 1, 1),
        sentence("paragraph", 5, 2),
        sentence("paragraph", 5, 2),
        sentence("paragraph", 5, 3),
    )
    assert cut(*given) == [Passage((0,), (1, 2, 3)), Passage((0,), (4,))]


def test_a_list_stays_with_what_leads_it_in() -> None:
    given = (sentence("paragraph", WORDS, 0), sentence("item", 5, 1), sentence("item", 5, 2), sentence("term", 5, 3))
    assert cut(*given) == [Passage((), (0, 1, 2)), Passage((), (3,))]


def test_headings_without_text_are_a_passage_at_the_end_only() -> None:
    assert cut(heading(0, "A"), heading(1, "A", "B")) == [Passage((0, 1), ())]
    assert cut() == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["heading", "paragraph", "item", "term", "cell"]), st.integers(1, 120), st.booleans()
        ),
        max_size=25,
    ),
    st.data(),
)
def test_every_sentence_is_in_one_passage_below_its_headings(
    given: list[tuple[BlockKind, int, bool]], data: st.DataObject
) -> None:
    found: list[Sentence] = []
    section: tuple[str, ...] = ()
    block = 0
    for kind, words, same in given:
        block += not same
        if kind == "heading":
            depth = data.draw(st.integers(0, len(section)))
            section = (*section[:depth], f"h{len(found)}")
        found.append(sentence(kind, words, block, section))
    cuts = cut(*found)
    read = [number for passage in cuts for number in passage.sentences]
    assert read == [number for number, item in enumerate(found) if item.kind != "heading"]
    for passage in cuts:
        for number in passage.sentences:
            assert tuple(f"h{at}" for at in passage.headings) == found[number].section
