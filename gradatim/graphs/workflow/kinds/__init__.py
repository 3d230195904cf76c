"""Kinds of nodes that a workflow file can name, each with what it reads and writes.

The packaged ones stand in one module a subject here, each a tuple `KINDS`. Others come from installed packages
(entry points of the group `gradatim.kinds`) and from Python files that a workflow names.
"""

from gradatim.graphs.workflow.kinds.kind import Agent, Kind, NoParameters

__all__ = ["Agent", "Kind", "NoParameters"]
