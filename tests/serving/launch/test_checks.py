from __future__ import annotations

import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from gradatim.errors import InputError, ModelError
from gradatim.serving.launch import installation
from gradatim.serving.launch.architecture import CHATGLM3_6B
from gradatim.serving.launch.checks import (
    check_blocks,
    check_folder,
    check_gpus,
    check_heads,
    check_memory,
    check_plugin,
    check_port,
    check_weights,
)
from gradatim.serving.launch.command import MODULES, Server, adjusted
from gradatim.serving.launch.installation import (
    Gpu,
    Installation,
    available_memory,
    find_gpus,
    find_installation,
)
from gradatim.serving.launch.memory import GIB, estimate
from gradatim.serving.launch.profiles import load_profiles
from tests.serving.launch.test_memory import PUBLISHED

PROFILES = load_profiles()


def folder_of(path: Path, *, without: str = "", **config: Any) -> Path:
    """A folder that looks converted, except for what is left out."""
    path.mkdir()
    files = {"config.json": json.dumps({**PUBLISHED, **config}), "tokenizer.json": "{}", "model.safetensors": "x"}
    for name, content in files.items():
        if name != without:
            (path / name).write_text(content)
    return path


def test_a_converted_folder_says_its_size(tmp_path: Path) -> None:
    assert check_folder(folder_of(tmp_path / "model")) == CHATGLM3_6B


@pytest.mark.parametrize(
    ("without", "config", "said"),
    [
        ("config.json", {}, "cannot be read"),
        ("tokenizer.json", {}, "no tokenizer.json"),
        ("model.safetensors", {}, "no weights"),
        ("", {"auto_map": {"AutoModel": "modeling_chatglm.X"}}, "code that comes with it"),
    ],
)
def test_what_was_not_converted_is_told_how_it_would_be(
    tmp_path: Path, without: str, config: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        check_folder(folder_of(tmp_path / "model", without=without, **config))
    assert "gradatim model convert chatglm3" in (caught.value.remedy or "")


def test_no_folder_and_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        check_folder(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="this is a file"):
        check_folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "method", "bits", "good"),
    [
        ("a100-80", None, None, True),
        ("a100-80", "awq", 4, False),
        ("a100-80-int8", None, None, False),
        ("a100-80-int8", "compressed-tensors", 8, True),
        ("a100-80-int8", "gptq", 4, False),
        ("a100-80-int4-awq", "awq", 4, True),
        ("a100-80-int4-awq", "gptq", 4, False),
        ("a100-80-int4-gptq", "gptq", 4, True),
        ("rtx4090-int4", "gptq", 4, True),
        ("rtx4090-int4", "awq", 4, True),
        ("rtx4090-int4", "bitsandbytes", 4, False),
    ],
)
def test_weights_are_of_the_kind_that_the_profile_is_about(
    name: str, method: str | None, bits: int | None, good: bool
) -> None:
    architecture = replace(CHATGLM3_6B, quantization=method, quantization_bits=bits)
    if good:
        check_weights(PROFILES[name], architecture, Path("model"))
    else:
        with pytest.raises(InputError, match=r"profile"):
            check_weights(PROFILES[name], architecture, Path("model"))


def test_heads_that_cannot_be_split() -> None:
    for name in PROFILES:
        check_heads(PROFILES[name], CHATGLM3_6B)
    with pytest.raises(InputError, match="cannot be split over 4"):
        check_heads(PROFILES["a100-80-x4"], replace(CHATGLM3_6B, heads=30, kv_heads=3))


def test_blocks_that_attention_cannot_read() -> None:
    for profile in PROFILES.values():
        check_blocks(profile)
    with pytest.raises(InputError, match="multiple of 32"):
        check_blocks(adjusted(PROFILES["cpu"], ["block-size=16"]))


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = Server(model=Path("m"), port=taken.getsockname()[1])
        with pytest.raises(ModelError, match="another program listens"):
            check_port(server)
    check_port(server)


def test_an_address_that_is_not_ours() -> None:
    with pytest.raises(ModelError, match="nothing can listen there"):
        check_port(Server(model=Path("m"), host="192.0.2.1"))


