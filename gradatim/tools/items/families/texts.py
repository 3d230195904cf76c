"""Families over text: characters, words, building new text."""

from __future__ import annotations

from gradatim.tools.items.arguments import sentence, word
from gradatim.tools.items.families.family import Draw, Family, Sketch, function


def _count_letters(draw: Draw) -> Sketch:
    group = draw.choice("group", ("aeiou", "xyz", "aei", "st"))
    form = draw.choice("form", ("each", "index"))
    case = draw.choice("case", ("as_is", "lower"))
    negate = draw.choice("negate", ("in", "not in"))
    letter = "letter" if form == "each" else "text[i]"
    shown = f"{letter}.lower()" if case == "lower" else letter
    head = "for letter in text:" if form == "each" else "for i in range(len(text)):"
    name = draw.choice("name", ("count_letters", "letters_of", "tally"))
    return Sketch(
        name,
        function(
            name, "text", "count = 0", f"{head}\n    if {shown} {negate} '{group}':\n        count += 1", "return count"
        ),
        (
            "loop-over-string" if form == "each" else "string-index",
            "counting-pattern",
            "substring-test",
            *(("string-upper-lower",) if case == "lower" else ()),
            "for-loop",
        ),
        (word("AEIxst", letters="aeixstAEbn"),),
        {"group": ", ".join(group)},
        f"does_{'in' if negate == 'in' else 'not_in'}_{case}",
    )


def _rebuild(draw: Draw) -> Sketch:
    what = draw.choice("what", ("reverse", "stars", "without", "double", "spaced", "vowels_up"))
    form = draw.choice("form", ("each", "index"))
    group = draw.choice("group", ("aeiou", "ae", "io", "st"))
    letter = "letter" if form == "each" else "text[i]"
    step = {
        "reverse": f"result = {letter} + result",
        "stars": f"if {letter} in '{group}':\n    result += '*'\nelse:\n    result += {letter}",
        "without": f"if {letter} not in '{group}':\n    result += {letter}",
        "double": f"result += {letter}\nif {letter} in '{group}':\n    result += {letter}",
        "spaced": f"result = result + {letter} + '-'",
        "vowels_up": f"if {letter} in '{group}':\n    result += {letter}.upper()\nelse:\n    result += {letter}",
    }[what].replace("\n", "\n    ")
    head = "for letter in text:" if form == "each" else "for i in range(len(text)):"
    name = draw.choice("name", ("rebuild", "rewritten", "changed_text"))
    return Sketch(
        name,
        function(name, "text", "result = ''", f"{head}\n    {step}", "return result"),
        (
            "string-building",
            "loop-over-string" if form == "each" else "string-index",
            "string-concatenation",
            *(("else-clause",) if "else" in step else ()),
            "for-loop",
        ),
        (word(letters="aeiostbn"),),
        {"group": ", ".join(group)},
        f"does_{what}",
    )


def _words(draw: Draw) -> Sketch:
    what = draw.choice("what", ("count", "initials", "longest", "lengths", "short"))
    k = draw.number("k", 2, 5)
    text = {
        "count": [
            "count = 0",
            f"for word in text.split():\n    if len(word) > {k}:\n        count += 1",
            "return count",
        ],
        "initials": ["result = ''", "for word in text.split():\n    result += word[0].upper()", "return result"],
        "longest": [
            "longest = ''",
            "for word in text.split():\n    if len(word) > len(longest):\n        longest = word",
            "return longest",
        ],
        "lengths": ["result = []", "for word in text.split():\n    result.append(len(word))", "return result"],
        "short": [
            "kept = []",
            f"for word in text.split():\n    if len(word) <= {k}:\n        kept.append(word)",
            "return ' '.join(kept)",
        ],
    }[what]
    concepts = {
        "count": ("counting-pattern", "string-length"),
        "initials": ("string-index", "string-upper-lower", "string-building"),
        "longest": ("maximum-pattern", "string-length"),
        "lengths": ("list-append", "string-length"),
        "short": ("string-join", "list-append", "boundary-case"),
    }[what]
    name = draw.choice("name", ("word_work", "read_words", "from_sentence"))
    return Sketch(
        name,
        function(name, "text", *text),
        ("string-split", *concepts, "for-loop"),
        (sentence("two  spaces", "a bb ccc dddd eeeee ffffff"),),
        {"k": k},
        f"does_{what}",
    )


