"""Families over lists of numbers: neighbours, results so far, two lists, parts of lists."""

from __future__ import annotations

from gradatim.tools.items.arguments import numbers, whole
from gradatim.tools.items.families.family import LOOP_CONCEPTS, LOOPS, Draw, Family, Sketch, function, over


def _neighbours(draw: Draw) -> Sketch:
    noun = draw.noun()
    style = draw.choice("style", ("index", "previous", "while"))
    relation = draw.choice("relation", ("larger", "smaller", "equal", "jump"))
    k = draw.number("k", 2, 4)
    items = noun.plural

    def test(one: str, other: str) -> str:
        return {
            "larger": f"{other} > {one}",
            "smaller": f"{other} < {one}",
            "equal": f"{other} == {one}",
            "jump": f"abs({other} - {one}) > {k}",
        }[relation]

    if style == "index":
        text = [
            "count = 0",
            f"for i in range(len({items}) - 1):\n    if {test(f'{items}[i]', f'{items}[i + 1]')}:\n        count += 1",
        ]
        concepts = ("range", "list-index", "off-by-one")
    elif style == "while":
        text = [
            "count = 0\ni = 1",
            f"while i < len({items}):\n"
            f"    if {test(f'{items}[i - 1]', f'{items}[i]')}:\n        count += 1\n    i += 1",
        ]
        concepts = ("while-loop", "list-index", "off-by-one")
    else:
        text = [
            f"count = 0\nprevious = {items}[0]",
            f"for {noun.singular} in {items}[1:]:\n    if {test('previous', noun.singular)}:\n        count += 1\n"
            f"    previous = {noun.singular}",
        ]
        concepts = ("for-loop", "list-slice", "follower")
    name = draw.choice("name", ("count_changes", f"compare_{items}", "neighbours"))
    return Sketch(
        name,
        function(name, items, *text, "return count"),
        (*concepts, "counting-pattern", "if-statement", "comparison-operator"),
        (numbers(least=1, low=0, high=6),),
        {"noun": noun.said, "k": k},
        f"does_{relation}",
    )


