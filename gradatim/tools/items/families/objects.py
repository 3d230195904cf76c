"""Families over classes: objects that remember something, and several of them side by side."""

from __future__ import annotations

from gradatim.tools.items.arguments import numbers, whole
from gradatim.tools.items.families.family import Draw, Family, Said, Sketch, function, indent


def _class(name: str, *methods: str) -> str:
    return f"class {name}:\n" + "\n".join(indent(method) for method in methods) + "\n\n"


def _account(draw: Draw) -> Sketch:
    """One object that is changed step by step."""
    what = draw.choice("what", ("limit", "refuse", "count"))
    kind, attribute, put = draw.choice(
        "kind", (("Account", "balance", "book"), ("Tank", "level", "change"), ("Score", "points", "add"))
    )
    k = draw.number("k", 15, 40)
    body = {
        "limit": f"self.{attribute} = min(self.{attribute} + amount, {k})",
        "refuse": f"if self.{attribute} + amount >= 0:\n    self.{attribute} += amount",
        "count": f"self.{attribute} += amount\nif amount < 0:\n    self.refused += 1",
    }[what]
    start = [f"self.{attribute} = start", *(["self.refused = 0"] if what == "count" else [])]
    shown = f"[thing.{attribute}, thing.refused]" if what == "count" else f"thing.{attribute}"
    name = draw.choice("name", ("after_all", "final_state", "run_changes"))
    return Sketch(
        name,
        _class(kind, function("__init__", "self, start", *start), function(put, "self, amount", body))
        + function(
            name,
            "start, amounts",
            f"thing = {kind}(start)",
            f"for amount in amounts:\n    thing.{put}(amount)",
            f"return {shown}",
        ),
        (
            "class",
            "constructor",
            "instance-variable",
            "method",
            "self-parameter",
            "if-statement" if what != "limit" else "method-call",
        ),
        (whole(0, 12), numbers(0, low=-9, high=20)),
        {"kind": kind, "attribute": attribute, "method": put, "k": k},
        f"does_{what}",
    )


def _baskets(draw: Draw) -> Sketch:
    """Two objects, each with a list of its own."""
    what = draw.choice("what", ("total", "count", "largest"))
    kind = draw.choice("kind", ("Basket", "Shelf", "Box"))
    k = draw.number("k", 3, 9)
    rule, code = draw.choice("rule", (("even", "number % 2 == 0"), ("above", f"number > {k}")))
    method = {
        "total": ["total = 0", "for number in self.numbers:\n    total += number", "return total"],
        "count": ["return len(self.numbers)"],
        "largest": ["if not self.numbers:\n    return 0", "return max(self.numbers)"],
    }[what]
    name = draw.choice("name", ("share_out", "divide_up", "sort_in"))
    return Sketch(
        name,
        _class(
            kind,
            function("__init__", "self", "self.numbers = []"),
            function("put", "self, number", "self.numbers.append(number)"),
            function(what, "self", *method),
        )
        + function(
            name,
            "numbers",
            f"first = {kind}()",
            f"second = {kind}()",
            f"for number in numbers:\n    if {code}:\n        first.put(number)\n    else:\n        second.put(number)",
            f"return [first.{what}(), second.{what}()]",
        ),
        ("class", "instance", "instance-variable", "method-call", "self-parameter", "else-clause"),
        (numbers(0, k, low=0),),
        {"kind": kind, "method": what, "condition": Said.of(f"items.condition.{rule}", k=k)},
        f"does_{what}",
    )


FAMILIES = (Family("account", _account), Family("baskets", _baskets))
