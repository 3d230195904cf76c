"""A beginner believes that after `import datetime` the name is that of the class.

The module is asked for what the class has, or is called.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("datetime-module-is-class",)

_OF_CLASS = r"module 'datetime' has no attribute '(now|today|strptime|strftime|fromisoformat|utcnow|fromtimestamp)'"


def detect(case: Examination) -> Iterator[Sign]:
    """The module datetime used like its class of the same name."""
    found = case.raised_at("AttributeError", _OF_CLASS)
    for line, items_there in found.items():
        said = "asks the module datetime for what the class of the same name in it has."
        yield of_errors(case, "datetime-module-is-class", line, 0.97, said, items_there)
    for line, items_there in case.raised_at("TypeError", r"'(module)' object is not callable").items():
        if any(called_name(node) == "datetime" for node in case.nodes_at(line)):
            said = "calls the module datetime; the class of the same name lies inside it."
            yield of_errors(case, "datetime-module-is-class", line, 0.97, said, items_there)
