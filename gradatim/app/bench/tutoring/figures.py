"""Figures of an arm from its dialogues."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.app.bench.tutoring.record import ArmName, DialogueRecord
from gradatim.memory.pictures.intervals import wilson

Figure = str | int | float | bool | None


def of_arm(arm: ArmName, records: Sequence[DialogueRecord]) -> dict[str, Figure]:
    """What became of an arm's learners, and how its tutor spoke.

    `reached`: share that came to a passing program by a change of their own, with the 95 % Wilson interval (Wilson
    1927); `lucky`: the part of it that guessed; `copied`: share that passed by code which the tutor gave, which counts
    as no success; `passed`: with whatever help. `leaked` counts dialogues in which code of the solution was shown
    though the task does not allow it.
    """
    if not records:
        return {}
    turns = [turn for record in records for turn in record.turns]
    reached = [record for record in records if record.how in ("understood", "lucky")]
    low, high = wilson(len(reached) / len(records), len(records))
    closed = [record for record in records if not record.reveals]
    words = sum(turn.words for turn in turns)
    back = sum(turn.words_back for turn in turns)
    figures: dict[str, Figure] = {
        "dialogues": len(records),
        "reached": len(reached) / len(records),
        "reached_low": low,
        "reached_high": high,
        "lucky": sum(record.how == "lucky" for record in records) / len(records),
        "copied": sum(record.how == "copied" for record in records) / len(records),
        "passed": sum(record.how is not None for record in records) / len(records),
        "mean_turns_to_pass": _mean([len(record.turns) for record in reached]),
        "leaked_dialogues": sum(any(turn.leak for turn in record.turns) for record in closed),
        "refuted_claims": sum(len(turn.refuted) for turn in turns),
        "questions_a_turn": sum(turn.questions for turn in turns) / len(turns),
        "words_a_turn": words / len(turns),
        "talk_ratio": words / max(1, words + back),
        "names_faulty_line": sum(turn.names_fault for turn in turns) / len(turns),
        "seconds_a_turn": sum(record.seconds for record in records) / len(turns),
    }
    return {f"{arm}_{name}": round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}


def beside(one: Sequence[DialogueRecord], other: Sequence[DialogueRecord], names: tuple[str, str]) -> dict[str, Figure]:
    """Two arms on the same learners: who was helped by one of them only."""
    first = {record.learner: record.how in ("understood", "lucky") for record in one}
    second = {record.learner: record.how in ("understood", "lucky") for record in other}
    both = first.keys() & second.keys()
    return {
        f"only_{names[0]}_reached": sum(first[key] and not second[key] for key in both),
        f"only_{names[1]}_reached": sum(second[key] and not first[key] for key in both),
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
