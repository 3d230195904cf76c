"""How the learner came to where they stand: mastery of the task's concepts over time, as a picture."""

from __future__ import annotations

from gradatim.app.report.content import Report
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html
from gradatim.app.report.wording import words

_CONCEPTS = 4
"""Panels at most: what the assessment changed, the largest changes first."""


def history_card(report: Report) -> Html | None:
    """Mastery over time of what the assessment changed; nothing before the second observation of any concept."""
    if not report.history or not report.changes:
        return None
    from gradatim.memory.pictures import marked, mastery_over_time, mastery_series
    from gradatim.memory.tracing import ConceptParameters

    changed = sorted(report.changes, key=lambda item: (-abs(item.after - item.before), item.concept))[:_CONCEPTS]
    found = {item.concept: item for item in mastery_series(report.history, report.parameters or ConceptParameters())}
    series = [found[item.concept] for item in changed if item.concept in found]
    if not any(len(item.points) > 1 for item in series):
        return None
    # The picture is drawn by gradatim, which escapes every text in it.
    picture = Html(mastery_over_time(series, marked(report.history)).decode("utf-8"))
    return card("history", words("title.history"), html('<div class="picture">{picture}</div>', picture=picture))