def _running(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    what = draw.choice("what", ("sum", "largest", "product", "alternating"))
    body = {
        "sum": (f"total += {noun.singular}",),
        "product": (f"total *= {noun.singular}",),
        "largest": (f"if {noun.singular} > total:", f"    total = {noun.singular}"),
        "alternating": (f"total = {noun.singular} - total",),
    }[what]
    start = {"sum": "0", "product": "1", "largest": f"{noun.plural}[0]", "alternating": "0"}[what]
    loop = over(form, noun.plural, noun.singular, *body, "result.append(total)")
    name = draw.choice("name", ("running_values", f"trace_{noun.plural}", "so_far"))
    return Sketch(
        name,
        function(name, noun.plural, f"total = {start}", "result = []", loop, "return result"),
        ("running-total", "list-append", *LOOP_CONCEPTS[form], "accumulator-pattern"),
        (numbers(least=1, low=-4, high=9, most=6),),
        {"noun": noun.said},
        f"does_{what}",
    )


def _unique(draw: Draw) -> Sketch:
    noun = draw.noun()
    what = draw.choice("what", ("unique", "repeated", "count"))
    item = noun.singular
    if what == "repeated":
        body = (
            f"for {item} in {noun.plural}:\n"
            f"    if {noun.plural}.count({item}) > 1 and {item} not in result:\n        result.append({item})"
        )
    else:
        body = f"for {item} in {noun.plural}:\n    if {item} not in result:\n        result.append({item})"
    last = "return len(result)" if what == "count" else "return result"
    name = draw.choice("name", ("without_repeats", f"distinct_{noun.plural}", "different"))
    return Sketch(
        name,
        function(name, noun.plural, "result = []", body, last),
        ("deduplication", "membership-operator", "list-append", "for-loop", "if-statement"),
        (numbers(low=1, high=5),),
        {"noun": noun.said},
        f"does_{what}",
    )


def _two_lists(draw: Draw) -> Sketch:
    form = draw.choice("form", ("zip", "index"))
    what = draw.choice("what", ("sum", "product", "larger", "count"))
    one, other = draw.choice("names", (("first", "second"), ("left", "right"), ("own", "others")))
    a, b = ("a", "b") if form == "zip" else (f"{one}[i]", f"{other}[i]")
    head = f"for a, b in zip({one}, {other}):" if form == "zip" else f"for i in range(min(len({one}), len({other}))):"
    body = {
        "sum": f"    result.append({a} + {b})",
        "product": f"    total += {a} * {b}",
        "larger": f"    if {a} > {b}:\n        result.append({a})\n    else:\n        result.append({b})",
        "count": f"    if {a} == {b}:\n        total += 1",
    }[what]
    start, last = ("result = []", "return result") if what in ("sum", "larger") else ("total = 0", "return total")
    name = draw.choice("name", ("combine", "pair_up", "side_by_side"))
    return Sketch(
        name,
        function(name, f"{one}, {other}", start, f"{head}\n{body}", last),
        (
            *(("zip-function", "tuple-unpacking") if form == "zip" else ("range", "list-index")),
            "for-loop",
            "list-append" if what in ("sum", "larger") else "accumulator-pattern",
            *(("else-clause",) if what == "larger" else ()),
        ),
        (numbers(low=0, high=5, most=5), numbers(low=0, high=5, most=5)),
        {"one": one, "other": other},
        f"does_{what}",
    )


def _until(draw: Draw) -> Sketch:
    noun = draw.noun()
    what = draw.choice("what", ("stop", "skip", "limit"))
    item = noun.singular
    if what == "limit":
        k = draw.number("k", 8, 20)
        body = f"for {item} in {noun.plural}:\n    if total + {item} > {k}:\n        break\n    total += {item}"
        test, near = k, ()
    else:
        condition = draw.simple("condition", item)
        word = "break" if what == "stop" else "continue"
        body = f"for {item} in {noun.plural}:\n    if {condition.code}:\n        {word}\n    total += {item}"
        test, near = condition.said, condition.near
    name = draw.choice("name", (f"sum_{noun.plural}", "partial_sum", "add_until"))
    return Sketch(
        name,
        function(name, noun.plural, "total = 0", body, "return total"),
        (
            "continue-statement" if what == "skip" else "break-statement",
            "for-loop",
            "accumulator-pattern",
            "if-statement",
        ),
        (numbers(*near, low=1 if what == "limit" else -5, high=12, most=8),),
        {"noun": noun.said, "condition": test},
        f"does_{what}",
    )


def _slices(draw: Draw) -> Sketch:
    noun = draw.noun()
    what = draw.choice("what", ("ends", "rotate", "middle", "every"))
    k = draw.number("k", 2, 3)
    items = noun.plural
    text = {
        "ends": f"return {items}[:{k}] + {items}[-1:]",
        "rotate": f"return {items}[{k}:] + {items}[:{k}]",
        "middle": f"return {items}[1:len({items}) - 1]",
        "every": f"return {items}[1::{k}]",
    }[what]
    guard = draw.choice("guard", ("", f"if len({items}) <= {k}:\n    return []"))
    name = draw.choice("name", ("part_of", f"cut_{items}", "rearranged"))
    concepts = ("list-slice", "list-concatenation" if what in ("ends", "rotate") else "list-length")
    return Sketch(
        name,
        function(name, items, guard, text),
        (*concepts, *(("guard-clause", "early-return") if guard else ()), "return-statement"),
        (numbers(low=0, high=9, least=0, most=7),),
        {"noun": noun.said, "k": k},
        f"does_{what}_guarded" if guard else f"does_{what}",
    )


def _count_limit(draw: Draw) -> Sketch:
    """The limit is a parameter."""
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    kind = draw.choice("kind", ("above", "below", "at_least", "apart"))
    what = draw.choice("what", ("count", "sum"))
    item = noun.singular
    test = {
        "above": f"{item} > limit",
        "below": f"{item} < limit",
        "at_least": f"{item} >= limit",
        "apart": f"abs({item} - limit) <= 2",
    }[kind]
    add = "1" if what == "count" else item
    body = over(form, noun.plural, item, f"if {test}:", f"    result += {add}")
    name = draw.choice("name", ("beyond_limit", f"measure_{noun.plural}", "compare_with"))
    return Sketch(
        name,
        function(name, f"{noun.plural}, limit", "result = 0", body, "return result"),
        (
            "parameter",
            "counting-pattern" if what == "count" else "accumulator-pattern",
            *LOOP_CONCEPTS[form],
            "if-statement",
        ),
        (numbers(3, 5, low=0, high=8), whole(2, 6)),
        {"noun": noun.said},
        f"does_{what}_{kind}",
    )


FAMILIES = (
    Family("neighbours", _neighbours),
    Family("running-values", _running),
    Family("distinct", _unique),
    Family("two-lists", _two_lists),
    Family("sum-until", _until),
    Family("slices", _slices),
    Family("against-limit", _count_limit),
)
