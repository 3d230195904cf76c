"""Mends of lines that open a block, and of misspelled or foreign keywords."""

from __future__ import annotations

import difflib
import keyword
import re
from collections.abc import Iterator

from gradatim.tools.analysis.faults.mends import Lines, Mend, one
from gradatim.tools.analysis.faults.pieces import code_end, margin_of, pieces_of

HEADER = re.compile(r"^\s*(async\s+)?(if|elif|else|for|while|def|class|try|except|finally|with|match|case)\b")
_WORDS = (
    "if", "elif", "else", "for", "while", "def", "class", "try", "except", "finally", "with", "return", "import",
    "from", "break", "continue", "pass", "raise", "lambda", "global", "assert", "in", "and", "or", "not", "del",
)  # fmt: skip
_ELSE = {"elseif": "elif", "elsif": "elif", "elif": "elif", "elfi": "elif"}
_FOREIGN = {
    "function": "def", "fun": "def", "func": "def", "define": "def", "foreach": "for", "until": "while",
    "catch": "except", "throw": "raise", "switch": "match", "otherwise": "else", "unless": "if not",
}  # fmt: skip
_DECLARING = {"var", "let", "const", "int", "float", "double", "string", "String", "bool", "char", "auto", "new", "my"}


def missing_colon(lines: Lines, at: int) -> Iterator[Mend]:
    """A block header without its colon, or with something else in its place."""
    text = lines[at]
    if not HEADER.match(text):
        return
    end = code_end(text)
    head, tail = text[:end].rstrip(), text[end:]
    if head.endswith(":"):
        return
    words = head.split()[0]
    yield one(at, head + ":" + tail, "missing-colon", 0.2, words, ":")
    if head[-1] in ";,.=":
        yield one(at, head[:-1] + ":" + tail, "missing-colon", 0.4, head[-1], ":")
    if head.endswith("{"):
        yield one(at, head[:-1].rstrip() + ":" + tail, "foreign-syntax", 0.5, "{", ":")
    without = re.sub(r"\s+(then|do|begin)$", "", head)
    if without != head:
        yield one(at, without + ":" + tail, "foreign-syntax", 0.4, head.split()[-1], ":")
    # a statement stands right behind the header: the colon is missing between the two
    for place in re.finditer(r"\s+(?=(?:return|print|break|continue|pass|raise)\b)", head):
        yield one(at, head[: place.start()] + ":" + head[place.start() :] + tail, "missing-colon", 0.5, words, ":")
    plain = re.match(r"^(\s*(?:else|try|finally))\b\s*(.+)$", head)
    if plain:
        yield one(at, f"{plain.group(1)}: {plain.group(2)}{tail}", "missing-colon", 0.9, words, ":")


def colon_twice(lines: Lines, at: int) -> Iterator[Mend]:
    """A colon too many, or `then` before it."""
    text = lines[at]
    if not HEADER.match(text):
        return
    end = code_end(text)
    head, tail = text[:end], text[end:]
    if re.search(r":\s*:$", head):
        yield one(at, re.sub(r":\s*:$", ":", head) + tail, "stray-character", 0.3, "::", ":")
    then = re.search(r"\s+(then|do)\s*:$", head)
    if then:
        yield one(at, head[: then.start()] + ":" + tail, "foreign-syntax", 0.3, then.group(1), "")
    brace = re.search(r":?\s*\{$", head)
    if brace:
        yield one(at, head[: brace.start()] + ":" + tail, "foreign-syntax", 0.5, "{", ":")


def else_with_condition(lines: Lines, at: int) -> Iterator[Mend]:
    """`else if`, `elseif`, `else` with a condition."""
    text = lines[at]
    found = re.match(r"^(\s*)else\s*if\b(.*)$", text) or re.match(
        r"^(\s*)(?:elseif|elsif|elsf|eleif|elfi)\b(.*)$", text
    )
    if found:
        rest = found.group(2)
        yield one(at, f"{found.group(1)}elif{rest}", "else-if", 0.2, text.split("if")[0].strip() + " if", "elif")
        yield one(at, f"{found.group(1)}elif{rest.rstrip()}:", "else-if", 0.5, "else if", "elif")
    plain = re.match(r"^(\s*)else\s+(?!if\b)([^:]+):?\s*$", text)
    if plain and not re.match(r"(return|print|pass|break|continue)\b", plain.group(2)):
        yield one(at, f"{plain.group(1)}elif {plain.group(2).rstrip()}:", "else-condition", 0.25, "else", "elif")
    bare = re.match(r"^(\s*)elif\s*:(.*)$", text)
    if bare:
        yield one(at, f"{bare.group(1)}else:{bare.group(2)}", "elif-without-condition", 0.3, "elif", "else")


