"""Pre/post designs: the true effect is found, none is found where there is none, and chance is what it should be."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as statsmodels

from gradatim.errors import InputError
from gradatim.evals.experiments.cohorts import GAINS, GainAnalysis, Person, analyse, assigned, gains_of
from gradatim.evals.experiments.cohorts.analysis import ancova
from gradatim.evals.experiments.cohorts.tutoring import GUESS, SLIP, Conversations, plant
from gradatim.evals.experiments.cohorts.worlds import Practices, Responses, check_treatments
from gradatim.evals.experiments.opening import open_run
from gradatim.evals.experiments.spec import CohortSpec
from gradatim.evals.traces import read_traces
from gradatim.kg import packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.sandbox import open_sandbox
from tests.evals.experiments.fake import EXAMPLES, experiment, settings

ARMS = {"control": "none", "lesson": "lesson"}
SEEDS = range(20)


def people(cohort: CohortSpec, seed: int, arms: dict[str, str] | None = None) -> list[Person]:
    world = Responses(cohort, arms or ARMS, seed)

    async def all_of_them() -> list[Person]:
        return [await world.person(place) for place in range(cohort.learners)]

    return asyncio.run(all_of_them())


def analyses(cohort: CohortSpec, arms: dict[str, str] | None = None) -> list[GainAnalysis]:
    return [analyse(people(cohort, seed, arms), list(arms or ARMS)) for seed in SEEDS]


def test_the_analysis_recovers_the_effect_that_holds() -> None:
    found = analyses(CohortSpec(learners=120, items=40, effect=0.5))
    # 95 % intervals: of 20, fewer than 17 hold the truth once in 60 times
    assert sum(item.recovered is True for item in found) >= 17
    assert sum((item.ancova_p or 1.0) < 0.01 for item in found) >= 18
    assert np.mean([item.ancova.value for item in found]) == pytest.approx(
        np.mean([item.truth for item in found]), abs=0.015
    )
    assert all((item.hedges_g.value or 0) > 0 for item in found)


def test_a_design_that_gives_both_arms_the_same_finds_nothing() -> None:
    found = analyses(CohortSpec(learners=120, items=40), {"control": "none", "lesson": "none"})
    assert {item.truth for item in found} == {0.0}
    # 20 tests at .05: more than 4 are wrong once in 400 times
    assert sum((item.ancova_p or 1.0) < 0.05 for item in found) <= 4
    assert sum((item.welch.p or 1.0) < 0.01 for item in found) <= 2


def test_a_treatment_that_harms_is_found_to_harm() -> None:
    found = analyse(people(CohortSpec(learners=200, effect=-0.8), 3), list(ARMS))
    assert found.truth is not None
    assert found.truth < -0.1
    assert found.ancova.high is not None
    assert found.ancova.high < 0


def test_half_of_the_learners_are_in_each_arm_by_lot() -> None:
    given = assigned(101, ["a", "b"], 1)
    assert (given.count("a"), given.count("b")) == (51, 50)
    assert assigned(101, ["a", "b"], 1) == given
    assert assigned(101, ["a", "b"], 2) != given
    assert given[:10] not in (["a", "b"] * 5, ["b", "a"] * 5)


def test_what_happens_to_one_learner_hangs_on_nobody_else() -> None:
    cohort = CohortSpec(learners=30)
    world, again = Responses(cohort, ARMS, 4), Responses(cohort, ARMS, 4)
    seventh = asyncio.run(world.person(7))
    asyncio.run(again.person(3))
    assert asyncio.run(again.person(7)) == seventh


def test_ancova_is_that_of_statsmodels() -> None:
    chance = np.random.default_rng(5)
    pre, treated = chance.random(60), np.arange(60) % 2 == 1
    post = 0.3 + 0.5 * pre + 0.1 * treated + chance.normal(scale=0.1, size=60)
    effect, p = ancova(list(pre), list(post), [bool(item) for item in treated])
    design = statsmodels.add_constant(np.column_stack([pre, treated.astype(float)]))
    fit = statsmodels.OLS(post, design).fit(cov_type="HC3", use_t=True)
    assert effect.value == pytest.approx(fit.params[2])
    assert (effect.low, effect.high) == pytest.approx(tuple(fit.conf_int()[2]))
    assert p == pytest.approx(fit.pvalues[2])
    # by hand: HC3 is X'X⁻¹ (Σ eᵢ²/(1−hᵢ)² xᵢxᵢ') X'X⁻¹
    inverse = np.linalg.inv(design.T @ design)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = (design * ((post - design @ fit.params) ** 2 / (1 - leverage) ** 2)[:, None]).T @ design
    assert effect.high is not None
    assert (effect.high - float(effect.value or 0)) / 2.0025 == pytest.approx(
        float(np.sqrt((inverse @ meat @ inverse)[2, 2])), rel=1e-3
    )


def test_data_that_allow_no_answer_give_none() -> None:
    same = [Person(str(n), "ab"[n % 2], 0.5, 0.5, {}) for n in range(8)]
    found = analyse(same, ["a", "b"])
    assert (found.truth, found.recovered) == (None, None)
    assert found.ancova.value == pytest.approx(0.0)
    with pytest.raises(InputError, match="the arm 'a' has 2 learners"):
        analyse(same[:3], ["a", "b"])


def test_learners_who_practise_learn_more_than_those_who_do_not() -> None:
    cohort = CohortSpec(world="practice", learners=60, practices=40, items=60)
    world = Practices(cohort, {"control": "none", "greedy": "greedy"}, 1, packaged_curriculum())
    found = [asyncio.run(world.person(place)) for place in range(60)]
    truth = [item.expected["greedy"] - item.expected["control"] for item in found]
    assert np.mean(truth) > 0.02
    analysis = analyse(found, ["control", "greedy"])
    assert analysis.truth == pytest.approx(np.mean(truth))
    assert analysis.recovered is True


async def test_learners_who_talk_with_a_tutor_who_tells_understand_more() -> None:
    cohort = CohortSpec(world="tutoring", learners=4, items=20, turns=4)
    async with open_sandbox(Settings(workers=1)) as sandbox:
        faults = await plant(EXAMPLES, sandbox, 2, 1)
        world = Conversations(cohort, {"control": "silent", "told": "telling"}, 1, faults, sandbox, None)
        found = [await world.person(place) for place in range(4)]
        with pytest.raises(InputError, match="no task"):
            await plant(EXAMPLES / "experiments", sandbox, 2, 1)
    assert {value for item in found for value in item.expected.values()} <= {GUESS, 1 - SLIP}
    assert sum(item.expected["told"] for item in found) > sum(item.expected["control"] for item in found)
    assert {message["role"] for item in found for message in item.detail["messages"]} == {"assistant", "user"}


def test_a_treatment_that_a_world_does_not_know_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be given 'hypnosis'"):
        check_treatments("practice", ["none", "hypnosis"])


DESIGN = """
experiment: gain
design: pre-post
variants:
  control: {treatment: none}
  lesson: {treatment: lesson}
seeds: 2
cohort: {learners: 40, effect: 1.0}
"""


async def test_a_design_is_an_experiment_like_any_other(tmp_path: Path) -> None:
    design = experiment(DESIGN)
    async with open_run(design, tmp_path / "out", settings(tmp_path / "data")) as run:
        summary = await run.all()
    assert (summary.cells, summary.failed) == (80, 0)
    found = gains_of(tmp_path / "out", design)
    assert list(found) == [(1, "none"), (2, "none")]
    assert found[1, "none"].learners == (20, 20)
    written = json.loads((tmp_path / "out" / GAINS).read_bytes())
    assert [item["recovered"] for item in written] == [item.recovered for item in found.values()]
    traces = list(read_traces(tmp_path / "out" / "traces.jsonl"))
    assert all(0 <= trace.outputs["post"] <= 1 for trace in traces)
    assert {str(trace.attributes["variant"]) for trace in traces} == {"control", "lesson"}
