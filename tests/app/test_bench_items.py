"""The benchmark of items: its minds do what Python does, its learners differ as they should, its figures are flat."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import numpy as np
import pytest

from gradatim.app.bench import BenchRequest
from gradatim.app.bench.items.bench import run, spearman
from gradatim.app.bench.items.fit import fit_kind, is_fitted
from gradatim.app.bench.items.learners import Learner, World, constructs, population
from gradatim.app.bench.items.mind import Mind
from gradatim.app.bench.items.simulation import observe
from gradatim.errors import InputError
from gradatim.settings import Settings
from gradatim.tools.items import Item
from gradatim.tools.items.arguments import calls
from gradatim.tools.items.difficulty import packaged_weights
from gradatim.tools.items.families import FAMILIES
from gradatim.tools.items.features import COMMON, OF_KIND
from gradatim.tools.items.kinds import KINDS
from gradatim.tools.items.material import seen_by
from gradatim.tools.sandbox import open_sandbox


def test_a_mind_without_slips_does_what_python_does() -> None:
    async def compare() -> int:
        count = 0
        async with open_sandbox(Settings(workers=1)) as sandbox:
            for family in FAMILIES:
                program = family.draw(random.Random(5))
                asked = calls(program.name, program.arguments, 8, random.Random(5))
                (seen,) = await seen_by(sandbox, [program.code], asked)
                assert seen is not None
                for call, one in zip(asked, seen, strict=True):
                    thought = Mind().run(program.code, call)
                    assert (thought.value, thought.error) == (one.value, one.error), (program.code, call)
                    count += 1
        return count

    assert asyncio.run(compare()) > 300


@pytest.mark.parametrize(
    ("belief", "code", "value"),
    [
        ("range-stop-included", "def f(n):\n    return sum(range(n))", "6"),
        ("boundary-comparison-strictness", "def f(n):\n    return n > 3", "True"),
        ("modulo-as-division", "def f(n):\n    return n % 3", "1"),
        ("and-or-swapped", "def f(n):\n    return n > 9 and n > 1", "True"),
        ("slice-end-included", "def f(n):\n    return [1, 2, 3, 4][0:2]", "[1, 2, 3]"),
        ("catches-wrong-exception", "def f(n):\n    try:\n        return n // 0\n    except ValueError:\n"
         "        return 7", "7"),
        ("separate-ifs-for-elif", "def f(n):\n    x = 0\n    if n > 1:\n        x = 1\n    elif n > 2:\n        x = 2\n"
         "    return x", "2"),
    ],
)  # fmt: skip
def test_a_belief_changes_how_a_program_is_read(belief: str, code: str, value: str) -> None:
    assert Mind(beliefs=frozenset({belief})).run(code, "f(3)").value == value
    assert Mind().run(code, "f(3)").value != value


def test_minds_give_up_and_never_reach_out() -> None:
    assert Mind().run("while True:\n    pass").error == "timeout"
    assert Mind().run("def f(n):\n    return f(n)", "f(1)").error == "RecursionError"
    for code in ("import os", "x = (1).__class__", "open('x')", "eval('1')", "x = [].__class__.__bases__"):
        assert Mind().run(code).error is not None


def test_able_learners_know_more_slip_less_and_believe_less() -> None:
    world = World.of(1)
    people = population(world, 200, 1)
    weak, able = people[:50], people[-50:]
    assert np.mean([len(one.known) for one in able]) > np.mean([len(one.known) for one in weak])
    assert np.mean([len(one.beliefs) for one in able]) < np.mean([len(one.beliefs) for one in weak])
    everything = frozenset(world.constructs)
    low, high = (Learner(world, theta, everything, frozenset(), 4.0) for theta in (-1.0, 1.0))
    assert low.fails("hard", 2, 1) > high.fails("hard", 2, 1)
    assert low.fails("hard", 8, 1) > low.fails("hard", 2, 1)


def test_constructs_are_counted() -> None:
    found = constructs(
        "def f(a):\n    for i in range(3):\n        for j in a:\n            print(j % 2)\n    return f(a[1:])"
    )
    assert found == {
        "loop": 1,
        "range": 1,
        "nested-loop": 1,
        "hard-arithmetic": 1,
        "return": 1,
        "recursion": 1,
        "slice": 1,
    }


def test_rank_correlation() -> None:
    one = np.array([1.0, 2.0, 3.0, 4.0])
    assert spearman(one, one**3) == 1.0
    assert spearman(one, -one) == -1.0
    assert spearman(one, np.ones(4)) is None
    assert spearman(np.array([1.0, 2.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0, 4.0])) == pytest.approx(0.9487, abs=1e-4)


def test_fitting_finds_what_makes_items_hard() -> None:
    rng, found = np.random.default_rng(1), list[Item]()
    names = [*COMMON, *OF_KIND["write"]]
    template = _item()
    for number in range(120):
        features = {name: float(rng.normal()) for name in names}
        difficulty = template.difficulty.model_copy(update={"features": features})
        found.append(template.model_copy(update={"difficulty": difficulty, "template": f"f{number % 6}"}))
    b = np.array([1.0 + 0.8 * item.difficulty.features["steps"] for item in found]) + rng.normal(0, 0.1, 120)
    fitted = fit_kind(found, b, np.ones(120))
    assert fitted["weights"]["steps"] == pytest.approx(0.8, abs=0.15)
    assert fitted["error"] < 0.3
    assert max(abs(value) for name, value in fitted["weights"].items() if name != "steps") < 0.1


def _item() -> Item:
    from tests.tools.items.export.material import WRITE

    return WRITE


def test_learners_that_work_on_items_show_which_are_hard() -> None:
    easy = "def f(n):\n    return n + 1\n"
    hard = "def f(n):\n    total = 0\n    for i in range(1, n + 1):\n        for j in range(i):\n"
    hard += "            if j % 3 == 1:\n"
    hard += "                total += i * j // 2\n    return total\n"
    items = [_predict(number, code) for number, code in enumerate((easy, hard, easy.replace("+ 1", "+ 2")))]
    found = observe(items, 60, 2)
    assert found.b[1] > max(found.b[0], found.b[2]) + 1.0
    assert found.right[1] < found.right[0]


def _predict(number: int, code: str) -> Item:
    program = f"{code}\nprint(f(7))\n"
    answer = Mind().run(program).printed
    held = _item()
    task = held.task.model_copy(update={"kind": "program", "reference": program})
    return held.model_copy(
        update={"id": f"item-{number}", "kind": "predict", "program": program, "answer": answer, "task": task}
    )


def test_weights_know_their_families_alone_and_every_feature() -> None:
    held = packaged_weights()
    assert set(held.families) == {family.id for family in FAMILIES if is_fitted(family.id)}
    assert len(FAMILIES) - len(held.families) >= 10
    assert set(held.kinds) == set(KINDS)
    for kind, weights in held.kinds.items():
        assert set(weights.weights) <= {*COMMON, *OF_KIND[kind]}
        assert weights.error > 0


def test_the_benchmark_measures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.app.bench.items.bench.LEARNERS", 16)
    said: list[str] = []
    settings = Settings(data_dir=tmp_path, workers=1)
    with pytest.raises(InputError):
        run(BenchRequest(settings, None, said.append, 3))
    found = run(BenchRequest(settings, None, said.append, 5))
    assert found["items"] == 5
    assert (
        found["reference_passes_share"] == found["two_misconceptions_fail_share"] == found["nothing_wrong_share"] == 1.0
    )
    assert found["duplicates"] == 0
    assert all(value is None or isinstance(value, int | float) for value in found.values())
