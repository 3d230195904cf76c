"""Families over exceptions: what goes wrong is caught, or raised and caught elsewhere."""

from __future__ import annotations

from gradatim.tools.items.arguments import number_texts, numbers, table, whole, words
from gradatim.tools.items.families.family import Draw, Family, Said, Sketch, function


def _tried(expression: str, error: str, good: str, bad: str) -> str:
    """One element that may fail, what is done with it, and what is done where it fails."""
    return f"try:\n    value = {expression}\nexcept {error}:\n    {bad}\nelse:\n    {good}"


def _valid_numbers(draw: Draw) -> Sketch:
    """Texts of which some are no numbers."""
    what = draw.choice("what", ("sum", "count_bad", "largest", "replace", "bad"))
    k = draw.number("k", 1, 9)
    start, good, bad = {
        "sum": ("0", "result += value", "continue"),
        "count_bad": ("0", "continue", "result += 1"),
        "largest": ("0", "if value > result:\n        result = value", "continue"),
        "replace": ("[]", "result.append(value)", f"result.append({k})"),
        "bad": ("[]", "continue", "result.append(text)"),
    }[what]
    if good == "continue":
        step = f"try:\n    value = int(text)\nexcept ValueError:\n    {bad}"
    elif bad == "continue":
        step = f"try:\n    value = int(text)\n    {good}\nexcept ValueError:\n    continue"
    else:
        step = _tried("int(text)", "ValueError", good, bad)
    name = draw.choice("name", ("read_numbers", "clean", "parse_all"))
    inner = step.replace("\n", "\n    ")
    return Sketch(
        name,
        function(name, "texts", f"result = {start}", f"for text in texts:\n    {inner}", "return result"),
        (
            "try-except",
            "value-error",
            "int-conversion",
            "for-loop",
            *(("maximum-pattern",) if what == "largest" else ()),
        ),
        (number_texts(),),
        {"k": k},
        f"does_{what}",
    )


def _failing_access(draw: Draw) -> Sketch:
    """Places and keys that are not there, and divisions by zero."""
    what = draw.choice("what", ("index", "key", "division"))
    k = draw.choice("k", (-1, 0, 100))
    form = draw.choice("form", ("sum", "list"))
    items, item, expression, error, concept = {
        "index": ("places", "place", "numbers[place]", "IndexError", "index-error"),
        "key": ("names", "name", "prices[name]", "KeyError", "key-error"),
        "division": ("numbers", "number", "total // number", "ZeroDivisionError", "zero-division-error"),
    }[what]
    first = {"index": "numbers", "key": "prices", "division": "total"}[what]
    start, good = ("0", "result += {}") if form == "sum" else ("[]", "result.append({})")
    body = (
        f"result = {start}\nfor {item} in {items}:\n    try:\n        {good.format(expression)}\n"
        f"    except {error}:\n        {good.format(k)}\nreturn result"
    )
    name = draw.choice("name", ("look_up_all", "with_default", "safe"))
    arguments = {
        "index": (numbers(least=1, most=4, low=1), numbers(0, low=0, high=5, most=5)),
        "key": (table(least=1), words()),
        "division": (whole(5, 40), numbers(0, 1, low=-2, high=9)),
    }[what]
    return Sketch(
        name,
        function(name, f"{first}, {items}", body),
        (
            "try-except",
            concept,
            "exception",
            "for-loop",
            *(("accumulator-pattern",) if form == "sum" else ("list-append",)),
        ),
        arguments,
        {"k": k},
        f"does_{what}_{form}",
    )


def _raised(draw: Draw) -> Sketch:
    """A helper raises, its caller catches."""
    what = draw.choice("what", ("count", "sum", "first"))
    limit = draw.number("limit", 6, 15)
    rule = draw.choice("rule", ("negative", "large", "odd"))
    test = {"negative": "number < 0", "large": f"number > {limit}", "odd": "number % 2 == 1"}[rule]
    made, change = draw.choice("change", (("twice", "number * 2"), ("next", "number + 1")))
    helper = f"def checked(number):\n    if {test}:\n        raise ValueError('wrong number')\n    return {change}\n\n"
    body = {
        "count": "result = 0\nfor number in numbers:\n    try:\n        checked(number)\n"
        "    except ValueError:\n        result += 1\nreturn result",
        "sum": "result = 0\nfor number in numbers:\n    try:\n        result += checked(number)\n"
        "    except ValueError:\n        result -= 1\nreturn result",
        "first": "result = []\ntry:\n    for number in numbers:\n        result.append(checked(number))\n"
        "except ValueError:\n    result.append(0)\nreturn result",
    }[what]
    name = draw.choice("name", ("examine", "go_through", "check_all"))
    return Sketch(
        name,
        helper + function(name, "numbers", body),
        ("raise-statement", "try-except", "value-error", "exception-propagation", "function-call"),
        (numbers(0, limit),),
        {
            "rule": Said.of(f"items.family.raised.rule_{rule}", limit=limit),
            "change": Said.of(f"items.family.raised.change_{made}"),
        },
        f"does_{what}",
    )


FAMILIES = (
    Family("valid-numbers", _valid_numbers),
    Family("failing-access", _failing_access),
    Family("raised", _raised),
)
