"""QTI 3.0 (1EdTech, "Question and Test Interoperability", 2022): one XML file an item, in a content package.

Choice, order, text entry and extended text interactions; answers that can be compared are scored by response
processing, programs by a person with the rubric block for scorers. Concepts and difficulty stand in the manifest as
IEEE LOM metadata.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gradatim import __version__
from gradatim.domain import stable_id
from gradatim.tools.items.export.markup import code_block, elements, legal, short
from gradatim.tools.items.export.question import Question, orders, test_text

ITEM = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MANIFEST = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
METADATA = "http://www.imsglobal.org/xsd/imsqti_metadata_v3p0"
LOM = "http://ltsc.ieee.org/xsd/LOM"
_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
_SAFE = re.compile(r"[^A-Za-z0-9_.-]")
_EPOCH = (2020, 1, 1, 0, 0, 0)
"""Date of the files in the package: the same items give the same bytes."""
_TYPES = {
    "choice": "choiceInteraction",
    "order": "orderInteraction",
    "line": "textEntryInteraction",
    "text": "extendedTextInteraction",
}


def identifier(text: str) -> str:
    """An identifier as QTI takes it, that differs for different texts."""
    plain = _SAFE.sub("_", text)
    return f"item-{plain}" if plain == text else f"item-{plain[:40]}-{stable_id(text)}"


def package(questions: Sequence[Question]) -> bytes:
    """A content package: `imsmanifest.xml` and a file an item, as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {"imsmanifest.xml": manifest(questions)}
        files |= {f"items/{identifier(question.id)}.xml": item(question) for question in questions}
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def item(question: Question) -> bytes:
    """The XML of one item."""
    root = Element(
        "qti-assessment-item",
        {
            "xmlns": ITEM,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{ITEM} {_SCHEMA}",
            "identifier": identifier(question.id),
            "title": legal(question.title),
            "adaptive": "false",
            "time-dependent": "false",
            "xml:lang": question.language,
            "tool-name": "gradatim",
            "tool-version": __version__,
        },
    )
    _declare(root, question)
    body = SubElement(root, "qti-item-body")
    body.extend(elements(question.prompt))
    if question.program is not None:
        body.append(code_block(question.program))
    _interact(body, question)
    _rubric(body, question)
    _process(root, question)
    _feedback(root, question)
    return _xml(root)


def manifest(questions: Sequence[Question]) -> bytes:
    """`imsmanifest.xml`."""
    names = [identifier(question.id) for question in questions]
    root = Element("manifest", {"xmlns": MANIFEST, "identifier": f"manifest-{stable_id(*names)}"})
    about = SubElement(root, "metadata")
    SubElement(about, "schema").text = "QTI Package"
    SubElement(about, "schemaversion").text = "3.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for question, name in zip(questions, names, strict=True):
        href = f"items/{name}.xml"
        resource = SubElement(
            resources, "resource", {"identifier": name, "type": "imsqti_item_xmlv3p0", "href": href}
        )  # fmt: skip
        metadata = SubElement(resource, "metadata")
        metadata.append(_lom(question))
        metadata.append(_qti_metadata(question))
        SubElement(resource, "file", {"href": href})
    return _xml(root)


def _declare(root: Element, question: Question) -> None:
    kind = question.interaction
    cardinality = "ordered" if kind == "order" else "single"
    base = "identifier" if kind in ("choice", "order") else "string"
    response = SubElement(
        root, "qti-response-declaration",
        {"identifier": "RESPONSE", "cardinality": cardinality, "base-type": base},
    )  # fmt: skip
    if values := _right(question):
        right = SubElement(response, "qti-correct-response")
        for value in values:
            SubElement(right, "qti-value").text = value
    if kind == "line":
        mapping = SubElement(response, "qti-mapping", {"default-value": "0"})
        SubElement(
            mapping, "qti-map-entry", {"map-key": values[0], "mapped-value": "1", "case-sensitive": "true"}
        )  # fmt: skip
    score = {"identifier": "SCORE", "cardinality": "single", "base-type": "float"}
    _outcome(root, score if question.graded else {**score, "external-scored": "human"}, "0")
    _outcome(root, {"identifier": "MAXSCORE", "cardinality": "single", "base-type": "float"}, "1")
    if any(answer.feedback for answer in question.answers):
        SubElement(
            root, "qti-outcome-declaration",
            {"identifier": "FEEDBACK", "cardinality": "single", "base-type": "identifier"},
        )  # fmt: skip


def _outcome(root: Element, attributes: dict[str, str], default: str) -> None:
    declared = SubElement(root, "qti-outcome-declaration", attributes)
    SubElement(SubElement(declared, "qti-default-value"), "qti-value").text = default


def _right(question: Question) -> tuple[str, ...]:
    """The right response: keys in order, or the text itself."""
    if question.interaction == "choice":
        return tuple(answer.key for answer in question.answers if answer.right)
    if question.interaction == "order":
        return orders(question)[0]
    return () if question.answer is None else (legal(question.answer),)


def _interact(body: Element, question: Question) -> None:
    match question.interaction:
        case "choice":
            block = SubElement(
                body, "qti-choice-interaction",
                {"response-identifier": "RESPONSE", "shuffle": "true", "min-choices": "1", "max-choices": "1"},
            )  # fmt: skip
            for answer in question.answers:
                SubElement(block, "qti-simple-choice", {"identifier": answer.key}).extend(short(answer.text))
        case "order":
            attributes = {"response-identifier": "RESPONSE", "shuffle": "true", "orientation": "vertical"}
            if not all(piece.belongs for piece in question.pieces):
                attributes |= {"min-choices": "1", "max-choices": str(len(question.pieces))}
            block = SubElement(body, "qti-order-interaction", attributes)
            for piece in sorted(question.pieces, key=lambda piece: piece.key):  # keys tell nothing of the order
                SubElement(block, "qti-simple-choice", {"identifier": piece.key}).append(code_block(piece.text))
        case "line":
            line = SubElement(body, "p")
            SubElement(
                line, "qti-text-entry-interaction",
                {"response-identifier": "RESPONSE", "expected-length": str(max(10, len(question.answer or "")))},
            )  # fmt: skip
        case "text":
            SubElement(
                body, "qti-extended-text-interaction",
                {"response-identifier": "RESPONSE", "format": "preformatted", "expected-lines": "15"},
            )  # fmt: skip


