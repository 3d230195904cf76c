"""The picture as SVG: readable on light and dark ground, with words for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from math import ceil

from gradatim.kg.drawing.layout import extent, laid_out, left_out
from gradatim.kg.drawing.measuring import text_width, wrapped
from gradatim.kg.drawing.neighbourhood import Neighbourhood
from gradatim.kg.drawing.picture import FONT, LEADING, SMALL_FONT, Box, Label, Line, Picture
from gradatim.kg.drawing.wording import clean, spoken, summary
from gradatim.kg.schema import Relation

_MARGIN = 28.0
_NARROWEST = 760.0
_HEADING = 24.0
_KEY_LINE = 34.0
_KEYS: tuple[tuple[str, str], ...] = (
    ("prerequisite", "is needed before"),
    ("implied", "also follows from other steps"),
    ("hierarchical", "is a kind or part of"),
    ("similarity", "is similar to"),
)
_DECODED = {"prerequisite": "arrow", "hierarchical": "parent", "similarity": ""}


def draw_svg(around: Neighbourhood, *, interactive: bool = False) -> str:
    """A neighbourhood as an SVG image.

    Args:
        around: What is drawn.
        interactive: For a page with a script: boxes can be focused and are called `data-id`.
    """
    picture = laid_out(around)
    area = extent(picture)
    width = max(area.width, _NARROWEST)
    left = area.x - (width - area.width) / 2
    name = around.members[around.focus].concept.name
    head = list(_head(around, left, width))
    over = sum(label.font * 1.45 for label in head) + 22
    head = [_lower(label, area.y - over) for label in head]
    foot = list(_foot(around, picture, left, area.bottom + 40, width))
    bottom = max(label.y for label in foot) + 8
    box = (left - _MARGIN, area.y - over - _MARGIN, width + 2 * _MARGIN, bottom - area.y + over + 2 * _MARGIN)
    role = "group" if interactive else "img"
    view = " ".join(f"{number:.1f}" for number in box)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{ceil(box[2])}" height="{ceil(box[3])}"'
            f' role="{role}" aria-labelledby="kg-title kg-desc">',
            f'<title id="kg-title">{_text(name)}: what stands around it</title>',
            f'<desc id="kg-desc">{_text(summary(around))}</desc>',
            f"<style>{stylesheet()}</style>",
            _MARKERS,
            f'<rect class="ground" x="{box[0]:.1f}" y="{box[1]:.1f}" width="{box[2]:.1f}" height="{box[3]:.1f}"/>',
            *(_label(label) for label in (*head, *picture.labels)),
            '<g class="lines">',
            *(_line(line, around) for line in sorted(picture.lines, key=lambda line: not line.implied)),
            "</g>",
            *(_box(box, around, interactive=interactive) for box in picture.boxes),
            '<g class="foot">',
            *_keys(foot),
            "</g>",
            "</svg>",
            "",
        )
    )


_MARKERS = """<defs>
<marker id="kg-arrow" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="11" markerHeight="11" \
markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 1 L10 5 L0 9 L2.5 5 z"/></marker>
<marker id="kg-parent" viewBox="0 0 12 12" refX="11" refY="6" markerWidth="13" markerHeight="13" \
markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="hollow" d="M1 1 L11 6 L1 11 z"/></marker>
</defs>"""


def stylesheet() -> str:
    """The style of the picture, as it stands in it."""
    return files("gradatim.kg.drawing").joinpath("picture.css").read_text(encoding="utf-8")


def _text(text: str) -> str:
    return escape(clean(text), quote=True)


def _lower(label: Label, y: float) -> Label:
    return Label(label.text, label.x, label.y + y, label.font, label.anchor, label.kind)


def _head(around: Neighbourhood, left: float, width: float) -> Iterator[Label]:
    member = around.members[around.focus]
    y = 0.0
    for line in wrapped(clean(member.concept.name), _HEADING, width, most=2, bold=True):
        y += _HEADING * LEADING
        yield Label(line, left, y, _HEADING, kind="heading")
    facts = [f"topic {member.concept.topic}"]
    facts.append(f"{_count(around.before, 'concept comes', 'concepts come')} before it")
    facts.append(f"{_count(around.after, 'needs', 'need')} it directly")
    if member.beliefs:
        facts.append(_count(member.beliefs, "misconception", "misconceptions"))
    y += 4
    for line in wrapped(" · ".join(facts), FONT, width, most=3):
        y += FONT * 1.4
        yield Label(line, left, y, FONT, kind="subtitle")


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _foot(around: Neighbourhood, picture: Picture, left: float, y: float, width: float) -> Iterator[Label]:
    """Keys in rows that fit, then what is left out."""
    shown = {line.relation.type for line in picture.lines if not line.implied}
    shown |= {"implied" for line in picture.lines if line.implied}
    keys = [text for kind, text in _KEYS if kind in shown]
    if any(box.beliefs for box in picture.boxes):
        keys.append("number of misconceptions")
    if len({line.relation.weight for line in picture.lines}) > 1:
        keys.append("the thicker a line, the stronger the relation")
    x = left
    for text in keys:
        kind = "note" if text.startswith("the thicker") else "key"
        wide = text_width(text, SMALL_FONT) + (_KEY_LINE + 8 if kind == "key" else 0)
        if x > left and x + wide > left + width:
            x, y = left, y + 22
        yield Label(text, x + (_KEY_LINE + 8 if kind == "key" else 0), y, kind=kind)
        x += wide + 26
    missing = list(left_out(around))
    if missing:
        for line in wrapped("Not shown: " + ", ".join(missing) + ".", SMALL_FONT, width, most=3):
            y += 22
            yield Label(line, left, y, kind="note")


def _keys(labels: list[Label]) -> Iterator[str]:
    kinds = {text: kind for kind, text in _KEYS}
    for label in labels:
        x, y = label.x - _KEY_LINE - 8, label.y - 4
        kind = kinds.get(label.text)
        if kind is not None:
            style = "prerequisite implied" if kind == "implied" else f"{kind} near"
            marker = _DECODED["prerequisite" if kind == "implied" else kind]
            end = f' marker-end="url(#kg-{marker})"' if marker else ""
            yield f'<path class="line {style}" stroke-width="2.4" d="M{x:.1f} {y:.1f} h{_KEY_LINE:.0f}"{end}/>'
        elif label.kind == "key":
            yield _badge(x + _KEY_LINE - 9, y, "2")
        yield _label(label)


def _label(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    where = f'x="{label.x:.1f}" y="{label.y:.1f}"'
    return f'<text class="{label.kind}" {where} font-size="{label.font:g}"{anchor}>{_text(label.text)}</text>'


def _line(line: Line, around: Neighbourhood) -> str:
    edge = line.relation
    near = around.focus in (edge.source, edge.target)
    classes = ["line", edge.type, *(["implied"] if line.implied else []), *(["near"] if near else [])]
    marker = _DECODED[edge.type]
    place = "start" if line.turned else "end"
    tip = f' marker-{place}="url(#kg-{marker})"' if marker else ""
    return (
        f'<path class="{" ".join(classes)}" data-source="{_text(edge.source)}" data-target="{_text(edge.target)}"'
        f' stroke-width="{_thickness(edge):.2f}" d="{line.path}"{tip}>'
        f"<title>{_text(spoken(edge, _names(around)))}</title></path>"
    )


def _thickness(edge: Relation) -> float:
    return 0.7 + 1.7 * edge.weight


def _names(around: Neighbourhood) -> Mapping[str, str]:
    return {key: member.concept.name for key, member in around.members.items()}


def _box(box: Box, around: Neighbourhood, *, interactive: bool) -> str:
    area = box.area
    centre = area.middle
    first = centre[1] - (len(box.lines) - 1) * box.font * LEADING / 2 + box.font * 0.35
    lines = "".join(
        f'<tspan x="{centre[0]:.1f}" y="{first + number * box.font * LEADING:.1f}">{_text(line)}</tspan>'
        for number, line in enumerate(box.lines)
    )
    shape = (
        f'<rect x="{area.x:.1f}" y="{area.y:.1f}" width="{area.width:.1f}" height="{area.height:.1f}" rx="9"/>'
        f'<text font-size="{box.font:g}" text-anchor="middle">{lines}</text>'
    )
    if box.note:
        return f'<g class="box note {box.role}">{shape}</g>'
    member = around.members[box.key]
    beliefs = _count(box.beliefs, "misconception", "misconceptions") if box.beliefs else ""
    badge = ""
    if box.beliefs:
        count = str(box.beliefs) if box.beliefs < 100 else "99+"
        badge = _badge(area.right - 5 - 3 * (len(count) - 1), area.y + 2, count)
    words = f"{member.concept.name}. {member.concept.definition}" + (f" ({beliefs})" if beliefs else "")
    handles = f' data-id="{_text(box.key)}" tabindex="0" role="button" aria-haspopup="true"' if interactive else ""
    return f'<g class="box {box.role}"{handles}><title>{_text(words)}</title>{shape}{badge}</g>'


def _badge(x: float, y: float, count: str) -> str:
    width = 11.0 + 6.5 * len(count)
    return (
        f'<g class="badge"><rect x="{x - width / 2:.1f}" y="{y - 9:.1f}" width="{width:g}" height="18" rx="9"/>'
        f'<text x="{x:.1f}" y="{y + 3.7:.1f}" font-size="10.5" text-anchor="middle">{count}</text></g>'
    )
