"""The prompt library: one file a role, versioned; the version used is named in every trace."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file.

    Attributes:
        name: File name without its ending.
        version: `N+hash`: the version that the file states, and the start of its content's SHA-256, so that an
            edit without a new number still shows.
        text: Template text with `$placeholders`.
        ask: The line that asks for what the text describes, for texts that stand further up in the conversation.
    """

    name: str
    version: str
    text: str
    ask: str = ""

    def render(self, **values: str) -> str:
        """Fill in the placeholders.

        Raises:
            KeyError: A placeholder was given no value.
        """
        return Template(self.text).substitute(values)


@cache
def load_prompt(name: str) -> Prompt:
    """The packaged prompt of this name.

    Raises:
        FileNotFoundError: There is none.
        ValueError: The file has no `version:` header.
    """
    raw = resources.files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    header, separator, text = raw.partition("\n---\n")
    fields = dict(line.split(":", 1) for line in header.splitlines() if ":" in line)
    if not separator or "version" not in fields:
        raise ValueError(f"prompt {name}.md: needs a header with `version:` that ends with a line `---`")
    digest = hashlib.sha256(raw.encode()).hexdigest()[:8]
    version = f"{fields['version'].strip()}+{digest}"
    return Prompt(name=name, version=version, text=text.strip(), ask=fields.get("ask", "").strip())


def load_prompts() -> tuple[Prompt, ...]:
    """All packaged prompts; afterwards none is read from disk again."""
    names = sorted(item.name for item in resources.files(__name__).iterdir() if item.name.endswith(".md"))
    return tuple(load_prompt(name.removesuffix(".md")) for name in names)


def fence(text: str, limit: int) -> str:
    """Untrusted text made safe to stand between `<<<` and `>>>`: no closing marks inside, limited length."""
    safe = text.replace("<<<", "‹‹‹").replace(">>>", "›››")
    if len(safe) > limit:
        safe = f"{safe[:limit]}\n… ({len(safe) - limit} more characters left out)"
    return safe
