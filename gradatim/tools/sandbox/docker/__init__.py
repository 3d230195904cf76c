"""The docker tier: fork servers in containers that have no network, no rights and nothing to write on."""

from gradatim.tools.sandbox.docker.container import DockerLaunch
from gradatim.tools.sandbox.docker.engine import engine_version

__all__ = ["DockerLaunch", "engine_version"]
