"""JSON of a file, with errors that say where."""

from __future__ import annotations

import json

from gradatim.errors import InputError


def load(data: bytes, name: str) -> object:
    """The value that a JSON file holds.

    Args:
        data: The file.
        name: How it is called in errors.

    Raises:
        InputError: It is not JSON in UTF-8, or objects and lists stand too deep in one another.
    """
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8 text", place=f"{name}:{line}", remedy="save it as UTF-8") from error
    except RecursionError as error:
        raise InputError(
            "has objects and lists too deep in one another", place=name, remedy="correct the file, or export it again"
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"is not valid JSON: {error.msg}", place=f"{name}:{error.lineno}", remedy="correct the file"
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"is not valid JSON: {str(error)[:100]}", place=name, remedy="correct the file") from error
