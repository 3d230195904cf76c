"""Verbs, activity types and extensions: what of xAPI's open vocabulary says what."""

from __future__ import annotations

HOME_PAGE = "https://gradatim.invalid/learners"
"""Of the accounts of learners whose ids are gradatim's own."""
TASK_PREFIX = "urn:gradatim:task:"
"""Before a task id that is no IRI by itself."""
RESOURCE_PREFIX = "urn:gradatim:resource:"
VERB_PREFIX = "urn:gradatim:verb:"
EVENT_EXTENSION = "urn:gradatim:event"
"""Context extension with what xAPI has no place for; see `gradatim.memory.collection.leftover`."""
CONCEPTS_EXTENSION = "urn:gradatim:concepts"

OUTCOME_VERBS = frozenset({"answered", "passed", "failed", "scored", "mastered"})
"""Their statements are outcomes, with or without a result."""
WORK_VERBS = {"completed": "complete", "attempted": "attempt", "submitted": "submit", "submit": "submit",
              "responded": "reply", "complete": "complete", "turned-in": "submit"}  # fmt: skip
"""Their statements are outcomes where they have a result, and actions otherwise."""
HANDED_IN = frozenset({"submitted", "submit", "turned-in"})
VERDICTS = {"passed": True, "failed": False, "mastered": True}
"""What a verb says about success where the result does not."""
ACTIONS = {
    "launched": "open", "initialized": "open", "experienced": "open", "viewed": "open", "read": "open",
    "watched": "open", "accessed": "open", "opened": "open", "open": "open", "started": "open", "consumed": "open",
    "terminated": "close", "exited": "close", "closed": "close", "suspended": "pause", "resumed": "resume",
    "abandoned": "abandon", "interacted": "interact", "progressed": "progress",
    "logged-in": "login", "loggedin": "login", "log-in": "login", "logged-out": "logout", "loggedout": "logout",
    "log-out": "logout", "asked": "message", "commented": "message", "posted": "message", "shared": "message",
    "sent": "message", "messaged": "message", "replied": "reply", "requested-hint": "hint", "hinted": "hint",
    "hint": "hint", "help": "help", "requested-help": "help", "edited": "edit", "updated": "edit", "saved": "edit",
    "ran": "run", "executed": "run", "practiced": "practice", "practised": "practice",
}  # fmt: skip
"""Verbs (the last part of their IRIs) as actions; any other verb is an action by its own name."""
ITEM_TYPES = frozenset(
    {"cmi.interaction", "question", "assessment", "quiz", "exercise", "task", "problem", "simulation"}
)
"""Last parts of the types of activities that are items rather than resources."""
