"""The design of the combined model's regression: every learner walked through, response by response."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.combined.basis import Basis
from gradatim.memory.tracing.combined.features import CONTEXTS, LAST_ANSWER, SLOPE_PLACES, measures
from gradatim.memory.tracing.combined.state import LearnerState, Tables
from gradatim.memory.tracing.data.sequences import Codes, Sequences
from gradatim.memory.tracing.fitting.logistic import Design, Group

SUPPORT = 3
"""Responses from which a case of a circumstance has a weight."""


@dataclass(frozen=True, slots=True)
class Penalties:
    """How strongly the weights of each kind are drawn to 0."""

    measures: float = 1.0
    skill: float = 2.0
    slopes: float = 20.0
    contexts: float = 16.0
    items: float = 10.0
    pairs: float = 2.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which cases have a weight, and where it is; place 0 is that of all others and weighs nothing."""

    contexts: tuple[Mapping[Hashable, int], ...]
    pairs: Mapping[Hashable, int]
    items: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rows:
    """All responses, looked at before each of them was known."""

    values: npt.NDArray[np.float64]
    """Shape (rows, measures)."""
    skill: Codes
    contexts: tuple[Codes, ...]
    pairs: Codes
    items: Codes | None

    def design(self, vocabulary: Vocabulary, skills: int, penalties: Penalties) -> Design:
        """The columns of the regression; skills that the model does not know share the last place."""
        skill = np.minimum(self.skill, skills).astype(np.int32)
        groups = [Group(skill, skills + 1, penalties.skill)]
        groups += [Group(skill, skills + 1, penalties.slopes, self.values[:, place]) for place in SLOPE_PLACES]
        groups += [
            Group(codes, len(known) + 1, penalties.contexts, others=True)
            for codes, known in zip(self.contexts, vocabulary.contexts, strict=True)
        ]
        groups.append(Group(self.pairs, len(vocabulary.pairs) + 1, penalties.pairs, self.values[:, LAST_ANSWER], True))
        if self.items is not None:
            groups.append(Group(self.items, len(vocabulary.items) + 1, penalties.items, others=True))
        return Design(self.values, groups, penalties.measures)


def walk(data: Sequences, basis: Basis, itemised: bool) -> Iterator[LearnerState]:
    """The state of the learner of each response, just after `look` and before `observe`."""
    tables = Tables(basis)
    count = len(data)
    items: Sequence[str | None] = [None] * count
    if itemised and data.item is not None:
        numbers: list[int] = data.item.tolist()
        items = [data.items[number] for number in numbers]
    times: Sequence[float | None] = [None] * count if data.seconds is None else data.seconds.tolist()
    repeated: Sequence[bool | None] = [None] * count
    if data.answer is not None:
        repeated = [False, *(data.answer[1:] == data.answer[:-1]).tolist()]
    columns = zip(
        data.first.tolist(),
        data.skill_numbers(basis.skills).tolist(),
        data.correct.tolist(),
        items,
        times,
        repeated,
        strict=True,
    )
    state = LearnerState(tables, itemised)
    for first, skill, correct, item, seconds, copied in columns:
        if first:
            state = LearnerState(tables, itemised)
        state.look(skill, item, seconds, copied)
        yield state
        state.observe(correct)


def laid_out(
    data: Sequences, basis: Basis, itemised: bool, vocabulary: Vocabulary | None = None
) -> tuple[Rows, Vocabulary]:
    """Look at every response.

    Args:
        data: The responses.
        basis: What is known of skills and items.
        itemised: Whether items are looked at.
        vocabulary: Which cases have a weight; worked out from these responses when not given.
    """
    values = array("d")
    skill = array("i")
    cases: list[dict[Hashable, int]] = [{} for _ in CONTEXTS]
    codes = [array("i") for _ in CONTEXTS]
    pairs: dict[Hashable, int] = {}
    pair_codes = array("i")
    if vocabulary is None:
        for state in walk(data, basis, itemised):
            values.extend(state.values)
            skill.append(state.skill)
            for known, column, key in zip(cases, codes, state.keys, strict=True):
                column.append(known.setdefault(key, len(known) + 1))
            pair_codes.append(pairs.setdefault(state.copied, len(pairs) + 1) if state.copied else 0)
        frequent = [_frequent(column, known) for column, known in zip(codes, cases, strict=True)]
        contexts = tuple(column for column, _ in frequent)
        pair_column, pairs = _frequent(pair_codes, pairs)
        item_column, items = _items(data) if itemised else (None, {})
        vocabulary = Vocabulary(tuple(known for _, known in frequent), pairs, items)
    else:
        for state in walk(data, basis, itemised):
            values.extend(state.values)
            skill.append(state.skill)
            for known, column, key in zip(vocabulary.contexts, codes, state.keys, strict=True):
                column.append(known.get(key, 0))
            pair_codes.append(vocabulary.pairs.get(state.copied, 0) if state.copied else 0)
        contexts = tuple(np.array(column, np.int32) for column in codes)
        pair_column = np.array(pair_codes, np.int32)
        item_column = _item_places(data, vocabulary.items) if itemised else None
    width = len(measures(timed=basis.timed, itemised=itemised, graph=bool(basis.prerequisites)))
    table = np.array(values, np.float64).reshape(-1, width)
    return Rows(table, np.array(skill, np.int32), contexts, pair_column, item_column), vocabulary


def _frequent(column: array[int], known: Mapping[Hashable, int]) -> tuple[Codes, dict[Hashable, int]]:
    """Number the cases that occur often enough anew; the others get place 0."""
    codes = np.array(column, np.int32)
    counts = np.bincount(codes, minlength=len(known) + 1)
    keep = counts >= SUPPORT
    keep[0] = False
    places = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    return places[codes], {key: int(places[place]) for key, place in known.items() if keep[place]}


def _items(data: Sequences) -> tuple[Codes, dict[str, int]]:
    codes = np.zeros(0, np.int32) if data.item is None else data.item
    counts = np.bincount(codes, minlength=len(data.items))
    names = [name for place, name in enumerate(data.items) if name and counts[place] >= SUPPORT]
    known = {name: place for place, name in enumerate(names, start=1)}
    return _item_places(data, known), known


def _item_places(data: Sequences, known: Mapping[str, int]) -> Codes:
    if data.item is None:
        return np.zeros(len(data), np.int32)
    return np.array([known.get(name, 0) for name in data.items] or [0], np.int32)[data.item]
