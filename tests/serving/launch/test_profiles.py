from __future__ import annotations

from dataclasses import replace

import pytest

from gradatim.errors import InputError
from gradatim.serving.launch.profiles import load_profiles

PROFILES = load_profiles()


def test_every_machine_that_was_promised_has_a_profile() -> None:
    sizes = {name: (profile.accelerator.name, profile.count, profile.weights) for name, profile in PROFILES.items()}
    assert sizes == {
        "a100-80": ("a100-80", 1, "none"),
        "a100-80-x2": ("a100-80", 2, "none"),
        "a100-80-x4": ("a100-80", 4, "none"),
        "a100-80-int8": ("a100-80", 1, "int8"),
        "a100-80-int4-awq": ("a100-80", 1, "int4-awq"),
        "a100-80-int4-gptq": ("a100-80", 1, "int4-gptq"),
        "rtx4090-int4": ("rtx4090", 1, "int4"),
        "cpu": ("cpu", 1, "none"),
    }


@pytest.mark.parametrize("profile", PROFILES.values(), ids=str)
def test_what_every_profile_turns_on(profile: object) -> None:
    flags = getattr(profile, "flags")  # noqa: B009
    assert flags["enable-prefix-caching"] is True
    assert flags["enable-chunked-prefill"] is True
    assert flags["structured-outputs-config"] == {"backend": "guidance", "disable_any_whitespace": True}
    assert flags["shutdown-timeout"] > 0


def test_devices_that_share_a_model_are_as_many_as_vllm_is_told() -> None:
    for profile in PROFILES.values():
        assert profile.flags.get("tensor-parallel-size", 1) == profile.count


def test_bits_of_a_weight_count_its_share_of_scales() -> None:
    assert PROFILES["a100-80"].weight_bits == 16
    assert PROFILES["a100-80-int8"].weight_bits == 8
    assert PROFILES["a100-80-int4-awq"].weight_bits == 4 + 20 / 128
    assert replace(PROFILES["cpu"], dtype="float32").weight_bits == 32


def test_bandwidth_and_arithmetic_are_those_of_all_devices() -> None:
    assert PROFILES["a100-80-x4"].bandwidth_gb_s == 4 * 2039
    assert PROFILES["a100-80-x4"].tflops == 4 * 312


def test_no_profile_sends_anything_out() -> None:
    for profile in PROFILES.values():
        assert {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}.items() <= profile.environment.items()


def test_only_the_cpu_does_without_a_compiler() -> None:
    assert [name for name, profile in PROFILES.items() if "TORCHDYNAMO_DISABLE" in profile.environment] == ["cpu"]


@pytest.mark.parametrize("wrong", ["many", True, 0, -4])
def test_a_number_that_is_none_is_said_with_its_place(wrong: str | int) -> None:
    profile = replace(PROFILES["cpu"], flags={"max-num-seqs": wrong})
    with pytest.raises(InputError, match="max-num-seqs"):
        _ = profile.max_sequences
