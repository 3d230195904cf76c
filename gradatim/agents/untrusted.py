"""What a model gets to read of texts that others wrote.

A student's program can speak to the model: in comments, in strings, in names, in what it prints, returns or raises.
None of that is needed to explain a fault, for the evidence says what happened. So a model sees the code as it stands,
but natural language in it only as far as the task itself uses the same words (or it is a word or two); everything else
is replaced by `…`. This asks no model and recognises no attack: it leaves out what could be one. People see
everything as it is.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim.domain import Evidence, Task
from gradatim.tools.claims import sentences

MOST_UNKNOWN = 2
"""Plain words that the task does not know and that a text may hold all the same: `odd`, `Fizz`, a name."""
LONGEST_WORD = 12
"""Letters of such a word."""
LONGEST_NAME = 24
"""Characters of a name that is shown in full."""
MOST_PARTS = 3
"""Words inside a name, joined by `_` or capitals, that are shown."""
_HIDDEN = "…"
_SHORTEST_ECHO = 4
"""Characters from which a hidden text is looked for in evidence."""

_WORD = re.compile(r"[^\W_]+")
_NAME_PARTS = re.compile(r"[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[A-Z][^\W\d_A-Z]*")
_QUOTED = re.compile(r"(?<!\w)('(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")(?!\w)")
_CODE = re.compile(r"`([^`]*)`")
_LOOSE_STRING = re.compile(r"(\"\"\"|'''|\"|')(.*?)(?:\1|$)")
_RAISES = re.compile(r"^\s*(?:raise|assert)\b")
_MARKUP = re.compile(
    r"<\|[^>\n]{0,40}\|?>|\[/?(?:INST|SYS|gMASK|sop)\]|</?(?:s|system|user|assistant|im_start|im_end)>", re.I
)
_ORDERS = re.compile(
    r"""
      \b(?:ignor\w*|disregard\w*|forget|overrid\w*)\b.{0,60}
        \b(?:instruction|rule|prompt|previous|above|everything|evidence|test)
    | \bfull\s+(?:marks?|points)\b
    | \b(?:give|award|assign|grant|deserves?)\b.{0,30}\b(?:marks?|scores?|grades?|points)\b
    | \b(?:system|developer)\s+(?:prompt|message|instruction|override)\b
    | \b(?:you\s+are\s+now|act\s+as|pretend|as\s+an\s+ai|jailbreak)\b
    | \bnote\s+to\s+(?:the\s+)?(?:grader|tutor|model|ai|assistant)\b
    | \b(?:mark|grade|rate|score|report|declare|treat|accept)\b.{0,40}\b(?:as\s+)?(?:correct|passed|passing|100|a\+)
    | ignorier|vergiss|volle\s+punktzahl|bestnote|anweisung\w*\s+(?:oben|zuvor)|als\s+richtig|fehlerfrei\s+bewerten
    | ignore[zr]?\s+(?:les|toutes)|oublie[zr]?\s+(?:les|tout)|note\s+maximale|consid[eè]re\w*\s+comme\s+correct
    | ignora\w*\s+(?:las|todas|le|tutte|as)|olvida\w*|puntuaci[oó]n\s+m[aá]xima|nota\s+m[aá]xima
    | punteggio\s+massimo|massimo\s+dei\s+voti|yoksay|tam\s+puan|zignoruj|maksymaln\w*\s+ocen
    | negeer|maximale\s+score|bỏ\s+qua\s+(?:mọi|các)|điểm\s+tối\s+đa
    | игнорир|забудь|максимальн\w*\s+(?:балл|оценк)|忽略|无视|满分|忘记之前|無視して|満点|無視|만점|무시하
    | 忘(?:记|掉)(?:前面|以上|上面|所有)|(?:判|评|算|视|当)(?:作|为|成)?(?:全部|完全)?(?:正确|通过|及格|优秀)
    | 给(?:我|他|她|学生)?(?:打|评)?(?:高分|一百分|100\s*分)|你现在是|扮演(?:一个|一位)?|系统(?:提示|消息|指令)
    | (?:阅卷|评分|批改)(?:人|老师|员|模型)|不要(?:运行|执行|理会)(?:测试|规则)|作为(?:一个)?(?:AI|人工智能)
    | تجاهل|الدرجة\s+الكاملة|अनदेखा|पूरे\s+अंक
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Sentences of a statement that speak to a grader instead of a student."""
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What may be shown of one case.

    Attributes:
        words: Lower-case words that the task itself uses.
        echoes: Texts of the program that are hidden, the longest first: evidence may repeat them.
        lines: The program's lines as a model sees them.
        raising: Lines on which the program raises exceptions of its own.
    """

    words: frozenset[str]
    echoes: tuple[str, ...]
    lines: tuple[str, ...]
    raising: frozenset[int]

    @classmethod
    def of(cls, task: Task, code: str) -> Screen:
        """The screen for a program handed in for a task."""
        known = [task.title, statement_view(task.statement), task.setup, task.entry_point or "", task.reference or ""]
        for case in task.tests:
            known += [case.call or "", case.expect or "", case.check or "", case.stdin or "", case.stdout or ""]
        words = frozenset(word.lower() for text in known for word in _WORD.findall(text))
        hidden: list[str] = []
        lines = _program_view(code, words, hidden)
        raising = frozenset(number for number, line in enumerate(code.splitlines(), 1) if _RAISES.match(line))
        pieces = {piece.strip() for text in hidden for piece in (text, *text.splitlines(), *re.split(r"[{}]", text))}
        echoes = sorted((piece for piece in pieces if len(piece) >= _SHORTEST_ECHO), key=len, reverse=True)
        return cls(words, tuple(echoes), tuple(lines), raising)

    def text(self, text: str) -> str:
        """A sentence of evidence without what the program says in it."""
        for echo in self.echoes:
            text = text.replace(echo, _HIDDEN)
        text = _CODE.sub(lambda match: f"`{self._code(match.group(1))}`", text)
        text = _QUOTED.sub(lambda match: self._quoted(match.group(1)), text)
        return _MARKUP.sub(_HIDDEN, _INVISIBLE.sub("", text))

    def evidence(self, item: Evidence, text: str) -> str:
        """What a piece of evidence says, with the words of an exception that the program itself raised left out."""
        message = item.detail.get("message")
        own = item.kind == "exception" and bool(self.raising & set(item.lines))
        if own and isinstance(message, str) and message.strip() and not _shown(message, self.words):
            for line in message.splitlines():
                if line.strip():
                    text = text.replace(line.strip(), _HIDDEN)
            text = text.replace(" ".join(message.split("\n")), _HIDDEN)
        return self.text(text)

    def _code(self, code: str) -> str:
        return " ".join(_program_view(code, self.words, []))

    def _quoted(self, literal: str) -> str:
        content = literal[1:-1].replace("\\n", " ").replace("\\t", " ")
        return literal if _shown(content, self.words) else f"{literal[0]}{_HIDDEN}{literal[0]}"


