"""Families over dictionaries, grids and nested loops."""

from __future__ import annotations

from dataclasses import replace

from gradatim.tools.items.arguments import grid, numbers, table, whole, words
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _frequency(draw: Draw) -> Sketch:
    what = draw.choice("what", ("words", "lengths", "initials", "most"))
    form = draw.choice("form", ("get", "in"))
    key = {"words": "word", "lengths": "len(word)", "initials": "word[0]", "most": "word"}[what]
    if form == "get":
        step = f"counts[{key}] = counts.get({key}, 0) + 1"
    else:
        step = f"if {key} not in counts:\n    counts[{key}] = 0\ncounts[{key}] += 1"
    loop = "for word in words:\n    " + step.replace("\n", "\n    ")
    last = (
        [
            "best = ''\nmost = 0",
            "for word in counts:\n    if counts[word] > most:\n        most = counts[word]\n        best = word",
        ]
        if what == "most"
        else []
    )
    name = draw.choice("name", ("count_all", "frequencies", "statistics"))
    return Sketch(
        name,
        function(name, "words", "counts = {}", loop, *last, f"return {'best' if last else 'counts'}"),
        (
            "frequency-count",
            "dictionary-get" if form == "get" else "dictionary-membership",
            "dictionary-update",
            "for-loop",
            *(("maximum-pattern", "loop-over-dictionary") if last else ()),
        ),
        (words(),),
        {},
        f"does_{what}",
    )


def _group(draw: Draw) -> Sketch:
    what = draw.choice("what", ("length", "first", "parity"))
    form = draw.choice("form", ("in", "setdefault"))
    item = "number" if what == "parity" else "word"
    items = f"{item}s"
    key = {"length": "len(word)", "first": "word[0]", "parity": "number % 2 == 0"}[what]
    if form == "in":
        step = "if key not in groups:\n        groups[key] = []\n    groups[key].append(" + item + ")"
    else:
        step = f"groups.setdefault(key, []).append({item})"
    name = draw.choice("name", ("grouped", "sort_into", "collect_by"))
    return Sketch(
        name,
        function(name, items, "groups = {}", f"for {item} in {items}:\n    key = {key}\n    {step}", "return groups"),
        (
            "grouping-pattern",
            "dictionary-membership" if form == "in" else "dictionary-setdefault",
            "list-append",
            "for-loop",
        ),
        (numbers(low=0, high=9) if what == "parity" else words(),),
        {},
        f"does_{what}",
    )


def _look_up(draw: Draw) -> Sketch:
    """Loops over a dictionary."""
    what = draw.choice("what", ("total", "names", "cheapest", "raise", "count"))
    form = draw.choice("form", ("keys", "items"))
    k = draw.number("k", 5, 20)
    value = "prices[name]" if form == "keys" else "price"
    head = "for name in prices:" if form == "keys" else "for name, price in prices.items():"
    body = {
        "total": ["total = 0", f"{head}\n    if {value} > {k}:\n        total += {value}", "return total"],
        "names": ["found = []", f"{head}\n    if {value} <= {k}:\n        found.append(name)", "return found"],
        "cheapest": [
            "best = ''\nlowest = 1000",
            f"{head}\n    if {value} < lowest:\n        lowest = {value}\n        best = name",
            "return best",
        ],
        "raise": ["result = {}", f"{head}\n    result[name] = {value} + {k}", "return result"],
        "count": ["count = 0", f"{head}\n    if {value} < {k} and len(name) > 3:\n        count += 1", "return count"],
    }[what]
    concepts = {
        "total": ("accumulator-pattern",),
        "names": ("list-append", "boundary-case"),
        "cheapest": ("maximum-pattern",),
        "raise": ("dictionary-update",),
        "count": ("counting-pattern", "and-operator"),
    }[what]
    name = draw.choice("name", ("price_work", "from_table", "evaluate"))
    return Sketch(
        name,
        function(name, "prices", *body),
        (
            "loop-over-dictionary",
            "dictionary-items" if form == "items" else "dictionary-access",
            *concepts,
            "if-statement",
        ),
        (table(k),),
        {"k": k},
        f"does_{what}",
    )


def _order(draw: Draw) -> Sketch:
    """A table that prices are looked up in."""
    what = draw.choice("what", ("sum", "missing", "default"))
    k = draw.number("k", 1, 5)
    body = {
        "sum": [
            "total = 0",
            "for name in names:\n    if name in prices:\n        total += prices[name]",
            "return total",
        ],
        "missing": [
            "missing = []",
            "for name in names:\n    if name not in prices:\n        missing.append(name)",
            "return missing",
        ],
        "default": ["total = 0", f"for name in names:\n    total += prices.get(name, {k})", "return total"],
    }[what]
    small = table(low=1, high=9, least=1)

    name = draw.choice("name", ("order_sum", "look_up", "checkout"))
    return Sketch(
        name,
        function(name, "names, prices", *body),
        (
            "lookup-table",
            "dictionary-get" if what == "default" else "dictionary-membership",
            "for-loop",
            "accumulator-pattern",
        ),
        (words(most=5), small),
        {"k": k},
        f"does_{what}",
    )


