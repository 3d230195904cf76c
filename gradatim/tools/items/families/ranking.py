"""Families over end markers, dictionaries of lists, and sorting by a key."""

from __future__ import annotations

from gradatim.tools.items.arguments import lists_by_name, numbers, pairs, words
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _until_marker(draw: Draw) -> Sketch:
    """Numbers up to an end marker, with `while` (the rainfall problem of Soloway, 1986)."""
    what = draw.choice("what", ("sum", "count", "mean", "largest", "positive"))
    marker = draw.choice("marker", (99, -1, 0))
    test = f"i < len(values) and values[i] != {marker}"
    before, step, last = {
        "sum": ("total = 0", "total += values[i]", "return total"),
        "count": (
            "count = 0",
            "if values[i] % 2 == 0:\n        count += 1",
            "return count",
        ),
        "mean": ("total = 0", "total += values[i]", "if i == 0:\n    return 0\nreturn total // i"),
        "largest": (
            "best = -1000",
            "if values[i] > best:\n        best = values[i]",
            "return best",
        ),
        "positive": ("total = 0", "if values[i] > 0:\n        total += values[i]", "return total"),
    }[what]
    name = draw.choice("name", ("before_marker", "rainfall", "until_end"))
    return Sketch(
        name,
        function(name, "values", before, "i = 0", f"while {test}:\n    {step}\n    i += 1", last),
        (
            "sentinel-loop",
            "while-loop",
            "loop-condition",
            {
                "sum": "accumulator-pattern",
                "count": "counting-pattern",
                "mean": "average",
                "largest": "maximum-pattern",
                "positive": "rainfall-problem",
            }[what],
            "list-index",
        ),
        (numbers(marker, 0, low=-9 if marker != 99 else -4, high=20 if marker != 99 else 99),),
        {"marker": marker},
        f"does_{what}",
    )


def _collected(draw: Draw) -> Sketch:
    """A dictionary of lists is built from pairs."""
    what = draw.choice("what", ("lists", "above", "totals", "best"))
    k = draw.number("k", 4, 12)
    step = {
        "lists": "if name not in found:\n    found[name] = []\nfound[name].append(amount)",
        "above": f"if amount > {k}:\n    found.setdefault(name, []).append(amount)",
        "totals": "found[name] = found.get(name, 0) + amount",
        "best": "if name not in found or amount > found[name]:\n    found[name] = amount",
    }[what].replace("\n", "\n    ")
    name = draw.choice("name", ("by_name", "collect_pairs", "summary"))
    return Sketch(
        name,
        function(name, "pairs", "found = {}", f"for name, amount in pairs:\n    {step}", "return found"),
        (
            "grouping-pattern" if what in ("lists", "above") else "dictionary-update",
            "tuple-unpacking",
            {
                "lists": "dictionary-membership",
                "above": "list-append",
                "totals": "dictionary-get",
                "best": "or-operator",
            }[what],
            "dictionary",
            "for-loop",
        ),
        (pairs(k),),
        {"k": k},
        f"does_{what}",
    )


def _of_lists(draw: Draw) -> Sketch:
    """A dictionary of lists is read."""
    what = draw.choice("what", ("means", "most", "enough", "total"))
    k = draw.number("k", 2, 4)
    step = {
        "means": "if marks[name]:\n    result[name] = sum(marks[name]) // len(marks[name])",
        "most": "if len(marks[name]) > most:\n    most = len(marks[name])\n    result = name",
        "enough": f"if len(marks[name]) >= {k}:\n    result.append(name)",
        "total": "for mark in marks[name]:\n    result += mark",
    }[what].replace("\n", "\n    ")
    start = {"means": "{}", "most": "''", "enough": "[]", "total": "0"}[what]
    name = draw.choice("name", ("of_marks", "overview", "look_through"))
    return Sketch(
        name,
        function(
            name,
            "marks",
            "most = 0" if what == "most" else "",
            f"result = {start}",
            f"for name in marks:\n    {step}",
            "return result",
        ),
        (
            "loop-over-dictionary",
            "dictionary-access",
            {"means": "average", "most": "maximum-pattern", "enough": "list-length", "total": "nested-loop"}[what],
            "for-loop",
        ),
        (lists_by_name(k),),
        {"k": k},
        f"does_{what}",
    )


def _sorted(draw: Draw) -> Sketch:
    """Sorting by a key, with a rule for ties."""
    what = draw.choice("what", ("length", "length_then_word", "amount", "top", "last_letter"))
    k = draw.number("k", 1, 3)
    body = {
        "length": ["return sorted(words, key=len)"],
        "length_then_word": ["return sorted(words, key=lambda word: (-len(word), word))"],
        "last_letter": ["return sorted(words, key=lambda word: word[-1])"],
        "amount": [
            "ranked = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))",
            "result = []",
            "for pair in ranked:\n    result.append(pair[0])",
            "return result",
        ],
        "top": [
            "ranked = sorted(pairs, key=lambda pair: pair[1], reverse=True)",
            "result = []",
            f"for name, amount in ranked[:{k}]:\n    result.append(name)",
            "return result",
        ],
    }[what]
    over_words = what in ("length", "length_then_word", "last_letter")
    name = draw.choice("name", ("ranked_list", "in_order", "ranking"))
    return Sketch(
        name,
        function(name, "words" if over_words else "pairs", *body),
        (
            "sort-key",
            "sorted-function",
            *(("lambda-expression",) if what != "length" else ("string-length",)),
            *(("sorting-by-several-keys",) if what in ("length_then_word", "amount") else ("sort-stability",)),
            *(() if over_words else ("for-loop",)),
        ),
        (words() if over_words else pairs(),),
        {"k": k},
        f"does_{what}",
    )


FAMILIES = (
    Family("until-marker", _until_marker),
    Family("collected", _collected),
    Family("of-lists", _of_lists),
    Family("sorted-by-key", _sorted),
)
