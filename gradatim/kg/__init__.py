"""The concept graph: concepts, how they depend on one another, and what learners wrongly believe about them.

`open_graph` gives a store to ask; `retrieve` collects what the graph says about one program. Curricula are
folders of YAML files; one for introductory Python is packaged.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from gradatim.kg.embedded import EmbeddedStore
from gradatim.kg.loading import inspect_curriculum, load_curriculum
from gradatim.kg.retrieval import resolve, retrieve
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, RelationType, Topic
from gradatim.kg.sources import Sources
from gradatim.kg.store import Chain, ConceptStore, Step, Surroundings
from gradatim.kg.validation import InconsistentGraph, Problem, validate
from gradatim.settings import Settings

__all__ = [
    "Chain",
    "Concept",
    "ConceptGraph",
    "ConceptStore",
    "EmbeddedStore",
    "InconsistentGraph",
    "Misconception",
    "Problem",
    "Relation",
    "RelationType",
    "Sources",
    "Step",
    "Surroundings",
    "Topic",
    "inspect_curriculum",
    "load_curriculum",
    "open_graph",
    "packaged_curriculum",
    "resolve",
    "retrieve",
    "validate",
]


def open_graph(settings: Settings) -> ConceptStore:
    """The concept graph that the settings ask for: `settings.curriculum`, else the packaged Python
    curriculum.

    Raises:
        CurriculumError: The folder cannot be read, or its content cannot be used; with every file and line.
    """
    graph = packaged_curriculum() if settings.curriculum is None else load_curriculum(settings.curriculum)
    return EmbeddedStore(graph)


@cache
def packaged_curriculum() -> ConceptGraph:
    """The curriculum for introductory Python that comes with the package."""
    return load_curriculum(files("gradatim.kg") / "curricula" / "python")
