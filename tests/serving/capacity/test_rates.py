from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.serving.capacity.rates import FittedRates, MeasuredRates, Roofline, read_rates
from gradatim.serving.launch.architecture import CHATGLM3_6B
from gradatim.serving.launch.profiles import load_profiles

PROFILES = load_profiles()
LAYERS = 28 * (4096 * 4608 + 4096 * 4096 + 4096 * 27392 + 13696 * 4096)
OUTPUT = 65024 * 4096


def roofline(name: str) -> Roofline:
    return Roofline(PROFILES[name], CHATGLM3_6B)


def test_a_single_sequence_waits_for_the_weights() -> None:
    """ChatGLM3-6B in bfloat16 on one A100: 11.95 GB through 60 % of 2,039 GB/s, and 1.5 ms beside it."""
    expected = (LAYERS + OUTPUT) * 2 / (0.6 * 2039e9) + 0.0015
    assert roofline("a100-80").step_seconds(1, 0) == pytest.approx(expected)
    assert expected == pytest.approx(0.0113, rel=0.01)
    # each token of context adds keys and values: 2 heads of 128 numbers, 28 layers, twice, two bytes
    more = roofline("a100-80").step_seconds(10, 2000) - roofline("a100-80").step_seconds(10, 0)
    assert more == pytest.approx(10 * 2000 * 2 * 2 * 128 * 28 * 2 / (0.6 * 2039e9))


def test_many_sequences_wait_for_arithmetic() -> None:
    work = 4000 * (2 * (LAYERS + OUTPUT) + 4 * 28 * 32 * 128 * 10)
    assert roofline("a100-80").step_seconds(4000, 10) == pytest.approx(work / (0.5 * 312e12) + 0.0015)


def test_prompts_are_read_at_the_speed_of_arithmetic_and_short_ones_of_the_weights() -> None:
    rates = roofline("a100-80")
    work = 2000 * (2 * LAYERS + 4 * 28 * 32 * 128 * (500 + 1000))
    assert rates.prefill_seconds(2000, 500) == pytest.approx(work / (0.5 * 312e12))
    assert rates.prefill_seconds(1, 0) == pytest.approx((LAYERS + OUTPUT) * 2 / (0.6 * 2039e9))
    assert rates.prefill_seconds(0, 1000) == 0


def test_quantized_weights_move_less_and_compute_the_same() -> None:
    whole, quarter = roofline("a100-80"), roofline("a100-80-int4-awq")
    assert quarter.step_seconds(1, 0) < whole.step_seconds(1, 0) / 2.5
    assert quarter.prefill_seconds(4000, 0) == whole.prefill_seconds(4000, 0)


def test_devices_share_the_work_and_copy_keys_that_cannot_be_split() -> None:
    one, four = roofline("a100-80"), roofline("a100-80-x4")
    assert four.prefill_seconds(4000, 0) == pytest.approx(one.prefill_seconds(4000, 0) / 4)
    overhead = 0.0015 + 2 * 28 * 10e-6
    assert four.step_seconds(1, 0) - overhead == pytest.approx((one.step_seconds(1, 0) - 0.0015) / 4)
    each_one = one.step_seconds(10, 5000) - one.step_seconds(10, 0)
    each_four = four.step_seconds(10, 5000) - four.step_seconds(10, 0)
    assert each_four == pytest.approx(each_one / 2)  # two heads on four devices: each is kept twice


def test_one_measured_point_stretches_the_roofline() -> None:
    fitted = FittedRates(roofline("cpu"), MeasuredRates(prefill=100, decode={4: 2.0}))
    assert fitted.step_seconds(4, 300) == pytest.approx(2.0)
    ratio = fitted.step_seconds(20, 300) / roofline("cpu").step_seconds(20, 300)
    assert ratio == pytest.approx(2.0 / roofline("cpu").step_seconds(4, 300))
    assert fitted.prefill_seconds(50, 10) == 0.5


def test_several_measured_points_give_a_line() -> None:
    steps = {1: 0.0105, 10: 0.015, 100: 0.06}
    rates = MeasuredRates(prefill=1, decode={count: count / seconds for count, seconds in steps.items()})
    fitted = FittedRates(roofline("cpu"), rates)
    for count, seconds in {**steps, 50: 0.035}.items():
        assert fitted.step_seconds(count, 0) == pytest.approx(seconds)


@pytest.mark.parametrize("decode", [{1: 10.0, 2: 40.0}, {1: 1000.0, 100: 1100.0, 10: 900.0}])
def test_no_line_goes_below_zero(decode: dict[int, float]) -> None:
    fitted = FittedRates(roofline("cpu"), MeasuredRates(prefill=1, decode=decode))
    assert all(fitted.step_seconds(count, 0) > 0 for count in (0.1, 1, 10, 1000))


def test_read_rates(tmp_path: Path) -> None:
    path = tmp_path / "rates.yaml"
    path.write_text("a100-80: {prefill: 15000, decode: {1: 80, 64: 3000}}\n")
    assert read_rates(path, PROFILES) == {"a100-80": MeasuredRates(prefill=15000, decode={1: 80, 64: 3000})}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "dictionary"),
        (b"a100-80: [", "not YAML"),
        (b"\xff", "not UTF-8"),
        (b"a100-80: 3", "dictionary|MeasuredRates"),
        (b"a100-80: {prefill: 0, decode: {1: 2}}", "greater than 0"),
        (b"a100-80: {prefill: .nan, decode: {1: 2}}", "greater than 0|finite"),
        (b"a100-80: {prefill: 1, decode: {}}", "at least 1 item"),
        (b"a100-80: {prefill: 1, decode: {0: 2}}", "greater than or equal to 1"),
        (b"a100-80: {prefill: 1, decode: {1: 2}, speed: 1}", "Extra"),
        (b"h200: {prefill: 1, decode: {1: 2}}", "no profile 'h200'"),
    ],
)
def test_rates_that_are_wrong(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "rates.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason) as refused:
        read_rates(path, PROFILES)
    assert str(path) in str(refused.value)


def test_rates_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_rates(tmp_path, PROFILES)
