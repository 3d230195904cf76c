import pytest

from gradatim.app.report.markup import Html, html, join


def test_fields_are_escaped_for_content_and_attributes():
    made = html('<p title="{title}">{text}</p>', title='" onclick="x', text="<b>&</b>")
    assert made.source == '<p title="&quot; onclick=&quot;x">&lt;b&gt;&amp;&lt;/b&gt;</p>'


def test_html_goes_in_as_it_is_once():
    inner = html("<b>{x}</b>", x="<")
    assert html("<i>{inner}</i>", inner=inner).source == "<i><b>&lt;</b></i>"
    assert html("{parts}", parts=[inner, inner]).source == "<b>&lt;</b><b>&lt;</b>"


def test_text_that_looks_like_a_template_is_not_filled():
    assert html("{text}", text="{other} {0}").source == "{other} {0}"


def test_numbers_take_their_format_and_nothing_is_nothing():
    assert html("{a:.2f}|{b:.0%}|{c}|{d}", a=1, b=0.5, c=None, d=0).source == "1.00|50%||0"


def test_controls_surrogates_and_changes_of_direction_are_spelt_out():
    assert html("{x}", x="a\x1b[2J\u202eb\ud800\x00").source == r"a\x1b[2J\u202eb\ud800\x00"


def test_a_missing_field_is_an_error():
    with pytest.raises(KeyError):
        html("{a}")


def test_join():
    assert join([Html("a"), Html("b")], ", ") == Html("a, b")
