"""HTML made by filling templates, where everything filled in is escaped unless it is HTML already."""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, LiteralString, TypeAlias

from gradatim.app.console import printable


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is HTML and may stand in a page as it is.

    Made by `html`; made directly only from text that nobody outside this package wrote.
    """

    source: str

    def __str__(self) -> str:
        return self.source


Fragment: TypeAlias = Html | str | int | float | Sequence[Html] | None


class _Escaping(string.Formatter):
    """`str.format` whose fields are escaped for element content and for quoted attribute values."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Html):
            return value.source
        if isinstance(value, (list, tuple)):
            return "".join(self.format_field(item, "") for item in value)  # pyright: ignore[reportUnknownVariableType]
        if value is None:
            return ""
        return escape(printable(format(value, format_spec), lines=True), quote=True)


_FORMATTER = _Escaping()


def html(template: LiteralString, /, **fields: Fragment) -> Html:
    """Fill a template.

    Args:
        template: HTML with `{name}` fields (`{name:.2f}` formats numbers), a literal of the source code.
            Attribute values stand in double quotes.
        fields: `Html` goes in as it is, a sequence of `Html` joined, `None` as nothing; any other value is
            escaped, and characters that a page would act on (controls, changes of writing direction) are
            spelt out.
    """
    return Html(_FORMATTER.vformat(template, (), fields))


def join(parts: Iterable[Html], between: LiteralString = "") -> Html:
    """One piece of HTML after the other."""
    return Html(between.join(part.source for part in parts))
