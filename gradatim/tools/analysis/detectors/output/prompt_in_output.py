"""A beginner believes that the question of `input` does not count as output.

Without the text of `input` the output is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.outputs import squeezed
from gradatim.tools.analysis.patterns.prompts import prompts_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("prompt-in-output",)


def detect(case: Examination) -> Iterator[Sign]:
    """The text of `input("…")` in the output."""
    prompts = prompts_of(case)
    if not prompts:
        return
    tests: list[str] = []
    for item in case.wrong:
        if not item.output:
            continue
        rest = str(item.actual)
        for _, prompt in prompts:
            rest = rest.replace(prompt, "")
        if rest != str(item.actual) and squeezed(rest) == squeezed(str(item.expected)):
            tests.append(item.test)
    if tests:
        line, prompt = prompts[0]
        fact = f"Line {line}: `{case.program.line(line)}` prints {prompt!r} when it asks."
        lines = tuple(dict.fromkeys(number for number, _ in prompts))
        yield Sign(
            "prompt-in-output",
            lines,
            0.96,
            fact,
            f"Without that text the output is right in {name_tests(tests)}.",
            tuple(tests),
        )