def statement_view(statement: str) -> str:
    """A task's statement without sentences that speak to a grader."""
    clean = _MARKUP.sub(" ", _INVISIBLE.sub("", statement))
    kept: list[str] = []
    for paragraph in clean.split("\n"):
        if not _ORDERS.search(paragraph):
            kept.append(paragraph)
            continue
        kept.append(" ".join(part for part in sentences(paragraph) if not _ORDERS.search(part)))
    return "\n".join(kept)


def _shown(text: str, words: frozenset[str]) -> bool:
    """Whether natural language may be shown: the task uses the same words, or it is one short plain word."""
    found = _WORD.findall(_INVISIBLE.sub("", text))
    unknown = [word for word in found if word.lower() not in words and not word.isdecimal()]
    if len(unknown) > MOST_UNKNOWN or (unknown and len(found) > 2 * MOST_UNKNOWN):
        return False
    return all(word.isascii() and len(word) <= LONGEST_WORD for word in unknown)


def _name_shown(name: str, words: frozenset[str]) -> bool:
    parts: list[str] = _NAME_PARTS.findall(name)
    known = all(part.lower() in words for part in parts)
    return known or (name.isascii() and len(name) <= LONGEST_NAME and len(parts) <= MOST_PARTS)


def _program_view(code: str, words: frozenset[str], hidden: list[str]) -> list[str]:
    """Lines of a program with strange words left out; their texts are added to `hidden`."""
    lines = code.splitlines()
    try:
        tokens = list(_hideable(code))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return [_loose_view(line, words, hidden) for line in lines]
    for token in reversed(tokens):
        if token.type == tokenize.COMMENT:
            text, shown = token.string.lstrip("#").strip(), f"# {_HIDDEN}"
            if not text or text.lower() in words:
                continue
        elif token.type == tokenize.NAME:
            text, shown = token.string, _shortened_name(token.string)
            if _name_shown(text, words):
                continue
        else:
            text = _content(token.string)
            if _shown(text, words):
                continue
            quote = token.string[-1]
            prefix = token.string[: len(token.string) - len(token.string.lstrip("bBfFrRuU"))]
            shown = f"{prefix}{quote}{_HIDDEN}{quote}" if token.type == tokenize.STRING else _HIDDEN
        hidden.append(text)
        _replace(lines, token.start, token.end, shown)
    return [_MARKUP.sub(_HIDDEN, _INVISIBLE.sub("", line)) for line in lines]


