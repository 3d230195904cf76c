"""The exact command that starts vLLM for a profile."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, cast

import yaml

from gradatim.errors import InputError
from gradatim.serving.launch.adapters import Adapter, greatest_rank
from gradatim.serving.launch.architecture import Architecture
from gradatim.serving.launch.profiles import Flag, Profile

API_KEY = "VLLM_API_KEY"
"""Environment variable in which vLLM takes the key that clients must send: an option would show in `ps`."""
MODULES = ("vllm.entrypoints.launchers.api_server.entry", "vllm.entrypoints.openai.api_server")
"""Modules that start the server, newest first; the second is everywhere, and deprecated since 0.32."""
STEERING = "gradatim.serving.steering.plugin:SteeringProcessor"
"""The logits processor of controlled decoding."""
GUARD = "gradatim.serving.launch.guard.Guard"
"""Middleware that asks for the key where vLLM does not."""

_OWN: Mapping[str, str] = {
    "model": "--model",
    "served-model-name": "--name",
    "host": "--host",
    "port": "--port",
    "lora-modules": "--lora",
    "enable-lora": "--lora",
    "api-key": "--api-key-file or GRADATIM_API_KEY, which do not show in `ps`",
    "logits-processors": "--no-steering to leave controlled decoding out",
}
"""Options of vLLM that have a place of their own on our command line."""
_ANYWHERE = frozenset({"0.0.0.0", "::", "", "*"})
_FLAG = re.compile(r"[a-z0-9][a-z0-9.-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Server:
    """What a launch is about beside its profile."""

    model: PurePath
    """Folder of a converted model."""
    name: str = "chatglm3-6b"
    """The model's name in requests."""
    host: str = "127.0.0.1"
    port: int = 8000
    python: str = "python"
    """Interpreter of the environment that has vLLM."""
    module: str = MODULES[-1]
    adapters: tuple[Adapter, ...] = ()
    guarded: bool = False
    """Whether the key is asked for everywhere, which takes gradatim beside vLLM."""

    @property
    def origin(self) -> str:
        """Address at which this machine reaches the server."""
        host = "127.0.0.1" if self.host in _ANYWHERE else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def address(self) -> str:
        """Base address of the OpenAI-compatible interface."""
        return f"{self.origin}/v1"


def command(profile: Profile, server: Server) -> list[str]:
    """The command, word by word; it holds no secret."""
    words = [server.python, "-m", server.module, *arguments(profile, server)]
    return words


def arguments(profile: Profile, server: Server) -> list[str]:
    """vLLM's options, as they stand after `python -m …` or after an image's entry point."""
    words = ["--model", str(server.model), "--served-model-name", server.name]
    words += ["--host", server.host, "--port", str(server.port)]
    for flag, value in profile.flags.items():
        words += _words(flag, value)
    if profile.steering:
        words += ["--logits-processors", STEERING]
    if server.guarded:
        words += ["--middleware", GUARD]
    if server.adapters:
        words += ["--enable-lora", "--max-loras", str(len(server.adapters))]
        words += ["--max-lora-rank", str(greatest_rank(server.adapters)), "--lora-modules"]
        words += [f"{adapter.name}={adapter.path}" for adapter in server.adapters]
    return words


def pasteable(words: Sequence[str], environment: Mapping[str, str], *, key: bool) -> str:
    """The command as a person can paste it into a shell.

    Args:
        words: The command.
        environment: Variables that belong to it.
        key: Whether clients need a key; it is written as a reference to a variable, never itself.
    """
    variables = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    if key:
        variables.append(f'{API_KEY}="$GRADATIM_API_KEY"')
    return " ".join([*(["env", *variables] if variables else []), shlex.join(words)])


def _words(flag: str, value: Flag) -> list[str]:
    if value is True:
        return [f"--{flag}"]
    if value is False:
        return [f"--no-{flag}"]
    if isinstance(value, dict):
        return [f"--{flag}", json.dumps(value, separators=(",", ":"))]
    if isinstance(value, list):
        return [f"--{flag}", *map(str, value)]
    return [f"--{flag}", str(value)]


def adjusted(profile: Profile, given: Iterable[str]) -> Profile:
    """A profile with what `--set` says.

    Args:
        profile: Where it starts from.
        given: `OPTION=VALUE` by vLLM's names, the value in YAML; `OPTION=null` leaves the option out;
            `env.NAME=VALUE` sets an environment variable.

    Raises:
        InputError: One of them cannot be read, or is an option with a place of its own.
    """
    flags, environment = dict(profile.flags), dict(profile.environment)
    for text in given:
        name, equals, written = text.partition("=")
        if not equals:
            raise InputError("there is no `=`", place=f"--set {text}", remedy="write it as --set OPTION=VALUE")
        if name.startswith("env."):
            _set_variable(environment, name.removeprefix("env."), written, text)
        else:
            _set_flag(flags, name.lstrip("-").replace("_", "-"), written, text)
    dtype = flags.get("dtype", profile.dtype)
    if dtype not in ("bfloat16", "float16", "float32"):
        raise InputError(
            f"{dtype!r} is no type of number that the memory estimate knows",
            place="--set dtype",
            remedy="choose bfloat16, float16 or float32",
        )
    result = replace(
        profile, flags=MappingProxyType(flags), environment=MappingProxyType(environment), dtype=cast("Any", dtype)
    )
    count = int(result.number("tensor-parallel-size", 1))
    for each in ("utilisation", "max_sequences", "max_tokens", "batch_tokens", "block_tokens", "kv_cache_bytes"):
        getattr(result, each)  # says so when one of them is no number
    return replace(result, count=count)


def _set_flag(flags: dict[str, Flag], name: str, written: str, text: str) -> None:
    if name in _OWN:
        raise InputError(f"{name} is not set this way", place=f"--set {text}", remedy=f"use {_OWN[name]}")
    if not _FLAG.fullmatch(name):
        raise InputError(f"{name!r} is no option of vLLM", place=f"--set {text}", remedy="see `vllm serve --help=all`")
    try:
        value: Any = yaml.safe_load(written)
    except yaml.YAMLError as error:
        raise InputError(
            "the value cannot be read as YAML", place=f"--set {text}", remedy="quote it, or write JSON"
        ) from error
    if value is None:
        flags.pop(name, None)
    elif isinstance(value, str | int | float | bool | dict):
        flags[name] = cast("Flag", value)
    elif isinstance(value, list):
        flags[name] = [str(each) for each in cast("list[object]", value)]
    else:
        flags[name] = written  # YAML sees a date in it, vLLM sees text


def _set_variable(environment: dict[str, str], name: str, value: str, text: str) -> None:
    if not _VARIABLE.fullmatch(name) or "\0" in value:
        raise InputError(f"{name!r} is no name of a variable", place=f"--set {text}")
    if name == API_KEY:
        raise InputError("a key is not set this way", place="--set env.VLLM_API_KEY", remedy=f"use {_OWN['api-key']}")
    environment[name] = value


def fitted(profile: Profile, architecture: Architecture) -> Profile:
    """A profile whose sequences are no longer than the model's positions, which vLLM would refuse."""
    if profile.max_tokens <= architecture.positions:
        return profile
    return replace(profile, flags=MappingProxyType({**profile.flags, "max-model-len": architecture.positions}))
