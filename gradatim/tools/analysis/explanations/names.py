"""Names, attributes and modules that are not there."""

from __future__ import annotations

import ast
import builtins
import sys

from gradatim.tools.analysis.explanations.explanation import Explanation, Raised, where

_TYPES = ("str", "list", "dict", "set", "tuple", "int", "float")
_INSTEAD = {
    ("list", "push"): "append", ("list", "add"): "append", ("list", "length"): "len()", ("list", "size"): "len()",
    ("str", "length"): "len()", ("str", "append"): "+", ("str", "reverse"): "a slice", ("list", "contains"): "in",
    ("dict", "has_key"): "in", ("dict", "append"): "an assignment to a key", ("dict", "add"): "an assignment to a key",
    ("set", "append"): "add", ("tuple", "append"): "a list", ("str", "contains"): "in", ("list", "find"): "index",
    ("list", "delete"): "remove", ("dict", "length"): "len()", ("str", "push"): "+",
}  # fmt: skip


def name_error(raised: Raised) -> Explanation | None:
    """A name that is defined nowhere, or not yet."""
    found = raised.search(r"name '([^']+)' is not defined") or raised.search(
        r"free variable '([^']+)' referenced before assignment"
    )
    if found is None:
        return None
    name = found.group(1)
    start = f"{where(raised)} uses the name `{name}`, which has no value at that moment."
    defined = raised.program.names_visible_in(raised.function) | raised.known
    if name in defined:
        return raised.say(f"{start} The program gives it one in another place, which has not run by then.", name)
    near = raised.near(name, defined) or raised.near(name, raised.visible_names())
    if near is not None:
        what = "Python's own" if near in vars(builtins) and near not in defined else "the program's"
        return raised.say(f"{start} There is {what} `{near}`, which is written almost alike.", name, near)
    if name in sys.stdlib_module_names:
        return raised.say(f"{start} `{name}` is a module: it has to be imported before it is used.", name)
    home = next((item for item in raised.program.functions if name in item.locals), None)
    if home is not None and home is not raised.function:
        return raised.say(f"{start} A variable of this name belongs to `{home.name}` and exists only inside it.", name)
    if raised.program.tree is not None and any(
        isinstance(node, ast.FunctionDef) and node.name == name for node in raised.program.nodes
    ):
        return raised.say(f"{start} A method of this name is called through its object.", name)
    return raised.say(f"{start} Nothing in the program defines it; a text would stand in quotes.", name)


def unbound_local(raised: Raised) -> Explanation | None:
    """A local variable read before it has a value."""
    found = raised.search(r"local variable '([^']+)'")
    if found is None:
        return None
    name = found.group(1)
    text = f"{where(raised)} reads `{name}` before this function has given it a value."
    if raised.function is not None and name in raised.program.top_names:
        text += (
            f" Because `{raised.function.name}` assigns to `{name}`, it is a variable of its own there and not the one "
            "outside."
        )
    elif raised.function is not None and raised.function.stores(name):
        lines = sorted({getattr(node, "lineno", 0) for node in raised.function.stores(name)})
        text += f" It gets one in line {lines[0]}, which did not run before."
    return raised.say(text, name)


def attribute_error(raised: Raised) -> Explanation | None:
    """A method or attribute that an object does not have."""
    found = raised.search(r"'([^']+)' object has no attribute '([^']+)'")
    if found is not None:
        return _of_object(raised, found.group(1), found.group(2))
    found = raised.search(r"module '([^']+)' has no attribute '([^']+)'")
    if found is not None:
        module, name = found.groups()
        near = raised.near(name, _names_of_module(module))
        text = f"{where(raised)}: the module `{module}` has nothing called `{name}`."
        return raised.say(text + (f" It has `{near}`." if near else ""), f"{module}.{name}", near)
    found = raised.search(r"type object '([^']+)' has no attribute '([^']+)'")
    if found is not None:
        text = f"{where(raised)}: the class `{found.group(1)}` itself has no `{found.group(2)}`."
        return raised.say(text, found.group(2))
    return None


def _of_object(raised: Raised, kind: str, name: str) -> Explanation:
    node = next((item for item in raised.nodes if isinstance(item, ast.Attribute) and item.attr == name), None)
    piece = raised.text(node) if node is not None else name
    holder = f"`{raised.text(node.value)}`" if isinstance(node, ast.Attribute) else "the object"
    if kind == "NoneType":
        return raised.say(
            f"{where(raised)}: {holder} is None, and None has no `{name}`. "
            "Often a function that returns nothing has given this None.",
            piece,
        )
    text = f"{where(raised)}: {holder} is of type `{kind}`, which has no `{name}`."
    instead = _INSTEAD.get((kind, name))
    if instead is not None:
        return raised.say(f"{text} With a `{kind}`, {instead} is used for this.", piece, instead)
    own = _names_of_class(raised, kind)
    near = raised.near(name, own)
    if near is not None:
        return raised.say(f"{text} It has `{near}`, which is written almost alike.", piece, near)
    owners = [item for item in _TYPES if item != kind and hasattr(getattr(builtins, item), name)]
    if owners:
        return raised.say(f"{text} A `{owners[0]}` has one.", piece)
    return raised.say(text, piece)


def _names_of_class(raised: Raised, kind: str) -> list[str]:
    known = getattr(builtins, kind, None)
    if isinstance(known, type):
        return [item for item in dir(known) if not item.startswith("_")]
    methods = [item.name for item in raised.program.methods(kind)]
    stored = [
        node.attr
        for node in raised.program.nodes
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    return [*methods, *stored]


def _names_of_module(module: str) -> list[str]:
    """Public names of a standard module that is loaded already; nothing is imported for it."""
    loaded = sys.modules.get(module) if module in sys.stdlib_module_names else None
    return [item for item in dir(loaded) if not item.startswith("_")] if loaded is not None else []


def import_error(raised: Raised) -> Explanation | None:
    """A module, or a name in it, that is not there."""
    found = raised.search(r"No module named '([^']+)'")
    if found is not None:
        name = found.group(1)
        near = raised.near(name.split(".")[0], sys.stdlib_module_names)
        text = f"{where(raised)} imports `{name}`, and there is no such module here."
        return raised.say(text + (f" Python's own `{near}` is written almost alike." if near else ""), name, near)
    found = raised.search(r"cannot import name '([^']+)' from '([^']+)'")
    if found is not None:
        name, module = found.groups()
        near = raised.near(name, _names_of_module(module))
        text = f"{where(raised)}: the module `{module}` holds nothing called `{name}`."
        return raised.say(text + (f" It has `{near}`." if near else ""), name, near)
    return None
