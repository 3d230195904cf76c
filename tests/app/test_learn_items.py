"""`gradatim learn items` and `gradatim learn simulate`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from gradatim.app.commands.learn.items import items
from gradatim.app.commands.learn.simulate import simulate
from gradatim.errors import InputError
from gradatim.memory.irt import ItemBank, read_items, write_items
from tests.memory.irt.material import draw


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    drawn = draw(400, 10, 1)
    path = tmp_path / "responses.csv"
    lines = ["learner," + ",".join(drawn.bank.ids)]
    lines += [f"s{number}," + ",".join(str(int(value)) for value in row) for number, row in enumerate(drawn.matrix)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    rng = np.random.default_rng(2)
    areas = [("loops", "lists")[index % 2] for index in range(120)]
    path = tmp_path / "items.csv"
    write_items(ItemBank.from_arrays(rng.lognormal(0.2, 0.3, 120), rng.normal(0.0, 1.0, 120), content=areas), path)
    return path


def calibrated(*arguments: str | Path) -> Result:
    return CliRunner().invoke(items, [str(argument) for argument in arguments], catch_exceptions=True)


def simulated(*arguments: str | Path) -> Result:
    return CliRunner().invoke(simulate, [str(argument) for argument in arguments], catch_exceptions=True)


def test_items_are_calibrated_and_written(responses: Path, tmp_path: Path) -> None:
    out = tmp_path / "items.csv"
    result = calibrated(responses, "--out", out, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["model"], told["learners"], told["parameters"], told["converged"]) == ("2pl", 400, 20, True)
    bank = read_items(out)
    assert bank.ids == tuple(item["item"] for item in told["items"])
    assert bank.b.tolist() == [item["b"] for item in told["items"]]
    assert bank.se_b is not None
    assert np.corrcoef(bank.b, draw(400, 10, 1).bank.b)[0, 1] > 0.95
    assert all(0.8 < item["infit"] < 1.2 for item in told["items"])


def test_items_are_shown_where_no_file_is_named(responses: Path) -> None:
    result = calibrated(responses, "--model", "1pl")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["item", "a", "se", "a", "b", "se", "b", "c", "infit", "outfit"]
    assert len({line.split()[1] for line in lines[1:11]}) == 1
    assert "400 learners, 10 items" in result.stderr


def test_plain_calibration_refuses_what_has_no_estimate(tmp_path: Path) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("q1,q2,q3\n1,0,1\n1,1,0\n1,0,0\n")
    result = calibrated(path, "--plain")
    assert isinstance(result.exception, InputError)
    assert "item 'q1'" in str(result.exception)
    shared = calibrated(path, "--any-population", "--model", "3pl")
    assert shared.exit_code == 0
    assert "'q1': all 3 learners" in shared.stderr


def test_a_simulation_tells_what_the_design_is_worth(bank: Path) -> None:
    told = json.loads(simulated("--items", bank, "--examinees", "300", "--json").stdout)
    assert (told["items"], told["examinees"], told["mean_length"]) == (120, 300, 20.0)
    assert 0.2 < told["rmse"] < 0.4
    random = json.loads(simulated("--items", bank, "--examinees", "300", "--selection", "random", "--json").stdout)
    assert random["rmse"] > told["rmse"]
    assert random["overlap"] < told["overlap"]
    assert "rmse" in simulated("--items", bank, "--examinees", "50").stdout


def test_designs_of_the_command_line(bank: Path) -> None:
    arguments = ["--items", bank, "--examinees", "300", "--json"]
    controlled = json.loads(simulated(*arguments, "--exposure", "0.4").stdout)
    assert controlled["max_exposure"] < 0.5
    shares = json.loads(simulated(*arguments, "--share", "loops=0.8", "--share", "lists=0.2").stdout)
    assert shares["share_loops"] == pytest.approx(0.8)
    short = json.loads(simulated(*arguments, "--error", "0.4", "--estimation", "wle").stdout)
    assert short["mean_length"] < 20.0
    for selection in ("posterior", "randomesque", "progressive", "difficulty"):
        assert json.loads(simulated(*arguments, "--selection", selection).stdout)["rmse"] < 0.6
    for estimation in ("map", "ml"):
        exhausted = simulated(*arguments, "--estimation", estimation, "--least-information", "0.3")
        assert json.loads(exhausted.stdout)["rmse"] < 0.6


@pytest.mark.parametrize("text", ["loops", "loops=x", "=0.5", "loops=2"])
def test_a_share_that_is_none_is_refused(bank: Path, text: str) -> None:
    result = simulated("--items", bank, "--share", text)
    assert isinstance(result.exception, InputError)
    assert "loops=0.4" in str(result.exception)
