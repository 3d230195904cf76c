"""Families over lists of numbers: count, add up, keep, search, find the extreme."""

from __future__ import annotations

from gradatim.tools.items.arguments import numbers
from gradatim.tools.items.families.family import LOOP_CONCEPTS, LOOPS, Draw, Family, Sketch, function, over


def _count(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    test = draw.condition(noun.singular)
    body = over(form, noun.plural, noun.singular, f"if {test.code}:", "    count += 1")
    name = draw.choice("name", (f"count_{noun.plural}", "count_matching", "how_many"))
    return Sketch(
        name,
        function(name, noun.plural, "count = 0", body, "return count"),
        ("counting-pattern", *LOOP_CONCEPTS[form], "if-statement", *test.concepts),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said},
    )


def _total(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    test = draw.condition(noun.singular)
    code, said, concepts = draw.transform(noun.singular)
    body = over(form, noun.plural, noun.singular, f"if {test.code}:", f"    total += {code}")
    name = draw.choice("name", (f"add_{noun.plural}", "total_of", "sum_up"))
    return Sketch(
        name,
        function(name, noun.plural, "total = 0", body, "return total"),
        ("accumulator-pattern", *LOOP_CONCEPTS[form][:2], "if-statement", *test.concepts[:1], *concepts),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said, "change": said},
    )


def _keep(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    test = draw.condition(noun.singular)
    body = over(form, noun.plural, noun.singular, f"if {test.code}:", f"    kept.append({noun.singular})")
    name = draw.choice("name", (f"keep_{noun.plural}", "selected", "keep_some"))
    return Sketch(
        name,
        function(name, noun.plural, "kept = []", body, "return kept"),
        ("list-append", *LOOP_CONCEPTS[form], "if-statement", *test.concepts),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said},
    )


def _transform(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    code, said, concepts = draw.transform(noun.singular)
    body = over(form, noun.plural, noun.singular, f"result.append({code})")
    name = draw.choice("name", (f"change_{noun.plural}", "changed", "convert"))
    return Sketch(
        name,
        function(name, noun.plural, "result = []", body, "return result"),
        ("list-append", *LOOP_CONCEPTS[form], *concepts),
        (numbers(),),
        {"noun": noun.said, "change": said},
    )


def _comprehension(draw: Draw) -> Sketch:
    noun = draw.noun()
    test = draw.condition(noun.singular)
    code, said, concepts = draw.transform(noun.singular)
    text = f"return [{code} for {noun.singular} in {noun.plural} if {test.code}]"
    name = draw.choice("name", (f"pick_{noun.plural}", "picked", "build_list"))
    return Sketch(
        name,
        function(name, noun.plural, text),
        ("conditional-comprehension", "list-comprehension", *test.concepts[:2], *concepts),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said, "change": said},
    )


def _first(draw: Draw) -> Sketch:
    noun = draw.noun()
    wanted = draw.choice("wanted", ("value", "index"))
    test = draw.condition(f"{noun.plural}[i]" if wanted == "index" else noun.singular)
    if wanted == "index":
        body = f"for i in range(len({noun.plural})):\n    if {test.code}:\n        return i"
        last, concepts = "return -1", ("range", "list-index")
    else:
        body = f"for {noun.singular} in {noun.plural}:\n    if {test.code}:\n        return {noun.singular}"
        last, concepts = "return None", ("loop-over-list", "none-value")
    name = draw.choice("name", ("first_match", f"find_{noun.singular}", "search"))
    return Sketch(
        name,
        function(name, noun.plural, body, last),
        ("search-pattern", "early-return", *concepts, "for-loop", *test.concepts[:2]),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said},
        f"does_{wanted}",
    )


def _quantifier(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", ("each", "index"))
    wanted = draw.choice("wanted", ("any", "all"))
    style = draw.choice("style", ("return", "flag"))
    test = draw.condition(noun.singular)
    hit = test.code if wanted == "any" else f"not ({test.code})"
    if style == "return":
        found = "True" if wanted == "any" else "False"
        other = "False" if wanted == "any" else "True"
        text = [over(form, noun.plural, noun.singular, f"if {hit}:", f"    return {found}"), f"return {other}"]
        concepts = ("early-return",)
    else:
        start, then = ("False", "True") if wanted == "any" else ("True", "False")
        text = [
            f"found = {start}",
            over(form, noun.plural, noun.singular, f"if {hit}:", f"    found = {then}"),
            "return found",
        ]
        concepts = ("boolean-flag",)
    name = draw.choice("name", (f"check_{noun.plural}", "test_all", "is_so"))
    return Sketch(
        name,
        function(name, noun.plural, *text),
        ("search-pattern", *concepts, *LOOP_CONCEPTS[form][:2], *test.concepts[:2]),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said},
        f"does_{wanted}",
    )


def _extreme(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    wanted = draw.choice("wanted", ("largest", "smallest"))
    result = draw.choice("result", ("value", "index", "spread"))
    sign = ">" if wanted == "largest" else "<"
    if result == "index":
        text = [
            "best = 0",
            f"for i in range(len({noun.plural})):\n"
            f"    if {noun.plural}[i] {sign} {noun.plural}[best]:\n        best = i",
            "return best",
        ]
        concepts: tuple[str, ...] = ("range", "list-index")
    elif result == "value":
        body = over(form, noun.plural, noun.singular, f"if {noun.singular} {sign} best:", f"    best = {noun.singular}")
        text = [f"best = {noun.plural}[0]", body, "return best"]
        concepts = LOOP_CONCEPTS[form]
    else:
        body = over(
            form,
            noun.plural,
            noun.singular,
            f"if {noun.singular} > high:",
            f"    high = {noun.singular}",
            f"if {noun.singular} < low:",
            f"    low = {noun.singular}",
        )
        text = [f"high = {noun.plural}[0]", f"low = {noun.plural}[0]", body, "return high - low"]
        concepts = LOOP_CONCEPTS[form]
    name = draw.choice("name", (f"{wanted}_{noun.singular}", "extreme", "scan"))
    return Sketch(
        name,
        function(name, noun.plural, *text),
        ("maximum-pattern", *concepts, "if-statement", "comparison-operator"),
        (numbers(least=1, low=-20, high=15),),
        {"noun": noun.said},
        "does_spread" if result == "spread" else f"does_{wanted}_{result}",
    )


def _average(draw: Draw) -> Sketch:
    noun, form = draw.noun(), draw.choice("loop", LOOPS)
    test = draw.condition(noun.singular)
    body = over(form, noun.plural, noun.singular, f"if {test.code}:", f"    total += {noun.singular}", "    count += 1")
    divide = draw.choice("divide", ("/", "//"))
    name = draw.choice("name", (f"mean_{noun.singular}", "average", "middle"))
    return Sketch(
        name,
        function(
            name,
            noun.plural,
            "total = 0",
            "count = 0",
            body,
            "if count == 0:\n    return 0",
            f"return total {divide} count",
        ),
        (
            "average",
            "true-division" if divide == "/" else "floor-division",
            "zero-division-error",
            *LOOP_CONCEPTS[form][:2],
            *test.concepts[:1],
        ),
        (numbers(*test.near),),
        {"noun": noun.said, "condition": test.said},
        "does_exact" if divide == "/" else "does_whole",
    )


FAMILIES = (
    Family("count-matching", _count),
    Family("sum-matching", _total),
    Family("keep-matching", _keep),
    Family("transform-each", _transform),
    Family("comprehension", _comprehension),
    Family("first-match", _first),
    Family("any-or-all", _quantifier),
    Family("extreme", _extreme),
    Family("average-of", _average),
)
