"""The page of one run: no script, nothing loaded from anywhere, fit for printing."""

from __future__ import annotations

from gradatim import __version__
from gradatim.app.report.frame import page
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.run.calls import asked_card, found_card, ran_card
from gradatim.app.report.run.drawing import timeline_card
from gradatim.app.report.run.facts import costs_of, facts_card, faults_card, judgements_card, standing_card
from gradatim.app.report.run.said import dialogue_card, evidence_card, feedback_card, program_card
from gradatim.evals.traces.trace import Trace
from gradatim.evals.traces.view import RunView, view_of


def render_run(trace: Trace) -> str:
    """One HTML page that can be kept, sent and printed.

    Nothing in it can run: everything that a learner, a model or a file said is escaped, and the page's own content
    security policy allows no script, no request and no style but its own.
    """
    view = view_of(trace)
    cards = (
        faults_card(view),
        timeline_card(view),
        dialogue_card(view),
        feedback_card(view),
        standing_card(view),
        evidence_card(view),
        program_card(view),
        judgements_card(view),
        asked_card(view),
        ran_card(view),
        found_card(view),
        facts_card(view),
    )
    return page(
        title=f"{view.name[:100]}: run {view.id}",
        styles=("style.css", "run/run.css"),
        skip=("timeline", "To the timeline"),
        main=join((_heading(view), *(card for card in cards if card is not None)), "\n"),
        footer=html("<p>gradatim {version} · run {id}</p>", version=__version__, id=view.id),
    )


def _heading(view: RunView) -> Html:
    right = view.verdict == "correct"
    chips: list[Html] = []
    if view.verdict:
        sign, tone = ("✓", "good") if right else ("✗", "bad")
        chips.append(html('<li class="{tone}">{sign} {verdict}</li>', tone=tone, sign=sign, verdict=view.verdict))
    if view.category:
        chips.append(html("<li>{category}</li>", category=view.category))
    if view.confidence is not None:
        chips.append(html("<li>confidence {value:.2f}</li>", value=view.confidence))
    if view.route:
        tone = "good" if view.route == "deliver" else "warn"
        chips.append(html('<li class="{tone}">{route}</li>', tone=tone, route=view.route))
    if view.waiting:
        chips.append(html('<li class="warn">waits for a person</li>'))
    if view.faults:
        chips.append(html('<li class="bad">{count} went wrong</li>', count=len(view.faults)))
    chips += [html("<li>{text}</li>", text=told) for told in costs_of(view)]
    return html(
        """<header class="top {tone}">
<p class="eyebrow">{eyebrow}</p>
<h1>{title}</h1>
<ul class="chips">
{chips}
</ul>
</header>""",
        tone="correct" if right else "plain" if not view.verdict else "incorrect",
        eyebrow=f"{view.name} · run {view.id}",
        title=(view.title or view.name)[:300],
        chips=join(chips, "\n"),
    )
