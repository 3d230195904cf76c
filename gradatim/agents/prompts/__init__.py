"""The prompt library: one file a role, versioned; the version used is named in every trace.

A language may hold the same files in its folder (`languages/<code>/prompts/`): they are used where it is spoken. What
it does not hold is asked in English. Inside `worded(…)` prompts are asked in somebody else's words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from types import MappingProxyType

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
        own: Whether the text is somebody else's wording; dollar signs that name no placeholder stay in it.
    """

    name: str
    version: str
    text: str
    ask: str = ""
    speaks: bool = True
    own: bool = False

    @property
    def placeholders(self) -> frozenset[str]:
        """Names that `render` fills in."""
        return frozenset(Template(self.text).get_identifiers())

    def render(self, **values: str) -> str:
        """Fill in the placeholders.

        Raises:
            KeyError: A placeholder was given no value.
        """
        template = Template(self.text)
        return template.safe_substitute(values) if self.own else template.substitute(values)


def load_prompt(name: str) -> Prompt:
    """The prompt of this name, in the language spoken where there is one; inside `worded(…)`, in those words.

    Raises:
        FileNotFoundError: There is none.
        ValueError: The file has no `version:` header.
    """
    folder = None if spoken() == DEFAULT else language(spoken()).folder / "prompts"
    packaged, own = _load(name, folder), _OWN.get().get(name)
    return packaged if own is None else _reworded(packaged, own)


_OWN: ContextVar[Mapping[str, str]] = ContextVar("gradatim-own-prompts", default=MappingProxyType({}))


@contextmanager
def worded(words: Mapping[str, str]) -> Generator[None]:
    """Inside the block, the prompts of these names are asked in these words.

    What may be said otherwise is the wording alone. A rule or a piece of material that the packaged prompt puts in by a
    placeholder stays: where the own words leave it out, the sentence or block that holds it is put behind them.

    Args:
        words: Name of a prompt → its text, with the same `$placeholders`.
    """
    token = _OWN.set(words)
    try:
        yield
    finally:
        _OWN.reset(token)


def _reworded(packaged: Prompt, text: str) -> Prompt:
    kept = Template(text).get_identifiers()
    left_out = [name for name in Template(packaged.text).get_identifiers() if name not in kept]
    parts = dict.fromkeys((text.strip(), *(_around(name, packaged.text) for name in left_out)))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return replace(packaged, version=f"own+{digest}", text="\n".join(parts), own=True)


def _around(name: str, text: str) -> str:
    """The part of a prompt that holds a placeholder: a block of material whole, else a line of a list or a sentence."""
    block = next(part for part in text.split("\n\n") if name in Template(part).get_identifiers())
    if "<<<" in block:
        return block
    for line in block.splitlines():
        mark = re.match(r"(-|\d+\.)\s+", line)
        if mark and name in Template(line).get_identifiers():
            return line[mark.end() :]
    parts = re.split(r"(?<=[.!?。！？])\s*", block)
    return next(part for part in parts if name in Template(part).get_identifiers())


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
