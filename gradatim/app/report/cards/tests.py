"""What was executed and what came of it."""

from __future__ import annotations

from gradatim.app.console import shorten
from gradatim.app.report.content import Report, TestRow
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.wording import words


def tests_card(report: Report) -> Html:
    """Every test with what was needed and what came."""
    return card(
        "tests",
        words("title.tests"),
        html(
            """<div class="scroll"><table class="tests">
<thead><tr><th scope="col">{result}</th><th scope="col">{test}</th><th scope="col">{expected}</th>
<th scope="col">{got}</th><th scope="col" class="num">{seconds}</th></tr></thead>
<tbody>
{rows}
</tbody></table></div>""",
            **{key: words(f"page_column.{key}") for key in ("result", "test", "expected", "got", "seconds")},
            rows=join((_test(test) for test in report.tests), "\n"),
        ),
    )


def _test(test: TestRow) -> Html:
    passed = test.status == "passed"
    sign = "✓" if passed else "–" if test.status == "not-run" else "✗"
    note = html('<div class="soft small">{detail}</div>', detail=test.detail) if test.detail and not passed else None
    printed = (
        html(
            "<details><summary>{title}</summary><pre>{text}</pre></details>",
            title=words("printed"),
            text=test.printed,
        )
        if test.printed
        else None
    )
    return html(
        '<tr><td class="key {tone}">{sign} {status}</td><td><span class="soft mono">{id}</span> {name}</td>'
        "<td>{expected}</td><td>{actual}{note}{printed}</td>"
        '<td class="num">{seconds:.3f}</td></tr>',
        tone="ok" if passed else "soft" if test.status == "not-run" else "ko",
        sign=sign,
        status=words(f"status.{test.status}"),
        id=test.id,
        name=_name(test),
        expected=_value(test.expected),
        actual=_value(test.actual),
        note=note,
        printed=printed,
        seconds=test.seconds,
    )


def _name(test: TestRow) -> Html:
    if test.label is None:
        return html("<em>{text}</em>", text=words("hidden_test"))
    call = html("<code>{label}</code>", label=shorten(test.label, 400))
    tag = html(' <span class="tag">{text}</span>', text=words("hidden")) if test.hidden else html("")
    return html("{name}{tag}<br>{call}", name=test.name, tag=tag, call=call) if test.name else join((call, tag))


def _value(text: str | None) -> Html | None:
    if text is None:
        return None
    if "\n" in text.strip():
        return html("<pre>{text}</pre>", text=text[:4000])
    return html("<code>{text}</code>", text=shorten(text.strip(), 400))
