"""The benchmarks of item response theory and adaptive tests, without their peers and with stand-ins for them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradatim.app.bench import BenchRequest, Figures
from gradatim.app.bench.cat import bench as cat_bench
from gradatim.app.bench.cat import cat
from gradatim.app.bench.irt import bench as irt_bench
from gradatim.app.bench.irt import irt
from gradatim.app.bench.peerscript import run_peer
from gradatim.settings import load_settings

GIRTH_AND_MIRT = """
import sys, numpy as np
out = {}
with np.load(sys.argv[1]) as data:
    for name in data.files:
        number, y = name[1:], data[name]
        for peer, error in (("girth", 9.0), ("mirt", 8.0)):
            out[f"{peer}_a{number}"] = np.full(y.shape[1], error)
            out[f"{peer}_b{number}"] = np.full(y.shape[1], error)
            out[f"{peer}_seconds{number}"] = 100.0
        out[f"mirt_bare_seconds{number}"] = 50.0
np.savez(sys.argv[2], **out)
"""
CATSIM = """
import sys, numpy as np
out = {}
with np.load(sys.argv[1]) as data:
    for number in range(int(data["sets"])):
        out[f"theta{number}"] = data[f"theta{number}"] + 1.0
        out[f"seconds{number}"] = 100.0
        out[f"overlap{number}"] = 0.5
np.savez(sys.argv[2], **out)
"""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What benchmarks of small data sets say; there are no peers."""
    monkeypatch.setattr(irt_bench, "SIZES", ((300, 10), (400, 12)))
    monkeypatch.setattr(cat_bench, "ITEMS", 60)
    monkeypatch.setattr(cat_bench, "LIMIT", 0.6)
    monkeypatch.setattr(cat_bench, "ROUNDS", 2)
    for module in (irt_bench, cat_bench):
        monkeypatch.setattr(module, "peer_python", lambda *_: None)
    return []


@pytest.fixture
def run(said: list[str]) -> Callable[[Callable[[BenchRequest], Figures], int], Figures]:
    def measure(benchmark: Callable[[BenchRequest], Figures], sample: int) -> Figures:
        return benchmark(BenchRequest(load_settings(), None, said.append, sample))

    return measure


def stand_in(monkeypatch: pytest.MonkeyPatch, module: object, folder: Path, text: str) -> None:
    """Let a script of ours take the place of the peer."""
    script = folder / "peer.py"
    script.write_text(text)
    monkeypatch.setattr(module, "peer_python", lambda *_: Path(sys.executable))
    monkeypatch.setattr(module, "__file__", str(folder / "bench.py"))


def test_without_its_peers_calibration_is_measured_all_the_same(run: Callable[..., Figures]) -> None:
    figures = run(irt, 2)
    assert figures["sets"] == 2
    for name in ("2pl_300x10", "2pl_400x12"):
        assert 0.05 < float(str(figures[f"ours_{name}_rmse_a"])) < 0.5
        assert 0.05 < float(str(figures[f"ours_{name}_rmse_b"])) < 0.6
        assert float(str(figures[f"ours_{name}_seconds"])) > 0.0
        assert float(str(figures[f"ours_{name}_b_within_95_percent_interval"])) > 0.7
        assert figures[f"girth_{name}_seconds"] is None
        assert figures[f"speedup_over_girth_{name}"] is None
        assert figures[f"rmse_a_over_better_peer_{name}"] is None


def test_calibration_is_compared_with_the_better_peer(
    run: Callable[..., Figures], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, irt_bench, tmp_path, GIRTH_AND_MIRT)
    figures = run(irt, 1)
    a = irt_bench.simulated(300, 10, 0).a
    mirt = float(np.sqrt(np.mean((8.0 - a) ** 2)))
    assert figures["mirt_2pl_300x10_rmse_a"] == pytest.approx(mirt, abs=1e-5)
    ratio = float(str(figures["ours_2pl_300x10_rmse_a"])) / mirt
    assert figures["rmse_a_over_better_peer_2pl_300x10"] == pytest.approx(ratio, abs=1e-4)
    assert float(str(figures["speedup_over_girth_2pl_300x10"])) > 100.0
    assert figures["mirt_without_errors_2pl_300x10_seconds"] == 50.0


def test_without_its_peer_adaptive_testing_is_measured_all_the_same(run: Callable[..., Figures]) -> None:
    figures = run(cat, 60)
    assert (figures["items"], figures["examinees"], figures["questions"]) == (60, 60, 20)
    assert 0.2 < float(str(figures["ours_rmse"])) < 0.6
    assert float(str(figures["ours_controlled_max_exposure"])) <= 1.0
    assert float(str(figures["ours_session_us_per_item"])) > 0.0
    assert (figures["catsim_seconds"], figures["speedup"], figures["rmse_over_catsim"]) == (None, None, None)


def test_adaptive_testing_is_compared_with_its_peer(
    run: Callable[..., Figures], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, cat_bench, tmp_path, CATSIM)
    figures = run(cat, 60)
    assert figures["catsim_rmse"] == 1.0
    assert figures["catsim_bias"] == 1.0
    assert figures["catsim_seconds"] == 300.0
    assert figures["catsim_overlap"] == 0.5
    assert figures["rmse_over_catsim"] == pytest.approx(float(str(figures["ours_rmse"])), abs=1e-4)
    assert float(str(figures["speedup"])) > 100.0


@pytest.mark.parametrize("text", ["import nothing_of_this_name", "pass"])
def test_a_peer_that_fails_is_told(said: list[str], tmp_path: Path, text: str) -> None:
    script = tmp_path / "peer.py"
    script.write_text(text)
    assert run_peer(Path(sys.executable), script, {"x": np.ones(2)}, said.append) is None
    assert "the peer failed" in said[0]
