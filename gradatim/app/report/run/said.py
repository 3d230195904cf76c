"""What was said in a run, on what it rests, and the program that it is about."""

from __future__ import annotations

from collections.abc import Mapping

from gradatim.app.report.cards.base import citations, prose
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.evals.traces.view import RunView
from gradatim.evals.traces.view.statements import Finding, Sentence

SIGNS = {"supported": "✓", "refuted": "✗", "unchecked": "?", "none": "·"}
_FOLD = 4
"""Claims of one sentence that are shown at once."""
_LONGEST = 20_000
"""Characters of one text that a page shows."""


def feedback_card(view: RunView) -> Html | None:
    """Every sentence with its mark, its citations, its claims and what became of them."""
    if not view.sentences:
        return None
    anchors = _anchors(view)
    parts: dict[str, list[Sentence]] = {}
    for sentence in view.sentences:
        parts.setdefault(sentence.part, []).append(sentence)
    body = [
        html(
            '<h3>{title}</h3>\n<ul class="sentences">\n{sentences}\n</ul>',
            title=part.replace("_", " "),
            sentences=join((_sentence(sentence, anchors) for sentence in sentences), "\n"),
        )
        for part, sentences in parts.items()
    ]
    legend = html(
        '<p class="legend soft small">✓ every claim is supported &nbsp; ✗ a claim is refuted &nbsp; '
        "? a claim is unchecked &nbsp; · claims nothing</p>"
    )
    return card("statements", "Statements and claims", join((*body, legend), "\n"))


def dialogue_card(view: RunView) -> Html | None:
    """The turns of a dialogue."""
    if not view.turns:
        return None
    turns = join((_turn(turn.role, turn.content, turn.notes) for turn in view.turns), "\n")
    return card("dialogue", "Dialogue", turns)


def evidence_card(view: RunView) -> Html | None:
    """What was observed or looked up, and how often it is cited."""
    if not view.evidence:
        return None
    anchors = _anchors(view)
    rows = [
        html(
            '<tr id="{anchor}"><td class="key mono">{id}</td><td>{summary}</td><td>{source}</td>'
            '<td class="num">{cited}</td></tr>',
            anchor=anchors[item.id],
            id=item.id,
            summary=prose(cut(item.summary)),
            source=item.source,
            cited=item.cited,
        )
        for item in view.evidence
    ]
    table = html(
        '<div class="scroll"><table class="stack"><thead><tr><th scope="col">id</th><th scope="col">what it says</th>'
        '<th scope="col">from</th><th scope="col" class="num">cited</th></tr></thead>\n<tbody>\n{rows}\n</tbody>'
        "</table></div>",
        rows=join(rows, "\n"),
    )
    return card("evidence", "Evidence", table)


def program_card(view: RunView) -> Html | None:
    """The program, with its lines numbered."""
    if not view.code:
        return None
    lines = [
        html(
            '<li><span class="row"><span class="no">{number}</span><code class="src">{text}</code></span></li>',
            number=number,
            text=line,
        )
        for number, line in enumerate(cut(view.code).splitlines(), 1)
    ]
    body = html('<div class="listing" tabindex="0"><ol>{lines}</ol></div>', lines=lines)
    return card("program", "Program", body)


def text_block(text: str) -> Html:
    """A text as it is, cut where it is very long."""
    return html("<pre>{text}</pre>", text=cut(text))


def cut(text: str) -> str:
    """A text that a page has room for."""
    return f"{text[:_LONGEST]} … {len(text) - _LONGEST:,} more characters" if len(text) > _LONGEST else text


def _turn(role: str, content: str, notes: tuple[tuple[str, str], ...]) -> Html:
    known = role if role in ("assistant", "user", "system", "tool") else "user"
    told = [html("<dt>{name}</dt><dd>{value}</dd>", name=name, value=cut(value)) for name, value in notes if value]
    return html(
        '<div class="said {known}"><div class="who">{role}</div><p>{content}</p>{notes}</div>',
        known=known,
        role=role,
        content=prose(cut(content)),
        notes=html('<details><summary>more</summary><dl class="pairs">{told}</dl></details>', told=told)
        if told
        else None,
    )


def _sentence(sentence: Sentence, anchors: Mapping[str, str]) -> Html:
    label = (
        html('<span class="label">{mark}</span>', mark=sentence.mark)
        if sentence.mark in ("unchecked", "refuted")
        else None
    )
    return html(
        '<li class="{mark}"><span class="mark" role="img" aria-label="{mark}">{sign}</span>'
        '<div>{label}<span class="words">{text}</span>{cites}{findings}</div></li>',
        mark=sentence.mark,
        sign=SIGNS[sentence.mark],
        label=label,
        text=prose(cut(sentence.text)) if sentence.text else html('<span class="soft">(text not recorded)</span>'),
        cites=citations(sentence.evidence, anchors),
        findings=_findings(sentence.findings),
    )


def _findings(findings: tuple[Finding, ...]) -> Html | None:
    if not findings:
        return None
    listed = html('<ul class="findings">{items}</ul>', items=[_finding(finding) for finding in findings])
    if len(findings) <= _FOLD:
        return listed
    return html("<details><summary>{count} claims</summary>{listed}</details>", count=len(findings), listed=listed)


def _finding(finding: Finding) -> Html:
    return html(
        '<li class="{mark}"><span class="sign" role="img" aria-label="{mark}">{sign}</span> '
        "{claim}{detail}{method}</li>",
        mark=finding.mark,
        sign=SIGNS[finding.mark],
        claim=cut(finding.claim),
        detail=html(" — {detail}", detail=prose(cut(finding.detail))) if finding.detail else None,
        method=f" ({finding.method})" if finding.method not in ("", "none") else "",
    )


def _anchors(view: RunView) -> dict[str, str]:
    """Evidence id → anchor; anchors are numbered, so that an id can hold anything."""
    return {item.id: f"evidence-{number}" for number, item in enumerate(view.evidence, 1)}
