"""What an endpoint did wrong, as errors that tell a person what to do."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, cast

from gradatim.serving.transport import BrokenOff, Nonsense, RequestRefused, Stalled, Unreachable

_KEY_REMEDY = "set GRADATIM_API_KEY to a key this endpoint takes"
_REMEDIES = {
    401: _KEY_REMEDY,
    403: _KEY_REMEDY,
    404: "check the address and the model's name after # (the endpoint's /models lists the names)",
    408: "see the endpoint's log",
    413: "shorten the request, or raise the endpoint's limit",
    429: "wait, or ask the endpoint's operator for a higher rate",
}


def refusal(status: int, body: bytes, fields: Mapping[str, str], place: str) -> RequestRefused:
    """The error for an HTTP status other than 200."""
    told = told_by(body.decode("utf-8", "replace"))
    remedy = _REMEDIES.get(status, "see the endpoint's log" if status >= 500 else None)
    if 300 <= status < 400:
        told = f"moved to {fields.get('location', 'an unknown place')}"
        remedy = "write the new address into GRADATIM_MODEL, if you trust it: keys are not sent elsewhere by themselves"
    return RequestRefused(
        f"the endpoint answered HTTP {status}: {told}",
        status=status,
        place=place,
        remedy=remedy,
        retry_after=retry_after(fields),
    )


def unreachable(error: BaseException, place: str) -> Unreachable:
    """The error for a connection that does not come about, or ends without an answer."""
    return Unreachable(
        f"the model cannot be reached ({str(error) or type(error).__name__})",
        place=place,
        remedy="start the model's server, or correct the address in GRADATIM_MODEL",
    )


def broken_off(reason: object, place: str) -> BrokenOff:
    """The error for an answer without an end."""
    return BrokenOff(f"the answer broke off ({reason})", place=place, remedy="see the endpoint's log")


def stalled(seconds: float, place: str) -> Stalled:
    """The error for a server that fell silent."""
    return Stalled(
        f"the endpoint was silent for {seconds:g} seconds",
        place=place,
        remedy="see the endpoint's log, or raise GRADATIM_MODEL_IDLE_TIMEOUT for a slow one",
    )


def nonsense(body: bytes, place: str, *, media_type: str = "application/json") -> Nonsense:
    """The error for something else than a completion; worth another attempt only where JSON was announced."""
    return Nonsense(
        f"the endpoint did not answer with a chat completion but with {body[:120]!r}",
        place=place,
        remedy="check that the address is that of an OpenAI-compatible server, with its version (/v1)",
        retryable=media_type in ("application/json", "text/event-stream"),
    )


def reported(event: bytes, error: Any, place: str) -> RequestRefused | BrokenOff:
    """The error that a server reports in the middle of a stream."""
    told = told_by(event.decode("utf-8", "replace"))
    code = cast("dict[str, Any]", error).get("code") if isinstance(error, dict) else None
    if isinstance(code, int) and 400 <= code < 500:
        return RequestRefused(f"the model refused: {told}", status=code, place=place)
    return BrokenOff(f"the model failed: {told}", place=place, remedy="see the endpoint's log")


def retry_after(fields: Mapping[str, str]) -> float | None:
    """Seconds that a response asks to wait (RFC 9110 §10.2.3): a number, or a date by the server's own clock."""
    value = fields.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.replace(".", "", 1).isdecimal():
        return float(value)
    then = _date(value)
    if then is None:
        return None
    return max(0.0, then - (_date(fields.get("date", "")) or time.time()))


def _date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def told_by(body: str) -> str:
    """What a server said was wrong, in its own words."""
    try:
        content: Any = json.loads(body)
    except ValueError:
        content = None
    for key in ("error", "message", "detail"):
        if isinstance(content, dict) and key in content:
            content = cast("dict[str, Any]", content)[key]
    text = content if isinstance(content, str) else json.dumps(content) if content else body
    return " ".join(text.split())[:300] or "no reason given"