def misspelled_keyword(lines: Lines, at: int) -> Iterator[Mend]:
    """A first word that nearly is a keyword, in the wrong case, or from another language."""
    text = lines[at]
    pieces = pieces_of(text)
    for place, piece in enumerate(pieces):
        if piece.kind != "name" or keyword.iskeyword(piece.text):
            continue
        follows = pieces[place + 1].text if place + 1 < len(pieces) else ""
        if place and pieces[place - 1].text == ".":
            continue
        low = piece.text.lower()
        if place == 0 and low in _FOREIGN:
            wanted = _FOREIGN[low]
            yield one(at, text[: piece.start] + wanted + text[piece.end :], "foreign-syntax", 0.5, piece.text, wanted)
        if place == 0 and piece.text in _DECLARING and follows and (follows[0].isalpha() or follows[0] == "_"):
            yield one(at, text[: piece.start] + text[piece.end :].lstrip(), "foreign-syntax", 0.5, piece.text, "")
        if follows in ("=", ".", ","):
            continue
        near = difflib.get_close_matches(low, _WORDS, 2, 0.6)
        for word in dict.fromkeys(([low] if low in _WORDS else []) + near):
            if place and word not in ("in", "and", "or", "not", "if", "else", "import", "for", "lambda"):
                continue
            mended = text[: piece.start] + word + text[piece.end :]
            yield one(at, mended, "misspelled-keyword", 0.35 if place == 0 else 0.6, piece.text, word)
    glued = re.match(r"^(\s*)(if|elif|while|for|return|def|import|from|not|print)([a-zA-Z_(]\w*)(.*)$", text)
    if glued and not keyword.iskeyword(glued.group(2) + glued.group(3)):
        mended = f"{glued.group(1)}{glued.group(2)} {glued.group(3)}{glued.group(4)}"
        yield one(at, mended, "missing-blank", 0.6, glued.group(2) + glued.group(3), glued.group(2))


def missing_keyword(lines: Lines, at: int) -> Iterator[Mend]:
    """A header that lacks `def`, `in`, `if`, its parentheses or its name."""
    text = lines[at]
    margin, body = margin_of(text), text.strip()
    if re.match(r"^[A-Za-z_]\w*\s*\([^)]*\)\s*(->.*)?:\s*(#.*)?$", body) and body.split("(")[0] not in ("if", "while"):
        yield one(at, f"{margin}def {body}", "missing-def", 0.4, body.split("(")[0].strip(), "def")
    loop = re.match(r"^(\s*for\s+[\w\s,()]+?)\s+(range\b|len\b|enumerate\b|zip\b|[A-Za-z_]\w*\s*:)(.*)$", text)
    if loop and " in " not in loop.group(1) + " ":
        yield one(at, f"{loop.group(1)} in {loop.group(2)}{loop.group(3)}", "missing-in", 0.3, "for", "in")
    for wrong in re.finditer(r"^(\s*for\s+[\w\s,]+?)\s*(=|:|of|from|into|on)\s*(?=\w)", text):
        yield one(at, f"{wrong.group(1)} in {text[wrong.end() :]}", "missing-in", 0.4, wrong.group(2), "in")
    bare = re.match(r"^(\s*def\s+\w+)\s*(:.*)$", text)
    if bare:
        yield one(at, f"{bare.group(1)}(){bare.group(2)}", "missing-parameters", 0.2, bare.group(1).split()[-1], "()")
    spaced = re.match(r"^(\s*def\s+)(\w+(?:[ -]\w+)+)(\s*\(.*)$", text)
    if spaced:
        joined = re.sub(r"[ -]+", "_", spaced.group(2))
        yield one(at, spaced.group(1) + joined + spaced.group(3), "name-with-gap", 0.3, spaced.group(2), joined)
    elif_bare = re.match(r"^(\s*)(?:if|elif|while)\s*:", text)
    if elif_bare:
        yield one(at, text.replace(":", " True:", 1), "missing-condition", 0.5, body.rstrip(":"), "")


def keyword_as_name(lines: Lines, at: int) -> Iterator[Mend]:
    """A keyword used where a name of one's own is needed."""
    text = lines[at]
    for piece in pieces_of(text):
        if piece.kind == "name" and keyword.iskeyword(piece.text):
            mended = f"{text[: piece.start]}{piece.text}_{text[piece.end :]}"
            followed = text[piece.end :].lstrip()[:1]
            natural = followed in ("=", ",", ")", ".", "[", "") and not followed.startswith("==")
            yield one(at, mended, "keyword-as-name", 0.6 if natural else 1.6, piece.text, "")
