"""Steering as vLLM takes it: one more argument of a request, read by the plug-in inside the server."""

from __future__ import annotations

import json
from typing import Any

from gradatim.serving.steering.requests import take_steering
from gradatim.serving.steering.terms import Steering
from gradatim.serving.transport import Payload

ARGUMENT = "steering"
"""Key in `vllm_xargs` (and in `SamplingParams.extra_args`); its value is the steering as JSON text."""
PROCESSOR = "gradatim.serving.steering.plugin:SteeringProcessor"
"""What `--logits-processors` has to name for the server to steer."""


def vllm_extras(payload: Payload) -> Payload:
    """A payload with its `steering` as vLLM takes it; the payload itself where it has none.

    The temperature of the formula is the request's own: vLLM divides the logits by it after the plug-in.

    Raises:
        RequestRefused: The steering cannot be applied (status 400).
    """
    steering, rest = take_steering(payload)
    if steering is None:
        return rest
    given: dict[str, Any] = rest.get("vllm_xargs") or {}
    return {**rest, "vllm_xargs": {**given, **sampling_arguments(steering)}}


def sampling_arguments(steering: Steering) -> dict[str, Any]:
    """`extra_args` of vLLM's `SamplingParams`, for an engine inside this process.

    The temperature is not among them: it is the sampling parameters' own.
    """
    if steering.neutral:
        return {}
    plain = {key: value for key, value in steering.plain().items() if key != "temperature"}
    return {ARGUMENT: json.dumps(plain, ensure_ascii=False, separators=(",", ":"))}


def probe(model: str) -> Payload:
    """A request that a server with the plug-in refuses (400) and one without it answers with one token.

    vLLM ignores arguments that no plug-in reads, so that asking is the only way to know.
    """
    return {
        "model": model,
        "messages": [{"role": "user", "content": "?"}],
        "max_tokens": 1,
        "vllm_xargs": {ARGUMENT: '{"lambda_profile":-1}'},
    }
