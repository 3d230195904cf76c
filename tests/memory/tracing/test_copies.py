"""Rows that only repeat an answer are found, from the training part alone, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradatim.memory.tracing.data import CopyRule, without_copies
from tests.memory.tracing.material import simulated


def test_the_pair_that_always_agrees_is_found() -> None:
    data = simulated(copies=True)
    rule = CopyRule.learned(data)
    assert rule.pairs == {("s0", "echo")}
    copies = rule.copies(data)
    assert [data.skills[code] for code in np.unique(data.skill[copies])] == ["echo"]
    assert copies.sum() == (data.skill == data.skills.index("echo")).sum()
    honest = without_copies(data, rule)
    assert len(honest) == len(data) - copies.sum()
    assert not CopyRule.learned(honest).pairs


def test_without_such_rows_nothing_is_found() -> None:
    data = simulated()
    rule = CopyRule.learned(data)
    assert not rule.pairs
    assert len(without_copies(data, rule)) == len(data)


def test_two_easy_skills_that_agree_by_chance_are_not_one_item() -> None:
    data = simulated(200, 6)
    easy = np.random.default_rng(1).random(len(data)) < 0.99
    assert not CopyRule.learned(replace(data, correct=easy)).pairs


def test_too_few_rows_prove_nothing() -> None:
    data = simulated(1, 4, copies=True)
    assert not CopyRule.learned(data).pairs


def test_the_first_row_of_a_learner_repeats_nobody() -> None:
    data = simulated(copies=True)
    rule = CopyRule.learned(data)
    swapped = data.rows(~((data.skill == 0) & (data.first | np.roll(data.first, -1))))
    assert not rule.copies(swapped)[swapped.first].any()


def test_names_count_not_numbers() -> None:
    data = simulated(copies=True)
    rule = CopyRule.learned(data)
    order = [3, 0, 2, 1]
    renumbered = replace(
        data,
        skills=tuple(data.skills[old] for old in order),
        skill=np.argsort(order).astype(np.int32)[data.skill],
    )
    assert (rule.copies(renumbered) == rule.copies(data)).all()


def test_where_the_data_tell_nothing_is_guessed() -> None:
    data = simulated(copies=True)
    told = replace(data, answer=np.arange(len(data), dtype=np.int32))
    assert not CopyRule.learned(told).pairs
    assert not CopyRule.learned(data).copies(told).any()
