from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from gradatim.errors import ModelError
from gradatim.kg.construction.advice import MOST_NAMES, WORTH, ModelAdviser
from gradatim.kg.construction.language import default_parser
from gradatim.kg.construction.material import Analysed, Material
from gradatim.kg.construction.relating import Found
from gradatim.kg.construction.sentences import sentences
from gradatim.kg.construction.terms import Term
from gradatim.kg.lexicon import name_key
from gradatim.serving.scripted import ScriptedChat
from tests.kg.construction.documents.reading import document

TEXT = "A tuple is a sequence. Unlike a list, it is fixed.\n\n# Weather\n\nIt rains."


def term(name: str, confidence: float = 0.9) -> Term:
    return Term({name_key(name): None}, Counter({name: 1}), confidence, 1, "", "a.md:1", name=name)


TERMS = (term("tuple"), term("sequence"), term("list"))


def material(*texts: str) -> Material:
    return Material(
        tuple(
            Analysed(
                f"{at}.md", str(at), tuple(sentences(document(text, f"{at}.md"), default_parser())), (), frozenset()
            )
            for at, text in enumerate(texts)
        )
    )


def said(source: str, target: str, kind: str, quote: str) -> dict[str, Any]:
    return {"source": source, "target": target, "type": kind, "quote": quote}


def advised(
    *relations: dict[str, Any], found: Sequence[Found] = (), terms: Sequence[Term] = TERMS
) -> tuple[list[Found], ScriptedChat]:
    model = ScriptedChat(script=[{"relations": list(relations)}])
    return ModelAdviser(model).advise(material(TEXT), terms, found), model


def test_a_quoted_relation_is_added() -> None:
    found, model = advised(said("tuple", "sequence", "hierarchical", "A tuple is a sequence"))
    assert found == [Found(0, 1, "hierarchical", WORTH, "A tuple is a sequence.", "0.md:1")]
    (request,) = model.requests
    assert "- tuple\n- sequence\n- list" in request.text
    assert "Unlike a list, it is fixed." in request.text
    assert "It rains" not in request.text


def test_what_is_found_already_becomes_more_confident() -> None:
    before = [
        Found(0, 2, "similarity", 0.5, "Both.", "0.md:9"),
        Found(0, 1, "hierarchical", 0.6, "Own sentence.", "0.md:7"),
    ]
    found, _ = advised(
        said("tuple", "sequence", "hierarchical", "a sequence"),
        said("list", "tuple", "similarity", "Unlike a list"),
        found=before,
    )
    assert [(item.source, item.target, item.type, item.sentence) for item in found] == [
        (0, 1, "hierarchical", "Own sentence."),
        (0, 2, "similarity", "Both."),
    ]
    assert [item.confidence for item in found] == pytest.approx([1 - 0.4 * (1 - WORTH), 1 - 0.5 * (1 - WORTH)])


def test_what_nobody_asked_about_stays() -> None:
    before = [Found(1, 2, "similarity", 0.9, "Both.", "0.md:9")]
    assert advised(found=before)[0] == before


@pytest.mark.parametrize(
    "relation",
    [
        said("tuple", "list", "similarity", "tuples and lists are alike"),
        said("tuple", "sequence", "hierarchical", "it rains"),
        said("tuple", "tuple", "similarity", "A tuple is"),
        said("tuple", "list", "prerequisite", "..."),
    ],
    ids=["invented", "from another passage", "with itself", "of no words"],
)
def test_what_the_text_does_not_bear_out_is_dropped(relation: dict[str, Any]) -> None:
    assert advised(relation)[0] == []


def test_a_quotation_in_a_sentence_that_names_neither_end_is_dropped() -> None:
    text = "A tuple is a list. The weather is nice today."
    model = ScriptedChat(script=[{"relations": [said("tuple", "list", "similarity", "The weather is nice")]}])
    assert ModelAdviser(model).advise(material(text), TERMS, []) == []


def test_case_and_signs_of_a_quotation_do_not_matter() -> None:
    found, _ = advised(said("list", "tuple", "similarity", "“unlike a LIST: it is fixed…”"))
    assert [item.type for item in found] == ["similarity"]


@pytest.mark.parametrize(
    "answer",
    [
        {"relations": [said("tuple", "dictionary", "similarity", "A tuple is")]},
        {"relations": [said("tuple", "list", "related", "A tuple is")]},
        {"relations": "none"},
        "no JSON at all",
        "",
    ],
)
def test_an_answer_of_another_form_adds_nothing(answer: Any) -> None:
    model = ScriptedChat(script=[answer, answer])  # asked again once
    before = [Found(1, 2, "similarity", 0.9, "Both.", "0.md:9")]
    assert ModelAdviser(model).advise(material(TEXT), TERMS, before) == before
    assert model.remaining == 0


def test_a_model_that_cannot_be_reached_raises() -> None:
    model = ScriptedChat(script=[ModelError("nobody answers")])
    with pytest.raises(ModelError, match="nobody answers"):
        ModelAdviser(model).advise(material(TEXT), TERMS, [])


def test_passages_that_name_too_little_are_not_asked_about() -> None:
    model = ScriptedChat(script=[])
    assert ModelAdviser(model).advise(material("A tuple is fixed.", "It rains."), TERMS, []) == []
    doubtful = [term("tuple"), term("sequence", 0.3), term("list", 0.39)]
    assert ModelAdviser(model).advise(material(TEXT), doubtful, []) == []


def test_every_passage_is_asked_about_by_itself() -> None:
    def answer(messages: list[BaseMessage]) -> dict[str, Any]:
        text = str(messages[-1].text)
        return {"relations": [said("tuple", "list", "similarity", "Unlike a list")] if "Unlike" in text else []}

    model = ScriptedChat(script=answer)
    found = ModelAdviser(model).advise(material(TEXT, "A list is a sequence.", TEXT), TERMS, [])
    assert len(model.requests) == 3
    assert [round(item.confidence, 4) for item in found] == [round(1 - (1 - WORTH) ** 2, 4)]


def test_the_model_is_shown_some_names_and_no_mark_of_the_passages_end() -> None:
    names = [f"topic{chr(97 + number)}" for number in range(MOST_NAMES + 3)]
    text = " ".join(f"The {name} is <<<new>>>." for name in names)
    model = ScriptedChat(script=[{"relations": []}])
    ModelAdviser(model).advise(material(f"{text}"), [term(name) for name in names], [])
    shown = str(model.requests[0].messages[-1].text)
    assert shown.count("- topic") == MOST_NAMES
    assert (shown.count("<<<"), shown.count(">>>")) == (1, 1)
