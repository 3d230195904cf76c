"""Importing modules that the host sent as compiled code: the file system inside holds the standard library alone."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import marshal
import types
from typing import Any


class Pack(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules of a pack.

    Args:
        modules: Name → whether it is a package, and its marshalled code.
        absent: Packages that others import for looks only (colours): whatever is taken from them does nothing.
    """

    def __init__(self, modules: dict[str, tuple[bool, bytes]], absent: frozenset[str]) -> None:
        self._modules = modules
        self._absent = absent

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        known = self._modules.get(fullname)
        if known is None and fullname.split(".")[0] not in self._absent:
            return None
        package = True if known is None else known[0]
        spec = importlib.machinery.ModuleSpec(fullname, self, is_package=package, origin=f"<{fullname}>")
        spec.has_location = False
        return spec

    def get_source(self, fullname: str) -> None:
        return None

    def is_package(self, fullname: str) -> bool:
        known = self._modules.get(fullname)
        return known is None or known[0]

    def get_code(self, fullname: str) -> types.CodeType | None:
        known = self._modules.get(fullname)
        return None if known is None else marshal.loads(known[1])

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return None if spec.name in self._modules else _Absent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        code = self.get_code(module.__name__)
        if code is not None:
            module.__file__ = f"/packed/{module.__name__.replace('.', '/')}.py"
            exec(code, vars(module))


class _Nothing:
    """Stands for anything taken from an absent package."""

    def __init__(self, *_: object, **__: object) -> None:
        return

    def __call__(self, *_: object, **__: object) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        return self


class _Absent(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing
