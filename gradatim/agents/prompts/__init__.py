"""The prompt library: one file a role, versioned; the version used is named in every trace.

A language may hold the same files in its folder (`languages/<code>/prompts/`): they are used where it is spoken. What
it does not hold is asked in English.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template

from gradatim.languages import language, spoken
from gradatim.languages.language import DEFAULT

CASE_PROMPTS = ("system", "case", "worked_reasoning", "worked_reasoning_correct", "self_reflection", "revision")
"""Prompts by which a case is put before a model."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt file.

    Attributes:
        name: File name without its ending.
        version: `N+hash`: the version that the file states, and the start of its content's SHA-256, so that an
            edit without a new number still shows.
        text: Template text with `$placeholders`.
        ask: The line that asks for what the text describes, for texts that stand further up in the conversation.
        speaks: Whether it is written in the language that was spoken when it was loaded.
    """

    name: str
    version: str
    text: str
    ask: str = ""
    speaks: bool = True

    def render(self, **values: str) -> str:
        """Fill in the placeholders.

        Raises:
            KeyError: A placeholder was given no value.
        """
        return Template(self.text).substitute(values)


def load_prompt(name: str) -> Prompt:
    """The prompt of this name, in the language spoken where there is one.

    Raises:
        FileNotFoundError: There is none.
        ValueError: The file has no `version:` header.
    """
    folder = None if spoken() == DEFAULT else language(spoken()).folder / "prompts"
    return _load(name, folder)


@cache
def _load(name: str, folder: Path | None) -> Prompt:
    own = folder is not None and (folder / f"{name}.md").is_file()
    source = folder if own and folder is not None else resources.files(__name__)
    raw = source.joinpath(f"{name}.md").read_text(encoding="utf-8")
    header, separator, text = raw.partition("\n---\n")
    fields = dict(line.split(":", 1) for line in header.splitlines() if ":" in line)
    if not separator or "version" not in fields:
        raise ValueError(f"prompt {name}.md: needs a header with `version:` that ends with a line `---`")
    digest = hashlib.sha256(raw.encode()).hexdigest()[:8]
    version = f"{fields['version'].strip()}+{digest}"
    return Prompt(name, version, text.strip(), fields.get("ask", "").strip(), speaks=own or folder is None)


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
