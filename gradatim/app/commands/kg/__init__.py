"""`gradatim kg`: everything about the concept graph."""

from __future__ import annotations

import click

from gradatim.app.lazy import LazyCommand, LazyGroup

_HERE = "gradatim.app.commands.kg"

COMMANDS = {
    "check": LazyCommand(f"{_HERE}.check:check", "List every problem of a curriculum, with file and line."),
    "show": LazyCommand(f"{_HERE}.show:show", "Show a concept and what stands around it."),
    "search": LazyCommand(f"{_HERE}.search:search", "Find concepts and misconceptions by what one calls them."),
    "path": LazyCommand(f"{_HERE}.path:path", "Tell how two concepts hang together."),
    "draw": LazyCommand(f"{_HERE}.draw:draw", "Draw what stands around a concept, as SVG or HTML."),
    "stats": LazyCommand(f"{_HERE}.stats:stats", "Count concepts, relations and misconceptions, by topic."),
    "export": LazyCommand(f"{_HERE}.export:export", "Write the graph as GraphML, JSON-LD, Cypher, CSV or JSON."),
    "import": LazyCommand(f"{_HERE}.importing:import_", "Make a curriculum of a file that holds a graph."),
    "build": LazyCommand(f"{_HERE}.build:build", "Build a graph from course documents."),
    "validate": LazyCommand(f"{_HERE}.validate:validate", "Check what is doubtful in a built graph."),
    "score": LazyCommand(f"{_HERE}.scoring:score_command", "Score a built graph against a gold standard."),
    "relate": LazyCommand(f"{_HERE}.relate:relate", "Work out which concepts of a curriculum are close."),
    "index": LazyCommand(f"{_HERE}.index:index", "Index course documents that feedback can cite."),
    "push": LazyCommand(f"{_HERE}.push:push", "Put a curriculum on a graph server."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def kg() -> None:
    """Check, read, draw and exchange the concept graph."""
