"""`gradatim bench steering`, with torch and without."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

from gradatim.app.bench.steering import BATCHES, VOCABULARY
from tests.app.conftest import Invoke


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed here")
def test_without_torch_it_says_so_and_has_no_figures(invoke: Invoke) -> None:
    result = invoke("bench", "steering", "--json")
    assert result.exit_code == 0
    assert "torch is not installed" in result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert all(figures[f"rows_us_{batch}"] is None for batch in BATCHES)


@pytest.mark.torch
@pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed here; `make test-serving` has it")
def test_both_sides_are_measured_in_one_run(invoke: Invoke) -> None:
    result = invoke("bench", "steering", "--json", "--sample", "1")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert figures["vocabulary"] == VOCABULARY
    for batch in BATCHES:
        assert figures[f"without_us_{batch}"] < figures[f"rows_us_{batch}"]
        assert figures[f"rows_over_softmax_{batch}"] == pytest.approx(
            figures[f"rows_us_{batch}"] / figures[f"softmax_us_{batch}"], abs=0.001
        )
