"""What is looked at before vLLM is started, so that what cannot work is said at once and with a remedy."""

from __future__ import annotations

import errno
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError, ModelError
from gradatim.serving.launch.architecture import Architecture
from gradatim.serving.launch.command import STEERING, Server
from gradatim.serving.launch.installation import Gpu, Installation
from gradatim.serving.launch.memory import GIB, MemoryEstimate
from gradatim.serving.launch.profiles import Profile, Weights

_METHODS: dict[Weights, frozenset[str]] = {
    "int8": frozenset({"gptq", "gptq_marlin", "auto_gptq", "compressed-tensors"}),
    "int4": frozenset({"awq", "awq_marlin", "auto_awq", "gptq", "gptq_marlin", "auto_gptq", "compressed-tensors"}),
    "int4-awq": frozenset({"awq", "awq_marlin", "auto_awq", "compressed-tensors"}),
    "int4-gptq": frozenset({"gptq", "gptq_marlin", "auto_gptq", "compressed-tensors"}),
}
CPU_BLOCK = 32
"""Tokens that vLLM's attention on a CPU wants the blocks of its cache to be a multiple of."""
_CONVERT = "convert it first: gradatim model convert chatglm3 SRC DST"
_INT8 = "make them with gradatim model convert chatglm3 SRC DST --quantize int8, or choose another profile"
_INT4 = "quantize the converted folder with llm-compressor (docs/serving.md), or choose another profile"


def check_folder(folder: Path) -> Architecture:
    """A model's folder can be loaded without remote code; returns what it says about its size.

    Raises:
        InputError: It is missing, is not a model, or was not converted.
    """
    if not folder.exists():
        raise InputError(
            "there is no such folder", place=str(folder), remedy=f"name a converted model with --model, or {_CONVERT}"
        )
    if not folder.is_dir():
        raise InputError(
            "this is a file, and vLLM loads a folder", place=str(folder), remedy="name a converted model's folder"
        )
    architecture = Architecture.from_folder(folder)
    config = cast("dict[str, Any]", json.loads((folder / "config.json").read_text(encoding="utf-8")))
    if "auto_map" in config:
        raise InputError("this model needs code that comes with it", place=str(folder), remedy=_CONVERT)
    if not (folder / "tokenizer.json").is_file():
        raise InputError("the folder has no tokenizer.json", place=str(folder), remedy=_CONVERT)
    if not any(folder.glob("*.safetensors")):
        raise InputError("the folder has no weights (*.safetensors)", place=str(folder), remedy=_CONVERT)
    return architecture


def check_weights(profile: Profile, architecture: Architecture, folder: Path) -> None:
    """The folder's weights are of the kind that the profile is about.

    Raises:
        InputError: They are quantized otherwise, or not at all.
    """
    method, bits = architecture.quantization, architecture.quantization_bits
    if profile.weights == "none":
        if method is not None:
            raise InputError(
                f"its weights are quantized ({method}), and this profile is about {profile.dtype}",
                place=str(folder),
                remedy="choose a profile with int8 or int4 in its name: gradatim serve --list",
            )
        return
    wanted = round(profile.weight_bits)
    if method is None or method not in _METHODS[profile.weights] or (bits is not None and bits != wanted):
        there = "not quantized" if method is None else f"{bits or '?'}-bit {method}"
        raise InputError(
            f"its weights are {there}, and this profile needs {wanted}-bit ones ({profile.weights})",
            place=str(folder),
            remedy=_INT8 if profile.weights == "int8" else _INT4,
        )


def check_heads(profile: Profile, architecture: Architecture) -> None:
    """The attention heads can be split over the devices.

    Raises:
        InputError: They cannot.
    """
    count, heads = profile.count, architecture.kv_heads
    if architecture.heads % count or (heads % count if heads >= count else count % heads):
        raise InputError(
            f"{architecture.heads} attention heads with {heads} key-value heads cannot be split over {count} devices",
            place=f"profile {profile.name}",
            remedy="choose a profile with another number of devices",
        )


