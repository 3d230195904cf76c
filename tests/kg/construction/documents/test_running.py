from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from gradatim.kg.construction.documents import Span, SpanKind
from gradatim.kg.construction.documents.running import RunningText, cleaned

KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
CHARACTERS = st.text(alphabet="ab .\n\t\u00a0\u2003\u00ad\u200b\x00é\U0001f600", max_size=8)


def test_blanks_run_together_over_pieces() -> None:
    running = RunningText()
    for piece in ("  one", " ", "\n\n", "two ", "three\t", " "):
        running.write(piece)
    assert running.finish() == ("one two three", ())


def test_a_span_has_no_blanks_at_its_ends() -> None:
    running = RunningText()
    running.write("say")
    running.open("code")
    running.write(" x  +\ny ")
    running.close("code")
    running.write("now")
    assert running.finish() == ("say x + y now", (Span(4, 9, "code"),))


def test_spans_of_one_kind_in_one_another_are_one() -> None:
    running = RunningText()
    for _ in range(1000):
        running.open("strong")
    running.write("a b")
    for _ in range(1000):
        running.close("strong")
    running.write(" c")
    assert running.finish() == ("a b c", (Span(0, 3, "strong"),))


def test_longer_spans_come_first() -> None:
    running = RunningText()
    running.open("link")
    running.open("code")
    running.write("f")
    running.close("code")
    running.write(" of x")
    running.close("link")
    assert running.finish()[1] == (Span(0, 6, "link"), Span(0, 1, "code"))


def test_empty_and_blank_spans_are_none() -> None:
    running = RunningText()
    running.write("a")
    running.open("strong")
    running.write("  ")
    running.close("strong")
    running.close("emphasis")
    running.write("b")
    running.open("code")
    assert running.finish() == ("a b", ())


def test_what_cannot_be_seen_or_written_is_cleaned_away() -> None:
    assert cleaned("a\u00adb\u200bc\x00d\x1be\ufefff\ud800g") == "abcdef\ufffdg"


@given(st.lists(st.tuples(CHARACTERS, st.sets(st.sampled_from(KINDS))), max_size=12))
def test_text_and_spans_are_those_of_the_characters(pieces: list[tuple[str, set[SpanKind]]]) -> None:
    """Against the plain way: collapse the characters, each with its kinds, and look where the kinds are."""
    running = RunningText()
    characters: list[tuple[str, frozenset[SpanKind]]] = []
    for text, kinds in pieces:
        for kind in sorted(kinds):
            running.open(kind)
        running.write(text)
        for kind in sorted(kinds, reverse=True):
            running.close(kind)
        characters += [(character, frozenset(kinds)) for character in cleaned(text)]
    collapsed: list[tuple[str, frozenset[SpanKind]]] = []
    for character, kinds in characters:
        if not character.isspace():
            collapsed.append((character, kinds))
        elif collapsed and collapsed[-1][0] != " ":
            collapsed.append((" ", frozenset()))
    if collapsed and collapsed[-1][0] == " ":
        collapsed.pop()

    text, spans = running.finish()
    assert text == "".join(character for character, _ in collapsed)
    for kind in KINDS:
        covered = {place for span in spans if span.kind == kind for place in range(span.start, span.end)}
        visible = {place for place, (character, _) in enumerate(collapsed) if character != " "}
        assert covered & visible == {place for place in visible if kind in collapsed[place][1]}
    for span in spans:
        assert text[span.start : span.end].strip() == text[span.start : span.end] != ""
