"""Families over whole numbers: ranges, digits, loops that end by themselves."""

from __future__ import annotations

from gradatim.tools.items.arguments import whole
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _up_to(draw: Draw) -> Sketch:
    """Sums and products over a range."""
    form = draw.choice("form", ("for", "while", "step"))
    what = draw.choice("what", ("sum", "squares", "product", "odd", "divisors"))
    a = draw.number("a", 2, 4)
    start = "1" if what == "product" else "0"
    body = {
        "sum": f"if i % {a} == 0:\n    total += i",
        "squares": "total += i * i",
        "product": f"if i % {a} != 0:\n    total *= i",
        "odd": "if i % 2 == 1:\n    total += i",
        "divisors": "if n % i == 0:\n    total += 1",
    }[what]
    inner = body.replace("\n", "\n    ")
    if form == "for":
        loop = f"for i in range(1, n + 1):\n    {inner}"
    elif form == "while":
        loop = f"i = 1\nwhile i <= n:\n    {inner}\n    i += 1"
    else:
        loop = f"for i in range(n, 0, -1):\n    {inner}"
    name = draw.choice("name", ("up_to", "series", "collect"))
    concepts = {
        "for": ("for-loop", "range-start-stop"),
        "while": ("while-loop", "loop-condition"),
        "step": ("for-loop", "range-step"),
    }[form]
    return Sketch(
        name,
        function(name, "n", f"total = {start}", loop, "return total"),
        (
            *concepts,
            "accumulator-pattern",
            *(("divisibility-test",) if what != "squares" else ("arithmetic-operator",)),
        ),
        (whole(0, 12, 1, a, 6),),
        {"a": a},
        f"does_{what}",
    )


def _digits(draw: Draw) -> Sketch:
    what = draw.choice("what", ("sum", "count", "even", "largest", "reverse", "product"))
    form = draw.choice("form", ("arithmetic", "text"))
    if form == "text" and what == "reverse":
        form = "arithmetic"
    step = {
        "sum": "result += digit",
        "count": "result += 1",
        "even": "if digit % 2 == 0:\n    result += 1",
        "largest": "if digit > result:\n    result = digit",
        "reverse": "result = result * 10 + digit",
        "product": "if digit != 0:\n    result *= digit",
    }[what].replace("\n", "\n    ")
    start = "result = 1" if what == "product" else "result = 0"
    if form == "arithmetic":
        take = "digit = n % 10\n    " if what != "count" else ""
        loop = f"while n > 0:\n    {take}{step}\n    n = n // 10"
        concepts = ("while-loop", "digit-extraction", "modulo", "floor-division")
    else:
        loop = f"for character in str(n):\n    digit = int(character)\n    {step}"
        concepts = ("loop-over-string", "str-conversion", "int-conversion", "digit-sum")
    name = draw.choice("name", ("digits", "digit_work", "inspect_number"))
    return Sketch(
        name,
        function(name, "n", start, loop, "return result"),
        (*concepts, "accumulator-pattern"),
        (whole(1, 9999, 9, 10, 100, 707),),
        {},
        f"does_{what}",
    )


def _growth(draw: Draw) -> Sketch:
    """A loop that ends when something is reached."""
    what = draw.choice("what", ("doubling", "saving", "collatz", "halving", "shrinking"))
    a = draw.number("a", 2, 5)
    if what == "collatz":
        text = [
            "steps = 0",
            "while n != 1:\n    if n % 2 == 0:\n        n = n // 2\n    else:\n        n = 3 * n + 1\n    steps += 1",
            "return steps",
        ]
        parameters, arguments = "n", (whole(1, 14, 1, 2, 3),)
        concepts = ("while-loop", "else-clause", "modulo", "floor-division")
    elif what == "doubling":
        text = ["steps = 0", f"while n < goal:\n    n = n * {a}\n    steps += 1", "return steps"]
        parameters, arguments = "n, goal", (whole(1, 9, 1), whole(1, 90, 8, 9))
        concepts = ("while-loop", "loop-condition", "counting-pattern")
    elif what == "saving":
        text = [
            "weeks = 0",
            "money = 0",
            f"while money < goal:\n    weeks += 1\n    money += {a}\n    if weeks % {a} == 0:\n        money += 1",
            "return weeks",
        ]
        parameters, arguments = "goal", (whole(0, 40, a, 2 * a),)
        concepts = ("while-loop", "loop-condition", "modulo", "counting-pattern")
    elif what == "halving":
        text = ["result = []", "while n > 0:\n    result.append(n)\n    n = n // 2", "return result"]
        parameters, arguments = "n", (whole(0, 40, 1, 2),)
        concepts = ("while-loop", "list-append", "floor-division")
    else:
        text = [
            "steps = 0",
            f"while n > {a}:\n    if n % 2 == 0:\n        n = n // 2\n    else:\n        n = n - 1\n    steps += 1",
            "return steps",
        ]
        parameters, arguments = "n", (whole(0, 60, a, 2 * a),)
        concepts = ("while-loop", "else-clause", "loop-condition", "counting-pattern")
    name = draw.choice("name", ("steps_needed", "grow", "how_long"))
    return Sketch(
        name, function(name, parameters, *text), (*concepts, "termination"), arguments, {"a": a}, f"does_{what}"
    )


def _prime(draw: Draw) -> Sketch:
    what = draw.choice("what", ("is_prime", "smallest", "gcd", "count"))
    text: dict[str, list[str]] = {
        "is_prime": [
            "if n < 2:\n    return False",
            "for i in range(2, n):\n    if n % i == 0:\n        return False",
            "return True",
        ],
        "smallest": ["i = 2", "while n % i != 0:\n    i += 1", "return i"],
        "gcd": ["while b != 0:\n    a, b = b, a % b", "return a"],
        "count": [
            "count = 0",
            "while n % k == 0:\n    n = n // k\n    count += 1",
            "return count",
        ],
    }
    parameters, arguments = {
        "is_prime": ("n", (whole(0, 30, 2, 9),)),
        "smallest": ("n", (whole(2, 50, 2, 9, 25, 35),)),
        "gcd": ("a, b", (whole(1, 40, 12, 18), whole(1, 40, 12, 18))),
        "count": ("n, k", (whole(1, 100, 8, 9, 16, 27, 54, 81), whole(2, 4))),
    }[what]
    concepts = {
        "is_prime": ("prime-test", "early-return", "for-loop", "range-start-stop", "modulo"),
        "smallest": ("while-loop", "divisibility-test", "modulo", "search-pattern"),
        "gcd": ("greatest-common-divisor", "tuple-assignment", "while-loop", "modulo"),
        "count": ("while-loop", "divisibility-test", "floor-division", "counting-pattern"),
    }[what]
    name = draw.choice("name", ("divide_out", "factor_work", "examine"))
    return Sketch(name, function(name, parameters, *text[what]), concepts, arguments, {}, f"does_{what}")


FAMILIES = (
    Family("up-to", _up_to),
    Family("digits", _digits),
    Family("growth", _growth),
    Family("divisors", _prime),
)
