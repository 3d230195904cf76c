"""What all pages are: one self-contained file with its style in it, which runs nothing and asks for nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from gradatim.app.report.markup import Html, html


def page(
    *,
    title: str,
    styles: tuple[str, ...],
    skip: tuple[str, str],
    main: Html,
    footer: Html,
    language: str = "en",
) -> str:
    """A page. Its own content security policy allows no script, no request and no style but its own.

    Args:
        title: In the browser's title.
        styles: Style sheets of `gradatim.app.report`, by their place in it.
        skip: Anchor and words of the link with which a reader jumps over the heading.
        main: Everything between the heading and the footer, both with the heading.
        footer: Of the page.
        language: As HTML names it.
    """
    style, digest = _styled(styles)
    anchor, words = skip
    return html(
        """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#{anchor}">{words}</a>
<main>
{main}
</main>
<footer>{footer}</footer>
</body>
</html>
""",
        language=language,
        digest=digest,
        title=title,
        style=style,
        anchor=anchor,
        words=words,
        main=main,
        footer=footer,
    ).source


def plain_heading(title: str, subtitle: str) -> Html:
    """The heading of a page that is not about one verdict."""
    return html(
        '<header class="top plain">\n<h1>{title}</h1>\n<p class="eyebrow">{subtitle}</p>\n</header>',
        title=title,
        subtitle=subtitle,
    )


def contents(label: str, entries: Iterable[tuple[str, str]]) -> Html:
    """A list of the sections of a page.

    Args:
        label: Its title.
        entries: Anchor and title of each section.
    """
    items = [html('<li><a href="#{key}">{title}</a></li>', key=key, title=title) for key, title in entries]
    return html(
        '<nav class="card contents" aria-label="{label}"><h2>{label}</h2><ol>{items}</ol></nav>',
        label=label,
        items=items,
    )


def card(anchor: str, title: str, body: Html) -> Html:
    """A section with a title, under an anchor."""
    return html(
        '<section class="card" id="{anchor}" aria-labelledby="{anchor}-title">\n'
        '<h2 id="{anchor}-title">{title}</h2>\n{body}\n</section>',
        anchor=anchor,
        title=title,
        body=body,
    )


def figure(drawn: bytes, caption: Html, kind: str) -> Html:
    """A picture with what it shows in words.

    Args:
        drawn: SVG that gradatim has drawn, which escapes every text in it.
        caption: Below it.
        kind: Class of the caption.
    """
    return html(
        '<figure class="picture">{drawn}<figcaption class="{kind}">{caption}</figcaption></figure>',
        drawn=Html(drawn.decode("utf-8")),
        caption=caption,
        kind=kind,
    )


@cache
def _styled(names: tuple[str, ...]) -> tuple[Html, str]:
    """Style sheets one after the other, and the digest by which the page's policy admits them."""
    folder = files("gradatim.app.report")
    css = "".join(folder.joinpath(*name.split("/")).read_text(encoding="utf-8") for name in names)
    return Html(css), base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
