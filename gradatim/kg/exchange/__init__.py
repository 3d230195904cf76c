"""Concept graphs in the files of other programs: GraphML, JSON-LD, CSV, Cypher, JSON; and back.

`export_graph` writes one, `import_graph` reads one, `write_curriculum` makes a folder of YAML files of what was read.
Writing and reading again gives the same `ConceptGraph.version` in every format that can be read (Cypher cannot).
"""

from __future__ import annotations

from gradatim.kg.exchange.curriculum import write_curriculum
from gradatim.kg.exchange.excerpt import excerpt
from gradatim.kg.exchange.formats import FORMATS, Format, Imported, export_graph, format_of, import_graph

__all__ = [
    "FORMATS",
    "Format",
    "Imported",
    "excerpt",
    "export_graph",
    "format_of",
    "import_graph",
    "write_curriculum",
]
