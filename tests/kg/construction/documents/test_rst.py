from __future__ import annotations

import pytest

from tests.kg.construction.documents.reading import brief, document, reason, spans

LOOPS = """\
.. _loops:

*****
Loops
*****

:orphan:

.. index:: ! body of a loop, iteration
   single: loop; for

A *loop* repeats the body of a loop, ``while x``, **now**; see :func:`range`, :meth:`~list.append`,
:ref:`loops`, :ref:`other <x>`, :term:`iterator`, :dfn:`bound`, :strange:`any text`, |sub| and `home`_ [1]_.

.. |sub| replace:: a *part*
.. _home: https://example.org
.. [1] The note.

.. note:: Mind it.

.. seealso::

   The :mod:`os` module.

.. versionadded:: 3.4
   The *end* argument.

.. deprecated:: 3.9

.. method:: list.append(x)
            list.add(x)
   :noindex:

   Add ``x``.

.. glossary::

   iterable
   sequence : key
      Can be looped over.

      Often.

.. only:: html

   Within
   ------

   Conditional.

.. toctree::
   :maxdepth: 2

   a
   Written out <b>

.. what-is-this:: Title of it
   :option: value

   Its text.

.. youtube:: abc123

- one

  * two

term
  definition

+---+-------+
| A | ``b`` |
+---+-------+

Example::

    x = 1

      y

>>> dir()  # doctest: +ELLIPSIS
<BLANKLINE>

.. code-block:: python
   :linenos:

   print(1)

.. role:: py(code)

:py:`x + 1`
"""


def test_blocks_in_reading_order() -> None:
    read = document(LOOPS, "loops.rst")
    assert read.title == "Loops"
    assert brief(read) == [
        ("heading1", "Loops"),
        (
            "paragraph",
            "A loop repeats the body of a loop, while x, now; see range(), append(), Loops, other, iterator, bound, "
            "any text, a part and home .",
        ),
        ("paragraph", "The note."),
        ("paragraph", "Mind it."),
        ("paragraph", "The os module."),
        ("paragraph", "New in version 3.4: The end argument."),
        ("paragraph", "Deprecated since version 3.9."),
        ("term", "list.append(x)"),
        ("term", "list.add(x)"),
        ("item1", "Add x."),
        ("term", "iterable"),
        ("term", "sequence"),
        ("item1", "Can be looped over."),
        ("item1", "Often."),
        ("heading2", "Within"),
        ("paragraph", "Conditional."),
        ("item1", "Written out"),
        ("paragraph", "Title of it"),
        ("paragraph", "Its text."),
        ("item1", "one"),
        ("item2", "two"),
        ("term", "term"),
        ("item1", "definition"),
        ("cell", "A"),
        ("cell", "b"),
        ("paragraph", "Example:"),
        ("code", "x = 1\n\n  y"),
        ("code", ">>> dir()"),
        ("code", "print(1)"),
        ("paragraph", "x + 1"),
    ]


def test_spans() -> None:
    blocks = document(LOOPS, "loops.rst").blocks
    assert spans(blocks[1]) == [
        ("emphasis", "loop"),
        ("term", "loop"),
        ("term", "body of a loop"),
        ("code", "while x"),
        ("strong", "now"),
        ("code", "range()"),
        ("code", "append()"),
        ("link", "Loops"),
        ("link", "other"),
        ("link", "iterator"),
        ("term", "bound"),
        ("emphasis", "part"),
        ("link", "home"),
    ]
    assert spans(blocks[-1]) == [("code", "x + 1")]


def test_places_are_lines_of_the_file() -> None:
    places = {block.text: int(block.place.partition(":")[2]) for block in document(LOOPS, "loops.rst").blocks}
    lines = LOOPS.split("\n")
    for text in ("Loops", "Mind it.", "Often.", "Conditional.", "Its text.", "one", "two", "definition", "Example:"):
        assert text in lines[places[text] - 1], text
    assert lines[places["print(1)"] - 1].strip() == "print(1)"


def test_roles_of_one_document_do_not_reach_the_next() -> None:
    document(".. role:: func(strong)\n.. default-role:: code\n\n:func:`f` `x`", "a.rst")
    (block,) = document(":func:`f` `x`", "b.rst").blocks
    assert spans(block) == [("code", "f()"), ("emphasis", "x")]


@pytest.mark.parametrize(
    "trick",
    [
        ".. include:: {secret}",
        ".. literalinclude:: {secret}",
        ".. raw:: html\n   :file: {secret}",
        ".. csv-table::\n   :file: {secret}",
        ".. csv-table::\n   :url: file://{secret}",
        ".. role:: r(raw)\n   :format: html\n\n:r:`hidden word`",
        ".. |x| image:: {secret}\n\n|x|",
        ".. figure:: {secret}\n   :figwidth: image",
    ],
)
def test_nothing_comes_from_other_files(trick: str, tmp_path: object) -> None:
    secret = f"{tmp_path}/secret.txt"
    with open(secret, "w", encoding="utf-8") as file:
        file.write("hidden word\n")
    read = document(f"Text.\n\n{trick.format(secret=secret)}\n", "a.rst")
    assert brief(read) == [("paragraph", "Text.")]


def test_a_table_out_of_shape_is_kept_as_it_stands() -> None:
    read = document("Text.\n\n=====  ==\na b  c\nwide cell\n=====\n\nMore.", "a.rst")
    assert brief(read)[0] == ("paragraph", "Text.")
    assert "wide cell" in read.blocks[1].text
    assert brief(read)[-1] == ("paragraph", "More.")


def test_errors_in_the_markup_lose_no_text_and_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    read = document("Title\n==\n\nAn *open emphasis and a |missing| part, ``code.\n\n  indented\nnot\n", "a.rst")
    words = " ".join(text for _, text in brief(read))
    for word in ("Title", "open emphasis", "missing", "code.", "indented", "not"):
        assert word in words
    assert capfd.readouterr() == ("", "")


def test_a_line_that_docutils_refuses() -> None:
    assert reason("a\n" + "word " * 3000, "a.rst") == "line 2 has more than 10,000 characters (break it up)"


def test_the_same_page_in_html_agrees() -> None:
    """As Sphinx writes it."""
    source = document(
        "Values\n======\n\nA *value* has a type, see :func:`type`.\n\n* one\n* two\n\n::\n\n   x = 1\n\n"
        ".. note::\n\n   So.\n",
        "a.rst",
    )
    page = document(
        '<div class="body" role="main"><section id="values"><h1>Values<a class="headerlink" href="#v">¶</a></h1>'
        '<p>A <em>value</em> has a type, see <code class="xref py"><span class="pre">type()</span></code>.</p>'
        '<ul class="simple"><li><p>one</p></li><li><p>two</p></li></ul><div class="highlight"><pre>x = 1\n</pre></div>'
        '<div class="admonition note"><p class="admonition-title">Note</p><p>So.</p></div></section></div>',
        "a.html",
    )
    assert brief(source) == brief(page)
    assert [block.spans for block in source.blocks] == [block.spans for block in page.blocks]