def _grid(draw: Draw) -> Sketch:
    what = draw.choice("what", ("rows", "count", "largest", "flatten", "column", "diagonal"))
    form = draw.choice("form", ("each", "index"))
    k = draw.number("k", 2, 6)
    if form == "each":
        outer, inner, value = "for row in grid:", "for value in row:", "value"
    else:
        outer, inner, value = "for r in range(len(grid)):", "for c in range(len(grid[r])):", "grid[r][c]"
    body = {
        "rows": [
            "result = []",
            f"{outer}\n    total = 0\n    {inner}\n        total += {value}\n    result.append(total)",
            "return result",
        ],
        "count": [
            "count = 0",
            f"{outer}\n    {inner}\n        if {value} > {k}:\n            count += 1",
            "return count",
        ],
        "largest": [
            "best = grid[0][0]",
            f"{outer}\n    {inner}\n        if {value} > best:\n            best = {value}",
            "return best",
        ],
        "flatten": [
            "result = []",
            f"{outer}\n    {inner}\n        if {value} % 2 == 0:\n            result.append({value})",
            "return result",
        ],
        "column": [
            "result = []",
            "for c in range(len(grid[0])):\n    total = 0\n"
            "    for r in range(len(grid)):\n        total += grid[r][c]\n"
            "    result.append(total)",
            "return result",
        ],
        "diagonal": [
            "total = 0",
            "for r in range(len(grid)):\n    for c in range(len(grid[r])):\n"
            "        if r == c:\n            total += grid[r][c]",
            "return total",
        ],
    }[what]
    name = draw.choice("name", ("grid_work", "over_grid", "table_sum"))
    cells = grid(k)
    if what in ("largest", "column"):
        cells = replace(cells, edges=([[3]], [[-1, -4]]))
    return Sketch(
        name,
        function(name, "grid", *body),
        (
            "list-of-lists-grid",
            "nested-loop",
            *(("row-and-column-sums",) if what in ("rows", "column") else ("if-statement",)),
            "maximum-pattern" if what == "largest" else "accumulator-pattern",
        ),
        (cells,),
        {"k": k},
        f"does_{what}",
    )


def _pairs(draw: Draw) -> Sketch:
    what = draw.choice("what", ("sum", "count", "smaller", "table", "triangle"))
    k = draw.number("k", 4, 9)
    body = {
        "sum": [
            f"for i in range(len(numbers)):\n    for j in range(i + 1, len(numbers)):\n"
            f"        if numbers[i] + numbers[j] == {k}:\n            return True",
            "return False",
        ],
        "count": [
            "count = 0",
            "for i in range(len(numbers)):\n    for j in range(i + 1, len(numbers)):\n"
            "        if numbers[i] == numbers[j]:\n            count += 1",
            "return count",
        ],
        "smaller": [
            "result = []",
            "for one in numbers:\n    count = 0\n"
            "    for other in numbers:\n        if other < one:\n            count += 1\n"
            "    result.append(count)",
            "return result",
        ],
        "table": [
            "rows = []",
            "for i in range(1, n + 1):\n    row = []\n    for j in range(1, n + 1):\n        row.append(i * j)\n"
            "    rows.append(row)",
            "return rows",
        ],
        "triangle": ["total = 0", "for i in range(n):\n    for j in range(i + 1):\n        total += j", "return total"],
    }[what]
    by_number = what in ("table", "triangle")
    name = draw.choice("name", ("pairs", "combinations_of", "nested_work"))
    return Sketch(
        name,
        function(name, "n" if by_number else "numbers", *body),
        (
            "nested-loop",
            "range-start-stop",
            "loop-variable",
            *(("list-append",) if what in ("table", "smaller") else ("accumulator-pattern",)),
            *(("early-return",) if what == "sum" else ()),
        ),
        (whole(0, 5, 1, 2) if by_number else numbers(low=0, high=6, most=6),),
        {"k": k},
        f"does_{what}",
    )


FAMILIES = (
    Family("frequencies", _frequency),
    Family("grouping", _group),
    Family("price-table", _look_up),
    Family("orders", _order),
    Family("grid", _grid),
    Family("pairs", _pairs),
)