def _hideable(code: str) -> Iterator[tokenize.TokenInfo]:
    literal = {tokenize.STRING, tokenize.COMMENT, tokenize.NAME}
    middle = getattr(tokenize, "FSTRING_MIDDLE", None)
    if middle is not None:
        literal.add(middle)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.ERRORTOKEN and not token.string.isspace():
            raise tokenize.TokenError("not a token", token.start)
        if token.type in literal:
            yield token


def _content(literal: str) -> str:
    """The text of a string token, without prefix and quotes."""
    match = re.match(r"[A-Za-z]{0,3}(\"\"\"|'''|\"|')", literal)
    if match is None:
        return literal
    return literal[match.end() : -len(match.group(1))]


def _shortened_name(name: str) -> str:
    """The start of a name, so that lines stay apart, but not what it says."""
    first = next(iter(_NAME_PARTS.findall(name)), "")
    return f"{first[:8] if first.isascii() else ''}{_HIDDEN}"


def _replace(lines: list[str], start: tuple[int, int], end: tuple[int, int], text: str) -> None:
    """Put a text in place of a span; lines of a longer span stay, empty, so that numbers still hold."""
    (first, left), (last, right) = start, end
    if last > len(lines):
        return
    tail = lines[last - 1][right:]
    lines[first - 1] = lines[first - 1][:left] + text + (tail if first == last else "")
    for number in range(first + 1, last + 1):
        lines[number - 1] = tail if number == last else ""


def _loose_view(line: str, words: frozenset[str], hidden: list[str]) -> str:
    """A line of a program that has no tokens: strings and comments by their marks, then every other run of words."""

    def string(match: re.Match[str]) -> str:
        if _shown(match.group(2), words):
            return match.group()
        hidden.append(match.group(2))
        return f"{match.group(1)}{_HIDDEN}{match.group(1)}"

    line = _LOOSE_STRING.sub(string, _MARKUP.sub(_HIDDEN, _INVISIBLE.sub("", line)))
    before, mark, comment = line.partition("#")
    if mark and comment.strip():
        hidden.append(comment.strip())
        line = f"{before}# {_HIDDEN}"
    strange = [word for word in _WORD.findall(line) if not word.isascii() and word.lower() not in words]
    prose = re.search(r"(?:[^\W\d_]{2,}[ ,]+){4,}[^\W\d_]{2,}", line)
    if strange or prose:
        hidden.append(line.strip())
        return line[: len(line) - len(line.lstrip())] + _HIDDEN
    return re.sub(r"\w+", lambda match: match.group() if _name_shown(match.group(), words) else _HIDDEN, line)


def screened(lines: Sequence[str]) -> str:
    """Lines with their numbers, as prompts show a program."""
    return "\n".join(f"{number:>3}  {line}" for number, line in enumerate(lines, 1)) or "(empty)"
