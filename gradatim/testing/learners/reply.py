"""What a learner says and does in one turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Act = Literal[
    "open", "answer", "explain", "attempt", "agree", "ask", "confused", "frustrated", "beg", "off-topic", "paste",
    "passed",
]  # fmt: skip
"""What a message mainly is."""
How = Literal["understood", "copied", "lucky"]
"""How a passing program came about: by the repair that was understood, by code that a text gave, or by a guess."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a learner says.

    Attributes:
        message: The words, without the program.
        code: The program that comes with them; `None` where none is sent.
        act: What the message mainly is.
        passed: Whether a changed program passes every test, as executed; `None` where nothing was changed.
        how: How a passing program came about.
        line: Line of the first program that was changed.
        right: Whether an answer to a question was right; `None` where none was given.
    """

    message: str
    code: str | None = None
    act: Act = "agree"
    passed: bool | None = None
    how: How | None = None
    line: int | None = None
    right: bool | None = None

    @property
    def said(self) -> str:
        """Everything as one text, the program in a fenced block."""
        return self.message if self.code is None else f"{self.message}\n\n```python\n{self.code.rstrip()}\n```"
