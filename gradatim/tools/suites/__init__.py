"""Tests that stand in a unittest or pytest module: which there are, and running them on a program."""

from __future__ import annotations

from gradatim.tools.suites.judging import SuiteRun, run_suite
from gradatim.tools.suites.names import SuiteOutline, outline

__all__ = ["SuiteOutline", "SuiteRun", "outline", "run_suite"]
