"""SVG as matplotlib writes it, made fit to stand in a page: small, without style sheets, with words.

A page whose policy admits no inline style shows the pictures all the same: every `style="…"` becomes presentation
attributes, which no policy forbids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

_STYLE = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"(?:(?P<weight>\d+|bold|normal) )?(?P<size>[\d.]+)px (?P<family>.+)")
_HEAD = re.compile(r"^.*?(<svg )", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_SHEET = re.compile(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", re.DOTALL)
_GROUP = re.compile(r'<g id="[^"]*"')
_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<svg [^>]*>")
_SIZE = re.compile(r'viewBox="([^"]*)"')
_LINE = re.compile(r"\n\s*")
_FAMILY = "DejaVu Sans, Noto Sans, sans-serif"
_NUMBERS = re.compile(r' (?:d|points|x|y|width|height|transform|cx|cy|r)="[^"]*"')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_UNITS = re.compile(r"(?<=[\d.])p[tx]\b")


def tidy(source: str, title: str, description: str, texts: Mapping[str, str]) -> str:
    """One SVG element.

    Args:
        source: What matplotlib wrote, with texts as texts.
        title: What the picture is.
        description: What it shows, for those who do not see it.
        texts: Id of a group → text that really belongs there, where it was drawn with stand-ins for characters that
            the font lacks.
    """
    source = _HEAD.sub(r"\1", source, count=1)
    source = _COMMENT.sub("", _SHEET.sub("", _METADATA.sub("", source)))
    for group, text in texts.items():
        inside = re.compile(rf'(<g id="{re.escape(group)}">.*?<text[^>]*>)[^<]*(</text>)', re.DOTALL)
        source = inside.sub(lambda found: found[1] + _words(text) + found[2], source, count=1)  # noqa: B023
    source = _GROUP.sub("<g", source)  # nothing refers to them, and two pictures on a page would share them
    source = _STYLE.sub(lambda found: _attributes(found[1]), source)
    box = _SIZE.search(source)
    assert box is not None
    _, _, width, height = box[1].split()
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{box[1]}" '
        f'width="{width}" height="{height}" role="img" stroke-linejoin="round" stroke-linecap="butt">'
        f"<title>{_words(title)}</title><desc>{_words(description)}</desc>"
    )
    source = _NUMBERS.sub(lambda found: _LONG.sub(_rounded, found[0]), source)
    return _LINE.sub("\n", _ROOT.sub(lambda _: root, source, count=1)).strip() + "\n"


def _rounded(number: re.Match[str]) -> str:
    """A number to the hundredth of a point, which is less than can be seen."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _words(text: str) -> str:
    """A text as it may stand in XML: without controls, changes of direction and half surrogate pairs."""
    return escape("".join(character if character.isprintable() else " " for character in text), quote=False)


def _attributes(style: str) -> str:
    """Presentation attributes that say the same as a style."""
    found: list[str] = []
    for declaration in style.split(";"):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if not colon:
            continue
        if name == "font" and (font := _FONT.fullmatch(value.replace("&apos;", "'"))):
            found.append(f'font-size="{font["size"]}" font-family="{_FAMILY}"')
            if font["weight"] not in (None, "normal", "400"):
                found.append(f'font-weight="{font["weight"]}"')
        else:
            found.append(f'{name}="{_UNITS.sub("", value)}"')
    return "".join(f" {item}" for item in found)
