"""An agent that was made worse on purpose is caught; the same agent with other luck is not.

The runs are real ones (`record.py` tells how they came about); scoring and comparing are done here, by the scorers and
the comparison that everybody uses. Sixty examples, one run of each: every comparison has sixty pairs.
"""

from __future__ import annotations

import pytest

from gradatim.evals.datasets import load
from gradatim.evals.reports.comparison import Comparison, Side, compare, side_of
from gradatim.evals.results import Scored
from gradatim.evals.scorers.registry import scorers_of
from tests.evals.reports.agents import laboratory
from tests.evals.reports.making import scores_of, write_folder
from tests.evals.reports.record import ERRORS, REPEATS, SAMPLES, recorded


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Side]:
    """The results of each agent and seed: `none-1`, `lenient-1`, …"""
    root = tmp_path_factory.mktemp("sabotage")
    scorers = scorers_of(["outcome", "trust", "trajectory"])
    found: dict[str, list[Scored]] = {}
    for trace in recorded():
        name = f"{trace.attributes['variant']}-{trace.attributes['seed']}"

        found.setdefault(name, []).extend(scores_of(trace, scorers))
    return {name: side_of(str(write_folder(root / name, scores))) for name, scores in found.items()}


def _compared(sides: dict[str, Side], old: str, new: str) -> Comparison:
    return compare(sides[old], sides[new], alpha=0.01)


def _worse(found: Comparison) -> set[str]:
    return {item.key for item in found.of("worse")}


@pytest.mark.parametrize(
    ("old", "new", "caught"),
    [
        ("none", "wrong-line", {"fault_line_top1", "fault_line_top3"}),
        ("none", "lenient", {"claim_support_audited", "hallucination_told", "calibration"}),
        ("none", "boastful", {"calibration"}),
        ("lenient", "lenient-boastful", {"calibration"}),
    ],
)
def test_a_worsened_agent_is_caught(sides: dict[str, Side], old: str, new: str, caught: set[str]) -> None:
    found = _compared(sides, f"{old}-1", f"{new}-1")
    assert found.worse
    assert caught <= _worse(found)
    assert all(item.adjusted is not None and item.adjusted < 0.01 for item in found.of("worse"))
    assert len([item for item in found.differences if item.judged and item.test.p is not None]) > 20


def test_the_same_agent_with_other_luck_is_not(sides: dict[str, Side]) -> None:
    """Twenty A/A comparisons.

    Holm's correction keeps the chance that one of them calls anything different at .01 or below, so that all twenty are
    silent with a chance of .82 at least. That they are is no luck of a lenient test: those above have the same pairs.
    """
    differ = 0
    for seed in range(1, REPEATS):
        found = _compared(sides, f"none-{seed}", f"none-{seed + 1}")
        assert not [*found.of("worse"), *found.of("better"), *found.of("different")], (seed, found.plain())
        assert all(item.pairs <= SAMPLES for item in found.differences)
        differ += any(item.difference.value for item in found.differences)
    assert differ == REPEATS - 1  # luck did make a difference each time


async def test_the_sabotage_is_real() -> None:
    """What was recorded comes of agents that still run: a few examples, here and now."""
    examples = list(load("examples", sample=3, seed=7))
    async with laboratory(examples, ERRORS, repair_seconds=0.0) as lab:
        honest = [trace async for trace in lab.traces("none", 1)]
        moved = [trace async for trace in lab.traces("wrong-line", 1)]
        boasted = [trace async for trace in lab.traces("boastful", 1)]
    for one, other in zip(honest, moved, strict=True):
        before, after = (trace.outputs["diagnosis"]["suspicious_lines"] for trace in (one, other))
        assert [item["line"] for item in before] != [item["line"] for item in after] or not before
    assert {trace.outputs["confidence"]["value"] for trace in boasted} == {0.99}
    assert all(trace.outputs["audit"]["sentences"] for trace in honest)
