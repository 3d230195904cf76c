"""Which explainer is asked about which exception, and what is said where none knows more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradatim.domain import ExceptionFact
from gradatim.tools.analysis.explanations import names, runs, types, values
from gradatim.tools.analysis.explanations.explanation import Explanation, Raised
from gradatim.tools.analysis.program import Program

Explainer = Callable[[Raised], Explanation | None]

_GENERAL: Mapping[str, str] = {
    "NameError": "A name is used that is not defined at that moment.",
    "UnboundLocalError": "A local variable is read before it was given a value.",
    "TypeError": "An operation or call meets a value of a type that it cannot work with.",
    "ValueError": "A function gets a value of the right type that it cannot use.",
    "IndexError": "A position is used that the sequence does not have.",
    "KeyError": "A key is looked up that the dictionary does not have.",
    "AttributeError": "Something is asked of an object that it does not have.",
    "ZeroDivisionError": "Something is divided by zero.",
    "RecursionError": "A function calls itself without end.",
    "ImportError": "Something is imported that is not there.",
    "ModuleNotFoundError": "A module is imported that is not there.",
    "FileNotFoundError": "A file is opened that is not there.",
    "PermissionError": "A file or folder is used in a way that is not allowed.",
    "IsADirectoryError": "A folder is opened as if it were a file.",
    "NotADirectoryError": "A file is used as if it were a folder.",
    "FileExistsError": "A file or folder is made that is there already.",
    "OSError": "The operating system refuses something, such as opening a file.",
    "EOFError": "The program asks for more input than there is.",
    "AssertionError": "An assert of the program does not hold.",
    "StopIteration": "The next item is asked for where there is none.",
    "OverflowError": "A number is too large for the calculation.",
    "FloatingPointError": "A calculation with floats failed.",
    "ArithmeticError": "A calculation failed.",
    "LookupError": "Something is looked up that is not there.",
    "MemoryError": "The program needs more memory than it may have.",
    "UnicodeDecodeError": "Bytes are read as text that are no text in that encoding.",
    "UnicodeEncodeError": "A text holds a character that the encoding does not have.",
    "UnicodeError": "A text cannot be encoded, or bytes cannot be decoded.",
    "KeyboardInterrupt": "The program was interrupted.",
    "NotImplementedError": "A part of the program says that it has not been written yet.",
    "RuntimeError": "Something went wrong while the program ran that has no kind of its own.",
    "JSONDecodeError": "A text is read as JSON which is not JSON.",
    "StatisticsError": "There are too few values to calculate this from.",
    "SystemExit": "The program ended itself.",
    "GeneratorExit": "A generator was closed while it ran.",
    "TimeoutError": "Something took too long and was given up.",
}

_EXPLAINERS: Mapping[str, tuple[Explainer, ...]] = {
    "NameError": (names.name_error,),
    "UnboundLocalError": (names.unbound_local,),
    "AttributeError": (names.attribute_error,),
    "ImportError": (names.import_error,),
    "ModuleNotFoundError": (names.import_error,),
    "TypeError": (types.type_error,),
    "IndexError": (values.index_error,),
    "KeyError": (values.key_error,),
    "ZeroDivisionError": (values.zero_division,),
    "ValueError": (values.value_error,),
    "OverflowError": (values.overflow_error,),
    "UnicodeDecodeError": (values.unicode_error,),
    "UnicodeEncodeError": (values.unicode_error,),
    "JSONDecodeError": (values.json_error,),
    "StatisticsError": (values.statistics_error,),
    "RecursionError": (runs.recursion_error,),
    "EOFError": (runs.eof_error,),
    "StopIteration": (runs.stop_iteration,),
    "AssertionError": (runs.assertion_error,),
    "RuntimeError": (runs.runtime_error,),
    "NotImplementedError": (runs.not_implemented,),
    "KeyboardInterrupt": (runs.interrupted,),
    "MemoryError": (runs.memory_error,),
    **dict.fromkeys(
        (
            "FileNotFoundError",
            "PermissionError",
            "IsADirectoryError",
            "NotADirectoryError",
            "FileExistsError",
            "OSError",
        ),
        (runs.os_error,),
    ),
}


_SAY_MORE = frozenset(("AssertionError", "NotImplementedError", "KeyboardInterrupt"))
"""Exceptions that mean the same when a program raises them itself."""


def explain(fact: ExceptionFact, program: Program, known: frozenset[str] = frozenset()) -> Explanation:
    """Say in plain words what an exception means in this program.

    Args:
        fact: The exception with its message and line.
        program: The program that raised it.
        known: Names that the task's set-up code defines.

    Returns:
        What the message and the program's code show; the general meaning of the exception where that is nothing more.
    """
    raised = Raised(fact, program, known)
    own = values.own_raise(raised) if fact.type not in _SAY_MORE else None
    if own is not None:
        return own
    for explainer in _EXPLAINERS.get(fact.type, ()):
        found = explainer(raised)
        if found is not None:
            return found
    return Explanation(general(fact.type), fact.line, program.line(fact.line or 0))


def general(kind: str) -> str:
    """What an exception of this name means in any program."""
    return _GENERAL.get(kind) or f"The program stops with {kind}."
