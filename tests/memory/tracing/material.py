"""Simulated learners: knowledge tracing as it assumes the world to be, and what published data add to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.memory.tracing import BKTParameters
from gradatim.memory.tracing.data import Sequences

SKILLS = (
    BKTParameters(prior=0.3, learn=0.2, slip=0.08, guess=0.15, forget=0.0),
    BKTParameters(prior=0.6, learn=0.1, slip=0.15, guess=0.3, forget=0.0),
    BKTParameters(prior=0.15, learn=0.3, slip=0.05, guess=0.2, forget=0.0),
)


def simulated(
    learners: int = 60,
    each: int = 12,
    parameters: Sequence[BKTParameters] = SKILLS,
    seed: int = 0,
    *,
    items: bool = False,
    times: bool = False,
    copies: bool = False,
) -> Sequences:
    """Learners who practise all skills in a mixed order.

    Args:
        learners: How many.
        each: Responses to each skill.
        parameters: Of the skills `s0`, `s1`, ….
        seed: Of the chances.
        items: Name an item for each response, hard and easy ones by turns.
        times: A response every ten minutes or so.
        copies: Let every response to `s0` stand twice, the second time under `echo`, as an item of two skills would.
    """
    random = np.random.default_rng(seed)
    names = [f"s{number}" for number in range(len(parameters))] + (["echo"] if copies else [])
    learner: list[int] = []
    skill: list[int] = []
    correct: list[bool] = []
    item: list[int] = []
    seconds: list[float] = []
    for who in range(learners):
        mastered = [random.random() < own.prior for own in parameters]
        now = 0.0
        for number in random.permutation(np.repeat(np.arange(len(parameters)), each)).tolist():
            own = parameters[number]
            outcome = bool(random.random() < (1.0 - own.slip if mastered[number] else own.guess))
            hard = int(random.integers(0, 4))
            if items and hard == 3:
                outcome = outcome and bool(random.random() < 0.3)
            now += float(random.exponential(600.0))
            twice = copies and number == 0
            for written in (number, len(parameters)) if twice else (number,):
                learner.append(who)
                skill.append(written)
                correct.append(outcome)
                item.append(4 * number + hard)
                seconds.append(now)
            mastered[number] = random.random() < (1.0 - own.forget if mastered[number] else own.learn)
    return Sequences(
        tuple(f"learner {who}" for who in range(learners)),
        tuple(names),
        np.array(learner, np.int32),
        np.array(skill, np.int32),
        np.array(correct, np.bool_),
        tuple(f"item {number}" for number in range(4 * len(parameters))) if items else (),
        np.array(item, np.int32) if items else None,
        np.array(seconds) if times else None,
    )


def three_lines(data: Sequences) -> str:
    """The data in the three-line format."""
    lines: list[str] = []
    for start, end in zip(data.starts[:-1].tolist(), data.starts[1:].tolist(), strict=True):
        lines.append(str(end - start))
        lines.append(",".join(data.skills[code] for code in data.skill[start:end].tolist()))
        lines.append(",".join(str(int(right)) for right in data.correct[start:end].tolist()))
    return "\n".join(lines) + "\n"


def comma_separated(data: Sequences) -> str:
    """The data as CSV."""
    columns = ["learner", "skill", "correct"]
    columns += ["item"] if data.item is not None else []
    columns += ["time"] if data.seconds is not None else []
    lines = [",".join(columns)]
    for place in range(len(data)):
        cells = [
            data.learners[int(data.learner[place])],
            data.skills[int(data.skill[place])],
            str(int(data.correct[place])),
        ]
        cells += [data.items[int(data.item[place])]] if data.item is not None else []
        cells += [repr(float(data.seconds[place]))] if data.seconds is not None else []
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"