def _rubric(body: Element, question: Question) -> None:
    """How a person scores a program."""
    if not (question.tests or question.reference or question.traps):
        return
    block = SubElement(body, "qti-rubric-block", {"use": "scoring", "view": "scorer"})
    content = SubElement(block, "qti-content-body")
    if question.tests:
        SubElement(content, "p").text = "Tests"
        listed = SubElement(content, "ul")
        for test in question.tests:
            SubElement(SubElement(listed, "li"), "code").text = legal(test_text(test))
    if question.reference:
        SubElement(content, "p").text = "A right program"
        content.append(code_block(question.reference))
    for misconception, code in question.traps:
        SubElement(content, "p").text = legal(f"As it is written with the misconception {misconception}")
        content.append(code_block(code))


def _process(root: Element, question: Question) -> None:
    """Score what can be compared; tell feedback by the answer that was picked."""
    if not question.graded:
        return
    processing = SubElement(root, "qti-response-processing")
    if any(answer.feedback for answer in question.answers):
        chosen = SubElement(processing, "qti-set-outcome-value", {"identifier": "FEEDBACK"})
        SubElement(chosen, "qti-variable", {"identifier": "RESPONSE"})
    condition = SubElement(processing, "qti-response-condition")
    first = SubElement(condition, "qti-response-if")
    other = orders(question)[1:] if question.interaction == "order" else ()
    place = SubElement(first, "qti-or") if other else first
    match = SubElement(place, "qti-match")
    SubElement(match, "qti-variable", {"identifier": "RESPONSE"})
    SubElement(match, "qti-correct", {"identifier": "RESPONSE"})
    for order in other:
        match = SubElement(place, "qti-match")
        SubElement(match, "qti-variable", {"identifier": "RESPONSE"})
        container = SubElement(match, "qti-ordered")
        for key in order:
            SubElement(container, "qti-base-value", {"base-type": "identifier"}).text = key
    _score(first, "1")
    _score(SubElement(condition, "qti-response-else"), "0")


def _score(place: Element, value: str) -> None:
    outcome = SubElement(place, "qti-set-outcome-value", {"identifier": "SCORE"})
    SubElement(outcome, "qti-base-value", {"base-type": "float"}).text = value


def _feedback(root: Element, question: Question) -> None:
    for answer in question.answers:
        if answer.feedback:
            block = SubElement(
                root, "qti-modal-feedback",
                {"outcome-identifier": "FEEDBACK", "identifier": answer.key, "show-hide": "show"},
            )  # fmt: skip
            SubElement(block, "qti-content-body").extend(elements(answer.feedback))


def _lom(question: Question) -> Element:
    """Title, concepts as keywords, difficulty in words and as a number."""
    lom = Element("lom", {"xmlns": LOM})
    general = SubElement(lom, "general")
    _string(SubElement(general, "title"), question.title, question.language)
    for concept in question.concepts:
        _string(SubElement(general, "keyword"), concept, "en")
    educational = SubElement(lom, "educational")
    level = SubElement(educational, "difficulty")
    SubElement(level, "source").text = "LOMv1.0"
    SubElement(level, "value").text = difficulty_word(question.difficulty.value)
    _string(SubElement(educational, "description"), difficulty_text(question), "en")
    return lom


def _string(place: Element, text: str, language: str) -> None:
    SubElement(place, "string", {"language": language}).text = legal(text)


def _qti_metadata(question: Question) -> Element:
    about = Element("qtiMetadata", {"xmlns": METADATA})
    SubElement(about, "timeDependent").text = "false"
    SubElement(about, "interactionType").text = _TYPES[question.interaction]
    SubElement(about, "feedbackType").text = (
        "nonadaptive" if any(answer.feedback for answer in question.answers) else "none"
    )
    SubElement(about, "solutionAvailable").text = "true" if question.graded else "false"
    return about


def difficulty_word(value: float) -> str:
    """The difficulty (logits) as one of LOM's five words."""
    words: Iterable[tuple[float, str]] = ((-1.5, "very easy"), (-0.5, "easy"), (0.5, "medium"), (1.5, "difficult"))
    return next((word for limit, word in words if value < limit), "very difficult")


def difficulty_text(question: Question) -> str:
    """The difficulty as a number with what it rests on."""
    found = question.difficulty
    error = "" if found.error is None else f", standard error {found.error:.2f}"
    origin = "estimated from features" if found.source == "features" else "calibrated by learners' answers"
    return f"difficulty {found.value:.2f} logits{error}, discrimination {found.discrimination:.2f}, {origin}"


def _xml(root: Element) -> bytes:
    _spread(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


_MIXED = frozenset({"p", "pre", "li", "span", "code", "strong", "em"})
"""Elements whose white space is content."""


def _spread(root: Element) -> None:
    """Break lines between elements, but not in texts."""
    kept = [(part, part.text, [(child, child.tail) for child in part]) for part in root.iter() if part.tag in _MIXED]
    indent(root)
    for part, text, tails in kept:
        part.text = text
        for child, tail in tails:
            child.tail = tail
