"""Ray Serve: the engine in replicas over a cluster, by `ray.serve.llm`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.errors import InputError
from gradatim.serving.launch.command import STEERING
from gradatim.serving.launch.manifests.common import MARGIN, PORT, Deployment, grace_seconds, in_container
from gradatim.serving.launch.plan import Plan
from gradatim.serving.launch.profiles import Flag

_FRONTEND = frozenset({"enable-prompt-tokens-details", "disable-access-log-for-endpoints", "shutdown-timeout"})
"""Options of vLLM's HTTP server, which Ray Serve replaces by its own; Ray has a grace period of its own too."""


def ray(plan: Plan, deployment: Deployment) -> list[dict[str, Any]]:
    """The configuration's one document.

    Raises:
        InputError: Adapters are asked for, which Ray Serve loads by other ways.
    """
    if plan.server.adapters:
        raise InputError(
            "Ray Serve loads adapters from object storage, by a configuration of its own",
            place="--lora",
            remedy="write lora_config into the manifest (Ray's documentation), or use kubernetes",
        )
    inside, profile = in_container(plan), plan.profile
    engine: dict[str, Any] = dict(engine_options(profile.flags))
    if profile.steering:
        engine["logits_processors"] = [STEERING]
    model: dict[str, Any] = {
        "model_loading_config": {"model_id": plan.server.name, "model_source": str(inside.server.model)},
        "engine_kwargs": engine,
        "deployment_config": {
            "autoscaling_config": {
                "min_replicas": deployment.replicas,
                "max_replicas": 4 * deployment.replicas,
                "target_ongoing_requests": max(1, plan.memory.concurrency * 3 // 4),
            },
            "max_ongoing_requests": max(1, 2 * plan.memory.concurrency),
            "graceful_shutdown_timeout_s": grace_seconds(plan) + MARGIN,
            "health_check_period_s": 10,
            "health_check_timeout_s": 30,
        },
        "runtime_env": {"env_vars": dict(profile.environment)},
    }
    if profile.accelerator.ray is not None:
        model["accelerator_type"] = profile.accelerator.ray
    application: dict[str, Any] = {
        "name": "gradatim-model",
        "route_prefix": "/",
        "import_path": "ray.serve.llm:build_openai_app",
        "args": {"llm_configs": [model]},
    }
    return [{"http_options": {"host": "127.0.0.1", "port": PORT}, "applications": [application]}]


def engine_options(flags: Mapping[str, Flag]) -> dict[str, Flag]:
    """Options of vLLM's engine by their names in Python; those of its HTTP server left out."""
    return {name.replace("-", "_"): value for name, value in flags.items() if name not in _FRONTEND}
