"""Documents as pages that print: escaped through and through, and tables that can be read as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from gradatim.evals.protocol.printing import markdown_table, page


def test_the_parts_of_a_document() -> None:
    text = "# T <b>\n\nA `x < 1` and **much** *text*\ngoes on.\n\n1. one\n   more\n2. two\n\n## H\n* a\n* b\n"
    made = page(text, "zh")
    assert '<html lang="zh">' in made
    assert "<title>T &lt;b&gt;</title>" in made
    assert "<h1>T &lt;b&gt;</h1>" in made
    assert "<p>A <code>x &lt; 1</code> and <strong>much</strong> *text* goes on.</p>" in made
    assert "<ol><li>one more</li><li>two</li></ol>" in made
    assert "<h2>H</h2>\n<ul><li>a</li><li>b</li></ul>" in made


def test_tables_are_aligned_whatever_is_in_them() -> None:
    lines = markdown_table(("a", "等级"), [("1|2", "long\ncell"), ("中文", "")])
    assert lines == [
        "| a    | 等级      |",
        "|------|-----------|",
        "| 1\\|2 | long cell |",
        "| 中文 |           |",
    ]
    assert "<td>1|2</td><td>long cell</td>" in page("\n".join(lines), "en")


@given(some.text(max_size=80))
def test_no_text_becomes_markup(text: str) -> None:
    made = page(f"# T\n\nx {text} y\n\n| a | b |\n|---|---|\n| {text.replace('|', '')} | z |\n", "en")
    body = made[made.index("<body>") :]
    for allowed in ("body", "h1", "h2", "h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong",
                    "ul", "ol", "li", "html"):  # fmt: skip
        body = body.replace(f"<{allowed}>", "").replace(f"</{allowed}>", "")
    assert "<" not in body
