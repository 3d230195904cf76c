"""Families over text of several lines, as files hold it, and over formatted text."""

from __future__ import annotations

from gradatim.tools.items.arguments import lines, pairs, records
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _lines(draw: Draw) -> Sketch:
    """A text line by line."""
    what = draw.choice("what", ("count", "numbered", "longest", "without_comments", "until"))
    k = draw.number("k", 3, 6)
    body = {
        "count": [
            "count = 0",
            "for line in text.splitlines():\n    if line.strip():\n        count += 1",
            "return count",
        ],
        "numbered": [
            "result = []",
            "for number, line in enumerate(text.splitlines()):\n    result.append(f'{number + 1}: {line}')",
            "return result",
        ],
        "longest": [
            "longest = ''",
            "for line in text.splitlines():\n    if len(line) > len(longest):\n        longest = line",
            "return longest",
        ],
        "without_comments": [
            "kept = []",
            "for line in text.splitlines():\n"
            "    line = line.strip()\n    if line and line[0] != '#':\n        kept.append(line)",
            "return kept",
        ],
        "until": [
            "count = 0",
            "for line in text.splitlines():\n    if line == 'end':\n        break\n"
            f"    if len(line) > {k}:\n        count += 1",
            "return count",
        ],
    }[what]
    concepts = {
        "count": ("counting-pattern", "string-strip", "truthiness"),
        "numbered": ("enumerate-function", "f-string", "list-append"),
        "longest": ("maximum-pattern", "string-length", "if-statement"),
        "without_comments": ("string-strip", "string-index", "and-operator"),
        "until": ("sentinel-loop", "break-statement", "string-length"),
    }[what]
    name = draw.choice("name", ("read_lines", "of_lines", "through_text"))
    return Sketch(
        name,
        function(name, "text", *body),
        ("splitlines-method", "multi-line-string", *concepts, "for-loop"),
        (lines(),),
        {"k": k},
        f"does_{what}",
    )


def _records(draw: Draw) -> Sketch:
    """Lines of a name and a number with a comma between them."""
    what = draw.choice("what", ("total", "names", "table", "best"))
    k = draw.number("k", 5, 15)
    start, step = {
        "total": ("0", "result += int(parts[1])"),
        "names": ("[]", f"if int(parts[1]) > {k}:\n    result.append(parts[0].strip())"),
        "table": ("{}", "result[parts[0].strip()] = int(parts[1])"),
        "best": ("''", "amount = int(parts[1])\nif amount > most:\n    most = amount\n    result = parts[0].strip()"),
    }[what]
    inner = step.replace("\n", "\n    ")
    loop = f"for line in text.splitlines():\n    parts = line.split(',')\n    {inner}"
    name = draw.choice("name", ("read_records", "from_lines", "evaluate"))
    return Sketch(
        name,
        function(name, "text", f"result = {start}", "most = 0" if what == "best" else "", loop, "return result"),
        (
            "string-split",
            "splitlines-method",
            "int-conversion",
            {"total": "accumulator-pattern", "names": "string-strip", "table": "dictionary", "best": "maximum-pattern"}[
                what
            ],
            "for-loop",
        ),
        (records(),),
        {"k": k},
        f"does_{what}",
    )


def _formatted(draw: Draw) -> Sketch:
    """Lines of a table, formatted."""
    what = draw.choice("what", ("decimals", "width", "share", "digits"))
    k = draw.number("k", 2, 3)
    width = draw.number("width", 4, 6)
    sign = draw.choice("sign", (": ", " = ", "/"))
    text = {
        "decimals": f"f'{{name}}{sign}{{amount / 4:.{k}f}}'",
        "width": f"f'{{name:{width}}}{sign}{{amount}}'",
        "share": f"f'{{name}}{sign}{{amount * 100 // total}}%'",
        "digits": f"f'{{name}}{sign}{{amount:0{k + 1}}}'",
    }[what]
    before = "total = 0\nfor name, amount in pairs:\n    total += amount" if what == "share" else ""
    name = draw.choice("name", ("table_of", "show_all", "report"))
    return Sketch(
        name,
        function(
            name,
            "pairs",
            before,
            "result = []",
            f"for name, amount in pairs:\n    result.append({text})",
            "return result",
        ),
        (
            "f-string",
            {
                "decimals": "fixed-point-format",
                "width": "field-width",
                "share": "accumulator-pattern",
                "digits": "format-specification",
            }[what],
            "tuple-unpacking",
            "list-append",
            "for-loop",
        ),
        (pairs(low=1, high=40),),
        {"k": k, "digits": k + 1, "width": width, "sign": sign.strip(), "shown": sign},
        f"does_{what}",
    )


FAMILIES = (Family("lines", _lines), Family("records", _records), Family("formatted", _formatted))
