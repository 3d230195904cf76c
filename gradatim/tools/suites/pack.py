"""pytest as compiled code for the sandbox, whose file system holds the standard library alone."""

from __future__ import annotations

import hashlib
import importlib.machinery
import marshal
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import cast

from gradatim.errors import ServiceError
from gradatim.tools.sandbox.suite import Pack

_PACKAGES = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging")
_ABSENT = ("pygments",)


@cache
def pytest_pack() -> Pack:
    """The pytest that is installed beside gradatim.

    Raises:
        ServiceError: There is none.
    """
    modules: dict[str, tuple[bool, bytes]] = {}
    for package in _PACKAGES:
        spec = importlib.machinery.PathFinder.find_spec(package)
        if spec is None:
            raise ServiceError(
                f"the task's test file is written for pytest, but {package} is not installed",
                place="pytest",
                remedy="pip install gradatim[pytest], or write the test file with unittest alone",
            )
        for part in (spec, *_submodules(spec)):
            modules[part.name] = _compiled(part)
    digest = hashlib.sha256()
    for name in sorted(modules):
        digest.update(name.encode() + modules[name][1])
    return Pack(digest.hexdigest()[:16], modules, _ABSENT)


def _submodules(spec: importlib.machinery.ModuleSpec) -> Iterator[importlib.machinery.ModuleSpec]:
    """All modules beneath a package; none of them is imported."""
    for module in pkgutil.iter_modules(spec.submodule_search_locations or (), f"{spec.name}."):
        finder = cast(importlib.machinery.FileFinder, module.module_finder)
        inner = finder.find_spec(module.name)
        if inner is not None:
            yield inner
            yield from _submodules(inner) if module.ispkg else ()


def _compiled(spec: importlib.machinery.ModuleSpec) -> tuple[bool, bytes]:
    loader = cast(importlib.machinery.SourceFileLoader, spec.loader)
    return spec.submodule_search_locations is not None, marshal.dumps(loader.get_code(spec.name))
