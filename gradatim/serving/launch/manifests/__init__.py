"""The same launch for several machines: Docker Compose, Kubernetes, Ray Serve.

Distribution is left to those: what is here writes their files from a profile and starts nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from string import Template
from typing import Any, Literal, get_args

import yaml

from gradatim import __version__
from gradatim.serving.launch.manifests.common import VLLM, Deployment, endpoints, in_container
from gradatim.serving.launch.manifests.compose import compose
from gradatim.serving.launch.manifests.kubernetes import kubernetes
from gradatim.serving.launch.manifests.ray import ray
from gradatim.serving.launch.plan import Plan

__all__ = ["FORMS", "VLLM", "Deployment", "Form", "render"]

Form = Literal["compose", "kubernetes", "ray"]
FORMS: tuple[Form, ...] = get_args(Form)

_RENDERERS: Mapping[Form, Callable[[Plan, Deployment], list[dict[str, Any]]]] = {
    "compose": compose,
    "kubernetes": kubernetes,
    "ray": ray,
}


def render(form: Form, plan: Plan, deployment: Deployment) -> str:
    """A manifest as YAML, with a header that says how it is used.

    Raises:
        InputError: Adapters are asked of Ray Serve, which loads them by other ways.
    """
    text = resources.files(__name__).joinpath("headers", f"{form}.txt").read_text(encoding="utf-8")
    header = Template(text).substitute(
        profile=plan.profile.name,
        title=plan.profile.title,
        name=plan.server.name,
        image=deployment.image_name,
        vllm=VLLM,
        gradatim=__version__,
        model=plan.server.model,
        endpoints=endpoints(plan, deployment),
        folder=in_container(plan).server.model,
    )
    documents = _RENDERERS[form](plan, deployment)
    body = yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    comment = "".join(f"# {line}".rstrip() + "\n" for line in header.splitlines())
    return comment + body


class _Dumper(yaml.SafeDumper):
    """Writes what occurs twice out in full, and lines as lines: people edit these files."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, data: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(str, _represent_text)
