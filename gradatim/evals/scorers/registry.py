"""Which scorers there are: every module of a family's folder that says what it offers, by `INFO` or `INFOS`.

Nothing lists the modules, so a new scorer is one new file. They are imported when somebody first asks for one.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from typing import cast, get_args

from gradatim.errors import InputError
from gradatim.evals.scorers.score import Family, ScorerInfo

FAMILIES: tuple[Family, ...] = get_args(Family)


class Registry(Mapping[str, ScorerInfo]):
    """Scorers by their keys, family by family; read-only, and filled when first looked at."""

    def __getitem__(self, key: str) -> ScorerInfo:
        return _collected()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_collected())

    def __len__(self) -> int:
        return len(_collected())

    def __repr__(self) -> str:
        return f"Registry({', '.join(self)})"


SCORERS: Mapping[str, ScorerInfo] = Registry()
"""All scorers that need no judge, by key."""


def scorers_of(keys: Iterable[str] | None = None) -> tuple[ScorerInfo, ...]:
    """Scorers by their keys, each once, in the order asked for.

    Args:
        keys: Keys, or names of families for all of theirs; every scorer when not given.

    Raises:
        InputError: There is no such scorer.
    """
    known = _collected()
    if keys is None:
        return tuple(known.values())
    found: dict[str, ScorerInfo] = {}
    for key in (part.strip() for part in keys):
        if not key:
            continue
        if key in FAMILIES:
            found |= {name: info for name, info in known.items() if info.family == key}
        elif key in known:
            found[key] = known[key]
        else:
            raise _unknown(key, known)
    if not found:
        raise InputError("no scorer was named", place="scorers", remedy="see `gradatim eval list scorers`")
    return tuple(found.values())


def collect(family: Family) -> tuple[ScorerInfo, ...]:
    """The scorers of one family, in the order of their modules' names."""
    if importlib.util.find_spec(f"{__package__}.{family}") is None:
        return ()
    package = importlib.import_module(f"{__package__}.{family}")
    found: list[ScorerInfo] = []
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"{package.__name__}.{module.name}")
        single = getattr(loaded, "INFO", None)
        several: Iterable[object] = getattr(loaded, "INFOS", ())
        found += [item for item in (single, *several) if isinstance(item, ScorerInfo)]
    return tuple(found)


@functools.lru_cache(maxsize=1)
def _collected() -> dict[str, ScorerInfo]:
    found: dict[str, ScorerInfo] = {}
    for family in FAMILIES:
        for info in collect(family):
            if info.key in found:
                raise ValueError(f"two scorers have the key {info.key!r}")
            found[info.key] = info
    return found


def _unknown(key: str, known: Mapping[str, ScorerInfo]) -> InputError:
    near = difflib.get_close_matches(key, [*known, *cast("tuple[str, ...]", FAMILIES)], n=1)
    guess = f" (did you mean {near[0]!r}?)" if near else ""
    return InputError(f"there is no scorer {key!r}{guess}", place="scorers", remedy="see `gradatim eval list scorers`")
