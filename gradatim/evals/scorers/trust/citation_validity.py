"""Citation validity: which share of the citations exists and bears on what cites it.

The two halves are those of citation precision (Gao et al. 2023, "Enabling large language models to generate text with
citations"), without a model that judges entailment: a citation bears on a passage when a check says so, when a claim is
about the same test, line, exception, concept or misconception, or when both say the same code or the same telling
words. Neighbouring sentences of a part that cite the same are one passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from gradatim.evals.scorers.feedback import Said, evidence_of, lines_in, statements
from gradatim.evals.scorers.given import Given, Missing, Plain, line_of, list_of, mapping_of, scorer, text_of
from gradatim.evals.scorers.outcome.blamed import misconception_of
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, share

KEY = "citation_validity"
MOST = 200
"""Citations of one passage that are looked at."""
SHARED = 2
"""Telling words that a passage and a piece of evidence have in common where they are about the same."""
_WORD = re.compile(r"[^\W\d_]{5,}|[\u3400-\u9fff]{2}")
_CODE = re.compile(r"`([^`\n]{2,200})`")
_OTHER_TESTS = re.compile(r"\btests?\b.{0,40}\bothers?\b|\b\d+ (?:of \d+ )?tests?\b|\ball \d* ?tests?\b|测试")
_EARLIER = re.compile(r"\b(?:before|earlier|again|last time|previous(?:ly)?)\b|之前|以前|上次")
_DULL = frozenset(
    re.findall(
        r"\w+",
        "about after again before being change cannot could every first found gives given input learner lines makes "
        "needs output passes program right should tests their there these thing those value which while would wrong",
    )
)
"""Words that say little of what a text is about."""


@scorer(KEY)
def citation_validity(given: Given) -> Score:
    """Share of the citations whose evidence exists and bears on the passage that cites it."""
    evidence = evidence_of(given)
    invented: list[str] = []
    idle: list[str] = []
    cited = 0
    for cites, said in _passages(statements(given)):
        passage = Passage(said)
        for identifier in dict.fromkeys(cites[:MOST]):
            cited += 1
            item = evidence.get(identifier)
            if item is None:
                invented.append(identifier[:80])
            elif not passage.rests_on(identifier, item):
                idle.append(identifier[:80])
    if not cited:
        raise Missing("no sentence of the feedback cites anything")
    wrong = len(invented) + len(idle)
    named = [f"{item} does not exist" for item in invented] + [f"{item} is about something else" for item in idle]
    what = "citations hold" + (f"; {listed(named)}" if named else "")
    return share(KEY, cited - wrong, cited, what, invented=invented[:10], idle=idle[:10])


@dataclass(frozen=True)
class Passage:
    """Neighbouring sentences of a part that cite the same; what most citations do not need is read when asked for."""

    said: Sequence[Said]

    @cached_property
    def details(self) -> str:
        """What their checks found."""
        return "\n".join(text_of(check.get("detail")) for sentence in self.said for check in sentence.checks)

    @cached_property
    def about(self) -> frozenset[str]:
        """What their claims are about, in the words of `_about`."""
        return frozenset(subject for sentence in self.said for subject in _claimed(sentence))

    @cached_property
    def text(self) -> str:
        """All of them."""
        return "\n".join(sentence.text for sentence in self.said)

    @cached_property
    def code(self) -> tuple[str, ...]:
        """What stands between backticks in them."""
        return tuple(_CODE.findall(self.text))

    def rests_on(self, identifier: str, item: Plain) -> bool:
        """Whether a piece of evidence has to do with what the passage says."""
        if identifier in self.details or not self.about.isdisjoint(_about(identifier, item)):
            return True
        told = " ".join((text_of(item.get("summary")), *_texts(mapping_of(item.get("detail")))))
        if any(code in told for code in self.code) or any(said in told for said in self.text.splitlines() if said):
            return True
        return len(_words(self.text) & _words(told)) >= SHARED


def _passages(said: Iterable[Said]) -> Iterator[tuple[tuple[str, ...], Sequence[Said]]]:
    """What is cited, and the sentences that cite it."""
    for (_, cited), group in groupby(said, key=lambda item: (item.part, item.evidence)):
        if cited:
            yield cited, tuple(group)


def _about(identifier: str, item: Plain) -> Iterator[str]:
    """What a piece of evidence is about, in the same words as `_claimed`."""
    kind, _, key = identifier.partition(":")
    detail = mapping_of(item.get("detail"))
    for name in ("test", "concept", "misconception"):
        if isinstance(value := detail.get(name), str):
            yield f"{name} {value}"
    if kind in ("test", "exception"):
        yield f"test {key}"
        yield "tests"
    if kind == "exception" and isinstance(raised := detail.get("type"), str):
        yield f"exception {raised}"
    if kind in ("concept", "path", "mastery"):
        yield f"concept {key}"
    if kind == "history":
        yield "history"
    name = misconception_of(identifier, item)
    if name is not None:
        yield f"misconception {name}"
    for line in list_of(item.get("lines"))[:50]:
        if line_of(line) is not None:
            yield f"line {line}"


def _claimed(said: Said) -> Iterator[str]:
    """What a sentence is about."""
    for claim in (*said.claims, *(mapping_of(check.get("claim")) for check in said.checks)):
        kind = claim.get("kind")
        for name in ("test", "concept", "misconception", "exception"):
            if isinstance(value := claim.get(name), str):
                yield f"{name} {value}"
        for name in ("source", "target"):
            if isinstance(value := claim.get(name), str):
                yield f"concept {value}"
        if line_of(claim.get("line")) is not None:
            yield f"line {claim['line']}"
        if kind in ("test_count", "history"):
            yield "tests" if kind == "test_count" else "history"
    for line in lines_in(said.text):
        yield f"line {line}"
    lowered = said.text.lower()
    if ("test" in lowered or "测试" in lowered) and _OTHER_TESTS.search(lowered):
        yield "tests"
    if _EARLIER.search(lowered):
        yield "history"


def _texts(detail: Plain) -> Iterator[str]:
    return (text_of(value) for value in detail.values() if isinstance(value, str))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower())) - _DULL


INFO = ScorerInfo(
    key=KEY,
    scorer=citation_validity,
    summary="Share of the citations of a feedback whose evidence exists and bears on what cites it.",
    family="trust",
    needs=("outputs.feedback", "outputs.diagnosis.evidence"),
)
