"""Responses of many learners for knowledge tracing: the three-line format of DKVMN, or CSV.

The three-line format (Zhang, Shi, King and Yeung 2017): number of responses, skills, outcomes; once for every learner.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradatim.errors import InputError
from gradatim.evals.datasets.example import Example
from gradatim.memory.tracing.data import read_sequences


def load_responses(path: Path, *, skip_bad: bool = False, least: int = 1) -> Iterator[Example]:
    """One example a learner: what was asked in `inputs.responses`, the outcomes in `reference.correct`.

    A model that predicts response *t* may see the outcomes before *t* and no later one.

    Args:
        path: The file; its content tells the format.
        skip_bad: Leave out rows of a CSV file that cannot be used.
        least: Responses that a learner must have.

    Raises:
        InputError: The file cannot be read, or nobody has so many responses.
    """
    data = read_sequences(Path(path), skip_bad=skip_bad).data
    starts = data.starts
    count = 0
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        if end - begin < least:
            continue
        count += 1
        learner = data.learners[int(data.learner[begin])]
        responses: list[dict[str, Any]] = [{"skill": data.skills[code]} for code in data.skill[begin:end].tolist()]
        if data.item is not None:
            for response, code in zip(responses, data.item[begin:end].tolist(), strict=True):
                response["item"] = data.items[code]
        if data.seconds is not None:
            for response, seconds in zip(responses, data.seconds[begin:end].tolist(), strict=True):
                response["seconds"] = seconds
        yield Example(
            learner, {"learner": learner, "responses": responses}, {"correct": data.correct[begin:end].tolist()}
        )
    if not count:
        raise InputError(
            f"holds no learner with {least:,} responses", place=str(path), remedy="ask for fewer with `least`"
        )
