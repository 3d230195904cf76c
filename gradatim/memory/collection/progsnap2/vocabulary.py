"""Columns and event types of ProgSnap2 and what they say here."""

from __future__ import annotations

EVENT_COLUMN = "X-Gradatim"
"""What ProgSnap2 has no place for; see `gradatim.memory.collection.leftover`."""
CONCEPTS_COLUMN = "X-Concepts"
REQUIRED = ("EventType", "SubjectID")
TIMES = ("ServerTimestamp", "ClientTimestamp")
OUTCOMES = frozenset({"Submit", "Run.Program", "Run.Test"})
"""Types of which a row with a score is a piece of work handed in; `Submit` is one without a score, too."""
ACTIONS = {
    "Session.Start": "login", "Session.End": "logout", "Project.Open": "open", "Project.Close": "close",
    "File.Create": "edit", "File.Delete": "edit", "File.Edit": "edit", "File.Rename": "edit", "File.Copy": "edit",
    "File.Save": "save", "File.Open": "open", "File.Close": "close", "File.Focus": "open", "Resource.View": "open",
    "Compile": "compile", "Compile.Error": "compile-error", "Compile.Warning": "compile-warning",
    "Run.Program": "run", "Run.Test": "run", "Debug.Program": "debug", "Debug.Test": "debug",
}  # fmt: skip
"""Event types as actions; others are actions by their own names."""
EVENT_TYPES = {
    "login": "Session.Start", "logout": "Session.End", "open": "Resource.View", "edit": "File.Edit",
    "run": "Run.Program", "save": "File.Save", "compile": "Compile", "compile-error": "Compile.Error",
    "hint": "Intervention", "debug": "Debug.Program",
}  # fmt: skip
"""The other way round."""
COLUMNS = (
    "EventType", "EventID", "Order", "SubjectID", "ToolInstances", "CodeStateID", "ServerTimestamp", "ServerTimezone",
    "ProblemID", "ResourceID", "Attempt", "Score", "CompileMessageType", "InterventionCategory", "EventInitiator",
    CONCEPTS_COLUMN, EVENT_COLUMN,
)  # fmt: skip
"""Of the main table as it is written."""
