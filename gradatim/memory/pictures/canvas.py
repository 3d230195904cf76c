"""The one place where matplotlib is used: a figure in, the bytes of an SVG or PNG out.

The same picture gives the same bytes: no dates, ids from a fixed salt, the fonts that come with matplotlib, and none
of the settings of whoever runs it. Nothing is kept between two pictures.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, cast

from gradatim.errors import StorageError
from gradatim.memory.pictures.palette import INK, PAPER
from gradatim.memory.pictures.svg import tidy

Format = Literal["svg", "png"]
FORMATS: tuple[Format, ...] = ("svg", "png")
_DPI = 144
_MISSING = "▯"
"""Drawn for a character that the font lacks; an SVG gets the character itself."""
_SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "svg.fonttype": "none",
}
_LOCK = threading.Lock()
"""Settings of matplotlib belong to the process; one picture at a time has its own."""


@dataclass(slots=True)
class Canvas:
    """A figure that is being drawn, and the texts on it that the font cannot show."""

    figure: Any
    """A `matplotlib.figure.Figure`; matplotlib's own types are partly unknown."""
    texts: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, axes: Any, x: float, y: float, text: str, **style: Any) -> None:
        """Write a text, whatever characters it holds, letter for letter."""
        shown = "".join(character if ord(character) in _glyphs() else _MISSING for character in text)
        drawn = axes.text(x, y, shown, **style)
        if shown != text:
            group = f"text-{len(self.texts) + 1}"
            drawn.set_gid(group)
            self.texts[group] = text


def picture(
    draw: Callable[[Canvas], None], size: tuple[float, float], format: Format, title: str, description: str
) -> bytes:
    """Draw a picture.

    Args:
        draw: Puts everything on the canvas.
        size: Width and height in inches.
        format: `svg` or `png`.
        title: What the picture is.
        description: What it shows, for those who do not see it.

    Raises:
        StorageError: matplotlib is not installed.
    """
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise StorageError(
            "pictures need the package matplotlib", place="pictures", remedy="pip install matplotlib"
        ) from error
    salt = hashlib.sha256(f"{title}\n{description}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    settings = cast("dict[Any, Any]", {**_neutral(), **_SETTINGS, "svg.hashsalt": salt})
    buffer = io.BytesIO()
    with _LOCK, cast("Any", matplotlib).rc_context(settings):
        canvas = Canvas(cast("Any", Figure)(figsize=size, facecolor=PAPER))
        draw(canvas)
        if format == "png":
            words = {"Title": _latin(title), "Description": _latin(description), "Software": "gradatim"}
            canvas.figure.savefig(buffer, format="png", dpi=_DPI, metadata=words)
            return buffer.getvalue()
        canvas.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return tidy(buffer.getvalue().decode("utf-8"), title, description, canvas.texts).encode("utf-8", "replace")


@cache
def _neutral() -> dict[str, Any]:
    """Matplotlib's own defaults, but for what belongs to the process."""
    import matplotlib

    kept = ("backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg", "tk", "macosx")
    return {name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith(kept)}


@cache
def _glyphs() -> frozenset[int]:
    """Characters that DejaVu Sans can show."""
    from pathlib import Path

    import matplotlib
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf"))).get_charmap())


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")
