"""A beginner believes that a list or text keeps a current position.

`next` is called on one.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("list-has-next-item",)


def detect(case: Examination) -> Iterator[Sign]:
    """A TypeError of `next` for something that is gone through and is no iterator."""
    pattern = r"'(list|str|tuple|range|dict|set|dict_\w+)' object is not an iterator"
    for line, found in case.raised_at("TypeError", pattern).items():
        said = "asks something for its next item that has no current position."
        yield of_errors(case, "list-has-next-item", line, 0.95, said, found)
