"""What a PDF draws by itself: a bar with the interval of its value, and the line of how a value came about."""

from __future__ import annotations

from typing import Any

from reportlab.platypus import Flowable

from gradatim.graphs.reports.document import Cell
from gradatim.memory.pictures.palette import BLUE, GRID, INK

_WIDTH, _HEIGHT, _LINE_HEIGHT = 78.0, 6.0, 14.0

_Base: Any = Flowable


class Bar(_Base):
    """A horizontal bar in [0, 1].

    Args:
        value: Its length.
        low: Lower end of the interval; none is drawn without it.
        high: Upper end.
    """

    def __init__(self, value: float, low: float | None, high: float | None) -> None:
        _Base.__init__(self)
        self.value, self.low, self.high = value, low, high
        self.hAlign = "LEFT"

    @classmethod
    def of(cls, cell: Cell) -> Bar:
        """The bar of a cell."""
        return cls(min(1.0, max(0.0, cell.share or 0.0)), cell.low, cell.high)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self.width = min(_WIDTH, aW)
        return self.width, _HEIGHT + 2

    def draw(self) -> None:
        canvas: Any = self.canv
        canvas.setFillColor(_colour(GRID))
        canvas.rect(0, 1, self.width, _HEIGHT, stroke=0, fill=1)
        canvas.setFillColor(_colour(BLUE))
        canvas.rect(0, 1, self.width * self.value, _HEIGHT, stroke=0, fill=1)
        if self.low is None or self.high is None:
            return
        canvas.setStrokeColor(_colour(INK))
        canvas.setLineWidth(0.8)
        low, high, middle = self.width * self.low, self.width * self.high, 1 + _HEIGHT / 2
        canvas.line(low, middle, high, middle)
        for end in (low, high):
            canvas.line(end, 2, end, _HEIGHT)


class Line(_Base):
    """How a value in [0, 1] came to where it is.

    Args:
        course: Its values, oldest first; at least one.
    """

    def __init__(self, course: tuple[float, ...]) -> None:
        _Base.__init__(self)
        self.course = course
        self.hAlign = "LEFT"

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        self.width = min(_WIDTH, aW)
        return self.width, _LINE_HEIGHT + 2

    def draw(self) -> None:
        canvas: Any = self.canv
        canvas.setFillColor(_colour(GRID))
        canvas.rect(0, 1, self.width, _LINE_HEIGHT, stroke=0, fill=1)
        canvas.setStrokeColor(_colour(BLUE))
        canvas.setLineWidth(1)
        steps = max(1, len(self.course) - 1)
        line: Any = canvas.beginPath()
        for place, value in enumerate(self.course if len(self.course) > 1 else self.course * 2):
            point = (self.width * place / steps, 2 + (_LINE_HEIGHT - 2) * min(1.0, max(0.0, value)))
            (line.lineTo if place else line.moveTo)(*point)
        canvas.drawPath(line, stroke=1, fill=0)


def _colour(code: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(code)
