"""Values of the right type that cannot be used: positions, keys, texts, divisors."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.explanations.explanation import Explanation, Raised, where


def index_error(raised: Raised) -> Explanation | None:
    """A position that is not there."""
    found = raised.search(r"(list|tuple|string|range object|bytes|array|deque)(?: assignment)? index out of range")
    if found is None:
        found = raised.search(r"pop (?:from|index)")
        if found is None:
            return None
        what = "is empty" if "empty" in raised.message else "has no item at that position"
        return raised.say(f"{where(raised)} takes an item out of a list that {what}.")
    kind = {"string": "text"}.get(found.group(1), found.group(1))
    nodes = [node for node in raised.nodes if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice)]
    piece = raised.text(nodes[0]) if len(nodes) == 1 else ""
    text = f"{where(raised)} asks for a position that the {kind} does not have."
    if len(nodes) == 1:
        holder, position = raised.text(nodes[0].value), raised.text(nodes[0].slice)
        text = f"{where(raised)}: `{holder}` has no item at the position `{position}` at that moment."
        if position == f"len({holder})":
            text += f" The last position of `{holder}` is len({holder}) - 1."
            return raised.say(text, piece)
    return raised.say(f"{text} Positions go from 0 to one less than the length; an empty {kind} has none.", piece)


def key_error(raised: Raised) -> Explanation | None:
    """A key that a dictionary does not have."""
    if raised.search(r"pop from an empty"):
        return raised.say(f"{where(raised)} takes an item out of something that is empty.")
    node = raised.only(ast.Subscript)
    piece = raised.text(node) if node is not None else ""
    holder = f"`{raised.text(node.value)}`" if isinstance(node, ast.Subscript) else "the dictionary"
    text = f"{where(raised)}: {holder} has no key {raised.message} at that moment."
    keys = [
        item.value
        for each in raised.program.nodes
        if isinstance(each, ast.Dict)
        for item in each.keys
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    near = raised.near(raised.message.strip("'\""), keys) if raised.message.startswith(("'", '"')) else None
    return raised.say(text + (f" The program writes the key {near!r} elsewhere." if near else ""), piece, near)


def zero_division(raised: Raised) -> Explanation | None:
    """A division by zero."""
    nodes = list(raised.binary(ast.Div, ast.FloorDiv, ast.Mod))
    if len(nodes) != 1:
        return raised.say(f"{where(raised)} divides by zero.")
    divisor = raised.text(nodes[0].right)
    text = f"{where(raised)} divides by `{divisor}`, which is zero at that moment."
    if divisor.startswith("len("):
        text += f" `{divisor[4:-1]}` is empty then."
    return raised.say(text, raised.text(nodes[0]))


def value_error(raised: Raised) -> Explanation | None:
    """A value that a function cannot use."""
    at = where(raised)
    found = raised.search(r"invalid literal for int\(\) with base \d+: (.+)")
    if found is not None:
        text = f"{at}: int() cannot make a whole number of the text {found.group(1)}."
        inner = found.group(1).strip("'\"")
        if not inner.strip():
            text += " The text is empty."
        elif inner.replace(".", "", 1).lstrip("+-").isdigit():
            text += " A number with a point is read by float()."
        return raised.say(text, "int(")
    found = raised.search(r"could not convert string to (\w+): (.+)")
    if found is not None:
        return raised.say(f"{at}: {found.group(1)}() cannot make a number of the text {found.group(2)}.", "float(")
    found = raised.search(r"(not enough|too many) values to unpack \(expected (?:at least )?(\d+)(?:, got (\d+))?\)")
    if found is not None:
        amount, wanted, got = found.groups()
        came = f"there are {got}" if got else "there are more" if amount == "too many" else "there are fewer"
        return raised.say(f"{at} takes a value apart into {wanted} names, and {came} parts in it.")
    found = raised.search(r"(.+) is not in list|list\.remove\(x\)|tuple\.index\(x\)|substring not found")
    if found is not None:
        return raised.say(f"{at} looks for something that is not in there.")
    found = raised.search(r"(max|min)\(\)(?: arg is an| iterable argument is) empty")
    if found is not None:
        return raised.say(
            f"{at}: {found.group(1)}() is asked about something empty, which has no such item.", found.group(1)
        )
    if raised.search(r"math domain error|expected a nonnegative input"):
        return raised.say(
            f"{at}: a function of math gets a number for which it is not defined, such as the root of -1."
        )
    if raised.search(r"range\(\) arg 3 must not be zero|slice step cannot be zero"):
        return raised.say(f"{at}: the step is zero, so counting would never move.")
    if raised.search(r"I/O operation on closed file"):
        return raised.say(f"{at} uses a file that was closed before.")
    if raised.search(r"empty separator"):
        return raised.say(f"{at}: split() needs a separator that is not an empty text.")
    if raised.search(r"time data .+ does not match format|Invalid isoformat string"):
        return raised.say(f"{at}: the text does not have the form of a date that it is read with.")
    if raised.search(r"chr\(\) arg not in range|byte must be in range"):
        return raised.say(f"{at}: no character or byte has that number.")
    if raised.search(r"Exceeds the limit .* for integer string conversion"):
        return raised.say(f"{at}: the number has too many digits to be turned into a text or read from one.")
    raising = _own_raise(raised)
    return raising


def _own_raise(raised: Raised) -> Explanation | None:
    """An exception that the program raises itself."""
    if raised.line is None:
        return None
    for node in raised.program.nodes:
        if isinstance(node, ast.Raise) and node.lineno == raised.line:
            said = f": {raised.message}" if raised.message else ""
            return raised.say(
                f"Line {raised.line} is the program's own raise{said}. The condition before it led there.",
                raised.program.line(raised.line),
            )
    return None


def own_raise(raised: Raised) -> Explanation | None:
    """Any exception that the program raises itself."""
    return _own_raise(raised)


def overflow_error(raised: Raised) -> Explanation | None:
    """A number that is too large."""
    if raised.search(r"cannot convert float (infinity|NaN)") or raised.search(r"too large to convert to float"):
        return raised.say(f"{where(raised)}: a number too large (or infinite) cannot be converted this way.")
    return raised.say(f"{where(raised)}: the result is larger than a float can hold.")


def unicode_error(raised: Raised) -> Explanation | None:
    """Text that cannot be encoded or bytes that cannot be decoded."""
    found = raised.search(r"'([\w-]+)' codec can't (encode|decode)")
    if found is None:
        return None
    codec, way = found.groups()
    what = "a character that this encoding does not have" if way == "encode" else "bytes that are no text in it"
    return raised.say(f"{where(raised)}: the encoding {codec} meets {what}.")


def json_error(raised: Raised) -> Explanation | None:
    """A text that is not JSON."""
    found = raised.search(r"line (\d+) column (\d+)")
    place = f" The reader stops at its line {found.group(1)}, column {found.group(2)}." if found else ""
    return raised.say(f"{where(raised)} reads a text as JSON which is not JSON.{place}")


def statistics_error(raised: Raised) -> Explanation | None:
    """Too few values for a mean, median or deviation."""
    found = raised.search(r"(\w+) requires at least (\w+) data points?")
    if found is None and "empty" not in raised.message and "no " not in raised.message:
        return None
    amount = f" `{found.group(1)}` needs at least {found.group(2)}." if found else " There are none."
    return raised.say(f"{where(raised)}: there are too few values to calculate this from.{amount}")
