"""A launch before it happens: profile, model, memory, and the command they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gradatim.serving.launch.architecture import CHATGLM3_6B, Architecture
from gradatim.serving.launch.command import API_KEY, Server, command, fitted, pasteable
from gradatim.serving.launch.memory import MemoryEstimate, estimate
from gradatim.serving.launch.profiles import Profile


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be started, and what it needs."""

    profile: Profile
    server: Server
    architecture: Architecture
    memory: MemoryEstimate
    key: str | None = field(default=None, repr=False)
    """What clients must send as a bearer token."""
    assumed: bool = False
    """Whether the model's folder is not here, and ChatGLM3-6B's published sizes were taken."""

    @property
    def words(self) -> list[str]:
        """The command, word by word."""
        return command(self.profile, self.server)

    @property
    def shell(self) -> str:
        """The command for a shell."""
        return pasteable(self.words, self.profile.environment, key=self.key is not None)

    def environment(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The server's whole environment; the key is in here and nowhere else."""
        whole = {**inherited, **self.profile.environment}
        return {**whole, API_KEY: self.key} if self.key is not None else whole

    def as_data(self) -> dict[str, Any]:
        """As JSON; without the key."""
        device = self.profile.accelerator
        return {
            "profile": self.profile.name,
            "title": self.profile.title,
            "accelerator": device.title,
            "devices": self.profile.count,
            "model": str(self.server.model),
            "name": self.server.name,
            "address": self.server.address,
            "parameters": self.architecture.parameters,
            "model_assumed": self.assumed,
            "weight_bits": self.profile.weight_bits,
            "memory": {**asdict(self.memory), "fits": self.memory.fits},
            "adapters": {adapter.name: adapter.rank for adapter in self.server.adapters},
            "key_needed": self.key is not None,
            "environment": dict(self.profile.environment),
            "command": self.words,
            "shell": self.shell,
        }


def plan(
    profile: Profile,
    server: Server,
    architecture: Architecture | None,
    *,
    length: int = 2048,
    key: str | None = None,
) -> Plan:
    """Put a launch together.

    Args:
        profile: The machine and vLLM's options.
        server: Model, address, interpreter, adapters.
        architecture: The model's sizes; ChatGLM3-6B's when not given.
        length: Tokens of prompt and answer for which concurrency is stated.
        key: What clients must send.
    """
    sizes = architecture or CHATGLM3_6B
    profile = fitted(profile, sizes)
    length = min(length, profile.max_tokens)
    memory = estimate(profile, sizes, length=length, adapters=server.adapters)
    return Plan(
        profile=profile, server=server, architecture=sizes, memory=memory, key=key, assumed=architecture is None
    )
