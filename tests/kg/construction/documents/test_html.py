from __future__ import annotations

import pytest

from tests.kg.construction.documents.reading import brief, document, spans

SPHINX = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8" /><title>3. Loops &#8212; Course</title>
<style>p { color: red }</style><script>var x = "<p>no</p>";</script></head>
<body>
<div class="related" role="navigation"><h3>Navigation</h3><ul><li><a href="/">index</a></li></ul></div>
<div class="document"><div class="body" role="main">
<section id="loops">
<h1><span class="section-number">3. </span>Loops<a class="headerlink" href="#loops">¶</a></h1>
<p>A <dfn>loop</dfn> <em class="dfn">repeats</em> its <em>body</em>; see
<a class="reference internal" href="#f"><code class="xref py-func"><span class="pre">range()</span></code></a>
and <kbd class="kbd">Ctrl</kbd> <strong>now</strong> <a class="footnote-reference brackets" href="#id2">1</a>.</p>
<div class="highlight"><div><pre><span></span><span class="k">for</span> <span class="n">i</span>:
    <span class="nb">print</span>(i &lt; 2)
</pre></div></div>
<div class="admonition note"><p class="admonition-title">Note</p><p>Mind it.</p></div>
<div class="admonition"><p class="admonition-title">Loop invariant</p><p>Holds.</p></div>
<ul class="simple"><li><p>one</p><ol><li>two</li></ol></li></ul>
<dl><dt class="sig"><span class="pre">list.append</span>(<em>x</em>)<a class="headerlink" href="#a">¶</a></dt>
<dd><p>Add.</p></dd></dl>
<table><tr><th>A</th><td>B <tt>c</tt></td></tr></table>
<aside class="footnote brackets"><span class="label"><span class="fn-bracket">[</span><a href="#id1">1</a>
<span class="fn-bracket">]</span></span><p>The note.</p></aside>
<div class="toctree-wrapper compound"><ul><li><a href="b.html">Next</a></li></ul></div>
</section></div></div>
<div class="sphinxsidebar" role="navigation"><p>Quick search</p></div>
<div class="footer">Copyright</div>
</body></html>
"""


def test_a_page_of_sphinx() -> None:
    read = document(SPHINX, "loops.html")
    assert read.title == "Loops"
    assert brief(read) == [
        ("heading1", "Loops"),
        ("paragraph", "A loop repeats its body; see range() and Ctrl now ."),
        ("code", "for i:\n    print(i < 2)"),
        ("paragraph", "Mind it."),
        ("paragraph", "Loop invariant"),
        ("paragraph", "Holds."),
        ("item1", "one"),
        ("item2", "two"),
        ("term", "list.append(x)"),
        ("item1", "Add."),
        ("cell", "A"),
        ("cell", "B c"),
        ("paragraph", "The note."),
    ]
    assert spans(read.blocks[1]) == [
        ("term", "loop"),
        ("term", "repeats"),
        ("emphasis", "body"),
        ("code", "range()"),
        ("link", "range()"),
        ("code", "Ctrl"),
        ("strong", "now"),
    ]
    assert [block.place for block in read.blocks[:3]] == ["loops.html:8", "loops.html:9", "loops.html:12"]


def test_text_outside_of_any_paragraph_is_one() -> None:
    assert brief(document("before<p>in</p>between<div>box<br>line</div>after", "a.html")) == [
        ("paragraph", "before"),
        ("paragraph", "in"),
        ("paragraph", "between"),
        ("paragraph", "box line"),
        ("paragraph", "after"),
    ]


def test_what_is_not_closed_ends_where_it_must() -> None:
    page = "<h1>Title<p>text<ul><li>a<li>b<ul><li>c</ul></ul><dl><dt>t<dd>d<dt>u</dl><table><tr><td>x<td>y</table>end"
    assert brief(document(page, "a.html")) == [
        ("heading1", "Title"),
        ("paragraph", "text"),
        ("item1", "a"),
        ("item1", "b"),
        ("item2", "c"),
        ("term", "t"),
        ("item1", "d"),
        ("term", "u"),
        ("cell", "x"),
        ("cell", "y"),
        ("paragraph", "end"),
    ]


def test_ends_without_a_beginning_and_crossed_tags() -> None:
    read = document("</div></p><p>a <b>b <i>c</b> d</i> e</p></section>f", "a.html")
    assert brief(read) == [("paragraph", "a b c d e"), ("paragraph", "f")]
    assert spans(read.blocks[0]) == [("strong", "b c"), ("emphasis", "c")]


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>no</nav>",
        "<header>no</header>",
        "<footer><p>no</p></footer>",
        "<aside><p>no</p></aside>",
        "<aside>no<aside>no</aside>no</aside>",
        "<script>no</script>",
        "<style>no</style>",
        "<noscript>no</noscript>",
        "<template><p>no</p></template>",
        '<div role="navigation">no</div>',
        "<p hidden>no</p>",
        '<p style="color: red; display: none">no</p>',
        "<select><option>no</select>",
        "<svg><title>no</title><text>no</text></svg>",
        '<div class="sphinxsidebarwrapper sphinxsidebar">no</div>',
        "<!-- no -->",
        "<![if no]>",
        "<![no such section[ ]]>",
        "<?php no ?>",
    ],
)
def test_furniture_of_a_page_is_left_out(furniture: str) -> None:
    assert brief(document(f"<p>yes</p>{furniture}<p>and</p>", "a.html")) == [("paragraph", "yes"), ("paragraph", "and")]


@pytest.mark.parametrize(
    "page",
    ["<article><header><h1>T</h1></header><p>t</p></article>", '<header id="title-block-header"><h1>T</h1></header>t'],
)
def test_the_header_of_an_article_is_text(page: str) -> None:
    assert brief(document(page, "a.html"))[0] == ("heading1", "T")


def test_title_of_a_page_without_headings() -> None:
    assert document("<title> A \n title </title><p>t", "a.html").title == "A title"


def test_characters_by_name_and_number() -> None:
    assert document("<p>a &lt; b &amp;&amp; c&nbsp;&mdash; &#x3bb; &#955; &nosuch; &#xD800;", "a.html").blocks[
        0
    ].text == ("a < b && c — λ λ &nosuch; \ufffd")
