"""Plain sentences about what keeps a program from being compiled."""

from __future__ import annotations

import re

from gradatim.tools.analysis.faults.mends import Mend

_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"expected ':'", "A line that opens a block has to end with a colon."),
    (r"was never closed", "A bracket is opened on this line and never closed."),
    (r"unmatched", "A bracket is closed that was never opened."),
    (r"does not match opening", "A bracket is closed by one of another kind."),
    (r"unterminated triple-quoted", "A text in triple quotes is never closed."),
    (r"unterminated (f-)?string", "A text in quotes is not closed on its line."),
    (r"Maybe you meant '=='", "A single = assigns; comparing takes ==."),
    (r"cannot assign to|cannot delete", "The left side of = has to be a name that can hold a value."),
    (r"expected an indented block", "The block that belongs to the line above is missing or not indented."),
    (r"unexpected indent", "This line is indented although no block begins here."),
    (r"unindent does not match", "This line is indented differently from every block it could belong to."),
    (r"inconsistent use of tabs", "Tabs and spaces are mixed in the indentation."),
    (r"'(return|yield|await)' outside (async )?function", "This stands outside of every function by its indentation."),
    (r"'(break|continue)' (outside|not properly in) loop", "A break or continue stands outside of every loop."),
    (r"forgot a comma", "Two things stand next to each other without a comma or an operator between them."),
    (r"Missing parentheses in call", "print is a function: what it prints stands in parentheses."),
    (r"invalid character|invalid non-printable", "A character is not allowed here, often a typographic quote or dash."),
    (r"invalid decimal literal", "A name or number is written in a way Python cannot read, such as 2x."),
    (r"leading zeros", "A whole number may not begin with a zero."),
    (r"expected 'except' or 'finally'", "A try needs an except or finally behind its block."),
    (r"f-string", "What stands in the braces of an f-string has to be an expression."),
    (r"keyword argument repeated|duplicate argument", "A name is given twice where it may stand once."),
    (r"positional argument follows keyword", "An argument without a name stands behind one with a name."),
    (r"non-default argument follows", "A parameter without a default value stands behind one that has one."),
    (r"global declaration|nonlocal", "A global or nonlocal has to stand before the name is used, and in a function."),
    (r"unexpected character after line continuation", "A backslash ends a line; nothing may follow it."),
    (r"unexpected EOF|was expected at end", "The program ends in the middle of a statement."),
    (r"expected '\('", "The name of a function is followed by its parameters in parentheses."),
    (r"unexpected unindent", "The block ends here although more of it is needed."),
)  # fmt: skip

_CAUSES: dict[str, str] = {
    "missing-colon": "The line that begins with `{piece}` opens a block and has to end with a colon.",
    "foreign-syntax": "`{piece}` is not used this way in Python.",
    "else-if": "Python writes `elif` for else if.",
    "else-condition": "After else no condition can stand; a further condition takes elif.",
    "elif-without-condition": "An elif needs a condition; without one it is else.",
    "misspelled-keyword": "`{piece}` is not a word that Python knows here; `{wanted}` is.",
    "missing-blank": "A blank is missing after `{wanted}`.",
    "missing-def": "The head of the function `{piece}` needs the word def before its name.",
    "missing-in": "A for loop is written `for name in values`, and the word in is missing.",
    "missing-parameters": "The name of a function is followed by parentheses, even if it takes nothing.",
    "missing-condition": "A condition is missing after `{piece}`.",
    "name-with-gap": "`{piece}` is meant as one name, and a name holds neither blanks nor dashes.",
    "name-begins-with-digit": "A name cannot begin with a digit, as `{piece}` does.",
    "keyword-as-name": "`{piece}` is a word of Python itself and cannot be used as a name.",
    "unclosed-bracket": "A bracket in `{piece}` is opened and never closed.",
    "unmatched-bracket": "The bracket `{piece}` does not belong to any other: one is closed that was never opened, or "
    "one is too many.",
    "wrong-bracket": "A bracket is closed by one of another kind: `{piece}` does not fit its partner.",
    "missing-opening-bracket": "A bracket is closed that was never opened.",
    "unclosed-text": "A text in quotes is not closed on its line.",
    "unopened-text": "The quote at the beginning of the text `{piece}` is missing.",
    "unclosed-triple-quotes": "A text in triple quotes is never closed.",
    "wrong-quote": "A text has to end with the same quote that it begins with.",
    "stray-quote": "There is a quote too many on this line.",
    "quote-inside-text": "A quote inside the text ends it too early.",
    "missing-comma": "Between the parts of `{piece}`, or behind it, a comma is missing.",
    "missing-operator": "Two things stand next to each other in `{piece}` without an operator or a comma between them.",
    "look-alike": "The character {piece!r} only looks like one of Python's own; {wanted!r} is needed.",
    "stray-character": "`{piece}` cannot stand here.",
    "assignment-in-condition": "A single = assigns; comparing takes ==.",
    "comparison-for-assignment": "== compares; giving a name a value takes a single =.",
    "equals-for-colon": "A colon, not =, stands between a key and its value.",
    "gap-in-operator": "The sign `{wanted}` is written without a blank inside.",
    "foreign-operator": "`{piece}` is not an operator of Python here; `{wanted}` is.",
    "increment-operator": "Python has no `{piece}`; a variable grows or shrinks by += 1 or -= 1.",
    "foreign-comment": "A comment begins with # in Python, not with `{piece}`.",
    "print-without-parentheses": "{piece} is a function: what it is given stands in parentheses.",
    "missing-call-parentheses": "If `{piece}` is to be called, what it is given stands in parentheses.",
    "python-2": "This is how Python 2 was written; `{wanted}` is used instead of the comma today.",
    "leading-zero": "A whole number may not begin with a zero, as `{piece}` does.",
    "pasted-prompt": "`{piece}` was copied along with the program and does not belong to it.",
    "semicolon-for-comma": "Things are separated by commas, not by semicolons.",
    "nothing-after-operator": "Something is missing after `{piece}`.",
    "conditional-without-else": "A value chosen by if within a line needs an else, too.",
    "assignment-to-value": "The left side of = has to be a name that can hold a value, and `{piece}` is not.",
    "mixed-tabs": "Tabs and spaces are mixed in the indentation.",
    "empty-block": "The block that belongs to `{piece}` is missing or not indented.",
    "try-without-except": "A try needs an except or finally behind its block.",
    "not-indented": "",
    "indented-too-far": "",
    "unreadable-line": "",
    "unreadable-header": "",
}
_LONGEST = 60


def sentence_of_message(message: str) -> str:
    """One plain sentence for a message of the compiler; empty for one that says nothing."""
    return next((text for pattern, text in _MESSAGES if re.search(pattern, message)), "")


def sentence_of_cause(mend: Mend, line: int) -> str:
    """One plain sentence on what a change that helps shows to be wrong."""
    pattern = _CAUSES.get(mend.kind, "")
    piece = mend.piece if len(mend.piece) <= _LONGEST else mend.piece[: _LONGEST - 1] + "…"
    return pattern.format(piece=piece, wanted=mend.wanted)
