"""Pictures of workflows: for the terminal, as Mermaid, as SVG and as a page of HTML."""

from gradatim.graphs.workflow.drawing.mermaid import draw_mermaid
from gradatim.graphs.workflow.drawing.page import draw_page
from gradatim.graphs.workflow.drawing.svg import draw_svg
from gradatim.graphs.workflow.drawing.text import draw_text

__all__ = ["draw_mermaid", "draw_page", "draw_svg", "draw_text"]
