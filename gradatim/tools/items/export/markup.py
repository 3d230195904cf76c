"""The little Markdown that items are written in, as HTML elements: for QTI as a tree, for Moodle as text.

Paragraphs, headings, lists, fenced code, `code`, **strong** and *emphasis*; everything else stands as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})\s*[\w+-]*\s*$")
_HEADING = re.compile(r"#{1,6}\s+(.*)")
_BULLET = re.compile(r"\s{0,3}[-*+]\s+(.*)")
_NUMBERED = re.compile(r"\s{0,3}\d{1,3}[.)]\s+(.*)")
_INLINE = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|(?<![\w*])\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"
)
_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)")
_REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def legal(text: str) -> str:
    """The text with a replacement character for everything that XML cannot hold, and plain line breaks."""
    return _REFUSED.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def elements(markdown: str) -> list[Element]:
    """A text in Markdown as block elements (`p`, `pre`, `ul`, `ol`)."""
    return list(_blocks(legal(markdown).split("\n")))


def code_block(code: str) -> Element:
    """A program or an output, line by line."""
    block = Element("pre")
    SubElement(block, "code").text = legal(code).strip("\n")
    return block


def short(text: str) -> list[Element]:
    """A short text: an output of several lines as code, else a line in which only code between backticks is set
    apart."""
    plain = legal(text)
    if "\n" in plain.strip("\n"):
        return [code_block(plain)]
    line = Element("span")
    _fill(line, _pieces(_CODE, plain.strip("\n"), lambda found: ("code", found[2])))
    return [line]


def html(parts: Iterable[Element]) -> str:
    """Elements as HTML text."""
    return "".join(tostring(part, encoding="unicode", short_empty_elements=False) for part in parts)


def _blocks(lines: list[str]) -> Iterator[Element]:
    place, paragraph = 0, list[str]()
    while place < len(lines):
        line = lines[place]
        place += 1
        if fence := _FENCE.match(line):
            yield from _paragraph(paragraph)
            code: list[str] = []
            while place < len(lines) and not lines[place].strip().startswith(fence[1]):
                code.append(lines[place])
                place += 1
            place += 1
            yield code_block("\n".join(code))
        elif not line.strip():
            yield from _paragraph(paragraph)
        elif heading := _HEADING.match(line):
            yield from _paragraph(paragraph)
            block = Element("p")
            _inline(SubElement(block, "strong"), heading[1])
            yield block
        elif not paragraph and (_BULLET.match(line) or _NUMBERED.match(line)):
            pattern = _BULLET if _BULLET.match(line) else _NUMBERED
            block = Element("ul" if pattern is _BULLET else "ol")
            place -= 1
            while place < len(lines) and (item := pattern.match(lines[place])):
                _inline(SubElement(block, "li"), item[1])
                place += 1
            yield block
        else:
            paragraph.append(line.strip())
    yield from _paragraph(paragraph)


def _paragraph(lines: list[str]) -> Iterator[Element]:
    if lines:
        block = Element("p")
        _inline(block, " ".join(lines))
        lines.clear()
        yield block


def _inline(parent: Element, text: str) -> None:
    def piece(found: re.Match[str]) -> tuple[str, str]:
        kind = next(name for name in ("code", "strong", "em") if found[name] is not None)
        return kind, found[kind]

    _fill(parent, _pieces(_INLINE, text, piece))


def _pieces(
    pattern: re.Pattern[str], text: str, kind_of: Callable[[re.Match[str]], tuple[str, str]]
) -> Iterator[tuple[str | None, str]]:
    end = 0
    for found in pattern.finditer(text):
        yield None, text[end : found.start()]
        yield kind_of(found)
        end = found.end()
    yield None, text[end:]


def _fill(parent: Element, pieces: Iterable[tuple[str | None, str]]) -> None:
    last: Element | None = None
    for tag, text in pieces:
        if tag is not None:
            last = SubElement(parent, tag)
            last.text = text
        elif last is None:
            parent.text = (parent.text or "") + text
        else:
            last.tail = (last.tail or "") + text
