"""Which kinds there are: packaged ones, those of installed packages, those of a workflow's own Python files."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import gradatim.graphs.workflow.kinds as packaged
from gradatim.errors import InputError
from gradatim.graphs.workflow.kinds.kind import Kind

GROUP = "gradatim.kinds"
"""Entry points of packages: each a `Kind`, several, or a module with a tuple `KINDS`."""
LIMIT = 1_000_000
"""Bytes that a Python file of kinds may have."""


@dataclass(frozen=True, slots=True)
class KindRegistry:
    """Kinds by key.

    Attributes:
        origins: Kind → where it comes from, for a person.
        broken: What could not be loaded → why.
    """

    kinds: Mapping[str, Kind] = field(default_factory=dict[str, Kind])
    origins: Mapping[str, str] = field(default_factory=dict[str, str])
    broken: Mapping[str, str] = field(default_factory=dict[str, str])

    def __contains__(self, key: str) -> bool:
        return key in self.kinds

    def __getitem__(self, key: str) -> Kind:
        return self.kinds[key]

    def __iter__(self) -> Any:
        return iter(self.kinds)

    def get(self, key: str) -> Kind | None:
        """The kind of this key, if there is one."""
        return self.kinds.get(key)

    def adding(self, kinds: Iterable[Kind], origin: str) -> KindRegistry:
        """This registry with more kinds.

        Raises:
            InputError: A key is taken by another kind; names both.
        """
        found, origins = dict(self.kinds), dict(self.origins)
        for kind in kinds:
            if kind.key in found and found[kind.key] is not kind:
                raise InputError(
                    f"the kind {kind.key!r} is already defined by {origins[kind.key]}",
                    place=origin,
                    remedy="give it another name",
                )
            found[kind.key], origins[kind.key] = kind, origin
        return replace(self, kinds=found, origins=origins)

    def failing(self, origin: str, reason: str) -> KindRegistry:
        """This registry, knowing that something could not be loaded."""
        return replace(self, broken={**self.broken, origin: reason})


@cache
def known_kinds() -> KindRegistry:
    """Packaged and installed kinds. What cannot be loaded is named in `broken` and hinders nothing else."""
    registry = KindRegistry()
    for module in sorted(pkgutil.iter_modules(packaged.__path__), key=lambda item: item.name):
        name = f"{packaged.__name__}.{module.name}"
        registry = _taken(registry, f"gradatim ({module.name})", lambda name=name: importlib.import_module(name))
    for point in sorted(entry_points(group=GROUP), key=lambda item: item.name):
        package = point.dist.name if point.dist is not None else point.value
        registry = _taken(registry, f"{package} ({point.name})", point.load)
    return registry


def _taken(registry: KindRegistry, origin: str, load: Any) -> KindRegistry:
    try:
        return registry.adding(kinds_in(load()), origin)
    except Exception as error:  # noqa: BLE001 somebody else's code
        reason = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
        return registry.failing(origin, reason)


def kinds_in(thing: Any) -> tuple[Kind, ...]:
    """The kinds that something stands for: a kind, a decorated function, several of them, or a module.

    Raises:
        TypeError: It is none of these.
    """
    if isinstance(thing, Kind):
        return (thing,)
    made = getattr(thing, "kind", None)
    if isinstance(made, Kind):
        return (made,)
    if isinstance(thing, ModuleType):
        given = getattr(thing, "KINDS", None)
        found = kinds_in(given) if given is not None else ()
        here = (value for value in vars(thing).values() if getattr(value, "__module__", None) == thing.__name__)
        return found + tuple(value.kind for value in here if isinstance(getattr(value, "kind", None), Kind))
    if isinstance(thing, tuple | list):
        return tuple(kind for item in cast("list[Any]", thing) for kind in kinds_in(item))
    raise TypeError(f"{thing!r} is no kind of node, nor does it hold any")


def kinds_of_file(path: Path) -> tuple[Kind, ...]:
    """The kinds that a Python file defines; the file is run.

    Raises:
        InputError: There is no such file, it cannot be run, or it defines none.
    """
    try:
        data = path.read_bytes() if path.is_file() and path.stat().st_size <= LIMIT else None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="check its rights") from error
    if data is None:
        raise InputError(
            "is no Python file here, or is larger than a megabyte", place=str(path), remedy="check the name in imports"
        )
    digest = hashlib.sha256(str(path.resolve()).encode() + data).hexdigest()[:16]
    name = f"gradatim_workflow_nodes_{digest}"
    module = sys.modules.get(name) or _run(name, path)
    try:
        found = kinds_in(module)
    except TypeError as error:
        raise InputError(f"KINDS: {error}", place=str(path), remedy="KINDS is a tuple of kinds") from error
    if not found:
        raise InputError("defines no kind of node", place=str(path), remedy="write @node before a function")
    return found


def _run(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError("is no Python file", place=str(path), remedy="name a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where annotations of its functions are looked up
    try:
        spec.loader.exec_module(module)
    except InputError:
        del sys.modules[name]
        raise
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        line = _line_in(error, path)
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InputError(
            f"cannot be run: {type(error).__name__}: {said}",
            place=f"{path}:{line}" if line else str(path),
            remedy="correct the Python file",
        ) from error
    return module


def _line_in(error: BaseException, path: Path) -> int | None:
    """The deepest line of the file that an exception came through."""
    if isinstance(error, SyntaxError):
        return error.lineno
    found, trace, names = None, error.__traceback__, {str(path), str(path.absolute()), str(path.resolve())}
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in names:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found
