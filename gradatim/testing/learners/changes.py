"""The kind of a fault, read from what its repair changes: for misconceptions that no kind is known for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradatim.tools.claims.code import parse, tokens

_SIGNS: Mapping[str, frozenset[str]] = {
    "comparison": frozenset({"<", "<=", ">", ">="}),
    "condition": frozenset({"==", "!=", "and", "or", "not", "is"}),
    "branch-order": frozenset({"elif", "else"}),
    "result": frozenset({"return", "print", "yield"}),
    "raise": frozenset({"raise"}),
    "placement": frozenset({"break", "continue"}),
    "object": frozenset({"self", "__init__"}),
    "type": frozenset({"int", "str", "float", "len", "bool"}),
    "method": frozenset({"append", "extend", "add", "sort", "sorted", "join", "split", "strip", "replace"}),
    "sharing": frozenset({"copy", "list", "deepcopy"}),
    "letter-case": frozenset({"lower", "upper"}),
    "output": frozenset({"end", "sep", "f"}),
    "arithmetic": frozenset({"+", "-", "*", "/", "//", "%", "**", "+=", "-=", "*="}),
    "index-element": frozenset({"[", "]", "enumerate"}),
}
"""Kind → tokens by whose change it is known; the first that fits."""


def kind_of_change(program: str, old: Sequence[str], new: Sequence[str]) -> str:
    """The kind of fault that a change of lines repairs.

    Args:
        program: The wrong program.
        old: Lines that are replaced; none where some are put in.
        new: What stands there afterwards.
    """
    if parse(program) is None:
        return "syntax"
    if [line.strip() for line in old] == [line.strip() for line in new] or not new:
        return "placement"
    if not old:
        return _put_in(new)
    before, after = tokens(" ".join(old)), tokens(" ".join(new))
    changed = set(before) ^ set(after)
    if "range" in {*before, *after} and changed:
        return "loop-bounds"
    for kind, signs in _SIGNS.items():
        if changed & signs:
            return kind
    if sorted(before) == sorted(after):
        return "order"
    if any(token[:1].isdigit() or token in ("None", "True", "False") for token in changed):
        return "initial-value"
    return "name"


def _put_in(new: Sequence[str]) -> str:
    text = [line.strip() for line in new]
    if text[0].startswith("if "):
        return "guard"
    if text[0].startswith(("return", "print")):
        return "result"
    return "initial-value" if "=" in text[0] else "placement"
