"""Where the settings say that the parameters of knowledge tracing come from."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from gradatim.memory.tracing.bkt import ConceptParameters, ParameterSource
from gradatim.settings import Settings


def parameters_of(settings: Settings) -> ParameterSource:
    """The parameters that the memory traces with: those of a fitted model, or one set for all concepts.

    Raises:
        InputError: The setting `tracing_model` names no model with such parameters.
    """
    return ConceptParameters() if settings.tracing_model is None else _fitted(settings.tracing_model)


@lru_cache(maxsize=4)
def _fitted(path: Path) -> ConceptParameters:
    from gradatim.memory.tracing.models.saved import read_parameters  # a model takes numpy to read

    return read_parameters(path)
