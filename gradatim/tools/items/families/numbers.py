"""Families over whole numbers: formulas, branches, values that move, helper functions."""

from __future__ import annotations

from gradatim.tools.items.arguments import numbers, one_of, whole
from gradatim.tools.items.families.family import Draw, Family, Said, Sketch, function


def _formula(draw: Draw) -> Sketch:
    """Two or three steps of arithmetic."""
    one, other = draw.choice(
        "names", (("width", "height"), ("price", "amount"), ("hours", "rate"), ("rows", "columns"))
    )
    a, b = draw.number("a", 2, 9), draw.number("b", 2, 5)
    kind = draw.choice("kind", ("sum_times", "times_plus", "half", "squares", "rest", "mean"))
    code = {
        "sum_times": f"return ({one} + {other}) * {b}",
        "times_plus": f"return {one} * {other} + {a}",
        "half": f"return {one} * ({other} + {a}) // {b}",
        "squares": f"return ({one} - {other}) ** 2",
        "rest": f"return ({one} + {other}) % {a}",
        "mean": f"return ({one} + {other}) / 2",
    }[kind]
    name = draw.choice("name", ("compute", "formula", "work_out"))
    concepts = {
        "sum_times": ("operator-precedence", "parentheses"),
        "times_plus": ("operator-precedence",),
        "half": ("floor-division", "operator-precedence"),
        "squares": ("exponentiation", "parentheses"),
        "rest": ("modulo", "operator-precedence"),
        "mean": ("true-division", "operator-precedence"),
    }[kind]
    return Sketch(
        name,
        function(name, f"{one}, {other}", code),
        (*concepts, "arithmetic-operator", "parameter", "return-statement"),
        (whole(1, 12), whole(1, 12)),
        {"one": one, "other": other, "a": a, "b": b},
        f"does_{kind}",
    )


def _units(draw: Draw) -> Sketch:
    """A number taken apart by `//` and `%`."""
    unit, size = draw.choice("unit", (("minutes", 60), ("days", 7), ("eggs", 12), ("seconds", 60), ("cents", 100)))
    what = draw.choice("what", ("pair", "rest", "rounded_up", "sum"))
    text = {
        "pair": [f"whole = {unit} // {size}", f"rest = {unit} % {size}", "return (whole, rest)"],
        "rest": [f"whole = {unit} // {size}", f"return {unit} - whole * {size}"],
        "rounded_up": [f"whole = {unit} // {size}", f"if {unit} % {size} > 0:\n    whole += 1", "return whole"],
        "sum": [f"return {unit} // {size} + {unit} % {size}"],
    }[what]
    name = draw.choice("name", ("split_up", f"divide_{unit}", "take_apart"))
    return Sketch(
        name,
        function(name, unit, *text),
        ("floor-division", "modulo", *(("multiple-return-values",) if what == "pair" else ("assignment",))),
        (whole(0, 6 * size, size, 2 * size),),
        {"unit": unit, "size": size},
        f"does_{what}",
    )


def _grade(draw: Draw) -> Sketch:
    count = draw.number("branches", 2, 4)
    start, step = draw.choice("limits", ((50, 15), (40, 20), (10, 10), (5, 5)))
    limits = [start + step * place for place in range(count)]
    words = draw.choice("words", (("low", "fair", "good", "high", "top"), ("E", "D", "C", "B", "A")))
    form = draw.choice("form", ("returns", "variable", "upwards"))
    name = draw.choice("name", ("grade", "band", "label_for"))
    if form == "upwards":
        parts = [
            f"{'if' if n == 0 else 'elif'} points < {limit}:\n    result = '{words[n]}'"
            for n, limit in enumerate(limits)
        ]
        text = ["\n".join([*parts, f"else:\n    result = '{words[count]}'"]), "return result"]
    elif form == "variable":
        parts = [
            f"{'if' if n == count else 'elif'} points >= {limits[n - 1]}:\n    result = '{words[n]}'"
            for n in range(count, 0, -1)
        ]
        text = ["\n".join([*parts, f"else:\n    result = '{words[0]}'"]), "return result"]
    else:
        text = [f"if points >= {limits[n - 1]}:\n    return '{words[n]}'" for n in range(count, 0, -1)]
        text.append(f"return '{words[0]}'")
    bands = ", ".join(f"'{words[n + 1]}' ≥ {limit}" for n, limit in enumerate(limits))
    return Sketch(
        name,
        function(name, "points", *text),
        ("elif-clause" if form != "returns" else "early-return", "conditional-order", "boundary-case", "if-statement"),
        (whole(0, limits[-1] + step, *limits),),
        {"bands": bands, "lowest": f"'{words[0]}'"},
    )


