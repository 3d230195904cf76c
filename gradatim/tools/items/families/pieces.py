"""Families over text: pieces of it, places in it, labels."""

from __future__ import annotations

from gradatim.tools.items.arguments import one_of, whole, word, words
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _cut(draw: Draw) -> Sketch:
    """Slices of a text."""
    what = draw.choice("what", ("short", "swap_halves", "initial", "trim", "tail"))
    k = draw.number("k", 2, 4)
    body = {
        "short": [f"if len(text) <= {k}:\n    return text", f"return text[:{k}] + '.'"],
        "swap_halves": ["middle = len(text) // 2", "return text[middle:] + text[:middle]"],
        "initial": ["return text[:1].upper() + text[1:].lower()"],
        "trim": ["return text[1:len(text) - 1]"],
        "tail": [f"start = text[:{k}]", f"rest = text[{k}:]", "return rest + '-' + start"],
    }[what]
    name = draw.choice("name", ("cut_text", "shorten", "piece"))
    return Sketch(
        name,
        function(name, "text", *body),
        (
            "string-slice",
            "string-concatenation",
            *(("string-length", "boundary-case") if what == "short" else ("return-statement",)),
        ),
        (word(letters="abcdefgh"),),
        {"k": k},
        f"does_{what}",
    )


def _tags(draw: Draw) -> Sketch:
    """Text and numbers put together."""
    what = draw.choice("what", ("numbered", "joined", "repeated", "labels"))
    sign = draw.choice("sign", ("-", ":", "/"))
    body = {
        "numbered": [
            "result = []",
            f"for i in range(len(items)):\n    result.append(str(i + 1) + '{sign}' + items[i])",
            "return result",
        ],
        "joined": [
            "if not items:\n    return ''",
            "result = items[0]",
            f"for item in items[1:]:\n    result = result + '{sign}' + item",
            "return result",
        ],
        "repeated": ["result = ''", "for i in range(len(items)):\n    result += items[i] * (i + 1)", "return result"],
        "labels": [
            "result = []",
            f"for number, item in enumerate(items):\n    result.append(item + '{sign}' + str(number))",
            "return result",
        ],
    }[what]
    concepts = {
        "numbered": ("range", "list-index", "str-conversion"),
        "joined": ("string-join", "guard-clause", "list-slice"),
        "repeated": ("string-repetition", "range"),
        "labels": ("enumerate-function", "str-conversion"),
    }[what]
    name = draw.choice("name", ("tag", "write_list", "labelled"))
    return Sketch(
        name,
        function(name, "items", *body),
        (*concepts, "string-concatenation", "for-loop"),
        (words(most=4),),
        {"sign": sign},
        f"does_{what}",
    )


def _position(draw: Draw) -> Sketch:
    """Where something is in a text."""
    what = draw.choice("what", ("first", "last", "count_after"))
    body = {
        "first": ["for i in range(len(text)):\n    if text[i] == letter:\n        return i", "return -1"],
        "last": [
            "place = -1",
            "for i in range(len(text)):\n    if text[i] == letter:\n        place = i",
            "return place",
        ],
        "count_after": [
            "count = 0",
            "for i in range(k, len(text)):\n    if text[i] == text[0]:\n        count += 1",
            "return count",
        ],
    }[what]

    second = whole(1, 3, 1) if what == "count_after" else one_of(("a", "b", "c"))
    parameters = "text, k" if what == "count_after" else "text, letter"
    name = draw.choice("name", ("locate", "where", "position"))
    return Sketch(
        name,
        function(name, parameters, *body),
        ("string-index", "search-pattern" if what != "count_after" else "counting-pattern", "range", "if-statement"),
        (word("abcabc", letters="abc", least=1 if what == "count_after" else 0, most=6), second),
        {},
        f"does_{what}",
    )


FAMILIES = (
    Family("cut-text", _cut),
    Family("tags", _tags),
    Family("position", _position),
)
