from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.conftest import Invoke
from tests.serving.capacity.samples import CRITIQUE, GENERATE, line, write


@pytest.fixture(autouse=True)
def no_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INPUT", "CACHED", "OUTPUT"):
        monkeypatch.delenv(f"GRADATIM_PRICE_{name}", raising=False)


@pytest.fixture
def file(workspace: Path) -> str:
    lines = [line(generate=GENERATE, critique=CRITIQUE), line(generate=GENERATE), '{"assessment": null}']
    return str(write(workspace / "measured.jsonl", lines))


def test_table_of_all_profiles_with_every_assumption(invoke: Invoke, file: str) -> None:
    done = invoke("capacity", "--measured", file)
    assert done.exit_code == 0
    head, _, rest = done.stdout.partition("configuration")
    assert "2 assessments" in head
    assert "1 line without one skipped" in head
    assert rest.startswith("      memory") or "concurrent users" in rest
    for name in ("a100-80 ", "a100-80-x4 ", "rtx4090-int4 ", "cpu "):
        assert f"\n{name}" in rest
    assert "price of a100-80: 2 an hour" in rest
    assert "Sakasegawa" in rest
    assert "GRADATIM_PRICE_INPUT" in done.stderr


def test_json_has_the_same(invoke: Invoke, file: str) -> None:
    done = invoke("capacity", "--measured", file, "--json", "--profile", "a100-80", "--students", "50", "--hours", "40")
    data = json.loads(done.stdout)
    assert data["measured"]["mean"]["input_tokens"] == (1600 + 1800 + 1600) // 2
    assert (data["measured"]["assessments"], data["measured"]["skipped"]) == (2, 1)
    (row,) = data["configurations"]
    assert row["fits"]
    assert row["carried"]["cost_student"] == pytest.approx(2.0 * 40 * 15 / 50)
    assert row["carried"]["assessments_per_hour"] == pytest.approx(row["carried"]["point"]["rate"] * 3600)
    assert data["hosted"] is None
    assert all(item["value"] and item["why"] for item in data["assumptions"])


def test_prices_of_the_settings_give_a_row(invoke: Invoke, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_PRICE_INPUT", "1")
    monkeypatch.setenv("GRADATIM_PRICE_OUTPUT", "4")
    data = json.loads(invoke("capacity", "--measured", file, "--json", "--assessments", "10").stdout)
    cost = (5000 * 1 + 1160 * 4) / 1e6 / 2
    assert data["hosted"]["cost_assessment"] == pytest.approx(cost)
    assert data["hosted"]["cost_student"] == pytest.approx(10 * cost)
    assert data["hosted"]["latency_median"] == pytest.approx((29.5 + 20) / 2)
    assert "endpoint paid by the token" in invoke("capacity", "--measured", file).stdout


def test_own_prices_and_rates(invoke: Invoke, file: str, workspace: Path) -> None:
    rates = workspace / "rates.yaml"
    rates.write_text("cpu: {prefill: 40, decode: {1: 3}}")
    done = invoke(
        "capacity", "--measured", file, "--profile", "cpu", "--price", "cpu=0.125", "--rates", str(rates), "--json"
    )
    (row,) = json.loads(done.stdout)["configurations"]
    assert (row["hourly"], row["hourly_assumed"], row["rates_measured"]) == (0.125, False, True)


def test_the_folder_of_another_model(invoke: Invoke, file: str, workspace: Path) -> None:
    small = {
        "model_type": "chatglm", "num_layers": 2, "hidden_size": 256, "num_attention_heads": 4, "ffn_hidden_size": 512,
        "padded_vocab_size": 1500, "kv_channels": 64, "multi_query_attention": True, "multi_query_group_num": 2,
    }  # fmt: skip
    (workspace / "config.json").write_text(json.dumps(small))
    arguments = ("capacity", "--measured", file, "--profile", "cpu", "--json")
    (tiny,) = json.loads(invoke(*arguments, "--model", ".").stdout)["configurations"]
    (usual,) = json.loads(invoke(*arguments).stdout)["configurations"]
    assert tiny["carried"]["point"]["latency_median"] < usual["carried"]["point"]["latency_median"] / 10


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--measured", "missing.jsonl"], "cannot be read"),
        (["--measured", "."], "cannot be read"),
        (["--profile", "a100"], "no such profile"),
        (["--price", "a100-80"], "is no number"),
        (["--price", "a100-80=free"], "is no number"),
        (["--price", "a100-80=nan"], "zero or more"),
        (["--price", "a100-80=-1"], "zero or more"),
        (["--price", "tpu=1"], "no such machine"),
        (["--rates", "missing.yaml"], "cannot be read"),
        (["--model", "missing"], "cannot be read"),
        (["--students", "0"], "--students"),
        (["--assessments", "nan"], "--assessments"),
        (["--hours", "169"], "--hours"),
        (["--hours", "nan"], "--hours"),
        (["--utilisation", "1"], "--utilisation"),
    ],
)
def test_bad_input(invoke: Invoke, file: str, arguments: list[str], reason: str) -> None:
    given = arguments if "--measured" in arguments else ["--measured", file, *arguments]
    done = invoke("capacity", *given)
    assert done.exit_code == 2
    assert reason in done.stderr
    assert json.loads(invoke("capacity", *given, "--json").stdout)["error"]["exit_code"] == 2


def test_without_measured_assessments_it_says_how_to_measure(invoke: Invoke) -> None:
    done = invoke("capacity")
    assert done.exit_code == 2
    assert "gradatim assess" in done.stderr
