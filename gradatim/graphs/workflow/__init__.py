"""Workflows as files: nodes by registry key, wired by edges, compiled to an ordinary LangGraph graph."""
