"""Mends of operators and characters: those of other languages, look-alikes, Python 2, pasted prompts."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from gradatim.tools.analysis.faults.mends import Lines, Mend, one
from gradatim.tools.analysis.faults.pieces import code_end, margin_of, pieces_of

_ALIKE = {
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "‹": "'", "›": "'", "´": "'",
    "`": "'", "′": "'", "″": '"', "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "×": "*", "÷": "/", "·": "*",
    "≤": "<=", "≥": ">=", "≠": "!=", "∧": " and ", "∨": " or ", "¬": " not ", "…": "...", "，": ",", "；": ";",
    "：": ":", "（": "(", "）": ")", "［": "[", "］": "]", "｛": "{", "｝": "}", "＝": "=", "＋": "+", "－": "-",
    "＊": "*", "／": "/", "＜": "<", "＞": ">", "！": "!", "％": "%", "。": ".", "、": ",", "【": "[", "】": "]",
    "＂": '"', "＇": "'", "\u00a0": " ", "\u3000": " ", "\u2003": " ", "\u2002": " ", "\u2009": " ", "\u200b": "",
    "\u200c": "", "\u200d": "", "\ufeff": "", "\u2028": "", "²": "**2", "³": "**3", "→": "->", "∗": "*", "⁄": "/",
}  # fmt: skip
_FOREIGN = {
    "&&": ("and", 0.3), "||": ("or", 0.3), "===": ("==", 0.3), "!==": ("!=", 0.3), "<>": ("!=", 0.3), "=>": (">=", 0.3),
    "=<": ("<=", 0.3), "=!": ("!=", 0.3), ":=": ("=", 0.35), "->": (":", 0.7), "//": ("#", 0.8),
}  # fmt: skip
_NOT_EQUAL = re.compile(r"(?<![=!<>+\-*/%&|^:])=(?!=)")


def look_alikes(lines: Lines, at: int) -> Iterator[Mend]:
    """Typographic quotes and dashes, full-width signs, invisible characters."""
    text = lines[at]
    strange = [mark for mark in text if mark in _ALIKE]
    if strange:
        yield one(
            at, "".join(_ALIKE.get(mark, mark) for mark in text), "look-alike", 0.15, strange[0], _ALIKE[strange[0]]
        )
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(_ALIKE.get(mark, mark) for mark in plain)
    if plain != text:
        mark = next((one_mark for one_mark in text if ord(one_mark) > 127), "")
        yield one(at, plain, "look-alike", 0.3, mark, unicodedata.normalize("NFKC", mark))
    odd = [mark for mark in text if ord(mark) > 127 and not (mark.isalnum() or mark in _ALIKE)]
    for mark in dict.fromkeys(odd):
        yield one(at, text.replace(mark, ""), "stray-character", 0.4, mark, "")
    for mark in "$?!`\\;@":
        if mark in text:
            for place in [place for place, found in enumerate(text) if found == mark][:4]:
                yield one(at, text[:place] + text[place + 1 :], "stray-character", 0.6, mark, "")


def equals_sign(lines: Lines, at: int) -> Iterator[Mend]:
    """`=` for `==` in a condition, `==` for `=`, `:` for `=` and the like."""
    text = lines[at]
    condition = re.match(r"^\s*(if|elif|while|return|assert|print|not)\b", text) or re.search(
        r"\b(if|and|or|not)\b", text
    )
    for place in _NOT_EQUAL.finditer(text):
        mended = f"{text[: place.start()]}=={text[place.end() :]}"
        yield one(at, mended, "assignment-in-condition", 0.25 if condition else 0.9, "=", "==")
        mended = f"{text[: place.start()]}:{text[place.end() :]}"
        yield one(at, mended, "equals-for-colon", 0.55 if "{" in text else 1.1, "=", ":")
    for wrong, wanted in (("= =", "=="), ("! =", "!="), ("< =", "<="), ("> =", ">="), ("+ =", "+="), ("- =", "-=")):
        if wrong in text:
            yield one(at, text.replace(wrong, wanted), "gap-in-operator", 0.2, wrong, wanted)
    if not condition and text.count("==") == 1 and "=" not in text.replace("==", ""):
        yield one(at, text.replace("==", "="), "comparison-for-assignment", 0.9, "==", "=")


def foreign_operators(lines: Lines, at: int) -> Iterator[Mend]:
    """Operators of other languages, `++` and `--`, `!`, `?`, `//` as a comment."""
    text = lines[at]
    pieces = pieces_of(text)
    for piece in pieces:
        if piece.kind == "operator" and piece.text in _FOREIGN:
            wanted, cost = _FOREIGN[piece.text]
            mended = f"{text[: piece.start].rstrip()} {wanted} {text[piece.end :].lstrip()}"
            if piece.text == "->":
                mended = text[: piece.start].rstrip() + wanted + text[piece.end :]
            mended = mended if text[: piece.start].strip() else margin_of(text) + mended.lstrip()
            yield one(at, mended, "foreign-operator", cost, piece.text, wanted)
        if piece.text == "!":
            yield one(at, f"{text[: piece.start]}not {text[piece.end :]}", "foreign-operator", 0.4, "!", "not")
    together = text
    for wrong, wanted in (("&&", " and "), ("||", " or ")):
        together = together.replace(wrong, wanted)
    if together != text and text.count("&&") + text.count("||") > 1:
        yield one(at, together, "foreign-operator", 0.35, "&&" if "&&" in text else "||", "and")
    counted = re.match(r"^(\s*)([A-Za-z_][\w.\[\]]*)\s*(\+\+|--)\s*;?(.*)$", text) or re.match(
        r"^(\s*)(?:(\+\+|--))\s*([A-Za-z_]\w*)\s*;?(.*)$", text
    )
    if counted:
        sign = "++" if "++" in text else "--"
        name = next(part for part in counted.groups()[1:3] if part not in ("++", "--"))
        mended = f"{counted.group(1)}{name} {sign[0]}= 1{counted.group(4)}"
        yield one(at, mended, "increment-operator", 0.2, sign, f"{sign[0]}= 1")
    body = text.strip()
    if body.startswith(("//", "/*", "*/", "* ", "<!--")) or body in ("*", "*/"):
        yield one(at, f"{margin_of(text)}# {body}", "foreign-comment", 0.3, body[:2], "#")
    if body in ("}", "{", "};", "end", "```", "```python", "fi", "done"):
        yield one(at, "", "foreign-syntax", 0.3, body, "")


def python_two(lines: Lines, at: int) -> Iterator[Mend]:
    """Statements of Python 2, above all `print` without parentheses."""
    text = lines[at]
    printed = re.match(r"^(\s*(?:.*:\s*)?)(print|exec)\s+(?![=(.,])(.*?)(\s*#[^'\"]*)?$", text) or re.match(
        r"^(\s*)(print)([\"'].*?)(\s*#[^'\"]*)?$", text
    )
    if printed:
        what = printed.group(3).rstrip().rstrip(";").rstrip()
        mended = f"{printed.group(1)}{printed.group(2)}({what}){printed.group(4) or ''}"
        yield one(at, mended, "print-without-parentheses", 0.2, printed.group(2), "( )")
        if what.endswith(")"):
            mended = f"{printed.group(1)}{printed.group(2)}({what}{printed.group(4) or ''}"
            yield one(at, mended, "missing-opening-bracket", 0.5, printed.group(2), "(")
    caught = re.match(r"^(\s*except\s+[\w.]+)\s*,\s*(\w+)\s*:(.*)$", text)
    if caught:
        yield one(at, f"{caught.group(1)} as {caught.group(2)}:{caught.group(3)}", "python-2", 0.2, ",", "as")
    raised = re.match(r"^(\s*raise\s+\w+)\s*,\s*(.+)$", text)
    if raised:
        yield one(at, f"{raised.group(1)}({raised.group(2)})", "python-2", 0.2, ",", "( )")
    called = re.match(r"^(\s*)([A-Za-z_][\w.]*)\s+([\"'\w].*)$", text)
    if called and not keyword.iskeyword(called.group(2)):
        mended = f"{called.group(1)}{called.group(2)}({called.group(3)})"
        yield one(at, mended, "missing-call-parentheses", 0.75, called.group(2), "( )")
    octal = re.search(r"(?<![\w.])0+(\d+)\b(?!\.)", text)
    if octal:
        mended = text[: octal.start()] + octal.group(1) + text[octal.end() :]
        yield one(at, mended, "leading-zero", 0.2, octal.group(), octal.group(1))


def pasted(lines: Lines, at: int) -> Iterator[Mend]:
    """A prompt or a line number that was copied with the program, or the frame of a message."""
    text = lines[at]
    found = re.match(r"^(\s*)(>>> ?|\.\.\. ?|In ?\[\d*\]: ?|\$ |\d+[.:)]\s+|\d+\s{2,})(.*)$", text)
    if found:
        yield one(at, found.group(1) + found.group(3), "pasted-prompt", 0.2, found.group(2).strip(), "")
    for mark in (">>>", "..."):
        if text.startswith(mark):
            cut = [line[len(prompt) :] if (prompt := _prompt(line)) else line for line in lines]
            yield Mend(0, len(lines) - 1, tuple(cut), "pasted-prompt", 0.3, mark, "")
    if text.strip().startswith("```"):
        cut = ["" if line.strip().startswith("```") else line for line in lines]
        yield Mend(0, len(lines) - 1, tuple(cut), "pasted-prompt", 0.3, "```", "")


def _prompt(line: str) -> str:
    return next((mark for mark in (">>> ", "... ", ">>>", "...") if line.startswith(mark)), "")


def number_or_name(lines: Lines, at: int) -> Iterator[Mend]:
    """Names that begin with a digit, `2x` for `2 * x`, a decimal comma, dashes within names."""
    text = lines[at]
    for found in list(re.finditer(r"(?<![\w.])(\d+)([A-Za-z_]\w*)", text))[:6]:
        mended = f"{text[: found.start()]}{found.group(1)} * {found.group(2)}{text[found.end() :]}"
        yield one(at, mended, "missing-operator", 0.4, found.group(), "*")
        mended = f"{text[: found.start()]}_{found.group()}{text[found.end() :]}"
        yield one(at, mended, "name-begins-with-digit", 0.35, found.group(), "")
    dashed = re.match(r"^(\s*)([A-Za-z_]\w*(?:-[A-Za-z_]\w*)+)(\s*=(?!=).*)$", text)
    if dashed:
        joined = dashed.group(2).replace("-", "_")
        yield one(at, dashed.group(1) + joined + dashed.group(3), "name-with-gap", 0.4, dashed.group(2), joined)
    for found in list(re.finditer(r"(?<=[\w)\]])\s*;\s*(?=[\w\"'\[(])", text))[:4]:
        yield one(at, f"{text[: found.start()]}, {text[found.end() :]}", "semicolon-for-comma", 0.6, ";", ",")


def dangling(lines: Lines, at: int) -> Iterator[Mend]:
    """An operator, comma or dot with nothing behind it, or an operator too many."""
    text = lines[at]
    end = code_end(text)
    head, tail = text[:end], text[end:]
    if head.strip() and head.rstrip()[-1:] in "+-*/%=<>.,&|^":
        yield one(at, f"{head} 0{tail}", "nothing-after-operator", 0.45, head.strip()[-1], "")
        yield one(at, f"{head.rstrip()[:-1].rstrip()}{tail}", "nothing-after-operator", 0.6, head.strip()[-1], "")
    words = re.search(r"\b(and|or|not|in|is|if|else|return|import|from|as)$", head.rstrip())
    if words:
        yield one(at, f"{head} x{tail}", "nothing-after-operator", 0.5, words.group(), "")
    pieces = [piece for piece in pieces_of(text) if piece.kind != "comment"]
    for left, right in pairwise(pieces):
        if left.kind == right.kind == "operator" and right.text not in "([{-+~" and left.text not in ")]}":
            yield one(at, text[: right.start] + text[right.end :], "stray-character", 0.6, right.text, "")
            yield one(at, f"{text[: left.end]} 0 {text[right.start :]}", "nothing-after-operator", 0.7, left.text, "")
        if left.text in ("(", "[", "{") and right.text == ",":
            yield one(at, text[: right.start] + text[right.end :], "stray-character", 0.5, ",", "")
    conditional = re.search(r"=\s*(.+?)\s+if\s+(.+)$", head)
    if conditional and " else " not in head:
        yield one(at, f"{head} else None{tail}", "conditional-without-else", 0.4, "if", "else")


def assigned_value(lines: Lines, at: int) -> Iterator[Mend]:
    """Something on the left of `=` that cannot hold a value."""
    text = lines[at]
    body = text.strip()
    found = re.match(r"^(\s*)([^=]+?)\s*=\s*([A-Za-z_][\w.]*)\s*(#.*)?$", text)
    if found and not body.startswith(("if", "elif", "while", "for")):
        mended = f"{found.group(1)}{found.group(3)} = {found.group(2)}{found.group(4) or ''}"
        yield one(at, mended, "assignment-to-value", 0.3, found.group(2).strip(), "")
    left = re.match(r"^(\s*)([^=!<>]+?)\s*([+\-*/]?=)(?!=)\s*(.+)$", text)
    if left and not body.startswith(("if", "elif", "while", "for", "return", "def")):
        yield one(at, f"{left.group(1)}_ = {left.group(4)}", "assignment-to-value", 0.8, left.group(2).strip(), "")
