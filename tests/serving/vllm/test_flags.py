"""Every command that a profile gives is one that the installed vLLM takes."""

from __future__ import annotations

import warnings
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gradatim.serving.launch.adapters import RANKS, Adapter
from gradatim.serving.launch.command import GUARD, MODULES, STEERING, Server, arguments
from gradatim.serving.launch.manifests.ray import engine_options
from gradatim.serving.launch.profiles import load_profiles

pytestmark = pytest.mark.vllm

PROFILES = load_profiles()
SERVER = Server(model=Path("/models/chatglm3-6b"))


@pytest.fixture(scope="module")
def parser(vllm_installed: None) -> Any:
    """vLLM's own parser of its server's options."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options: Any = import_module("vllm.entrypoints.launchers.cli_args")
        argparse: Any = import_module("vllm.utils.argparse_utils")
        return options.make_arg_parser(argparse.FlexibleArgumentParser())


def parsed(parser: Any, words: list[str]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parser.parse_args(words)


@pytest.mark.parametrize("name", PROFILES)
def test_vllm_takes_every_option_of_every_profile(parser: Any, name: str) -> None:
    profile = PROFILES[name]
    found = parsed(parser, arguments(profile, replace(SERVER, guarded=True)))
    assert found.middleware == [GUARD]
    assert found.model == "/models/chatglm3-6b"
    assert found.served_model_name == ["chatglm3-6b"]
    assert found.tensor_parallel_size == profile.count
    assert found.max_num_seqs == profile.max_sequences
    assert found.max_model_len == profile.max_tokens
    assert found.block_size == profile.block_tokens
    assert found.enable_prefix_caching is True
    assert found.enable_chunked_prefill is True
    assert found.structured_outputs_config.backend == "guidance"
    assert found.structured_outputs_config.disable_any_whitespace is True
    assert found.shutdown_timeout == 60
    assert found.logits_processors == [STEERING]
    assert found.kv_cache_memory_bytes == profile.kv_cache_bytes


def test_vllm_takes_adapters_and_knows_the_same_ranks(parser: Any) -> None:
    adapters = (Adapter("tutor", Path("/a"), rank=12), Adapter("critic", Path("/b"), rank=3))
    found = parsed(parser, arguments(PROFILES["cpu"], replace(SERVER, adapters=adapters)))
    assert found.enable_lora is True
    assert [(module.name, module.path) for module in found.lora_modules] == [("tutor", "/a"), ("critic", "/b")]
    assert (found.max_lora_rank, found.max_loras) == (16, 2)
    lora: Any = import_module("vllm.config.lora")
    assert lora.MaxLoRARanks.__args__ == RANKS


@pytest.mark.parametrize("name", PROFILES)
def test_ray_passes_the_engine_nothing_but_its_own_options(vllm_installed: None, name: str) -> None:
    engine: Any = import_module("vllm.engine.arg_utils")
    fields = set(engine.AsyncEngineArgs.__dataclass_fields__)
    assert set(engine_options(PROFILES[name].flags)) <= fields
    assert "logits_processors" in fields


def test_the_module_that_starts_the_server_is_there(vllm_installed: None) -> None:
    assert hasattr(import_module(MODULES[0]), "main")


async def test_the_guard_stands_before_a_web_application_of_vllms_kind(
    vllm_installed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx

    monkeypatch.setenv("VLLM_API_KEY", "secret-of-ours")
    fastapi: Any = import_module("fastapi")
    application = fastapi.FastAPI()
    application.get("/invocations")(lambda: "the model's answer")
    module, name = GUARD.rsplit(".", 1)
    application.add_middleware(getattr(import_module(module), name))
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://vllm") as client:
        assert (await client.get("/invocations")).status_code == 401
        right = await client.get("/invocations", headers={"Authorization": "Bearer secret-of-ours"})
    assert (right.status_code, right.json()) == (200, "the model's answer")


def test_quantized_profiles_ask_for_methods_that_vllm_has(vllm_installed: None) -> None:
    quantization: Any = import_module("vllm.model_executor.layers.quantization")
    assert {"awq", "gptq", "compressed-tensors"} <= set(quantization.QUANTIZATION_METHODS)


def test_no_online_method_makes_dense_layers_eight_bit(vllm_installed: None) -> None:
    """Why the 8-bit profile wants a quantized checkpoint: vLLM's shorthand touches mixtures of experts alone."""
    quantization: Any = import_module("vllm.config.quantization")
    shorthand = quantization._ONLINE_SHORTHANDS["int8_per_channel_weight_only"]
    assert shorthand.linear is None
    assert shorthand.moe is not None
