"""The picture as one page of HTML that can be kept and sent: pan, zoom, and what is known about each concept beside it.

Nothing is loaded from anywhere, and the page's content security policy admits no script and no style but its own. All
text of the graph is escaped; the script only shows and hides what stands in the page, so that without it all of it can
be read.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files

from gradatim.kg.drawing.neighbourhood import Member, Neighbourhood
from gradatim.kg.drawing.svg import draw_svg, stylesheet
from gradatim.kg.drawing.wording import clean
from gradatim.kg.schema import ConceptGraph, Counterexample, Misconception


def draw_page(around: Neighbourhood, graph: ConceptGraph) -> str:
    """A neighbourhood as an HTML page.

    Args:
        around: What is drawn.
        graph: What it was chosen from, for the misconceptions.
    """
    css, script = (_own(name) for name in ("page.css", "page.js"))
    beliefs: defaultdict[str, list[Misconception]] = defaultdict(list)
    for item in graph.misconceptions:
        for concept in item.concepts:
            beliefs[concept].append(item)
    name = around.members[around.focus].concept.name
    articles = "\n".join(_article(member, around, beliefs[key]) for key, member in around.members.items())
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src {_digest(css)} \
{_digest(stylesheet())}; script-src {_digest(script)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_text(name)}: what stands around it</title>
<style>{css}</style>
</head>
<body>
<a class="skip" href="#about">Skip to what is known about {_text(name)}</a>
<main id="map">
{draw_svg(around, interactive=True)}
<p class="hint">Drag to move, scroll to zoom. Keys: arrows, Enter, +, &#8722;, 0, Escape.</p>
<div class="tools">
<button type="button" data-zoom="in" aria-label="Zoom in">+</button>
<button type="button" data-zoom="out" aria-label="Zoom out">&#8722;</button>
<button type="button" data-zoom="fit" aria-label="Show all">&#8865;</button>
</div>
</main>
<aside id="about" aria-live="polite" aria-label="About the chosen concept">
{articles}
</aside>
<script>{script}</script>
</body>
</html>
"""


def _own(name: str) -> str:
    return files("gradatim.kg.drawing").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """How the policy admits a text of the page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    return escape(clean(text), quote=True)


def _article(member: Member, around: Neighbourhood, beliefs: Sequence[Misconception]) -> str:
    concept = member.concept
    hidden = "" if concept.id == around.focus else " hidden"
    also = f" · also called {_text(', '.join(concept.aliases))}" if concept.aliases else ""
    parts = [
        f'<article data-id="{_text(concept.id)}" tabindex="-1"{hidden}>',
        f"<h1>{_text(concept.name)}</h1>",
        f'<p class="soft">{_text(concept.id)} · topic {_text(concept.topic)}{also}</p>',
        f"<p>{_text(concept.definition)}</p>",
    ]
    if concept.example is not None:
        parts += ["<h2>Example</h2>", _code(concept.example)]
        parts += ['<p class="soft">prints</p>', _code(concept.output)] if concept.output else []
    if concept.counterexample is not None:
        parts += _counterexample(concept.counterexample)
    if beliefs:
        parts += ["<h2>What learners believe wrongly</h2>", *map(_belief, beliefs)]
    parts += _relations(concept.id, around)
    return "\n".join((*parts, "</article>"))


def _code(text: str) -> str:
    return f"<pre><code>{_text(text.rstrip())}</code></pre>"


def _counterexample(wrong: Counterexample) -> Iterator[str]:
    yield "<h2>Counterexample</h2>"
    yield _code(wrong.code)
    if wrong.output:
        yield '<p class="soft">prints</p>'
        yield _code(wrong.output)
    if wrong.error is not None:
        yield f'<p class="soft">{"and ends" if wrong.output else "ends"} in {_text(wrong.error)}</p>'
    yield f"<p>{_text(wrong.why)}</p>"


def _belief(item: Misconception) -> str:
    return (
        f'<div class="belief"><h3>{_text(item.belief)}</h3><p>{_text(item.correction)}</p>{_code(item.looks_like)}'
        f'<p class="soft">Shows in {_text(", ".join(item.errors))}: {_text(item.evidence)}</p>'
        f"<p>{_text(item.talk)}</p></div>"
    )


def _relations(key: str, around: Neighbourhood) -> Iterator[str]:
    """Its neighbours in the picture, to go to."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    words: Mapping[tuple[str, bool], str] = {
        ("prerequisite", False): "Needs first",
        ("prerequisite", True): "Needed for",
        ("hierarchical", True): "Kind or part of",
        ("hierarchical", False): "Kinds and parts",
    }
    for edge in around.relations:
        if key in (edge.source, edge.target):
            outward = edge.source == key
            other = edge.target if outward else edge.source
            found[words.get((edge.type, outward), "Similar to")].append(other)
    if found:
        yield "<h2>In this picture</h2>"
    for title in (*words.values(), "Similar to"):
        if title in found:
            buttons = "".join(
                f'<button type="button" class="go" data-id="{_text(other)}">'
                f"{_text(around.members[other].concept.name)}</button>"
                for other in found[title]
            )
            yield f"<p>{title}: {buttons}</p>"
