"""What all manifests share: names, ports, paths inside a container."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from gradatim.serving.launch.command import MODULES
from gradatim.serving.launch.plan import Plan

VLLM = "0.32.0"
"""Version that these files were written for."""
PORT = 8000
MODELS = PurePosixPath("/models")
"""Where a container finds models and adapters."""
MARGIN = 30
"""Seconds beyond the grace period before a container is killed."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a manifest says beside the launch itself."""

    replicas: int = 1
    """Servers, each with the profile's devices."""
    image: str | None = None
    """Container image with vLLM and gradatim; one that is built from the header's lines when not given."""

    @property
    def image_name(self) -> str:
        """The image's name."""
        return self.image or f"gradatim-vllm:{VLLM}"


def in_container(plan: Plan) -> Plan:
    """The launch as it is inside a container: other paths, another address, another interpreter."""
    server = plan.server
    adapters = tuple(replace(each, path=MODELS / "adapters" / each.name) for each in server.adapters)
    model = MODELS / server.model.name
    guarded = plan.profile.steering  # where the plug-in is, gradatim is, and the guard with it
    inside = replace(
        server,
        guarded=guarded,
        model=model,
        host="0.0.0.0",
        port=PORT,
        python="python3",
        module=MODULES[-1],
        adapters=adapters,
    )
    return replace(plan, server=inside)


def grace_seconds(plan: Plan) -> int:
    """Time that the server takes for requests under way."""
    return int(plan.profile.number("shutdown-timeout", 60))


def endpoints(plan: Plan, deployment: Deployment) -> str:
    """What `GRADATIM_MODEL` is to clients that see the servers by name."""
    hosts = ",".join(f"http://{name}:{PORT}/v1" for name in server_names(deployment))
    return f"{hosts}#{plan.server.name}"


def server_names(deployment: Deployment) -> Sequence[str]:
    """A name for each server."""
    count = deployment.replicas
    return ["model"] if count == 1 else [f"model-{number}" for number in range(1, count + 1)]
