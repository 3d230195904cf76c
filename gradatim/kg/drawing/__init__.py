"""Pictures of what stands around a concept: chosen by `neighbourhood`, drawn as SVG or as a page of HTML."""

from __future__ import annotations

from gradatim.kg.drawing.neighbourhood import Neighbourhood, neighbourhood
from gradatim.kg.drawing.page import draw_page
from gradatim.kg.drawing.svg import draw_svg

__all__ = ["Neighbourhood", "draw_page", "draw_svg", "neighbourhood"]