def _symmetry(draw: Draw) -> Sketch:
    what = draw.choice("what", ("palindrome", "double", "ends", "half"))
    form = draw.choice("form", ("loop", "slice"))
    case = draw.choice("case", ("as_is", "lower"))
    lower = ["text = text.lower()"] if case == "lower" else []
    if what == "palindrome":
        body = (
            ["return text == text[::-1]"]
            if form == "slice"
            else [
                "for i in range(len(text) // 2):\n    if text[i] != text[len(text) - 1 - i]:\n        return False",
                "return True",
            ]
        )
    elif what == "double":
        body = ["for i in range(len(text) - 1):\n    if text[i] == text[i + 1]:\n        return True", "return False"]
    elif what == "ends":
        body = ["if len(text) < 2:\n    return False", "return text[0] == text[-1]"]
    else:
        body = ["middle = len(text) // 2", "return text[:middle] == text[middle:]"]
    name = draw.choice("name", ("check_text", "has_pattern", "looks_right"))
    concepts = {
        "palindrome": ("palindrome", "string-reversal" if form == "slice" else "string-index"),
        "double": ("search-pattern", "string-index", "off-by-one"),
        "ends": ("negative-index", "string-index", "guard-clause"),
        "half": ("string-slice", "floor-division"),
    }[what]
    return Sketch(
        name,
        function(name, "text", *lower, *body),
        (*concepts, *(("string-upper-lower",) if lower else ()), "string-comparison"),
        (word("abab", "ABBA", "aA", "Abba", letters="abAB", most=5),),
        {},
        f"does_{what}_{case}",
    )


def _runs(draw: Draw) -> Sketch:
    what = draw.choice("what", ("count", "squeeze", "longest"))
    body = {
        "count": [
            "count = 0\nprevious = ''",
            "for letter in text:\n    if letter != previous:\n        count += 1\n    previous = letter",
            "return count",
        ],
        "squeeze": [
            "result = ''\nprevious = ''",
            "for letter in text:\n    if letter != previous:\n        result += letter\n    previous = letter",
            "return result",
        ],
        "longest": [
            "best = 0\nlength = 0\nprevious = ''",
            "for letter in text:\n    if letter == previous:\n        length += 1\n    else:\n        length = 1\n"
            "    if length > best:\n        best = length\n    previous = letter",
            "return best",
        ],
    }[what]
    name = draw.choice("name", ("runs", "groups_in", "blocks_of"))
    return Sketch(
        name,
        function(name, "text", *body),
        ("run-length-encoding", "follower", "loop-over-string", "if-statement"),
        (word("aabba", "aaa", letters="ab", most=7),),
        {},
        f"does_{what}",
    )


def _shift(draw: Draw) -> Sketch:
    """Letters as numbers."""
    what = draw.choice("what", ("shift", "positions", "sum"))
    k = draw.number("k", 1, 5)
    body = {
        "shift": [
            "result = ''",
            f"for letter in text:\n    place = ord(letter) - ord('a')\n"
            f"    result += chr((place + {k}) % 26 + ord('a'))",
            "return result",
        ],
        "positions": [
            "result = []",
            f"for letter in text:\n    result.append(ord(letter) - ord('a') + {k})",
            "return result",
        ],
        "sum": [
            "total = 0",
            f"for letter in text:\n    if letter > '{'abcdefgh'[k]}':\n        total += ord(letter) - ord('a')",
            "return total",
        ],
    }[what]
    name = draw.choice("name", ("encode", "letter_numbers", "secret"))
    return Sketch(
        name,
        function(name, "text", *body),
        (
            "character-code",
            "caesar-cipher" if what == "shift" else "letter-index",
            "loop-over-string",
            "arithmetic-operator",
        ),
        (word("xyz", letters="abcxyzdf", most=5) if what != "sum" else word("abcdefgh", letters="abcdefghz"),),
        {"k": k, "letter": "'abcdefgh'"[k + 1]},
        f"does_{what}",
    )


FAMILIES = (
    Family("count-letters", _count_letters),
    Family("rebuild-text", _rebuild),
    Family("words-of", _words),
    Family("symmetry", _symmetry),
    Family("runs", _runs),
    Family("letter-codes", _shift),
)