@pytest.mark.parametrize(
    ("gpus", "said"),
    [
        ((), "no NVIDIA processor answers"),
        ((Gpu("A100", 80, 79),), "only 1"),
        ((Gpu("A100", 80, 79), Gpu("A100", 80, 12)), "12.0 of 80.0 GiB free"),
    ],
)
def test_a_machine_without_the_devices(gpus: tuple[Gpu, ...], said: str) -> None:
    profile = PROFILES["a100-80-x2"]
    with pytest.raises(ModelError, match=said):
        check_gpus(profile, gpus, estimate(profile, CHATGLM3_6B))


def test_a_machine_with_the_devices_and_a_cpu_profile_anywhere() -> None:
    for name, gpus in (("a100-80-x2", (Gpu("A100", 80, 79),) * 2), ("cpu", ())):
        check_gpus(PROFILES[name], gpus, estimate(PROFILES[name], CHATGLM3_6B))


def test_memory_that_is_not_there() -> None:
    cpu = PROFILES["cpu"]
    memory = estimate(cpu, CHATGLM3_6B)
    check_memory(cpu, memory, 64 * GIB)
    check_memory(cpu, memory, None)
    with pytest.raises(ModelError, match=r"needs about 17\.\d GiB, and 8\.0 GiB"):
        check_memory(cpu, memory, 8 * GIB)
    card = PROFILES["rtx4090-int4"]
    with pytest.raises(ModelError, match="no sequence of 2,048 tokens fits"):
        check_memory(card, estimate(card, replace(CHATGLM3_6B, layers=400)), None)


def test_controlled_decoding_needs_gradatim_beside_vllm() -> None:
    bare = Installation(python="python", version="0.32.0", module=MODULES[0], plugin=False)
    with pytest.raises(ModelError, match="not installed beside vLLM"):
        check_plugin(PROFILES["cpu"], bare)
    check_plugin(replace(PROFILES["cpu"], steering=False), bare)


def environment(folder: Path, *modules: str) -> str:
    """An interpreter in whose environment a package `vllm` has these modules."""
    for module in modules:
        path = folder.joinpath("packages", *module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise SystemExit('it was imported')\n")
    if modules:
        (folder / "packages" / "vllm" / "__init__.py").write_text("raise SystemExit('it was imported')\n")
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nPYTHONPATH={quote(str(folder / "packages"))} exec {quote(sys.executable)} -S "$@"\n')
    python.chmod(0o755)
    return str(python)


def test_vllm_is_found_in_another_environment_without_importing_it(tmp_path: Path) -> None:
    python = environment(tmp_path, *MODULES)
    found = find_installation(python)
    assert (found.python, found.module, found.plugin) == (python, MODULES[0], False)
    assert find_installation(str(tmp_path)).python == python  # by its folder too


def test_an_older_vllm_is_started_by_its_older_module(tmp_path: Path) -> None:
    assert find_installation(environment(tmp_path, MODULES[1])).module == MODULES[1]


def test_vllm_is_not_installed_or_has_no_server(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="vLLM is not installed") as caught:
        find_installation(environment(tmp_path / "bare"))
    assert "gradatim[serving]" in (caught.value.remedy or "")
    with pytest.raises(ModelError, match="no OpenAI-compatible server"):
        find_installation(environment(tmp_path / "partial", "vllm.envs"))


def test_interpreters_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    for wrong in (str(tmp_path / "nothing"), str(tmp_path / "text"), str(tmp_path)):
        with pytest.raises(InputError, match="interpreter"):
            find_installation(wrong)


def test_graphics_processors_are_read_from_the_drivers_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA A100-SXM4-80GB, 81920, 80000'\necho 'NVIDIA H100 MIG, [N/A], [N/A]'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert find_gpus() == (Gpu("NVIDIA A100-SXM4-80GB", 80.0, 78.125),)
    tool.write_text("#!/bin/sh\necho 'the driver is not loaded' >&2; exit 9\n")
    assert find_gpus() == ()


def test_memory_is_what_machine_and_control_group_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = available_memory()
    assert left is not None
    assert 0 < left < 1 << 50
    for name, content in (("max", "1000"), ("current", "700"), ("stat", "anon 500\ninactive_file 200\n")):
        (tmp_path / f"memory.{name}").write_text(content)
    assert installation._group_memory(tmp_path) == 500
    (tmp_path / "memory.max").write_text("max")
    assert installation._group_memory(tmp_path) is None
