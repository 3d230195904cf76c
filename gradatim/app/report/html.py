"""The report as one self-contained HTML page: no script, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim import __version__
from gradatim.app.report.cards import (
    changes_card,
    confidence_card,
    delivery_card,
    evidence_card,
    feedback_card,
    history_card,
    misconceptions_card,
    path_card,
    program_card,
    repair_card,
    rubric_card,
    tests_card,
)
from gradatim.app.report.cards.base import prose
from gradatim.app.report.content import Report
from gradatim.app.report.frame import page
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.view import report_of
from gradatim.app.report.wording import counted, words
from gradatim.domain import Assessment, LearnerEvent
from gradatim.languages import spoken
from gradatim.memory.tracing import ParameterSource


def render_html(
    assessment: Assessment,
    full: bool = False,
    history: Iterable[LearnerEvent] = (),
    parameters: ParameterSource | None = None,
) -> str:
    """One HTML page that can be kept, sent and printed.

    Nothing in it can run: everything that a student, a model or a file said is escaped, and the page's own
    content security policy allows no script, no request and no style but its own.

    Args:
        assessment: What is reported.
        full: For staff: with hidden tests, all evidence, feedback that is not delivered, and the repair.
            Without it, only what the learner may see.
        history: The learner's events, for a picture of how mastery of the task's concepts grew; none is drawn
            without them.
        parameters: Of knowledge tracing, as the memory uses them, for that picture.
    """
    report = report_of(assessment, full=full, history=history, parameters=parameters)
    cards = (
        feedback_card(report),
        tests_card(report),
        program_card(report),
        misconceptions_card(report),
        evidence_card(report),
        repair_card(report),
        rubric_card(report),
        confidence_card(report),
        delivery_card(report),
        changes_card(report),
        history_card(report),
        path_card(report),
    )
    return page(
        title=f"{report.title}: {words(f'verdict.{report.verdict}')}",
        styles=("style.css",),
        skip=("feedback", words("skip")),
        main=join((_heading(report), *(card for card in cards if card)), "\n"),
        footer=_footer(report),
        language=spoken(),
    )


def _heading(report: Report) -> Html:
    right = report.verdict == "correct"
    eyebrow = [
        report.filename,
        words("learner", id=report.learner) if report.learner else "",
        words("assessment", id=report.id),
    ]
    return html(
        """<header class="top {verdict}">
<p class="eyebrow">{eyebrow}</p>
<h1>{title}</h1>
<ul class="chips">
<li class="{tone}">{sign} {told}</li>
<li>{passed}{hidden}</li>{category}
<li>{confidence}</li>
{delivery}
{isolation}
</ul>{load_error}{statement}
</header>""",
        verdict=report.verdict,
        told=words(f"verdict.{report.verdict}"),
        eyebrow=" · ".join(part for part in eyebrow if part),
        title=report.title,
        tone="good" if right else "bad",
        sign="✓" if right else "✗",
        passed=words("passed", passed=report.passed, tests=counted("test", report.total)),
        hidden=f" ({words('hidden_count', n=report.hidden)})" if report.hidden else "",
        category=html("\n<li>{kind}</li>", kind=words("error_category", name=report.error_category))
        if report.error_category
        else None,
        confidence=f"{words('confidence')} {report.confidence.value:.2f}",
        delivery=_delivery_chip(report),
        isolation=_isolation_chip(report),
        load_error=_load_error(report),
        statement=html(
            "\n<details><summary>{task}</summary><p>{text}</p></details>",
            task=words("task"),
            text=report.statement.strip(),
        ),
    )


def _delivery_chip(report: Report) -> Html:
    if report.delivery.state == "delivered":
        return html('<li class="good">{state}</li>', state=words("chip.delivered"))
    if report.delivery.state == "held":
        return html('<li class="warn">{state}</li>', state=words("chip.held"))
    return html('<li class="bad">{state}</li>', state=words("chip.rejected"))


def _isolation_chip(report: Report) -> Html:
    if report.tier == "unsafe":
        return html('<li class="bad">{text}</li>', text=words("executed_openly", seconds=f"{report.seconds:.2f}"))
    return html("<li>{text}</li>", text=words("executed_in", tier=report.tier, seconds=f"{report.seconds:.2f}"))


def _load_error(report: Report) -> Html | None:
    fault = report.load_error
    if fault is None:
        return None
    where = words("at_line", line=fault.line) if fault.line else ""
    text = words("cannot_load_page", error=f"`{fault.type}`", message=fault.message, where=where)
    return html('\n<p class="notice bad">{text}</p>', text=prose(text))


def _footer(report: Report) -> Html:
    facts = [
        f"gradatim {__version__}",
        words("model", name=report.model),
        words("feedback_by", author=report.author),
    ]
    if report.tokens:
        facts.append(report.tokens)
    if report.prompts:
        listed = ", ".join(f"{name} v{version}" for name, version in report.prompts)
        facts.append(words("prompts", listed=listed))
    if report.full:
        facts.append(words("staff"))
    return html("<p>{facts}</p>", facts=" · ".join(facts))