def check_blocks(profile: Profile) -> None:
    """The KV cache has blocks that the device's attention can read.

    Raises:
        InputError: It has not.
    """
    if profile.accelerator.kind == "cpu" and profile.block_tokens % CPU_BLOCK:
        raise InputError(
            f"blocks of {profile.block_tokens} tokens cannot be read: on a CPU they are a multiple of {CPU_BLOCK}",
            place=f"profile {profile.name}: block-size",
            remedy=f"--set block-size={CPU_BLOCK}",
        )


def check_port(server: Server) -> None:
    """Nobody listens at the address.

    Raises:
        ModelError: Somebody does, or the address is not one of this machine's.
    """
    place = f"{server.host}:{server.port}"
    try:
        where = socket.getaddrinfo(server.host or None, server.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = where[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ModelError(
                "another program listens there", place=place, remedy="choose another port with --port, or end it"
            ) from error
        remedy = "name an address of this machine with --host, and a port above 1023"
        raise ModelError(f"nothing can listen there: {error.strerror or error}", place=place, remedy=remedy) from error


def check_gpus(profile: Profile, gpus: Sequence[Gpu], memory: MemoryEstimate) -> None:
    """The machine has the graphics processors that the profile is about, with enough memory free.

    Raises:
        ModelError: It has none, too few, or others use them.
    """
    if profile.accelerator.kind != "cuda":
        return
    place = f"profile {profile.name}"
    remedy = "choose another profile (gradatim serve --list), or try all the same with --force"
    if len(gpus) < profile.count:
        there = "no NVIDIA processor answers here" if not gpus else f"only {len(gpus)} of them answers here"
        wanted = f"{profile.count} × {profile.accelerator.title}"
        raise ModelError(f"it is about {wanted}, and {there}", place=place, remedy=remedy)
    need = memory.total / GIB
    short = [gpu for gpu in gpus[: profile.count] if gpu.free_gib < need]
    if short:
        free = ", ".join(f"{gpu.name}: {gpu.free_gib:.1f} of {gpu.memory_gib:.1f} GiB free" for gpu in short)
        raise ModelError(
            f"it takes {need:.1f} GiB of each device, and there is less ({free})",
            place=place,
            remedy="end what uses the device, lower --set gpu-memory-utilization=…, or try with --force",
        )


def check_memory(profile: Profile, memory: MemoryEstimate, available: int | None) -> None:
    """The model fits, and on a CPU, this machine has the memory now.

    Raises:
        ModelError: It does not.
    """
    place = f"profile {profile.name}"
    if not memory.fits:
        raise ModelError(
            f"no sequence of {memory.length:,} tokens fits beside the model: weights {memory.weights / GIB:.1f} GiB, "
            f"activations {memory.activations / GIB:.1f} GiB, of {memory.total / GIB:.1f} GiB",
            place=place,
            remedy="choose a profile with more devices or fewer bits, lower --set max-num-batched-tokens=…, "
            "or try with --force",
        )
    if profile.accelerator.kind == "cpu" and available is not None:
        need = memory.weights + memory.activations + memory.context + memory.kv_cache
        if need > available:
            raise ModelError(
                f"it needs about {need / GIB:.1f} GiB, and {available / GIB:.1f} GiB are available",
                place=place,
                remedy="lower --set kv-cache-memory-bytes=…, choose a smaller model, or try with --force",
            )


def check_plugin(profile: Profile, installation: Installation) -> None:
    """What controlled decoding needs is where vLLM is.

    Raises:
        ModelError: It is not.
    """
    if profile.steering and not installation.plugin:
        raise ModelError(
            f"gradatim is not installed beside vLLM, and controlled decoding needs it there ({STEERING})",
            place=installation.python,
            remedy="run pip install gradatim in that environment, or leave it out with --no-steering",
        )
