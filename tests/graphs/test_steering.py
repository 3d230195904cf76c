"""Controlled decoding in the graph: asked for by the settings, off by default."""

from __future__ import annotations

from typing import Any

from tests.cases import TASK, answer, submission


async def test_the_generator_asks_with_it_when_the_settings_say_so(assessor_with: Any) -> None:
    async with assessor_with(answer(), lambda_curriculum=1.5) as assessor:
        await assessor.assess(TASK, submission())
        asked = assessor.services.model.requests
    steered = [item.arguments.get("steering") for item in asked]
    assert steered[0].lambda_curriculum == 1.5
    assert steered[1] is None, "opinions are not steered"


async def test_by_default_nothing_is_steered(assessor_with: Any) -> None:
    async with assessor_with(answer()) as assessor:
        await assessor.assess(TASK, submission())
        assert all(item.arguments.get("steering") is None for item in assessor.services.model.requests)
