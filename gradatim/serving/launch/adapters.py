"""LoRA adapters that are served under names of their own, beside the model they adapt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, cast

from gradatim.errors import InputError

RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""Values that vLLM's `--max-lora-rank` takes."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter in PEFT's form (`adapter_config.json` and its weights)."""

    name: str
    """The model's name in a request that wants it."""
    path: PurePath
    rank: int
    targets: tuple[str, ...] = ()
    """Layers that it changes."""


def read_adapter(given: str) -> Adapter:
    """Read what `--lora NAME=PATH` names.

    Raises:
        InputError: The name cannot be used, or the folder holds no adapter.
    """
    name, equals, path = given.partition("=")
    if not equals or not path or not _NAME.fullmatch(name):
        raise InputError(
            "an adapter needs a name (letters, digits, `.`, `_`, `-`) and a folder",
            place=f"--lora {given}",
            remedy="write it as --lora NAME=FOLDER",
        )
    folder = Path(path)
    file = folder / "adapter_config.json"
    remedy = "name the folder that PEFT's save_pretrained wrote"
    try:
        config: object = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"there is no LoRA adapter: {error.strerror}", place=str(file), remedy=remedy) from error
    except ValueError as error:
        raise InputError(f"this is not JSON: {error}", place=str(file), remedy=remedy) from error
    data = cast("dict[str, Any]", config) if isinstance(config, dict) else {}
    rank = data.get("r")
    kind = data.get("peft_type", "LORA")
    if kind != "LORA" or not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= RANKS[-1]:
        raise InputError(
            f"this is no LoRA adapter of rank 1 to {RANKS[-1]} (peft_type {kind!r}, r {rank!r})",
            place=str(file),
            remedy=remedy,
        )
    if not any((folder / f"adapter_model.{ending}").is_file() for ending in ("safetensors", "bin")):
        raise InputError("the adapter's weights are missing", place=str(folder), remedy=remedy)
    targets = data.get("target_modules")
    names = (targets,) if isinstance(targets, str) else tuple(map(str, targets or ()))
    return Adapter(name=name, path=folder.resolve(), rank=rank, targets=names)


def read_adapters(given: Iterable[str], model: str) -> tuple[Adapter, ...]:
    """Read several, each with a name of its own.

    Args:
        given: `NAME=PATH` each.
        model: Name of the model itself, which no adapter may take.

    Raises:
        InputError: As `read_adapter`, or two share a name.
    """
    adapters = tuple(map(read_adapter, given))
    taken = {model}
    for adapter in adapters:
        if adapter.name in taken:
            raise InputError(
                "this name is taken", place=f"--lora {adapter.name}", remedy="give every adapter a name of its own"
            )
        taken.add(adapter.name)
    return adapters


def greatest_rank(adapters: Sequence[Adapter]) -> int:
    """The smallest of vLLM's ranks that holds every adapter."""
    wanted = max(adapter.rank for adapter in adapters)
    return next(rank for rank in RANKS if rank >= wanted)


def rank_slots(adapters: Sequence[Adapter]) -> int:
    """Ranks that vLLM sets memory aside for: as many slots as adapters, each of the greatest rank."""
    return len(adapters) * greatest_rank(adapters) if adapters else 0
