"""An assessment of a program with a fault in its loop."""

from __future__ import annotations

import pytest

from gradatim.domain import Assessment, Submission
from tests.app.report import factory


@pytest.fixture(scope="session")
def assessed() -> Assessment:
    """Anna's, delivered, with a misconception in line 6 and a repair."""
    return factory.assessment(submission=Submission.of("fibonacci", factory.CODE, learner_id="anna"))
