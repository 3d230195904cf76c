from __future__ import annotations

import pytest

from tests.kg.construction.documents.reading import brief, document, spans

WEEK = """\
---
title: "Lists, *again*"
author: nobody
---

# Week 3: `list` #

A **list** holds *several
values* in order; see [the manual](https://example.org/x "title") or <https://example.org>.
An ![picture](list.png) and a <dfn>slice</dfn>, 2 < 3 &amp; 4.[^1]

[^1]: Counting begins at 0.

* append
  1. at the end,
     in place

     and again
* [ ] pop

Setext
------

> A quotation
> > in a quotation.

| Method | Does |
|--------|:----:|
| `sort` | sorts |

```python
xs = [1,
      2]

xs.sort()
```

    indented = True

Mutable
: Can be *changed*.

  Second paragraph.

Tuple
: Cannot.
"""


def test_blocks_in_reading_order() -> None:
    read = document(WEEK, "week3.md")
    assert read.title == "Lists, *again*"
    assert brief(read) == [
        ("heading1", "Lists, *again*"),
        ("heading1", "Week 3: list"),
        (
            "paragraph",
            "A list holds several values in order; see the manual or https://example.org. An and a slice, 2 < 3 & 4.",
        ),
        ("item1", "append"),
        ("item2", "at the end, in place"),
        ("item2", "and again"),
        ("item1", "pop"),
        ("heading2", "Setext"),
        ("paragraph", "A quotation"),
        ("paragraph", "in a quotation."),
        ("cell", "Method"),
        ("cell", "Does"),
        ("cell", "sort"),
        ("cell", "sorts"),
        ("code", "xs = [1,\n      2]\n\nxs.sort()"),
        ("code", "indented = True"),
        ("term", "Mutable"),
        ("item1", "Can be changed."),
        ("item1", "Second paragraph."),
        ("term", "Tuple"),
        ("item1", "Cannot."),
        ("paragraph", "Counting begins at 0."),
    ]


def test_places_are_lines_of_the_file() -> None:
    lines = WEEK.split("\n")
    for block in document(WEEK, "week3.md").blocks[1:]:
        name, _, line = block.place.partition(":")
        assert name == "week3.md"
        if block.kind not in ("code", "cell"):
            assert block.text.split()[0].strip("*") in lines[int(line) - 1]
    assert document(WEEK, "week3.md").blocks[1].place == "week3.md:6"


def test_spans() -> None:
    blocks = document(WEEK, "week3.md").blocks
    assert spans(blocks[1]) == [("code", "list")]
    assert spans(blocks[2]) == [
        ("strong", "list"),
        ("emphasis", "several values"),
        ("link", "the manual"),
        ("link", "https://example.org"),
        ("term", "slice"),
    ]


def test_html_inside_is_read_as_html() -> None:
    read = document(
        "Before\n\n<div><p>In <em>HTML</em></p>\n<script>no()</script></div>\n\n- item\n\n  <p>of <b>a</b> list</p>\n",
        "a.md",
    )
    assert brief(read) == [
        ("paragraph", "Before"),
        ("paragraph", "In HTML"),
        ("item1", "item"),
        ("item1", "of a list"),
    ]
    assert spans(read.blocks[1]) == [("emphasis", "HTML")]
    assert [block.place for block in read.blocks[:2]] == ["a.md:1", "a.md:3"]


def test_a_tag_left_open_holds_for_its_paragraph() -> None:
    read = document("a <b>bold\n\nplain </b> text", "a.md")
    assert spans(read.blocks[0]) == [("strong", "bold")]
    assert spans(read.blocks[1]) == []


def test_marks_of_myst_pandoc_and_quarto() -> None:
    read = document(
        """\
::: {.callout-note}
Inside of a div.
:::

A {term}`generator <gen>` and {py:func}`~os.path.join`, costs $5 and $6, but $x_1 * x_2$.

```{note} Mind *this*
:class: tip

Text of a **note**.

    code of it
```

```{code-cell} python
:tags: [hide]
print(1)
```

```{toctree}
a
b
```
""",
        "a.qmd",
    )
    assert brief(read) == [
        ("paragraph", "Inside of a div."),
        ("paragraph", "A generator and join(), costs $5 and $6, but x_1 * x_2."),
        ("paragraph", "Mind this"),
        ("paragraph", "Text of a note."),
        ("code", "code of it"),
        ("code", "print(1)"),
    ]
    assert spans(read.blocks[1]) == [("link", "generator"), ("code", "join()")]
    assert [block.place for block in read.blocks] == [
        "a.qmd:2",
        "a.qmd:5",
        "a.qmd:7",
        "a.qmd:10",
        "a.qmd:12",
        "a.qmd:15",
    ]


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("text\n\n## second\n\n# first", "first"),
        ("text\n\n### third", "third"),
        ("only text", "week 1"),
        ("---\ntitle: 'T'\n---\ntext", "T"),
    ],
)
def test_title(content: str, title: str) -> None:
    assert document(content, "folder/week 1.md").title == title


def test_lists_far_inside_of_one_another_are_kept() -> None:
    content = "".join(f"{'  ' * depth}- level {depth + 1}\n" for depth in range(20))
    levels = [block.level for block in document(content, "a.md").blocks]
    assert levels == list(range(1, 21))
