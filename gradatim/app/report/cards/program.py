"""The program as it was handed in, and a change that repairs it."""

from __future__ import annotations

from gradatim.app.report.cards.base import prose
from gradatim.app.report.content import STRONG, ProgramLine, Report
from gradatim.app.report.frame import card
from gradatim.app.report.listing import Token
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.wording import counted, words


def program_card(report: Report) -> Html:
    """The program with its marked lines."""
    lines = join((_line(line) for line in report.program), "\n")
    marked = sum(line.marked for line in report.program)
    about = words("marked", lines=counted("line", marked)) if marked else words("no_line_marked")
    return card(
        "program",
        words("title.program"),
        html(
            '<p class="soft small">{name}, {about}</p>\n'
            '<div class="listing mono" tabindex="0" role="region" aria-label="{listing}">'
            "<ol>\n{lines}\n</ol></div>",
            name=report.filename,
            listing=words("listing"),
            about=about,
            lines=lines,
        ),
    )


def repair_card(report: Report) -> Html | None:
    """A change that makes every test pass, as a difference."""
    if report.repair is None:
        return None
    classes = {"+": "add", "-": "del", "@": "at"}
    lines = join(
        (
            html('<span class="{kind}">{line}</span>', kind=classes.get(line[:1], ""), line=line)
            for line in report.repair.diff
        ),
        "\n",
    )
    return card(
        "repair",
        words("title.repair"),
        html(
            '<p>{text}</p><pre class="diff">{lines}</pre>',
            text=prose(report.repair.description),
            lines=lines,
        ),
    )


def _line(line: ProgramLine) -> Html:
    strong = (line.suspicion or 0.0) >= STRONG
    score = words("suspicious", share=f"{line.suspicion:.0%}") if line.suspicion is not None else ""
    notes = join(
        html('<div class="note">└ {note}{score}</div>', note=prose(note), score="" if number else score)
        for number, note in enumerate(line.notes)
    )
    return html(
        '<li id="line-{number}"{style}><div class="row"><span class="no">{number}</span>'
        '<span class="src">{tokens}</span></div>{notes}</li>',
        number=line.number,
        style=html(' class="{style}"', style="strong" if strong else "weak") if line.marked else None,
        tokens=join(_token(token) for token in line.tokens),
        notes=notes,
    )


def _token(token: Token) -> Html:
    kind, text = token
    classes = {"keyword": "tk", "string": "ts", "number": "tn", "comment": "tc"}
    if kind in classes:
        return html('<span class="{kind}">{text}</span>', kind=classes[kind], text=text)
    return html("{text}", text=text)
