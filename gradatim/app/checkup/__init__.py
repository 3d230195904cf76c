"""What `gradatim doctor` looks at: each check tries the real thing and has a remedy."""

from __future__ import annotations

from gradatim.app.checkup.finding import Check, Finding, Status, examine
from gradatim.app.checkup.graph import check_graph
from gradatim.app.checkup.places import check_curriculum, check_data_dir, check_python
from gradatim.app.checkup.programs import check_docker, check_sandboxes
from gradatim.app.checkup.services import check_libraries, check_memory, check_model

CHECKS: tuple[Check, ...] = (
    check_python,
    check_libraries,
    check_data_dir,
    check_curriculum,
    check_graph,
    check_sandboxes,
    check_docker,
    check_model,
    check_memory,
)
"""All checks, in the order of the report."""

__all__ = ["CHECKS", "Check", "Finding", "Status", "examine"]