def _fare(draw: Draw) -> Sketch:
    """A price that depends on two things."""
    child, senior = draw.choice("ages", ((6, 65), (12, 60), (14, 70)))
    full = draw.choice("full", (10, 12, 20))
    form = draw.choice("form", ("compound", "nested", "member"))
    name = draw.choice("name", ("fare", "ticket_price", "entry"))
    if form == "compound":
        text = [f"if age < {child} or age > {senior}:\n    return {full // 2}", f"return {full}"]
        parameters, arguments = "age", (whole(0, 90, child, senior),)
        concepts = ("or-operator", "compound-condition")
    elif form == "nested":
        text = [
            f"price = {full}",
            f"if age < {child}:\n    if groups > 1:\n        price = 0\n    else:\n        price = {full // 2}",
            "return price * groups",
        ]
        parameters, arguments = "age, groups", (whole(0, 30, child), whole(1, 4, 1))
        concepts = ("nested-conditional", "else-clause")
    else:
        text = [
            f"price = {full}",
            f"if member and age >= {senior}:\n    price = price - 4\n"
            f"elif member or age < {child}:\n    price = price - 2",
            "return price",
        ]

        parameters, arguments = "age, member", (whole(0, 90, child, senior), one_of((True, False)))
        concepts = ("and-operator", "or-operator", "elif-clause")
    return Sketch(
        name,
        function(name, parameters, *text),
        (*concepts, "if-statement", "boundary-case"),
        arguments,
        {"child": child, "senior": senior, "full": full, "half": full // 2},
        f"does_{form}",
    )


def _truth(draw: Draw) -> Sketch:
    """A function that gives a truth value."""
    kind = draw.choice("kind", ("leap", "inside", "either", "not_both", "neither"))
    a, b = draw.choice("divisors", ((3, 5), (2, 7), (4, 6), (3, 4)))
    low, high = draw.choice("bounds", ((10, 20), (5, 15), (0, 9)))
    code = {
        "leap": f"n % {a} == 0 and n % {b} != 0",
        "inside": f"n >= {low} and n <= {high} and n % {a} == 0",
        "either": f"n % {a} == 0 or n % {b} == 0",
        "not_both": f"(n % {a} == 0 or n % {b} == 0) and not n % {a * b} == 0",
        "neither": f"not (n % {a} == 0 or n > {high})",
    }[kind]
    form = draw.choice("form", ("direct", "branches"))
    text = f"return {code}" if form == "direct" else f"if {code}:\n    return True\nreturn False"
    name = draw.choice("name", ("fits", "is_allowed", "accepts"))
    return Sketch(
        name,
        function(name, "n", text),
        (
            "boolean-expression",
            {"either": "or-operator", "neither": "not-operator"}.get(kind, "and-operator"),
            "modulo",
            "divisibility-test",
            "compound-condition",
        ),
        (whole(-2, 40, a, b, a * b, low, high),),
        {"a": a, "b": b, "ab": a * b, "low": low, "high": high},
        f"does_{kind}",
    )


def _swap(draw: Draw) -> Sketch:
    """Values that are moved between variables."""
    what = draw.choice("what", ("order", "rotate", "clamp", "middle"))
    text = {
        "order": ["if a > b:\n    a, b = b, a", "return [a, b]"],
        "rotate": ["a, b, c = b, c, a", "return [a, b, c]"],
        "clamp": ["if value < low:\n    return low", "if value > high:\n    return high", "return value"],
        "middle": [
            "if a > b:\n    a, b = b, a",
            "if b > c:\n    b, c = c, b",
            "if a > b:\n    a, b = b, a",
            "return b",
        ],
    }[what]
    small = whole(0, 9)
    parameters, arguments = {
        "order": ("a, b", (small, small)),
        "rotate": ("a, b, c", (small, small, small)),
        "clamp": ("value, low, high", (whole(-5, 20, 3, 9), whole(0, 4), whole(6, 10))),
        "middle": ("a, b, c", (small, small, small)),
    }[what]
    concepts = {
        "order": ("swap-values", "tuple-assignment", "if-statement"),
        "rotate": ("swap-values", "tuple-assignment"),
        "clamp": ("clamping", "early-return", "if-statement", "comparison-operator"),
        "middle": ("swap-values", "tuple-assignment", "if-statement", "sorting"),
    }[what]
    name = draw.choice("name", ("arrange", "settle", "adjusted"))
    return Sketch(name, function(name, parameters, *text), concepts, arguments, {}, f"does_{what}")


def _helper(draw: Draw) -> Sketch:
    """Two functions, one of which calls the other."""
    what = draw.choice("what", ("distance", "cost", "count", "chain"))
    a = draw.number("a", 2, 6)
    helper, main = draw.choice("names", (("step", "journey"), ("part", "total"), ("inner", "outer")))
    text = {
        "distance": [
            f"def {helper}(a, b):\n    return a * {a} - b",
            f"def {main}(a, b):\n    if a < b:\n        return {helper}(b, a)\n    return {helper}(a, b)",
        ],
        "cost": [
            f"def {helper}(amount, price):\n    if amount > {a}:\n        return price - 1\n    return price",
            f"def {main}(amount, price):\n    return amount * {helper}(amount, price)",
        ],
        "count": [
            f"def {helper}(n):\n    return n % {a} == 0 or n > 10",
            f"def {main}(numbers):\n    count = 0\n"
            f"    for n in numbers:\n        if {helper}(n):\n            count += 1\n"
            "    return count",
        ],
        "chain": [
            f"def {helper}(n):\n    return (n + {a}) * 2",
            f"def {main}(n, times):\n    for i in range(times):\n        n = {helper}(n)\n    return n",
        ],
    }[what]

    arguments = {
        "distance": (whole(0, 9), whole(0, 9)),
        "cost": (whole(0, 10, a), whole(2, 6)),
        "count": (numbers(a, 10, low=0, high=14),),
        "chain": (whole(0, 5), whole(0, 4)),
    }[what]
    concepts = {
        "distance": ("positional-argument", "if-statement"),
        "cost": ("early-return", "boundary-case"),
        "count": ("for-loop", "or-operator"),
        "chain": ("for-loop", "range", "reassignment"),
    }[what]
    return Sketch(
        main,
        "\n\n".join(text),
        ("function-call", "decomposition", "return-value", *concepts),
        arguments,
        {"helper": helper, "a": a, "change": Said.of("items.change.plus_times", a=2, b=a)},
        f"does_{what}",
    )


FAMILIES = (
    Family("formula", _formula),
    Family("units", _units),
    Family("grade-bands", _grade),
    Family("fare", _fare),
    Family("truth-value", _truth),
    Family("moving-values", _swap),
    Family("helper-function", _helper),
)
