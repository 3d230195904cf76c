from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError
from gradatim.serving.launch.adapters import Adapter, greatest_rank, read_adapter, read_adapters
from gradatim.serving.launch.architecture import CHATGLM3_6B
from gradatim.serving.launch.command import Server, adjusted, command, fitted, pasteable
from gradatim.serving.launch.plan import plan
from gradatim.serving.launch.profiles import load_profiles

PROFILES = load_profiles()
SERVER = Server(model=Path("/models/a model"), python="/opt/vllm/bin/python")


def after(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


@pytest.mark.parametrize("name", PROFILES)
def test_a_shell_reads_the_very_words_that_are_run(name: str) -> None:
    words = command(PROFILES[name], SERVER)
    shown = shlex.split(pasteable(words, PROFILES[name].environment, key=True))
    variables = [f"{key}={value}" for key, value in PROFILES[name].environment.items()]
    assert variables[:2] == ["HF_HUB_OFFLINE=1", "VLLM_NO_USAGE_STATS=1"]
    assert shown == ["env", *variables, "VLLM_API_KEY=$GRADATIM_API_KEY", *words]


def test_what_is_structured_is_json() -> None:
    words = command(PROFILES["cpu"], SERVER)
    assert json.loads(after(words, "--structured-outputs-config")) == {
        "backend": "guidance",
        "disable_any_whitespace": True,
    }
    assert after(words, "--model") == "/models/a model"
    assert words[words.index("--enable-prefix-caching") + 1].startswith("--")


def test_the_key_is_in_the_environment_and_nowhere_else() -> None:
    launch = plan(PROFILES["cpu"], SERVER, CHATGLM3_6B, key="secret-of-ours")
    assert launch.environment({"PATH": "/bin"})["VLLM_API_KEY"] == "secret-of-ours"
    for text in (repr(launch), json.dumps(launch.as_data()), launch.shell):
        assert "secret-of-ours" not in text
    assert "VLLM_API_KEY" not in plan(PROFILES["cpu"], SERVER, CHATGLM3_6B).environment({})


def test_options_can_be_changed_left_out_and_turned_off() -> None:
    profile = adjusted(
        PROFILES["cpu"],
        [
            "max_num_seqs=7",
            "--block-size=16",
            "enforce-eager=null",
            "enable-prefix-caching=false",
            'structured-outputs-config={"backend": "xgrammar"}',
            "allowed-origins=[a, b]",
            "env.OMP_NUM_THREADS=2",
            "revision=2026-01-01",
        ],
    )
    words = command(profile, SERVER)
    assert profile.max_sequences == 7
    assert after(words, "--max-num-seqs") == "7"
    assert after(words, "--block-size") == "16"
    assert "--enforce-eager" not in words
    assert "--no-enable-prefix-caching" in words
    assert after(words, "--structured-outputs-config") == '{"backend":"xgrammar"}'
    assert words[words.index("--allowed-origins") + 1 :][:2] == ["a", "b"]
    assert profile.environment["OMP_NUM_THREADS"] == "2"
    assert after(words, "--revision") == "2026-01-01"


def test_devices_and_numbers_follow_what_is_set() -> None:
    profile = adjusted(PROFILES["a100-80"], ["tensor-parallel-size=2", "dtype=float16"])
    assert (profile.count, profile.dtype) == (2, "float16")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("max-num-seqs", "no `=`"),
        ("max-num-seqs=many", "no positive number"),
        ("gpu-memory-utilization=-1", "no positive number"),
        ("dtype=int8", "no type of number"),
        ("api-key=secret", "not set this way"),
        ("env.VLLM_API_KEY=secret", "not set this way"),
        ("model=/elsewhere", "not set this way"),
        ("max num seqs=3", "no option of vLLM"),
        ("block-size=[", "cannot be read as YAML"),
        ("env.1X=3", "no name of a variable"),
    ],
)
def test_changes_that_cannot_be_made(given: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        adjusted(PROFILES["cpu"], [given])


def test_no_sequence_is_longer_than_the_models_positions() -> None:
    assert fitted(PROFILES["cpu"], replace(CHATGLM3_6B, positions=512)).max_tokens == 512
    assert fitted(PROFILES["cpu"], CHATGLM3_6B) is PROFILES["cpu"]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("model.local", "http://model.local:8000"),
    ],
)
def test_the_address_at_which_this_machine_reaches_the_server(host: str, origin: str) -> None:
    assert replace(SERVER, host=host).origin == origin


def adapter(folder: Path, **config: Any) -> Path:
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 12, **config}))
    (folder / "adapter_model.safetensors").write_bytes(b"weights")
    return folder


def test_adapters_are_served_by_name(tmp_path: Path) -> None:
    first, second = adapter(tmp_path / "one", target_modules=["dense"]), adapter(tmp_path / "two", r=4)
    adapters = read_adapters([f"tutor={first}", f"critic={second}"], "chatglm3-6b")
    assert adapters[0].targets == ("dense",)
    words = command(PROFILES["cpu"], replace(SERVER, adapters=adapters))
    assert after(words, "--max-lora-rank") == "16"
    assert after(words, "--max-loras") == "2"
    assert words[words.index("--lora-modules") + 1 :] == [f"tutor={first}", f"critic={second}"]
    assert "--enable-lora" not in command(PROFILES["cpu"], SERVER)


@pytest.mark.parametrize(("ranks", "greatest"), [((1,), 1), ((2, 3), 8), ((8, 9), 16), ((400,), 512)])
def test_the_rank_that_vllm_is_told_holds_every_adapter(ranks: tuple[int, ...], greatest: int) -> None:
    assert greatest_rank([Adapter("a", Path("a"), rank) for rank in ranks]) == greatest


@pytest.mark.parametrize(
    ("given", "config", "said"),
    [
        ("{}", {}, "needs a name"),
        ("a b={}", {}, "needs a name"),
        ("tutor={}/nothing", {}, "no LoRA adapter"),
        ("tutor={}", {"r": 0}, "no LoRA adapter of rank"),
        ("tutor={}", {"r": 1000}, "no LoRA adapter of rank"),
        ("tutor={}", {"peft_type": "IA3"}, "'IA3'"),
        ("chatglm3-6b={}", {}, "taken"),
    ],
)
def test_adapters_that_cannot_be_served(tmp_path: Path, given: str, config: dict[str, Any], said: str) -> None:
    folder = adapter(tmp_path / "one", **config)
    with pytest.raises(InputError, match=said):
        read_adapters([given.format(folder)], "chatglm3-6b")


def test_an_adapter_without_weights(tmp_path: Path) -> None:
    folder = adapter(tmp_path / "one")
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(InputError, match="weights are missing"):
        read_adapter(f"tutor={folder}")
