"""Families of sorting: with `sorted`, and by hand."""

from __future__ import annotations

from gradatim.tools.items.arguments import numbers
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _top(draw: Draw) -> Sketch:
    noun = draw.noun()
    k = draw.number("k", 2, 3)
    what = draw.choice("what", ("largest", "smallest", "sum", "without"))
    text = {
        "largest": [f"ordered = sorted({noun.plural}, reverse=True)", f"return ordered[:{k}]"],
        "smallest": [f"ordered = sorted({noun.plural})", f"return ordered[:{k}]"],
        "sum": [f"ordered = sorted({noun.plural}, reverse=True)", f"return sum(ordered[:{k}])"],
        "without": [f"ordered = sorted({noun.plural})", "return sum(ordered[1:len(ordered) - 1])"],
    }[what]
    name = draw.choice("name", ("podium", f"top_{noun.plural}", "chosen"))
    return Sketch(
        name,
        function(name, noun.plural, *text),
        ("top-k", "sorted-function", "list-slice", *(("sum-function",) if what in ("sum", "without") else ())),
        (numbers(low=0, high=15, most=7),),
        {"noun": noun.said, "k": k},
        f"does_{what}",
    )


def _sorting(draw: Draw) -> Sketch:
    """Sorting by hand, step by step."""
    what = draw.choice("what", ("insert", "pass", "merge"))
    body = {
        "insert": [
            "result = []",
            "for number in numbers:\n    i = 0\n    while i < len(result) and result[i] < number:\n        i += 1\n"
            "    result.insert(i, number)",
            "return result",
        ],
        "pass": [
            "result = numbers[:]",
            "for i in range(len(result) - 1):\n    if result[i] > result[i + 1]:\n"
            "        result[i], result[i + 1] = result[i + 1], result[i]",
            "return result",
        ],
        "merge": [
            "result = []\ni = 0\nj = 0",
            "while i < len(left) and j < len(right):\n    if left[i] <= right[j]:\n        result.append(left[i])\n"
            "        i += 1\n    else:\n        result.append(right[j])\n        j += 1",
            "return result + left[i:] + right[j:]",
        ],
    }[what]
    ordered = numbers(low=0, high=9, most=4, ordered=True)
    name = draw.choice("name", ("put_in_order", "ordered", "arranged"))
    return Sketch(
        name,
        function(name, "left, right" if what == "merge" else "numbers", *body),
        (
            {"insert": "insertion-sort", "pass": "bubble-sort", "merge": "merge-sort"}[what],
            "while-loop" if what != "pass" else "swap-values",
            "list-index",
            "compound-condition" if what != "pass" else "off-by-one",
        ),
        (ordered, ordered) if what == "merge" else (numbers(low=0, high=9, most=5),),
        {},
        f"does_{what}",
    )


FAMILIES = (
    Family("top-few", _top),
    Family("sorting-steps", _sorting),
)
