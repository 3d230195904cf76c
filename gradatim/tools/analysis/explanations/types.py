"""TypeError in its many messages."""

from __future__ import annotations

import ast
from collections.abc import Callable

from gradatim.tools.analysis.explanations.explanation import Explanation, Raised, where

_OPERATORS: dict[str, tuple[type[ast.operator], ...]] = {
    "+": (ast.Add,), "+=": (ast.Add,), "-": (ast.Sub,), "-=": (ast.Sub,), "*": (ast.Mult,), "/": (ast.Div,),
    "//": (ast.FloorDiv,), "%": (ast.Mod,), "** or pow()": (ast.Pow,), "&": (ast.BitAnd,), "|": (ast.BitOr,),
}  # fmt: skip
_FROM_INPUT = " What `input()` gives is always a text."


def type_error(raised: Raised) -> Explanation | None:
    """The first form of the message that fits."""
    for pattern, explainer in _FORMS:
        found = raised.search(pattern)
        if found is not None:
            return explainer(raised, found.groups())
    return None


Explainer = Callable[[Raised, "tuple[str, ...]"], Explanation]


def _operands(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    sign, left, right = parts
    nodes = list(raised.binary(*_OPERATORS.get(sign, ())))
    piece = raised.text(nodes[0]) if len(nodes) == 1 else ""
    text = f"{where(raised)}: `{sign.split(' ')[0]}` cannot work with a {_type(left)} and a {_type(right)}."
    if "NoneType" in (left, right):
        return raised.say(text + " One side is None, often because a function returned nothing.", piece)
    if {left, right} == {"str", "int"} or {left, right} == {"str", "float"}:
        text += " A text and a number are joined or added only after one of them was converted."
        text += _FROM_INPUT if _reads_input(raised) else ""
    return raised.say(text, piece)


def _concatenate(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    target, other = parts
    nodes = list(raised.binary(ast.Add))
    piece = raised.text(nodes[0]) if len(nodes) == 1 else ""
    text = f"{where(raised)}: `+` joins a {_type(target)} only to another {_type(target)}, and here comes a "
    text += f"{_type(other)}."
    if other == "NoneType":
        text += " None often comes from a function that returned nothing."
    return raised.say(text, piece)


def _comparison(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    sign, left, right = parts
    node = raised.only(ast.Compare)
    text = f"{where(raised)}: `{sign}` cannot compare a {_type(left)} with a {_type(right)}."
    if "str" in (left, right) and _reads_input(raised):
        text += _FROM_INPUT
    return raised.say(text, raised.text(node) if node is not None else "")


def _not_callable(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    calls = [node for node in raised.nodes if isinstance(node, ast.Call)]
    names = [node.func.id for node in calls if isinstance(node.func, ast.Name)]
    shadowed = next((name for name in names if name in raised.program.top_names | _locals(raised)), None)
    text = f"{where(raised)}: something is called with parentheses that is a {_type(kind)} and no function."
    if shadowed is not None and raised.program.function(shadowed) is None:
        text += f" The program gives the name `{shadowed}` a value of its own."
        return raised.say(text, shadowed)
    direct = next((raised.text(node) for node in calls if isinstance(node.func, ast.Constant | ast.BinOp)), "")
    return raised.say(text + (" A sign such as * may be missing before the parentheses." if direct else ""), direct)


def _not_subscriptable(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    node = raised.only(ast.Subscript)
    piece = raised.text(node) if node is not None else ""
    what = f"`{raised.text(node.value)}`" if isinstance(node, ast.Subscript) else "something"
    if kind in ("builtin_function_or_method", "function", "method", "type"):
        text = f"{where(raised)}: {what} is a {_type(kind)}; it is called with parentheses, not brackets."
        return raised.say(text, piece)
    text = f"{where(raised)}: {what} is a {_type(kind)}, which has no positions or keys to ask for."
    if kind == "NoneType":
        text = f"{where(raised)}: {what} is None, which has no positions or keys to ask for."
    return raised.say(text, piece)


def _not_iterable(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    text = f"{where(raised)} goes through something item by item that is a {_type(kind)} and has no items."
    if kind == "int":
        text += " To count up to a number, range() makes the numbers."
    if kind == "NoneType":
        text += " None often comes from a function or method that returns nothing."
    return raised.say(text)


def _no_assignment(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    node = raised.only(ast.Subscript)
    text = f"{where(raised)} changes a part of a {_type(kind)}, and a {_type(kind)} cannot be changed in place."
    return raised.say(text, raised.text(node) if node is not None else "")


def _argument_count(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    name, wanted, given = parts
    text = f"`{name}()` takes {wanted} {_arguments(wanted)} and is called with {given}."
    owner = next((item for item in raised.program.functions if item.name == name.split(".")[-1]), None)
    if owner is not None and owner.owner is not None:
        text += " Called through an object, the object itself counts as the first one."
    return raised.say(text, name)


def _argument_missing(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    name, count, which = parts
    text = f"`{name}()` is called without {count} of its arguments: {which.replace(chr(39), '`')}."
    return raised.say(text, name)


def _unexpected_keyword(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    name, keyword = parts
    owner = next((item for item in raised.program.functions if item.name == name.split(".")[-1]), None)
    near = raised.near(keyword, owner.parameters) if owner is not None else None
    text = f"`{name}()` has no parameter called `{keyword}`."
    return raised.say(text + (f" It has `{near}`." if near else ""), keyword, near)


def _unhashable(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    text = f"{where(raised)}: a {_type(kind)} can change, so it cannot be a key of a dictionary or an item of a set."
    return raised.say(text)


def _indices(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    container, kind = parts
    node = raised.only(ast.Subscript)
    piece = raised.text(node) if node is not None else ""
    text = f"{where(raised)}: a position in a {_type(container)} is a whole number, and here it is a {_type(kind)}."
    if kind == "float":
        text += " `/` always gives a float."
    if kind == "str" and _reads_input(raised):
        text += _FROM_INPUT
    return raised.say(text, piece)


def _interpreted(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    text = f"{where(raised)}: a whole number is needed, and here comes a {_type(kind)}."
    return raised.say(text + (" `/` always gives a float." if kind == "float" else ""))


def _no_length(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    return raised.say(f"{where(raised)}: a {_type(kind)} has no length, so len() cannot be used on it.")


def _bad_unary(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    sign, kind = parts
    return raised.say(f"{where(raised)}: `{sign}` cannot stand before a {_type(kind)}.")


def _convert(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    name, kind = parts
    text = f"{where(raised)}: {name}() converts a text or a number, and here it is given a {_type(kind)}."
    return raised.say(text, f"{name}(")


def _sequence_item(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    position, kind = parts
    text = f"{where(raised)}: join() puts texts together, and item {position} is a {_type(kind)}."
    return raised.say(text, "join")


def _expected_type(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    wanted, got = parts
    return raised.say(f"{where(raised)}: a {_type(wanted)} is needed here, and a {_type(got)} was given.")


def _init_returns(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    return raised.say(f"`__init__` prepares an object and may not return anything; here it returns a {_type(kind)}.")


def _class_arguments(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (name,) = parts
    text = f"`{name}()` is called with arguments, and its class takes none."
    methods = [item.name for item in raised.program.methods(name)]
    near = raised.near("__init__", methods)
    if "__init__" not in methods:
        text += " It has no `__init__`." + (f" Its method `{near}` is written almost like it." if near else "")
    return raised.say(text, name, near)


def _unpacking(raised: Raised, parts: tuple[str, ...]) -> Explanation:
    (kind,) = parts
    return raised.say(f"{where(raised)} takes a value apart into several names, and a {_type(kind)} has no parts.")


_FORMS: tuple[tuple[str, Explainer], ...] = (
    (r"unsupported operand type\(s\) for (.+?): '(\w+)' and '(\w+)'", _operands),
    (r"can only concatenate (\w+) \(not \"(\w+)\"\) to \w+", _concatenate),
    (r"'(<|>|<=|>=)' not supported between instances of '(\w+)' and '(\w+)'", _comparison),
    (r"cannot unpack non-iterable (\w+) object", _unpacking),
    (r"'(\w+)' object is not callable", _not_callable),
    (r"'(\w+)' object is not subscriptable", _not_subscriptable),
    (r"(?:of type )?'(\w+)' (?:object )?is not iterable", _not_iterable),
    (r"'(\w+)' object does not support item (?:assignment|deletion)", _no_assignment),
    (
        r"^([\w.<>]+)\(\) takes ((?:from \d+ to |exactly |at most )?\d+|no) (?:positional )?arguments?"
        r" (?:but |\()(\d+)",
        _argument_count,
    ),
    (r"^([\w.<>]+)\(\) missing (\d+) required (?:positional|keyword-only) arguments?: (.+)", _argument_missing),
    (r"^([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'", _unexpected_keyword),
    (r"unhashable type: '(\w+)'", _unhashable),
    (r"(list|tuple|string|str|range) ind(?:ices|ex) must be integers(?: or slices)?, not '?(\w+)'?", _indices),
    (r"'(\w+)' object cannot be interpreted as an integer", _interpreted),
    (r"object of type '(\w+)' has no len\(\)", _no_length),
    (r"bad operand type for unary (\S+?): '(\w+)'", _bad_unary),
    (r"bad operand type for (abs)\(\): '(\w+)'", _bad_unary),
    (r"^(int|float)\(\) argument must be .*, not '(\w+)'", _convert),
    (r"sequence item (\d+): expected str instance, (\w+) found", _sequence_item),
    (r"__init__\(\) should return None, not '(\w+)'", _init_returns),
    (r"^(\w+)\(\) takes no arguments", _class_arguments),
    (r"(?:must be|expected) (?:an? )?(\w+)(?: instance)?, not '?(\w+)'?", _expected_type),
    (r"can't multiply sequence by non-int of type '(\w+)'", lambda r, p: r.say(
        f"{where(r)}: a text or list can be repeated by a whole number only, and here comes a {_type(p[0])}."
    )),
    (r"not all arguments converted during string formatting", lambda r, p: r.say(
        f"{where(r)}: `%` after a text fills in values, and the text has no place for them. "
        "A number that was read as text has to be converted first."
    )),
    (r"can't multiply|must be real number, not (\w+)", lambda r, p: r.say(
        f"{where(r)}: a number is needed, and here comes {'a ' + _type(p[0]) if p[0] else 'something else'}."
    )),
)  # fmt: skip

_TYPES = {
    "str": "text (str)", "int": "whole number (int)", "float": "number with a point (float)", "NoneType": "None",
    "bool": "truth value (bool)", "dict": "dictionary", "builtin_function_or_method": "function",
    "string": "text (str)",
}  # fmt: skip


def _type(name: str) -> str:
    return _TYPES.get(name, name)


def _arguments(count: str) -> str:
    return "argument" if count == "1" else "arguments"


def _locals(raised: Raised) -> frozenset[str]:
    return raised.function.locals if raised.function is not None else frozenset()


def _reads_input(raised: Raised) -> bool:
    """Whether a variable of the line is what input() gave, unconverted."""
    names = {node.id for node in raised.nodes if isinstance(node, ast.Name)}
    for node in raised.program.nodes:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "input"
            and any(isinstance(target, ast.Name) and target.id in names for target in node.targets)
        ):
            return True
    return False
