"""From the bytes of a text file to its text, in whatever encoding it was saved."""

from __future__ import annotations

import codecs
import re

from gradatim.kg.construction.documents.unreadable import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER_FORMATS = ((b"%PDF-", "a PDF"), (b"PK\x03\x04", "a ZIP archive or an office document"), (b"{\\rtf", "RTF"))
_SAME_AS: dict[str, str] = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
"""What browsers read in place of what a page declares: a superset, and what such pages really hold."""
_DECLARABLE = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp125\d|cp437|cp85[02]|cp866|cp874|cp932|cp949|cp950|koi8-[rut]|mac-\w+|"
    r"shift_jis\w*|euc_\w+|iso2022_\w+|gb2312|gbk|gb18030|big5\w*|johab|tis-620"
)
"""Encodings of text; Python also knows codecs (`rot13`, `zlib`, `unicode_escape`) that are none."""
_EMACS_LINE = re.compile(rb"^[^\n]*\n?[^\n]*?coding[:=][ \t]*([-\w.]{1,40})")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_WESTERN_MARKS = frozenset("‘’‚“”„‹›«»–—…•·°§©®™€£¡¿×±²³µ½¼¾ \u00a0")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of a file, with `\\n` at the ends of lines.

    In this order: what a byte order mark says; what the document itself declares; UTF-8. A file that is none of
    these is read so that least is lost. If good multi-byte characters of UTF-8 outnumber its wrong bytes, then
    it is UTF-8 with some damage: it is read, and each wrong place becomes U+FFFD. Otherwise it is taken for
    Windows-1252 if that gives a Western European text, that is mostly ASCII letters and few others. Anything
    else would be read into wrong words, and is refused.

    Args:
        data: The whole file.
        declared: An encoding that the markup names; one that is unknown, or does not fit, is not believed. Without
            it, a line such as `-*- coding: latin-1 -*-` at the top counts.

    Raises:
        Unreadable: The file is not text, or in an encoding that nobody can tell.
    """
    for magic, what in _OTHER_FORMATS:
        if data.startswith(magic):
            raise Unreadable(f"the file is {what} under the name of a text file", remedy="rename or convert it")
    text = _decoded(data, declared)
    controls = sum(1 for _ in _CONTROL.finditer(text))
    if "\x00" in text or controls * 100 > len(text):
        raise Unreadable("the file is binary data under the name of a text file", remedy="rename or remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding) or data[len(mark) :].decode(encoding, "replace")
    if declared is None:
        line = _EMACS_LINE.match(data[:500])
        declared = line[1].decode("ascii", "replace") if line else None
    believed = None if declared is None else _codec(declared)
    text = None if believed is None else _strictly(data, believed)
    if text is None:
        text = _strictly(data, "utf-8")
    if text is None:
        text = _damaged_utf8(data)
    if text is None:
        text = _western(data)
    if text is None:
        raise Unreadable("the encoding of the file cannot be told", remedy="save it as UTF-8")
    return text


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _codec(declared: str) -> str | None:
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return None
    return _SAME_AS.get(name, name) if _DECLARABLE.fullmatch(name) else None


def _damaged_utf8(data: bytes) -> str | None:
    text = data.decode("utf-8", "replace")
    beyond_ascii = sum(1 for char in text if ord(char) > 127)
    wrong = text.count("\ufffd")
    return text if beyond_ascii - wrong > wrong else None


def _western(data: bytes) -> str | None:
    text = _strictly(data, "cp1252")
    if text is None:
        return None
    seen = [char for char in text if not char.isspace()]
    letters = sum(1 for char in seen if char.isalpha())
    accented = sum(1 for char in seen if ord(char) > 127 and char.isalpha())
    strange = sum(1 for char in seen if ord(char) > 127 and not char.isalpha() and char not in _WESTERN_MARKS)
    mostly_letters = letters * 2 > len(seen)
    return text if mostly_letters and accented * 4 < letters and strange * 20 < letters else None
