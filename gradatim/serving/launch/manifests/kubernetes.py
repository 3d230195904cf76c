"""Kubernetes: servers behind a service, with probes, scaling, and a way out that loses nothing."""

from __future__ import annotations

from typing import Any

from gradatim.serving.launch.command import API_KEY, arguments
from gradatim.serving.launch.manifests.common import (
    MARGIN,
    MODELS,
    PORT,
    Deployment,
    grace_seconds,
    in_container,
)
from gradatim.serving.launch.plan import Plan

DEREGISTER = 10
"""Seconds between a pod's end being decided and the server being told: load balancers learn of it meanwhile."""
QUEUE_TARGET = 8
"""Requests that wait at a server on average, above which another is added."""


def kubernetes(plan: Plan, deployment: Deployment) -> list[dict[str, Any]]:
    """Deployment, service, disruption budget, autoscaler and network policy."""
    labels = {"app.kubernetes.io/name": "gradatim-model", "app.kubernetes.io/component": plan.server.name}
    meta = {"name": "gradatim-model", "labels": labels}
    port = {"name": "http", "port": PORT, "targetPort": "http"}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": meta,
            "spec": {
                "replicas": deployment.replicas,
                "selector": {"matchLabels": labels},
                # devices are scarce: a new server takes the place of an old one, it does not wait beside it
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
                "template": {
                    "metadata": {
                        "labels": labels,
                        "annotations": {
                            "prometheus.io/scrape": "true",
                            "prometheus.io/port": str(PORT),
                            "prometheus.io/path": "/metrics",
                        },
                    },
                    "spec": _pod(plan, deployment),
                },
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {"selector": labels, "ports": [port]},
        },
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": meta,
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}},
        },
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": meta,
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gradatim-model"},
                "minReplicas": deployment.replicas,
                "maxReplicas": 4 * deployment.replicas,
                "metrics": [
                    {
                        "type": "Pods",
                        "pods": {
                            "metric": {"name": "vllm_num_requests_waiting"},
                            "target": {"type": "AverageValue", "averageValue": str(QUEUE_TARGET)},
                        },
                    }
                ],
                # loading a model takes minutes, so that servers are not given up for a short lull
                "behavior": {"scaleDown": {"stabilizationWindowSeconds": 900}},
            },
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": meta,
            "spec": {
                "podSelector": {"matchLabels": labels},
                "policyTypes": ["Ingress"],
                "ingress": [
                    {
                        "from": [{"podSelector": {"matchLabels": {"gradatim.io/model-client": "true"}}}],
                        "ports": [{"port": PORT}],
                    }
                ],
            },
        },
    ]


def _pod(plan: Plan, deployment: Deployment) -> dict[str, Any]:
    inside, profile = in_container(plan), plan.profile
    device = profile.accelerator
    variables: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in profile.environment.items()]
    secret = {"name": "gradatim-model", "key": "api-key"}
    variables.append({"name": API_KEY, "valueFrom": {"secretKeyRef": secret}})
    health = {"httpGet": {"path": "/health", "port": "http"}, "timeoutSeconds": 5}
    container: dict[str, Any] = {
        "name": "vllm",
        "image": deployment.image_name,
        "command": ["python3", "-m", inside.server.module],
        "args": arguments(inside.profile, inside.server),
        "env": variables,
        "ports": [{"name": "http", "containerPort": PORT}],
        "startupProbe": {**health, "periodSeconds": 10, "failureThreshold": 180},
        "readinessProbe": {**health, "periodSeconds": 5, "failureThreshold": 2},
        "livenessProbe": {**health, "periodSeconds": 15, "failureThreshold": 4},
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", str(DEREGISTER)]}}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [
            {"name": "models", "mountPath": str(MODELS), "readOnly": True},
            {"name": "shared-memory", "mountPath": "/dev/shm"},
        ],
    }
    pod: dict[str, Any] = {
        "terminationGracePeriodSeconds": DEREGISTER + grace_seconds(plan) + MARGIN,
        "automountServiceAccountToken": False,
        "containers": [container],
        "volumes": [
            {"name": "models", "persistentVolumeClaim": {"claimName": "gradatim-models", "readOnly": True}},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}},
        ],
    }
    if device.kubernetes is not None:
        amount = {device.kubernetes: str(profile.count)}
        container["resources"] = {"requests": {"cpu": "4", "memory": "24Gi", **amount}, "limits": amount}
        pod["nodeSelector"] = {"nvidia.com/gpu.product": device.product} if device.product else {}
        pod["tolerations"] = [{"key": device.kubernetes, "operator": "Exists", "effect": "NoSchedule"}]
    else:
        container["resources"] = {"requests": {"cpu": "4", "memory": f"{device.memory_gib:g}Gi"}}
    return pod
