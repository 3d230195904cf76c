from __future__ import annotations

import json
from dataclasses import replace
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from gradatim.errors import InputError
from gradatim.serving.launch.adapters import Adapter
from gradatim.serving.launch.architecture import CHATGLM3_6B
from gradatim.serving.launch.command import Server, arguments
from gradatim.serving.launch.manifests import FORMS, Deployment, Form, render
from gradatim.serving.launch.plan import Plan, plan
from gradatim.serving.launch.profiles import load_profiles

PROFILES = load_profiles()


def launch(name: str, *adapters: Adapter, model: str = "/srv/models/chatglm3-6b") -> Plan:
    server = Server(model=Path(model), adapters=adapters, python="/opt/vllm/bin/python")
    return plan(PROFILES[name], server, CHATGLM3_6B, key="secret-of-ours")


def documents(form: Form, name: str, *adapters: Adapter, replicas: int = 1, **more: Any) -> list[dict[str, Any]]:
    text = render(form, launch(name, *adapters, **more), Deployment(replicas=replicas))
    return list(yaml.safe_load_all(text))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PROFILES)
def test_no_manifest_holds_the_key_or_a_path_of_this_interpreter(form: Form, name: str) -> None:
    text = render(form, launch(name), Deployment(replicas=2))
    assert "secret-of-ours" not in text
    assert "/opt/vllm" not in text
    assert text.startswith("# ")
    assert f"gradatim serve --print {form}" in text


def test_compose_runs_a_server_a_replica_each_with_its_own_devices() -> None:
    (file,) = documents("compose", "a100-80-x2", replicas=2)
    services = file["services"]
    assert list(services) == ["model-1", "model-2", "gradatim"]
    devices = [services[name]["deploy"]["resources"]["reservations"]["devices"][0] for name in ("model-1", "model-2")]
    assert [device["device_ids"] for device in devices] == [["0", "1"], ["2", "3"]]
    assert [services[name]["ports"] for name in ("model-1", "model-2")] == [
        ["127.0.0.1:8000:8000"],
        ["127.0.0.1:8001:8000"],
    ]
    client = services["gradatim"]
    assert client["environment"]["GRADATIM_MODEL"] == "http://model-1:8000/v1,http://model-2:8000/v1#chatglm3-6b"
    assert client["depends_on"] == {name: {"condition": "service_healthy"} for name in ("model-1", "model-2")}


def test_compose_gives_a_container_time_to_drain_and_the_key_by_its_environment() -> None:
    (file,) = documents("compose", "a100-80")
    model = file["services"]["model"]
    assert model["stop_grace_period"] == "90s"
    assert model["environment"]["VLLM_API_KEY"].startswith("${GRADATIM_API_KEY:?")
    assert model["command"][model["command"].index("--model") + 1] == "/models/chatglm3-6b"
    assert model["command"][model["command"].index("--host") + 1] == "0.0.0.0"
    assert "/health" in model["healthcheck"]["test"][-1]


def test_compose_sees_no_variable_in_a_path() -> None:
    (file,) = documents("compose", "cpu", model="/srv/a:b$HOME")
    model = file["services"]["model"]
    assert model["volumes"] == [
        {"type": "bind", "source": "/srv/a:b$$HOME", "target": "/models/a:b$$HOME", "read_only": True}
    ]
    assert model["command"][1] == "/models/a:b$$HOME"
    assert "deploy" not in model


def test_adapters_are_mounted_where_the_command_names_them() -> None:
    (file,) = documents("compose", "a100-80", Adapter("tutor", Path("/srv/adapters/t1"), rank=8))
    model = file["services"]["model"]
    assert model["volumes"][1]["source"] == "/srv/adapters/t1"
    assert model["command"][-1] == f"tutor={model['volumes'][1]['target']}"


KINDS = {
    "Deployment": "V1Deployment",
    "Service": "V1Service",
    "PodDisruptionBudget": "V1PodDisruptionBudget",
    "HorizontalPodAutoscaler": "V2HorizontalPodAutoscaler",
    "NetworkPolicy": "V1NetworkPolicy",
}


@pytest.mark.parametrize("name", ["a100-80-x4", "rtx4090-int4", "cpu"])
def test_kubernetes_own_models_know_every_field(name: str) -> None:
    """Its client reads each object and writes the same again: nothing is misspelt, nothing required is missing."""
    client = pytest.importorskip("kubernetes.client")
    interface: Any = client.ApiClient()
    new = "content_type" in signature(interface.deserialize).parameters  # since version 37
    found = documents("kubernetes", name, replicas=3)
    assert [document["kind"] for document in found] == list(KINDS)
    for document in found:
        text, kind = json.dumps(document), KINDS[document["kind"]]
        given = (text, kind, "application/json") if new else (SimpleNamespace(data=text), kind)
        read = interface.deserialize(*given)
        assert interface.sanitize_for_serialization(read) == document


def test_kubernetes_drains_probes_and_spreads() -> None:
    deployment, service, budget, scaler, policy = documents("kubernetes", "a100-80-x2", replicas=3)
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    sleep = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > sleep + PROFILES["a100-80-x2"].number("shutdown-timeout", 0)
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"]["path"] == "/health"
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "2"}
    assert pod["nodeSelector"] == {"nvidia.com/gpu.product": "NVIDIA-A100-SXM4-80GB"}
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        budget["spec"]["selector"]["matchLabels"],
        policy["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector == labels
    assert scaler["spec"]["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert (scaler["spec"]["minReplicas"], deployment["spec"]["replicas"]) == (3, 3)


def test_kubernetes_gives_the_server_the_options_of_the_profile() -> None:
    deployment, *_ = documents("kubernetes", "a100-80-int4-awq")
    args = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
    there = launch("a100-80-int4-awq")
    inside = replace(there.server, model=Path("/models/chatglm3-6b"), host="0.0.0.0", guarded=True)
    assert args == arguments(there.profile, inside)


def test_ray_has_the_engines_options_and_none_of_the_web_servers() -> None:
    (file,) = documents("ray", "a100-80-x2", replicas=2)
    (application,) = file["applications"]
    (model,) = application["args"]["llm_configs"]
    engine = model["engine_kwargs"]
    assert engine["tensor_parallel_size"] == 2
    assert engine["enable_prefix_caching"] is True
    assert not {"host", "port", "shutdown_timeout", "disable_access_log_for_endpoints"} & set(engine)
    assert model["accelerator_type"] == "A100-80G"
    assert model["deployment_config"]["autoscaling_config"]["min_replicas"] == 2


def test_rays_accelerators_are_called_as_ray_calls_them() -> None:
    accelerators = pytest.importorskip("ray.util.accelerators.accelerators")
    known = {value for name, value in vars(accelerators).items() if name.isupper()}
    for profile in PROFILES.values():
        assert profile.accelerator.ray is None or profile.accelerator.ray in known


def test_ray_loads_adapters_by_other_ways() -> None:
    with pytest.raises(InputError, match="object storage"):
        render("ray", launch("a100-80", Adapter("tutor", Path("t"), rank=8)), Deployment())
