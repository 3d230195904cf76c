from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from neo4j import GraphDatabase

from gradatim.kg import Concept, ConceptGraph, Misconception, Topic
from gradatim.kg.exchange.cypher import literal, statements, write_cypher
from gradatim.kg.neo4j import Neo4jStore, Server
from tests.kg.exchange.strategies import TEXTS
from tests.kg.graphs import small_graph

_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\\": "\\", "'": "'"}


def _unescaped(text: str) -> str:
    return re.sub(
        r"\\(?:u([0-9A-Fa-f]{4})|(.))",
        lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPES[found[2]],
        text,
        flags=re.DOTALL,
    )


def _value(source: str) -> str:
    """What Cypher reads of string literals joined by `+`: nothing else may stand there."""
    rest, parts = source, list[str]()
    while True:
        found = _STRING.match(rest)
        assert found is not None, rest
        parts.append(_unescaped(found[1]))
        rest = rest[found.end() :]
        if not rest:
            return "".join(parts)
        assert rest.startswith(" + ")
        rest = rest.removeprefix(" + ")


@given(TEXTS)
@example("\\u0027 RETURN 1 //")
@example("\\\\u0027")
@example("\\\u200b")
def test_a_text_is_the_same_in_both_ways_of_decoding(text: str) -> None:
    source = literal(text)
    assert _value(source) == text
    before_the_quotes = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), source)
    assert _value(before_the_quotes) == text
    assert "\n" not in source


def test_other_values() -> None:
    assert literal({"a": [1, 0.5, True, None], "b c`": {}}) == "{a: [1, 0.5, true, null], `b c```: {}}"
    with pytest.raises(TypeError, match="no set"):
        literal({1})


def test_constraints_come_first_and_the_switch_last() -> None:
    listed = list(statements(small_graph()))
    kinds = [statement.split()[0] for statement in listed]
    assert kinds[0] == "CREATE"
    assert "CREATE" not in kinds[kinds.index("MERGE") :]
    assert "ConceptGraph {name: 'small'}" in listed[-1]
    assert not any("$" in statement for statement in listed)
    assert write_cypher(small_graph()).decode().count(";\n") == len(listed)


def _awkward() -> ConceptGraph:
    texts = ("\\u0027 'x' \"y\" `z` $graph ; // */", "a\n\r\t\b\f\\", "\\\\u{}\x00\x1f\u2028\u200b😀")
    concepts = tuple(
        Concept(
            id=f"c{number}",
            name=f"c{number}",
            aliases=(text, "$rows"),
            definition=f".{text}.",
            example=text,
            output=text,
            topic="t",
        )
        for number, text in enumerate(texts)
    )
    wrong = Misconception(
        id="m",
        concepts=("c0", "c2"),
        belief=texts[0],
        correction=f"{texts[1]}.",
        looks_like=texts[1],
        evidence=texts[0],
        talk=".",
        errors=("logical",),
    )
    return ConceptGraph(
        name="it's \\u0041", topics=(Topic(id="t", title=texts[0]),), concepts=concepts, misconceptions=(wrong,)
    )


@pytest.mark.parametrize("graph", [small_graph(), _awkward()], ids=["small", "awkward"])
async def test_a_server_takes_the_file_and_gradatim_reads_it_there(graph_server: Server, graph: ConceptGraph) -> None:
    text = write_cypher(graph).decode("utf-8")
    auth = (graph_server.user, graph_server.password.get_secret_value())
    with (
        GraphDatabase.driver(graph_server.url, auth=auth) as driver,
        driver.session(database=graph_server.database) as session,
    ):
        for statement in text.split(";\n")[:-1]:
            session.run(statement).consume()
    store = Neo4jStore(graph_server, graph.name)
    try:
        assert (await store.snapshot()).version == graph.version
    finally:
        await store.aclose()
