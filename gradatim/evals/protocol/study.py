"""A study: which works are rated by whom, in which order and under which code.

`study.yaml` is the coordinator's alone: it leads from codes back to works.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gradatim.errors import InputError
from gradatim.tools.rubric import DIMENSIONS

Phase = Literal["training", "calibration", "main"]
PHASES: tuple[Phase, ...] = get_args(Phase)
STUDY = "study.yaml"
RATINGS = "ratings"
"""Folder for the files that raters send."""


class Work(BaseModel):
    """One work that is rated.

    Attributes:
        sample: Id of the example in its data set.
        phase: In which round.
        task: Id of its task.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: str
    phase: Phase
    task: str = ""


class Study(BaseModel):
    """Everything that was settled before anybody rated.

    Attributes:
        title: For a person.
        data, path: Data set from which the works come.
        seed: Of sample, orders and codes.
        overlap: Share of the main works that every rater gets; the others get one rater each.
        low, high: Ends of the scale.
        dimensions: Of the rubric, in the order of the forms.
        works: Code → work.
        raters: Rater → codes in the order in which that rater gets them.
        withdrawn: Codes of works that were taken out because their authors want it; nothing else is kept of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gradatim_study: Literal[1] = 1
    title: str
    data: str
    path: str | None = None
    seed: int = 0
    overlap: Annotated[float, Field(ge=0, le=1)] = 1.0
    low: int = 1
    high: int = 5
    dimensions: Annotated[tuple[str, ...], Field(min_length=1)] = tuple(DIMENSIONS)
    works: Mapping[str, Work]
    raters: Mapping[str, tuple[str, ...]]
    withdrawn: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for rater, codes in self.raters.items():
            unknown = next((code for code in codes if code not in self.works), None)
            if unknown is not None:
                raise ValueError(f"rater {rater} has the work {unknown}, which is not among the works")
            if len(set(codes)) != len(codes):
                raise ValueError(f"rater {rater} has a work twice")
        if self.high <= self.low:
            raise ValueError("the scale has no two levels")
        return self

    @property
    def levels(self) -> range:
        """Levels of the scale, lowest first."""
        return range(self.low, self.high + 1)

    def codes(self, phase: Phase) -> tuple[str, ...]:
        """Works of a round."""
        return tuple(code for code, work in self.works.items() if work.phase == phase)

    def assigned(self, rater: str, phase: Phase) -> tuple[str, ...]:
        """Works of a round that a rater gets, in that rater's order."""
        return tuple(code for code in self.raters.get(rater, ()) if self.works[code].phase == phase)

    def shared(self, phase: Phase) -> tuple[str, ...]:
        """Works of a round that at least two raters get."""
        count = dict.fromkeys(self.codes(phase), 0)
        for codes in self.raters.values():
            for code in codes:
                if code in count:
                    count[code] += 1
        return tuple(code for code, times in count.items() if times > 1)


def read_study(folder: Path) -> Study:
    """The study of a folder.

    Raises:
        InputError: There is none, or its file was damaged.
    """
    path = folder / STUDY
    remedy = "name a folder that `gradatim eval protocol new` has made"
    try:
        value: Any = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
        return Study.model_validate(value)
    except OSError as error:
        raise InputError(f"holds no study: {error.strerror}", place=str(path), remedy=remedy) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise InputError("is not YAML", place=place, remedy="restore the file as it was made") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"{where}: {first['msg']}" if where else first["msg"]
        raise InputError(f"is not a study: {message}", place=str(path), remedy="restore it as it was made") from error


def write_study(study: Study, folder: Path) -> None:
    """Write `study.yaml`, readable by its owner alone."""
    text = yaml.safe_dump(study.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=120)
    new = folder / f"{STUDY}.new"
    new.touch(mode=0o600)
    new.write_text(text, "utf-8")
    os.replace(new, folder / STUDY)
