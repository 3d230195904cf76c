"""`gradatim serve`: start vLLM for a profile and keep it running, or show how it would be started."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import click

from gradatim.app.console import emit, out, plural, printable, say, table
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import json_option
from gradatim.app.supervision import keep_running
from gradatim.errors import InputError, ModelError
from gradatim.serving.launch.adapters import read_adapters
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
from gradatim.serving.launch.command import API_KEY, MODULES, Server, adjusted
from gradatim.serving.launch.installation import Installation, available_memory, find_gpus, find_installation
from gradatim.serving.launch.manifests import FORMS, VLLM, Deployment, render
from gradatim.serving.launch.memory import GIB, estimate
from gradatim.serving.launch.plan import Plan, plan
from gradatim.serving.launch.profiles import Profile, load_profiles
from gradatim.settings import Settings, load_settings

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.argument("name", metavar="[PROFILE]", required=False)
@click.option("--list", "list_them", is_flag=True, help="List the profiles.")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of a converted model; chatglm3-6b in the models folder when not given.",
)
@click.option("--name", "served", metavar="NAME", default="chatglm3-6b", help="The model's name in requests.")
@click.option("--lora", multiple=True, metavar="NAME=DIR", help="Serve a LoRA adapter under this name; repeatable.")
@click.option("--host", default="127.0.0.1", help="Address to listen at; others than this machine need a key.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000)
@click.option(
    "--api-key-file",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="File with the key that clients must send, `-` for stdin (setting: api_key).",
)
@click.option("--no-api-key", is_flag=True, help="Let anybody in who reaches the address.")
@click.option(
    "--python",
    metavar="PYTHON",
    help="Interpreter or folder of the environment that has vLLM (setting: serving_python).",
)
@click.option("--set", "changes", multiple=True, metavar="OPTION=VALUE", help="Change an option of vLLM; repeatable.")
@click.option("--no-steering", is_flag=True, help="Leave the plug-in of controlled decoding out.")
@click.option(
    "--length",
    type=click.IntRange(1, 1_000_000),
    default=2048,
    metavar="TOKENS",
    help="Tokens of prompt and answer for which concurrency is stated.",
)
@click.option(
    "--grace", type=click.IntRange(1, 3600), metavar="SECONDS", help="Time for requests under way at the end."
)
@click.option("--dry-run", is_flag=True, help="Show memory, concurrency and the exact command; start nothing.")
@click.option("--print", "form", type=click.Choice(FORMS), help="Print a manifest for several machines; start nothing.")
@click.option("--replicas", type=click.IntRange(1, 1000), default=1, metavar="N", help="Servers in the manifest.")
@click.option("--image", metavar="IMAGE", help="Container image in the manifest, with vLLM and gradatim.")
@click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Append the server's output to FILE."
)
@click.option("--force", is_flag=True, help="Start although the machine does not look fit for it.")
@json_option
@click.pass_context
def serve(ctx: click.Context, name: str | None, list_them: bool, as_json: bool, **given: Any) -> None:
    """Start vLLM for PROFILE and keep it running: restarted when it fails, drained when asked to end.

    The first SIGTERM or Ctrl-C lets requests under way finish, the second ends everything at once. Everything
    that is started is said before, as a command that can be pasted. The key goes by the environment.

    \b
    Exit codes: 0 it ended when asked, everything finished; 1 requests were cut short;
    2 profile, model or options are wrong; 3 it cannot run here or does not stay up.
    """
    if list_them:
        _list(as_json)
        return
    if name is None:
        raise click.UsageError("a profile is missing (see --list)", ctx)
    settings = load_settings(serving_python=given["python"])
    launch = _prepare(name, settings, given)
    if given["form"]:
        deployment = Deployment(replicas=given["replicas"], image=given["image"])
        out(render(given["form"], launch, deployment), end="")
    elif given["dry_run"]:
        if as_json:
            emit(launch.as_data())
        else:
            out(_described(launch))
    else:
        _check(launch, given["force"])
        if not as_json:
            say(printable(_described(launch), lines=True))
        ctx.exit(keep_running(launch, as_json=as_json, log=given["log"]))


def _list(as_json: bool) -> None:
    profiles = load_profiles().values()
    from gradatim.serving.launch.architecture import CHATGLM3_6B

    estimates = {profile.name: estimate(profile, CHATGLM3_6B) for profile in profiles}
    if as_json:
        rows = [
            {
                "name": profile.name,
                "title": profile.title,
                "accelerator": profile.accelerator.title,
                "devices": profile.count,
                "weight_bits": profile.weight_bits,
                "weights_bytes": estimates[profile.name].weights,
                "kv_cache_bytes": estimates[profile.name].kv_cache,
                "concurrency": estimates[profile.name].concurrency,
                "source": profile.accelerator.source,
            }
            for profile in profiles
        ]
        emit({"profiles": rows})
        return
    rows = [
        (
            profile.name,
            f"{estimates[profile.name].weights / GIB:.1f} GiB",
            f"{estimates[profile.name].kv_cache / GIB:.1f} GiB",
            f"{estimates[profile.name].concurrency}",
            profile.title,
        )
        for profile in profiles
    ]
    out(table(rows, header=("profile", "weights", "KV cache", "at once", "what it is")))
    out("for ChatGLM3-6B, on each device; at once: sequences of 2,048 tokens, at most the profile's limit")


def _prepare(name: str, settings: Settings, given: dict[str, Any]) -> Plan:
    """Everything about a launch that can be known without looking at the machine."""
    profile = _profile(name, given)
    check_blocks(profile)
    only_shown = bool(given["dry_run"] or given["form"])
    folder: Path = given["model"] or settings.models_dir / "chatglm3-6b"
    architecture = None
    if folder.exists() or not only_shown:
        architecture = check_folder(folder)
        check_weights(profile, architecture, folder)
        check_heads(profile, architecture)
    key = _key(settings, given)
    if given["host"] not in _LOOPBACK and key is None and not given["no_api_key"] and not given["form"]:
        raise InputError(
            "others would reach the model without a key",
            place=f"--host {given['host']}",
            remedy="give one with --api-key-file or GRADATIM_API_KEY, or say --no-api-key",
        )
    if given["form"]:
        found = Installation(python="python3", version=VLLM, module=MODULES[-1], plugin=True)
    else:
        found = _installation(profile, settings, only_shown)
    server = Server(
        model=folder.absolute(),
        name=given["served"],
        host=given["host"],
        port=given["port"],
        python=found.python,
        module=found.module,
        guarded=key is not None and found.plugin,
        adapters=read_adapters(given["lora"], given["served"]),
    )
    return plan(profile, server, architecture, length=given["length"], key=key)


def _installation(profile: Profile, settings: Settings, only_shown: bool) -> Installation:
    """The environment with vLLM; one as it would be, where a command is only shown and there is none."""
    try:
        found = find_installation(settings.serving_python)
    except ModelError as error:
        if not only_shown:
            raise
        say(f"{error.place}: {error.message}; the command is for an environment that has it")
        python = settings.serving_python or sys.executable
        return Installation(python=python, version=VLLM, module=MODULES[-1], plugin=True)
    if not only_shown:
        check_plugin(profile, found)
    return found


def _profile(name: str, given: dict[str, Any]) -> Profile:
    profiles = load_profiles()
    profile = profiles.get(name)
    if profile is None:
        raise InputError(
            f"there is no such profile{did_you_mean(name, profiles)}",
            place=f"profile {name}",
            remedy=f"choose one of {', '.join(profiles)}",
        )
    changes = list(given["changes"])
    if given["grace"] is not None:
        changes.append(f"shutdown-timeout={given['grace']}")
    profile = adjusted(profile, changes)
    return replace(profile, steering=False) if given["no_steering"] else profile


def _key(settings: Settings, given: dict[str, Any]) -> str | None:
    file: IO[str] | None = given["api_key_file"]
    if given["no_api_key"]:
        return None
    if file is None:
        return settings.api_key.get_secret_value() if settings.api_key else os.environ.get(API_KEY)
    try:
        key = file.read().strip()
    except ValueError as error:
        raise InputError("this is not text in UTF-8", place=f"--api-key-file {file.name}") from error
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise InputError(
            "a key is one word of ASCII characters", place=f"--api-key-file {file.name}", remedy="openssl rand -hex 32"
        )
    return key


def _check(launch: Plan, force: bool) -> None:
    """What the machine must have."""
    check_port(launch.server)
    try:
        if launch.profile.accelerator.kind == "cuda":
            check_gpus(launch.profile, find_gpus(), launch.memory)
        check_memory(launch.profile, launch.memory, available_memory())
    except ModelError as error:
        if not force:
            raise
        say(f"trying all the same: {error.message}")


def _described(launch: Plan) -> str:
    memory, profile = launch.memory, launch.profile
    model = "ChatGLM3-6B as published; the folder is not here" if launch.assumed else str(launch.server.model)
    devices = "" if profile.count == 1 else f", each of {profile.count} devices"
    rows = [
        ("profile", f"{profile.name}: {profile.title}"),
        ("model", f"{launch.architecture.parameters / 1e9:.2f} billion parameters ({model})"),
        ("weights", f"{memory.weights / GIB:.2f} GiB at {profile.weight_bits:.4g} bits{devices}"),
        ("adapters", f"{memory.adapters / GIB:.2f} GiB"),
        ("activations", f"{memory.activations / GIB:.2f} GiB"),
        ("context", f"{memory.context / GIB:.2f} GiB (assumed)"),
        (
            "KV cache",
            f"{memory.kv_cache / GIB:.2f} GiB of {memory.total / GIB:.2f}: {memory.kv_tokens:,} tokens "
            f"of {memory.kv_token:,} bytes",
        ),
        (
            "at once",
            f"{plural(memory.concurrency, 'sequence')} of {memory.length:,} tokens "
            f"({memory.sequences:,} fit; limit {profile.max_sequences})",
        ),
        ("address", launch.server.address),
    ]
    if not launch.server.adapters:
        rows = [row for row in rows if row[0] != "adapters"]
    return f"{table(rows)}\n\n{launch.shell}"
