"""What a sentence of another language means, in English that can be checked.

Claims are read from English sentences. A language whose folder has `claims.yaml` says there how its people put such
things: a list of regular expressions for clauses, each with the English sentence of the same meaning. A clause that no
expression reads is given back as unread, so that it is never taken for something that was checked.

What an expression holds as `<line>`, `<code>` and so on (`languages/expressions.py`) stands in the English sentence as
`{line}`, `{code}`. The list `same` comes first: pairs of a saying and the one that stands for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gradatim.languages.expressions import SECTION, concepts, forms, patterns, same
from gradatim.languages.language import DEFAULT, available, folders, language
from gradatim.languages.phrases import section
from gradatim.languages.rendering import SENTENCES, translated
from gradatim.languages.speaking import spoken

OWN = (*SENTENCES, "realiser", "realiser.fail", "realiser.pass", "realiser.praise", "feedback.praise")
"""Sentences of ours that are read as they stand."""
_CODE = re.compile(r"```.*?(?:```|$)|`[^`]*`|'[^'\n]{0,100}'|\"[^\"\n]{0,100}\"", re.DOTALL)
_BREAKS = re.compile(r"[，,；;：:。！？!?]+(?!\d)|\.(?=\s|$)|(?:——|—)+")
_MASK = "\x00"
_ONE = re.compile(r"\b(?<!of )1 tests (pass|fail)\b")
_LOOSE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) +| +(?=[\u3000-\u9fff\uff00-\uffef])")
_QUOTES = re.compile(r"(`[^`]*`|'[^'\n]*'|\"[^\"\n]*\")")
_BRACKETS = re.compile(r"(?<=[A-Za-z0-9_])（([^（）]*)）")
"""Wide brackets that stand for those of a call."""
_SHARE = 0.3
"""Share of letters of a script from which a sentence is written in it: a name or two may stand in any sentence."""
_LONGEST = 800


@dataclass(frozen=True, slots=True)
class Meaning:
    """A sentence of another language.

    Attributes:
        language: Code of its language.
        english: What its clauses mean, one English sentence each.
        unread: Clauses that say something nobody could read.
        asks: Whether it ends in a question, which states nothing by itself.
    """

    language: str
    english: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    asks: bool = False

    @property
    def whole(self) -> str | None:
        """The whole sentence in English; `None` where a part of it was not read."""
        return " ".join(self.english) if self.english and not self.unread else None


def meaning_of(sentence: str) -> Meaning | None:
    """What a sentence means; `None` for an English one (or one of a language without `claims.yaml`)."""
    code = written_in(sentence)
    if code == DEFAULT:
        return None
    return _meaning(sentence, code, folders())


def written_in(text: str) -> str:
    """Code of the language that a text is written in, code and quotations left out.

    Letters tell scripts apart. Between languages of one script the one that is spoken is taken.
    """
    now = spoken()
    if now != DEFAULT and language(now).script == "LATIN":
        return now
    prose = _CODE.sub(" ", text)
    if prose.isascii():
        return DEFAULT
    for code in (now, *available()):
        if code != DEFAULT and language(code).script != "LATIN" and share_of(prose, code) >= _SHARE:
            return code
    return DEFAULT


def share_of(text: str, code: str) -> float:
    """Share of the letters of a text, without code and quotations, that are of a language's script; 1 without letters.

    In scripts without blanks one letter counts as much as four of others: a name or two may stand in a sentence.
    """
    letters = [sign for sign in _CODE.sub(" ", text) if sign.isalpha()]
    script = language(code).script
    own = sum(_written(sign, script) for sign in letters)
    weight = 1 if script == "LATIN" else 4
    return weight * own / (weight * own + len(letters) - own) if letters else 1.0


@lru_cache(maxsize=4_096)
def _meaning(sentence: str, code: str, _folders: str) -> Meaning | None:
    said = section(code, SECTION)
    if not said:
        return None
    text = sentence.strip()
    asks = patterns(code, "asks")
    if len(text) > _LONGEST:
        return Meaning(code, unread=(text,))
    asking = asks is not None and asks.search(text.rstrip("”’」』）) ")) is not None
    own = translated(text, code, DEFAULT, OWN)
    if own is not None:
        return Meaning(code, () if asking else (own,), asks=asking)
    english: list[str] = []
    unread: list[str] = []
    pieces = list(_clauses(text))
    if asking and pieces:  # only its last clause asks; the ones before it may set the scene, or state something
        states = patterns(code, "states")
        last = pieces[-1:] if states is not None and states.search(text[slice(*pieces[-1])]) else []
        pieces = [piece for piece in pieces[:-1] if not _sets_scene(text[slice(*piece)], code)] + last
    at = 0
    while at < len(pieces):
        for end in range(len(pieces), at, -1):  # the longest run of clauses that is one saying
            piece = text[pieces[at][0] : pieces[end - 1][1]]
            read = _read(piece, code)
            if read is not None:
                english += [read] if read else []
                at = end
                break
        else:
            unread.append(text[slice(*pieces[at])])
            at += 1
    return Meaning(code, tuple(english), tuple(unread), asks=asking)


def _sets_scene(clause: str, code: str) -> bool:
    """Whether a clause before a question only says what the question is about."""
    scene, telling = patterns(code, "scene"), patterns(code, "telling")
    if telling is not None and telling.search(clause):
        return False
    return scene is not None and scene.fullmatch(clause.strip()) is not None


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the clauses of a sentence, without the signs that end them; code and quotations are whole."""
    masked = _CODE.sub(lambda match: _MASK * len(match.group()), text)
    masked = re.sub(r"[(（\[][^()（）\[\]]*[)）\]]", lambda match: _MASK * len(match.group()), masked)
    start = 0
    for match in _BREAKS.finditer(masked):
        if masked[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if masked[start:].strip():
        yield start, len(text)


def _read(clause: str, code: str) -> str | None:
    """The clause in English, nothing where it states nothing; `None` where it cannot be read."""
    text = _plain(_tight(clause), code)
    opener, harmless = patterns(code, "openers"), patterns(code, "harmless")
    for _ in range(3):
        own = translated(f"{text}。", code, DEFAULT, OWN)
        if own is not None:
            return own
        if harmless is not None and harmless.fullmatch(text):
            return ""
        for form, english in forms(code):
            match = form.fullmatch(text)
            if match is not None and _complete(match, english):
                return _filled(english, match, code)
        found = opener.match(text) if opener is not None else None
        if found is None or not found.end():
            return None
        text = text[found.end() :].strip()
    return None


def _complete(match: re.Match[str], english: str) -> bool:
    """Whether all that the English sentence needs was said, and all that was said is in it."""
    needed = set(re.findall(r"\{(\w+)\}", english))
    return {name for name, value in match.groupdict().items() if value is not None} == needed


def _filled(english: str, match: re.Match[str], code: str) -> str:
    def put(found: re.Match[str]) -> str:
        name = found[1]
        return _value(name.rstrip("0123456789"), match[name].strip(), code)

    said = re.sub(r"\{(\w+)\}", put, english)
    return _ONE.sub(lambda found: f"1 test {'passes' if found[1] == 'pass' else 'fails'}", said)


def _plain(text: str, code: str) -> str:
    """The text with each saying of the list `same` put as the one that expressions are written for; code stays."""
    parts = _QUOTES.split(text)
    for form, plain in same(code):
        parts = [part if at % 2 else form.sub(plain, part) for at, part in enumerate(parts)]
    return "".join(parts)


def _tight(text: str) -> str:
    """The text without the blanks that some put between letters of two scripts; code keeps its own."""
    text = _BRACKETS.sub(r"(\1)", text.strip())
    parts = _QUOTES.split(text)
    return "".join(part if at % 2 else _LOOSE.sub("", part) for at, part in enumerate(parts))


def _value(kind: str, text: str, code: str) -> str:
    said = section(code, SECTION)
    if kind in ("line", "n"):
        return str(said.get("numbers", {}).get(text, text))
    if kind in ("test", "error"):
        return text.strip("`")
    if kind == "value":
        text = str(said.get("values", {}).get(text, text))
    if kind == "concept":
        return concepts(code).get(text.strip("“”\"'「」 "), text)
    return text if text.startswith("`") else f"`{text}`"


def _written(sign: str, script: str) -> bool:
    return unicodedata.name(sign, "").startswith(script)
