"""A beginner believes that the parts of a path object are added with `+`.

A path object meets `+` with a text.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("path-joined-with-plus",)


def detect(case: Examination) -> Iterator[Sign]:
    """A TypeError of `+` for a path object."""
    pattern = r"for \+=?: '(?:(?:Posix|Windows|Pure\w*)Path)' and|and '((?:Posix|Windows)Path)'|not \"(\w*Path)\""
    for line, found in case.raised_at("TypeError", pattern).items():
        said = "uses `+` for a path object, whose parts are joined by `/`."
        yield of_errors(case, "path-joined-with-plus", line, 0.97, said, found)
