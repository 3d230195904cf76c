"""What goes wrong while a program runs: recursion, files, input, changes during a loop."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.explanations.explanation import Explanation, Raised, where


def recursion_error(raised: Raised) -> Explanation | None:
    """Calls that never come to an end."""
    name = raised.fact.function
    calls = [item for item in raised.program.functions if item.name == name]
    if not calls:
        return None
    itself = any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id == name)
            or (isinstance(node.func, ast.Attribute) and node.func.attr == name)
        )
        for node in calls[-1].nodes
    )
    how = "calls itself" if itself else "is called again and again through other functions"
    return raised.say(f"`{name}` {how} until Python gives up: no call reached a case that ends the calls.", name or "")


def eof_error(raised: Raised) -> Explanation | None:
    """More input is read than there is."""
    return raised.say(f"{where(raised)} reads input when all of it has been read.", "input(")


def stop_iteration(raised: Raised) -> Explanation | None:
    """next() on what has come to its end."""
    return raised.say(f"{where(raised)} asks for a next item where there is none left.", "next(")


def assertion_error(raised: Raised) -> Explanation | None:
    """An assert that does not hold."""
    for node in raised.program.nodes:
        if isinstance(node, ast.Assert) and node.lineno == raised.line:
            said = f" It says: {raised.message}." if raised.message else ""
            return raised.say(
                f"Line {raised.line}: `{raised.text(node.test)}` does not hold.{said}", raised.text(node.test)
            )
    return None


def runtime_error(raised: Raised) -> Explanation | None:
    """A container changed while a loop goes through it, and what else goes by this name."""
    found = raised.search(r"(dictionary|Set|OrderedDict|deque|list) (?:changed size|keys changed|mutated)")
    if found is not None:
        kind = found.group(1).lower()
        return raised.say(
            f"{where(raised)}: a loop goes through a {kind} while items are added to it or taken out of it."
        )
    if raised.search(r"generator raised StopIteration"):
        return raised.say(f"{where(raised)}: a generator asks for a next item where there is none left.")
    return None


def os_error(raised: Raised) -> Explanation | None:
    """Files and folders that are not there, not allowed, or of the other kind."""
    found = raised.search(r"'([^']*)'")
    name = f"`{found.group(1)}`" if found is not None else "the file"
    at = where(raised)
    texts = {
        "FileNotFoundError": f"{at} opens {name}, and there is no file of that name where the program runs.",
        "PermissionError": f"{at} may not use {name} in this way.",
        "IsADirectoryError": f"{at} opens {name} as a file, and it is a folder.",
        "NotADirectoryError": f"{at} uses {name} as a folder, and it is none.",
        "FileExistsError": f"{at} makes {name} anew, and it is there already.",
    }
    text = texts.get(raised.fact.type)
    if text is None and "Read-only file system" in raised.message:
        text = f"{at} writes to {name}, and nothing can be written where the program runs."
    return raised.say(text, found.group(1) if found else "") if text else None


def not_implemented(raised: Raised) -> Explanation | None:
    """A part that the program says is still to be written."""
    name = raised.fact.function
    what = f"`{name}`" if name else where(raised)
    return raised.say(f"{what} says by its own raise that it has not been written yet.")


def interrupted(raised: Raised) -> Explanation | None:
    """The program was stopped from outside."""
    return raised.say(f"{where(raised)} was interrupted from outside while it ran.")


def memory_error(raised: Raised) -> Explanation | None:
    """More memory than there is."""
    return raised.say(f"{where(raised)} needs more memory than the program may have: something grows too large.")
