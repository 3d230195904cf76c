"""Concept graphs of strange texts."""

from __future__ import annotations

from hypothesis import strategies as st

from gradatim.kg import Concept, ConceptGraph, Misconception, Relation, Topic
from gradatim.kg.schema import Counterexample

_AWKWARD = (
    "\x00",
    "\x0b\x1f\x7f\x85",
    "\r",
    "\r\n",
    "\n\n",
    "\t",
    '"quoted", it\'s',
    "]]>",
    "<!-- & -->",
    "&amp;",
    "␛000D",
    "␛D800",
    "\ufeff\ufffe\uffff",
    "\u2028\u2029\u202e",
    "=1+1",
    "'=x",
    "+@-",
    "\\",
    "\\u0027",
    "\\\\u{",
    "$graph `x` ${y}",
    "# no comment",
    "- a: b",
    "null",
    "1e5",
    "[]",
    "[1]",
    '["a"]',
    "😀é́",
    " ",
    "...",
    "---",
    "%YAML",
)
TEXTS = st.lists(
    st.one_of(st.sampled_from(_AWKWARD), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=4
).map("".join)
NOT_EMPTY = TEXTS.filter(lambda text: bool(text))
WORDS = TEXTS.map(lambda text: text if text.strip() else f"x{text}")
SLUGS = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
WEIGHTS = st.one_of(st.just(1.0), st.floats(0, 1, exclude_min=True, allow_subnormal=True))
ERRORS = st.sampled_from(["logical", "IndexError", "timeout", "NameError"])


@st.composite
def _counterexamples(draw: st.DrawFn) -> Counterexample:
    error = draw(st.sampled_from([None, "TypeError"]))
    output = draw(NOT_EMPTY if error is None else TEXTS)
    return Counterexample(code=draw(NOT_EMPTY), output=output, error=error, why=draw(WORDS))


@st.composite
def graphs(draw: st.DrawFn, name: st.SearchStrategy[str] = WORDS) -> ConceptGraph:
    topics = draw(st.lists(SLUGS, min_size=1, max_size=3, unique=True))
    ids = draw(st.lists(SLUGS, min_size=1, max_size=5, unique=True))
    concepts: list[Concept] = []
    for concept in ids:
        example, output = draw(st.one_of(st.just((None, None)), st.tuples(NOT_EMPTY, TEXTS)))
        concepts.append(
            Concept(
                id=concept,
                name=draw(WORDS),
                aliases=tuple(draw(st.lists(WORDS, max_size=2))),
                definition=draw(WORDS),
                example=example,
                output=output,
                counterexample=draw(st.none() | _counterexamples()),
                topic=draw(st.sampled_from(topics)),
            )
        )
    pairs = [(left, right) for number, left in enumerate(ids) for right in ids[number + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=5, unique=True)) if pairs else []
    kinds = st.lists(st.sampled_from(["prerequisite", "similarity", "hierarchical"]), min_size=1, unique=True)
    relations = [
        Relation(source=left, target=right, type=kind, weight=draw(WEIGHTS))
        for left, right in chosen
        for kind in draw(kinds)
    ]
    misconceptions = [
        Misconception(
            id=item,
            concepts=tuple(draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True))),
            belief=draw(WORDS),
            correction=draw(WORDS),
            looks_like=draw(NOT_EMPTY),
            evidence=draw(WORDS),
            talk=draw(WORDS),
            errors=tuple(draw(st.lists(ERRORS, min_size=1, max_size=2, unique=True))),
        )
        for item in draw(st.lists(SLUGS, max_size=2, unique=True))
    ]
    return ConceptGraph(
        name=draw(name),
        topics=tuple(Topic(id=topic, title=draw(WORDS)) for topic in topics),
        concepts=tuple(concepts),
        relations=tuple(relations),
        misconceptions=tuple(misconceptions),
    )
