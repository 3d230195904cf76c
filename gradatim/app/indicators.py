"""Indicator values of many learners from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gradatim.domain import Probability
from gradatim.errors import InputError
from gradatim.memory.profile.indicators import INDICATORS

_NAMES = frozenset(item.name for item in INDICATORS)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    indicators: dict[str, Probability | None]
    expert: Annotated[float, Field(allow_inf_nan=False)] | None = None


def read_indicator_rows(path: Path) -> tuple[list[dict[str, float | None]], list[float] | None]:
    """The indicators of each line, and the experts' scores where every line has one.

    Raises:
        InputError: The file cannot be read, or a line is not `{"indicators": {NAME: VALUE}, "expert": SCORE}`; names
            the line.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="give a readable file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", place=str(path), remedy="save it as UTF-8") from error
    rows: list[_Row] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = _Row.model_validate(json.loads(line))
        except (ValueError, RecursionError) as error:
            why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
            raise InputError(
                f"is not a line of indicators: {why}",
                place=place,
                remedy='write {"indicators": {"concept_comprehension": 0.6}, "expert": 7.5}',
            ) from error
        unknown = sorted(row.indicators.keys() - _NAMES)
        if unknown:
            raise InputError(
                f"there is no indicator {unknown[0]!r}", place=place, remedy=f"use {', '.join(sorted(_NAMES))}"
            )
        rows.append(row)
    experts = [row.expert for row in rows if row.expert is not None]
    return [dict(row.indicators) for row in rows], experts if rows and len(experts) == len(rows) else None
