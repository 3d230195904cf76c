"""Who answered which item how: the matrix that items are calibrated on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import IntArray, ResponseArray

MISSING = -1
"""How an item that was not answered is coded."""


@dataclass(frozen=True, slots=True)
class Responses:
    """Answers of learners to items.

    Raises:
        InputError: No learner or no item, or names that do not fit the matrix.
    """

    values: ResponseArray
    """Shape (learners, items): 1 correct, 0 wrong, −1 not answered."""
    learners: tuple[str, ...]
    items: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.learners), len(self.items)):
            raise InputError(
                f"{len(self.learners)} learners and {len(self.items)} items, but a matrix of {self.values.shape}",
                place="responses",
            )
        if not self.learners or not self.items:
            raise InputError("there are no responses", place="responses", remedy="give some learners and items")

    @classmethod
    def of(cls, matrix: ArrayLike, *, learners: Sequence[str] = (), items: Sequence[str] = ()) -> Responses:
        """Responses of a matrix of numbers.

        Args:
            matrix: Learners × items; 1 or `True` correct, 0 or `False` wrong; NaN or any negative number not
                answered.
            learners: Their names; numbers from 1 when not given.
            items: Their names; `i1`, `i2`, … when not given.

        Raises:
            InputError: The matrix has not two dimensions, or holds something else; names row and column.
        """
        try:
            numbers = np.asarray(matrix, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError("the responses are no numbers", place="responses", remedy="give 0, 1 or NaN") from error
        if numbers.ndim != 2:
            raise InputError(
                f"the responses have {numbers.ndim} dimensions", place="responses", remedy="give learners × items"
            )
        unanswered = np.isnan(numbers) | (numbers < 0.0)
        wrong = ~(unanswered | (numbers == 0.0) | (numbers == 1.0))
        if wrong.any():
            row, column = (int(index) for index in np.argwhere(wrong)[0])
            raise InputError(
                f"{numbers[row, column]} is neither 0 nor 1",
                place=f"responses, row {row + 1}, column {column + 1}",
                remedy="code correct as 1, wrong as 0, and not answered as NaN or −1",
            )
        values = np.where(unanswered, MISSING, numbers).astype(np.int8)
        return cls(
            values,
            tuple(learners) or tuple(str(number) for number in range(1, values.shape[0] + 1)),
            tuple(items) or tuple(f"i{number}" for number in range(1, values.shape[1] + 1)),
        )

    @classmethod
    def collect(cls, answers: Iterable[tuple[str, str, bool]]) -> Responses:
        """Responses of single answers (learner, item, correct); the last answer to an item counts.

        Raises:
            InputError: There are none.
        """
        learners: dict[str, int] = {}
        items: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        correct: list[bool] = []
        for learner, item, right in answers:
            rows.append(learners.setdefault(learner, len(learners)))
            columns.append(items.setdefault(item, len(items)))
            correct.append(right)
        values = np.full((len(learners), len(items)), MISSING, dtype=np.int8)
        values[rows, columns] = correct
        return cls(values, tuple(learners), tuple(items))

    @property
    def complete(self) -> bool:
        """Whether every learner answered every item."""
        return bool((self.values >= 0).all())

    def answered(self) -> IntArray:
        """How many learners answered each item: (J,)."""
        return np.count_nonzero(self.values >= 0, axis=0)

    def correct(self) -> IntArray:
        """How many learners answered each item correctly: (J,)."""
        return np.count_nonzero(self.values == 1, axis=0)
