"""Models in files: which kinds there are, and how one is written, read, and used by the learner memory."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError, StorageError
from gradatim.memory.tracing.bkt import ConceptParameters
from gradatim.memory.tracing.combined.model import Combined
from gradatim.memory.tracing.models.copying import CopyRuleBKT
from gradatim.memory.tracing.models.individual_bkt import IndividualBKT
from gradatim.memory.tracing.models.pfa import PFA
from gradatim.memory.tracing.models.plain_bkt import BKT
from gradatim.memory.tracing.models.protocol import TracingModel
from gradatim.memory.tracing.models.rasch import OnlineRasch
from gradatim.memory.tracing.models.skill_mean import SkillMean

MODELS: Mapping[str, type[TracingModel]] = {
    "skill-mean": SkillMean,
    "irt": OnlineRasch,
    "pfa": PFA,
    "bkt": BKT,
    "copy-rule": CopyRuleBKT,
    "bkt-individual": IndividualBKT,
    "combined": Combined,
}
"""Every kind of model by its name, from the simplest to the most accurate."""

_FORMAT = "gradatim tracing model"
_VERSION = 1
_REMEDY = "write one with `gradatim learn fit`"


def save_model(model: TracingModel, path: Path) -> None:
    """Write a model as JSON; a file that is there is replaced in one step.

    Raises:
        StorageError: The file cannot be written.
    """
    content = {"format": _FORMAT, "version": _VERSION, "model": model.name, **model.plain()}
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StorageError(
            f"the model cannot be written: {error.strerror or error}", place=str(path), remedy="name another file"
        ) from error


def load_model(path: Path) -> TracingModel:
    """Read a model.

    Raises:
        InputError: The file is none that `save_model` wrote; says what is wrong with it.
    """
    plain = _read(path)
    kind = MODELS.get(str(plain.get("model")))
    if plain.get("format") != _FORMAT or plain.get("version") != _VERSION or kind is None:
        raise InputError("is no model of knowledge tracing", place=str(path), remedy=_REMEDY)
    try:
        return kind.from_plain(plain)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(f"is no complete {kind.__name__} model: {reason}", place=str(path), remedy=_REMEDY) from error


def read_parameters(path: Path) -> ConceptParameters:
    """The parameters of knowledge tracing in a fitted model, for the memory to trace with.

    Their `version` changes with their content, so that beliefs of other parameters are worked out anew.

    Raises:
        InputError: The file is no model, or its model has no such parameters.
    """
    model = load_model(path)
    parameters = model.concept_parameters()
    if parameters is None:
        raise InputError(
            f"a model of the kind {model.name} has no parameters of knowledge tracing",
            place=str(path),
            remedy="fit one of the kinds bkt, bkt-individual or combined",
        )
    return parameters


def _read(path: Path) -> dict[str, Any]:
    try:
        plain: Any = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", place=str(path), remedy=_REMEDY) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not JSON: {error}", place=str(path), remedy=_REMEDY) from error
    if not isinstance(plain, dict):
        raise InputError("is no model of knowledge tracing", place=str(path), remedy=_REMEDY)
    return cast("dict[str, Any]", plain)
