"""Texts without what tells who a learner is, for whatever is written down of runs.

The learner's id becomes a pseudonym (`gradatim.memory.rights.pseudonyms`, with the same key), so that one learner's
runs stay together. Beside that, what people sign programs and messages with is taken out: lines of comments like
`# Author: …`, `__author__`, "my name is …", and addresses of e-mail. This makes texts pseudonymous, not anonymous: who
describes themselves in other words is not recognised.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gradatim.errors import GradatimError
from gradatim.memory.rights.pseudonyms import KEY_BYTES, PREFIX, Pseudonyms, is_pseudonym, key_path
from gradatim.memory.secretfile import secret_in
from gradatim.settings import Settings

_log = logging.getLogger(__name__)

NAME, ADDRESS = "[name]", "[address]"
"""What stands in place of a name and of an address."""
LONGEST = 300_000
"""Characters that are kept of one text; more is what a program printed without end."""
_TELLING = 3
"""Characters from which an id is looked for in texts; a shorter one, or a small number, is in every program."""
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SIGNED = re.compile(
    r"""^(?P<before>[^\S\n]*(?:
        \#+[^\S\n]*(?:(?:author|written|made|created|submitted)s?(?:[^\S\n]+by)?|by|name|student(?:[^\S\n]*(?:name|id|number|no\.?))?
            |matriculation(?:[^\S\n]*(?:number|no\.?))?|id|e-?mail|姓名|作者|学号|学生)[^\S\n]*[:=：]
        |(?:\"\"\"|\'\'\')?[^\S\n]*(?:author|student(?:[^\S\n]*(?:name|id|number|no\.?))?|作者|姓名|学号)s?[^\S\n]*[:：]
        |__(?:author|email|maintainer|credits)__[^\S\n]*=
    ))(?P<blank>[^\S\n]*)(?P<said>\S[^\n]*?)(?P<after>\"\"\"|\'\'\')?$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_INTRODUCED = re.compile(
    r"(?P<before>\b(?i:my\s+name\s+is|my\s+name's|i\s+am\s+called|call\s+me)\s+|我叫|我的名字(?:是|叫))"
    r"(?P<said>[^\W\d_][\w'’-]*(?:\s+[A-Z][\w'’-]+){0,3})"
)


class Scrubber:
    """Replaces what tells who a learner is; a `gradatim.telemetry.Policy`.

    Args:
        keeps_content: Whether learners' texts are kept at all.
        key: Gives the key of pseudonyms; asked when the first one is needed.
    """

    def __init__(self, keeps_content: bool, key: Callable[[], bytes]) -> None:
        self.keeps_content = keeps_content
        self._read_key = key

    @classmethod
    def of(cls, settings: Settings, keeps_content: bool | None = None) -> Scrubber:
        """As the settings say (`trace_content`), with the key of the data folder.

        Args:
            keeps_content: Instead of the setting.
        """
        kept = settings.trace_content == "pseudonymised" if keeps_content is None else keeps_content
        return cls(kept, lambda: key_of(settings))

    @cached_property
    def _key(self) -> bytes:
        try:
            return self._read_key()
        except GradatimError as error:
            # a run must not fail for want of a key
            _log.warning("pseudonyms in traces hold for this process alone: %s", error)
            return secrets.token_bytes(KEY_BYTES)

    @cached_property
    def _pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self._key)

    def learner(self, learner: str) -> str:
        """The pseudonym of a learner's id."""
        if is_pseudonym(learner):
            return learner
        try:
            return self._pseudonyms.of(learner)
        except GradatimError:  # not an id that the memory would take
            return PREFIX + self.digest(learner, 26)

    def digest(self, value: str, length: int = 12) -> str:
        """A keyed digest: the same for the same value, and nobody can find the value by trying."""
        return hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:length]

    def scrubbed(self, text: str, learner: str | None) -> str:
        """A text without the learner's id, names in the usual places and addresses; a huge one is cut."""
        if len(text) > LONGEST:
            text = f"{text[:LONGEST]}…"
        lowered = text.lower()
        if learner is not None:
            text = self._without_id(text, lowered, learner)
        # most texts hold none of the words that the patterns need: looking for them costs a tenth of the patterns
        if (
            "@" in lowered or "#" in lowered or "name" in lowered or "call" in lowered or "author" in lowered
            or "student" in lowered or "__" in lowered or "我叫" in lowered or "名" in lowered or "作者" in lowered
            or "学号" in lowered
        ):  # fmt: skip
            text = _ADDRESS.sub(ADDRESS, text)
            text = _SIGNED.sub(rf"\g<before>\g<blank>{NAME}\g<after>", text)
            text = _INTRODUCED.sub(rf"\g<before>{NAME}", text)
        return text

    def without_id(self, text: str, learner: str | None) -> str:
        """A text without the learner's id: for words that no learner wrote, but that may be made of the id."""
        return text if learner is None else self._without_id(text, text.lower(), learner)

    def _without_id(self, text: str, lowered: str, learner: str) -> str:
        id = _looked_for(learner)
        if id is None or id.lowered not in lowered:
            return text
        return id.word.sub(lambda _: self.learner(learner), text)


@dataclass(frozen=True, slots=True)
class _Id:
    """An id as it is looked for in texts."""

    lowered: str
    word: re.Pattern[str]


@lru_cache(maxsize=1024)
def _looked_for(learner: str) -> _Id | None:
    """How an id is looked for; `None` for one that tells nothing: a pseudonym, or what is in every program."""
    if is_pseudonym(learner) or len(learner) < _TELLING or (learner.isdecimal() and len(learner) <= _TELLING):
        return None
    # an underscore joins words of names of files and runs: `ada_1` is ada's
    return _Id(learner.lower(), re.compile(rf"(?<![^\W_]){re.escape(learner)}(?![^\W_])", re.IGNORECASE))


def key_of(settings: Settings) -> bytes:
    """The key of pseudonyms, as `open_pseudonyms` takes it; made where there is none.

    Raises:
        GradatimError: It is too short, or cannot be read or made.
    """
    if settings.pseudonym_key is not None:
        key = settings.pseudonym_key.get_secret_value().encode("utf-8")
        Pseudonyms(key)  # refuses one that is too short
        return key
    return secret_in(
        key_path(settings),
        KEY_BYTES,
        "the key of pseudonyms",
        unusable="make the data folder readable and writable for yourself",
        restore="put the key back from a backup; with a new one, earlier learners are not recognised",
    )
