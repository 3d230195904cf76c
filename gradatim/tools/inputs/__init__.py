"""Inputs beside a task's tests: generated from these, and answered by its reference program."""

from __future__ import annotations

from gradatim.tools.inputs.generation import agreement, disagreement, generate_inputs

__all__ = ["agreement", "disagreement", "generate_inputs"]
