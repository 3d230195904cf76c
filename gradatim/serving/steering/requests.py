"""The payload key `steering`, which every transport takes out before a server sees the request."""

from __future__ import annotations

from gradatim.serving.steering.terms import Steering, SteeringError, parse_steering
from gradatim.serving.transport import Payload, RequestRefused

KEY = "steering"


def take_steering(payload: Payload) -> tuple[Steering | None, Payload]:
    """A payload's steering, and the payload without it but with its temperature.

    Returns:
        `None` and the payload as it is where there is none.

    Raises:
        RequestRefused: The steering cannot be applied (status 400).
    """
    if payload.get(KEY) is None:
        return None, {key: value for key, value in payload.items() if key != KEY} if KEY in payload else payload
    try:
        steering = parse_steering(payload[KEY])
    except SteeringError as error:
        raise RequestRefused(error.message, status=400, place=error.place, remedy=error.remedy) from error
    rest = {key: value for key, value in payload.items() if key != KEY}
    if steering.temperature is not None:
        rest["temperature"] = steering.temperature
    return steering, rest
