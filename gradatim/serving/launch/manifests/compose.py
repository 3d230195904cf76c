"""Docker Compose: servers and gradatim on one machine."""

from __future__ import annotations

from typing import Any

from gradatim import __version__
from gradatim.serving.launch.command import API_KEY, arguments
from gradatim.serving.launch.manifests.common import (
    MARGIN,
    PORT,
    VLLM,
    Deployment,
    endpoints,
    grace_seconds,
    in_container,
    server_names,
)
from gradatim.serving.launch.plan import Plan


def compose(plan: Plan, deployment: Deployment) -> list[dict[str, Any]]:
    """The file's one document."""
    services: dict[str, Any] = {}
    for number, name in enumerate(server_names(deployment)):
        services[name] = _compose_server(plan, deployment, number)
    services["gradatim"] = {
        "image": f"gradatim:{__version__}",
        "build": {"dockerfile_inline": _CLIENT_DOCKERFILE, "args": {"GRADATIM": f"gradatim=={__version__}"}},
        "environment": {
            "GRADATIM_MODEL": _escaped(endpoints(plan, deployment)),
            "GRADATIM_API_KEY": _COMPOSE_KEY,
            "GRADATIM_DATA_DIR": "/data",
        },
        "volumes": ["gradatim-data:/data", "./:/work"],
        "working_dir": "/work",
        "depends_on": {name: {"condition": "service_healthy"} for name in server_names(deployment)},
        "profiles": ["tools"],
    }
    return [{"name": "gradatim", "services": services, "volumes": {"gradatim-data": {}}}]


_COMPOSE_KEY = "${GRADATIM_API_KEY:?make one with openssl rand -hex 32}"
_SERVER_DOCKERFILE = """\
ARG VLLM
FROM vllm/vllm-openai:v$${VLLM}
ARG GRADATIM
RUN pip install --no-cache-dir "$${GRADATIM}"
"""
_CLIENT_DOCKERFILE = """\
FROM python:3.12-slim
ARG GRADATIM
RUN pip install --no-cache-dir "$${GRADATIM}"
ENTRYPOINT ["gradatim"]
CMD ["doctor"]
"""


def _compose_server(plan: Plan, deployment: Deployment, number: int) -> dict[str, Any]:
    inside, count = in_container(plan), plan.profile.count
    mounts = [(plan.server.model, inside.server.model)]
    mounts += [
        (here.path, there.path) for here, there in zip(plan.server.adapters, inside.server.adapters, strict=True)
    ]
    volumes = [
        {"type": "bind", "source": _escaped(str(here)), "target": _escaped(str(there)), "read_only": True}
        for here, there in mounts
    ]
    service: dict[str, Any] = {"image": deployment.image_name}
    if deployment.image is None:
        versions = {"VLLM": VLLM, "GRADATIM": f"gradatim=={__version__}"}
        service["build"] = {"dockerfile_inline": _SERVER_DOCKERFILE, "args": versions}
    service |= {
        "entrypoint": ["python3", "-m", inside.server.module],
        "command": [_escaped(word) for word in arguments(inside.profile, inside.server)],
        "environment": {
            **{name: _escaped(value) for name, value in plan.profile.environment.items()},
            API_KEY: _COMPOSE_KEY,
        },
        "volumes": volumes,
        # only this machine reaches the ports; a proxy with TLS lets others in
        "ports": [f"127.0.0.1:{plan.server.port + number}:{PORT}"],
        "shm_size": "8gb",
        "init": True,
        "restart": "unless-stopped",
        "stop_grace_period": f"{grace_seconds(plan) + MARGIN}s",
        "healthcheck": {
            "test": ["CMD", "python3", "-c", _HEALTHY],
            "interval": "10s",
            "timeout": "5s",
            "retries": 3,
            "start_period": "30m",
        },
    }
    if plan.profile.accelerator.kind == "cuda":
        ids = [str(number * count + each) for each in range(count)]
        device = {"driver": "nvidia", "device_ids": ids, "capabilities": ["gpu"]}
        service["deploy"] = {"resources": {"reservations": {"devices": [device]}}}
    return service


def _escaped(text: str) -> str:
    """Text in which Compose sees no variable."""
    return text.replace("$", "$$")


_HEALTHY = f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{PORT}/health', timeout=4)"
