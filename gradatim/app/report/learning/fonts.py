"""Fonts of a PDF: DejaVu Sans where matplotlib brings it, Helvetica otherwise, and a Chinese font for Chinese."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

CHINESE = "STSong-Light"
"""One of Adobe's fonts for Chinese, which readers of PDF have themselves."""
_HAN = (
    (0x2E80, 0x2FDF), (0x3000, 0x303F), (0x31C0, 0x31EF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0xFF00, 0xFF65), (0xFFE0, 0xFFE6),
)  # fmt: skip
_WIDE_QUOTES = frozenset("“”‘’…·—")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Fonts:
    """Names of registered fonts.

    Attributes:
        glyphs: Characters that `plain` has; `None`: those of Latin-1.
    """

    plain: str
    bold: str
    mono: str
    glyphs: frozenset[int] | None

    def marked(self, text: str, *, chinese: bool = False, breaks: bool = False) -> str:
        """A text as markup of a paragraph: nothing in it means anything, and each character has a font that shows it.

        Args:
            chinese: Quotation marks and dashes are those of a Chinese text.
            breaks: Keep line breaks and indentation.
        """
        runs: list[str] = []
        run, han = "", False
        for character in text:
            if character == "\n" and breaks:
                shown, wide = "\n", han
            elif unicodedata.category(character) in _INVISIBLE:
                shown, wide = " " if character in "\n\t" else "\ufffd", False
            else:
                wide = _is_han(character) or (chinese and character in _WIDE_QUOTES)
                shown = character if wide or self._has(character) else "?"
            if wide is not han and run:
                runs.append(self._run(run, han))
                run = ""
            han = wide
            run += shown
        runs.append(self._run(run, han))
        marked = "".join(runs)
        return marked.replace("\n", "<br/>").replace("  ", "&#160;&#160;") if breaks else marked

    def _run(self, text: str, han: bool) -> str:
        plain = escape(text)
        return f'<font name="{CHINESE}">{plain}</font>' if han else plain

    def _has(self, character: str) -> bool:
        if self.glyphs is not None:
            return ord(character) in self.glyphs
        return ord(character) < 256


def _is_han(character: str) -> bool:
    number = ord(character)
    return any(low <= number <= high for low, high in _HAN)


@cache
def fonts() -> Fonts:
    """Register the fonts, once in a process."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    registry: Any = pdfmetrics
    registry.registerFont(UnicodeCIDFont(CHINESE))
    registry.registerFontFamily(CHINESE, normal=CHINESE, bold=CHINESE, italic=CHINESE, boldItalic=CHINESE)
    folder = _folder()
    if folder is None:
        return Fonts("Helvetica", "Helvetica-Bold", "Courier", None)
    from reportlab.pdfbase.ttfonts import TTFont

    names = {"DejaVuSans": "DejaVuSans", "DejaVuSans-Bold": "DejaVuSans-Bold", "DejaVuSansMono": "DejaVuSansMono"}
    for name, file in names.items():
        registry.registerFont(TTFont(name, str(folder / f"{file}.ttf")))
    registry.registerFontFamily(
        "DejaVuSans", normal="DejaVuSans", bold="DejaVuSans-Bold", italic="DejaVuSans", boldItalic="DejaVuSans-Bold"
    )
    face: Any = registry.getFont("DejaVuSans").face
    return Fonts("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", frozenset(face.charToGlyph))


def _folder() -> Path | None:
    """Where matplotlib has its fonts; nothing of it is loaded."""
    from importlib.util import find_spec

    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    return folder if (folder / "DejaVuSans.ttf").is_file() else None
