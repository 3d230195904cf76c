"""Families of functions that call themselves."""

from __future__ import annotations

from gradatim.tools.items.arguments import numbers, whole, word
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _number(draw: Draw) -> Sketch:
    what = draw.choice("what", ("sum", "product", "power", "digits", "halves", "steps", "double"))
    a = draw.number("a", 2, 3)
    name = draw.choice("name", ("compute", "down", "value_of"))
    body = {
        "sum": ["if n == 0:\n    return 0", f"return n + {name}(n - 1)"],
        "product": ["if n <= 1:\n    return 1", f"return n * {name}(n - 1)"],
        "power": ["if n == 0:\n    return 1", f"return base * {name}(base, n - 1)"],
        "digits": ["if n == 0:\n    return 0", f"return n % 10 + {name}(n // 10)"],
        "halves": ["if n <= 1:\n    return 0", f"return 1 + {name}(n // 2)"],
        "steps": [f"if n < {a}:\n    return 1", f"return {name}(n - 1) + {name}(n - {a})"],
        "double": [f"if n == 0:\n    return {a}", f"return 2 * {name}(n - 1) + 1"],
    }[what]
    arguments = {
        "power": (whole(1, 4), whole(0, 4, 1)),
        "digits": (whole(0, 999, 10, 99),),
        "halves": (whole(1, 40, 2, 4, 8),),
        "steps": (whole(0, 6, a),),
    }.get(what, (whole(0, 6, 1),))
    concepts = {
        "product": ("factorial",),
        "digits": ("digit-sum", "modulo"),
        "power": ("exponentiation",),
        "steps": ("call-tree", "fibonacci-sequence"),
        "halves": ("floor-division",),
    }.get(what, ("recursion-depth",))
    return Sketch(
        name,
        function(name, "base, n" if what == "power" else "n", *body),
        ("recursion", "base-case", "recursive-case", *concepts),
        arguments,
        {"a": a},
        f"does_{what}",
    )


def _list(draw: Draw) -> Sketch:
    what = draw.choice("what", ("sum", "count", "largest", "positive", "reverse"))
    k = draw.number("k", 2, 7)
    name = draw.choice("name", ("through", "fold", "of_list"))
    body = {
        "sum": ["if not items:\n    return 0", f"return items[0] + {name}(items[1:])"],
        "count": [
            "if not items:\n    return 0",
            f"if items[0] > {k}:\n    return 1 + {name}(items[1:])",
            f"return {name}(items[1:])",
        ],
        "largest": [
            "if len(items) == 1:\n    return items[0]",
            f"rest = {name}(items[1:])",
            "if items[0] > rest:\n    return items[0]",
            "return rest",
        ],
        "positive": [
            "if not items:\n    return []",
            f"if items[0] % 2 == 0:\n    return [items[0]] + {name}(items[1:])",
            f"return {name}(items[1:])",
        ],
        "reverse": ["if not items:\n    return []", f"return {name}(items[1:]) + [items[0]]"],
    }[what]
    return Sketch(
        name,
        function(name, "items", *body),
        (
            "recursion-on-lists",
            "base-case",
            "recursive-case",
            "list-slice",
            *(("if-statement",) if len(body) > 2 else ()),
        ),
        (numbers(k, least=1 if what == "largest" else 0, low=0, high=9, most=5),),
        {"k": k},
        f"does_{what}",
    )


def _text(draw: Draw) -> Sketch:
    what = draw.choice("what", ("reverse", "count", "stars", "palindrome"))
    letter = draw.choice("letter", ("a", "e", "o"))
    name = draw.choice("name", ("unfold", "spell", "of_text"))
    body = {
        "reverse": ["if text == '':\n    return ''", f"return {name}(text[1:]) + text[0]"],
        "count": [
            "if text == '':\n    return 0",
            f"if text[0] == '{letter}':\n    return 1 + {name}(text[1:])",
            f"return {name}(text[1:])",
        ],
        "stars": ["if len(text) < 2:\n    return text", f"return text[0] + '*' + {name}(text[1:])"],
        "palindrome": [
            "if len(text) < 2:\n    return True",
            "if text[0] != text[-1]:\n    return False",
            f"return {name}(text[1:-1])",
        ],
    }[what]
    return Sketch(
        name,
        function(name, "text", *body),
        ("recursion-on-strings", "base-case", "recursive-case", "string-slice", "string-index"),
        (word("aba", "abca", letters="abeo", most=5),),
        {"letter": letter},
        f"does_{what}",
    )


FAMILIES = (
    Family("recursion-on-numbers", _number),
    Family("recursion-on-a-list", _list),
    Family("recursion-on-text", _text),
)
