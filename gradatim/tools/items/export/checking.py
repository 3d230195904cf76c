"""Reads a QTI package again before it is given away: what it names is there, and its answers are among its choices."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from gradatim.tools.items.export.qti import ITEM, LOM, MANIFEST

_IDENTIFIER = re.compile(r"[A-Za-z_][\w.-]*")
_INTERACTIONS = frozenset(
    {
        "qti-choice-interaction",
        "qti-order-interaction",
        "qti-text-entry-interaction",
        "qti-extended-text-interaction",
    }
)


def problems(content: bytes) -> list[str]:
    """What is wrong with a package; empty where nothing is."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if "imsmanifest.xml" not in files:
        return ["there is no imsmanifest.xml"]
    try:
        root = fromstring(files["imsmanifest.xml"])
    except ParseError as error:
        return [f"imsmanifest.xml: {error}"]
    if root.tag != f"{{{MANIFEST}}}manifest":
        found.append("imsmanifest.xml: is no manifest of QTI 3")
    listed = set[str]()
    for resource in root.iter(f"{{{MANIFEST}}}resource"):
        href = resource.get("href", "")
        listed.add(href)
        if href not in files:
            found.append(f"imsmanifest.xml: {href} is not in the package")
            continue
        if resource.find(f".//{{{LOM}}}difficulty") is None:
            found.append(f"imsmanifest.xml: {href} has no difficulty")
        found += [f"{href}: {what}" for what in _item(files[href], resource.get("identifier", ""))]
    found += [f"{name} is not in the manifest" for name in sorted(files.keys() - listed - {"imsmanifest.xml"})]
    return found


def _item(content: bytes, name: str) -> Iterator[str]:
    try:
        root = fromstring(content)
    except ParseError as error:
        yield str(error)
        return
    if root.tag != _tag("qti-assessment-item"):
        yield "is no qti-assessment-item"
        return
    for attribute in ("identifier", "title", "time-dependent"):
        if not root.get(attribute):
            yield f"has no {attribute}"
    if root.get("identifier") != name:
        yield "has another identifier than its resource"
    order = [child.tag for child in root]
    known = [_tag(f"qti-{part}") for part in _PARTS]
    if [known.index(tag) for tag in order if tag in known] != sorted(known.index(tag) for tag in order if tag in known):
        yield "its parts stand in another order than the schema has them"
    yield from _identifiers(root)
    yield from _responses(root)
    yield from _outcomes(root)


_PARTS = ("response-declaration", "outcome-declaration", "item-body", "response-processing", "modal-feedback")


def _identifiers(root: Element) -> Iterator[str]:
    choices = [choice.get("identifier", "") for choice in root.iter(_tag("qti-simple-choice"))]
    if len(choices) != len(set(choices)):
        yield "has two choices of one identifier"
    for name in (root.get("identifier", ""), *choices):
        if not _IDENTIFIER.fullmatch(name):
            yield f"{name!r} is no identifier"


def _responses(root: Element) -> Iterator[str]:
    declared = {item.get("identifier"): item for item in root.iter(_tag("qti-response-declaration"))}
    interactions = [part for part in root.iter() if part.tag.removeprefix(f"{{{ITEM}}}") in _INTERACTIONS]
    if len(interactions) != 1:
        yield f"has {len(interactions)} interactions"
        return
    response = declared.get(interactions[0].get("response-identifier"))
    if response is None:
        yield "its interaction answers no declared response"
        return
    choices = {choice.get("identifier") for choice in interactions[0].iter(_tag("qti-simple-choice"))}
    values = [value.text for value in response.iter(_tag("qti-value"))]
    if choices:
        if not values:
            yield "has no right answer"
        if not set(values) <= choices:
            yield "its right answer is no choice"
        if response.get("cardinality") == "single" and len(values) != 1:
            yield f"has {len(values)} right answers where one is wanted"


def _outcomes(root: Element) -> Iterator[str]:
    declared = {item.get("identifier") for item in root.iter(_tag("qti-outcome-declaration"))}
    for tag, attribute in (("qti-set-outcome-value", "identifier"), ("qti-modal-feedback", "outcome-identifier")):
        for part in root.iter(_tag(tag)):
            if part.get(attribute) not in declared:
                yield f"{part.get(attribute)!r} is no declared outcome"


def _tag(name: str) -> str:
    return f"{{{ITEM}}}{name}"
