"""Small pictures of numbers, each with its value in words."""

from __future__ import annotations

from gradatim.app.report.markup import Html, html


def bar(value: float, words: str) -> Html:
    """A horizontal bar.

    Args:
        value: Length, in [0, 1]; what lies outside is cut.
        words: What the bar shows, for those who do not see it.
    """
    return html(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{words}">'
        '<rect class="track" width="100" height="10"/>'
        '<rect class="fill" width="{width:.2f}" height="10"/></svg>',
        words=words,
        width=100 * _cut(value),
    )


def change(before: float, after: float, words: str) -> Html:
    """A bar up to where something stands, with the stretch that it moved set apart.

    Args:
        before: Where it stood, in [0, 1].
        after: Where it stands, in [0, 1].
        words: What the picture shows, for those who do not see it.
    """
    low, high = sorted((_cut(before), _cut(after)))
    moved = html(
        '<rect class="up" x="{x:.2f}" width="{width:.2f}" height="10"/>'
        if after >= before
        else '<rect class="down" x="{x:.2f}" width="{width:.2f}" height="10"/>',
        x=100 * low,
        width=100 * (high - low),
    )
    return html(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{words}">'
        '<rect class="track" width="100" height="10"/>'
        '<rect class="before" width="{low:.2f}" height="10"/>{moved}</svg>',
        words=words,
        low=100 * low,
        moved=moved,
    )


def _cut(value: float) -> float:
    return max(0.0, min(1.0, value))
