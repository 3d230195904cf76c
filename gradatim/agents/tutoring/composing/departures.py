"""Where a failing run leaves the way of one that passes: what happens there, and what would have to."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.agents.tutoring.asking.questions import code
from gradatim.agents.tutoring.asking.view import View
from gradatim.agents.tutoring.composing.saying import Said, observed, said
from gradatim.domain import Claim, VariableValueClaim
from gradatim.languages import say
from gradatim.tools.claims.code import is_literal


def happens(view: View) -> Iterator[Said]:
    """What goes wrong at the departure of the run."""
    found, shown = view.departure, view.shown
    if found is None or shown is None:
        return
    detail = found.detail
    how, line, name, actual = detail.get("how"), detail.get("line"), detail.get("variable"), detail.get("actual")
    call, of = shown.case.call, f"{detail.get('test')} {line}"
    run = {"call": call} if call is not None else {}
    prefix = "" if call is not None else "input-"
    if line not in view.fault.lines:
        return
    if how == "value" and isinstance(name, str) and isinstance(actual, str) and is_literal(actual):
        claims: tuple[Claim, ...] = ()
        if call is not None and isinstance(line, int):
            claims = (VariableValueClaim(variable=name, value=actual, line=line, call=call),)
        yield said(
            f"locate.{prefix}value", evidence=(found.id,), claims=claims, name=name, value=code(actual), of=of, **run
        )
    elif how == "return" and isinstance(actual, str) and call is not None:
        text = say("tutoring.locate.returns", call=call, value=code(actual))
        yield observed(f"locate.returns:{of}", text, found.summary, (found.id,))
    elif how == "branch" and isinstance(actual, str) and actual.isdecimal():
        if detail.get("loop") == line and detail.get("round") and call is not None and _leaves(view, int(actual)):
            text = say("tutoring.locate.loop-ends", call=call, line=line, round=detail.get("round"))
        else:
            text = say(f"tutoring.locate.{prefix}branch", line=line, next=actual, **run)
        yield observed(f"locate.branch:{of}", text, found.summary, (found.id,))
    elif how == "end" and actual == "the function ends" and call is not None:
        text = say("tutoring.locate.ends", call=call)
        yield observed(f"locate.ends:{of}", text, found.summary, (found.id,))
    elif how == "path":
        yield observed(f"locate.never:{of}", say("tutoring.locate.never"), found.summary, (found.id,))


def _leaves(view: View, following: int) -> bool:
    """Whether the line that comes next lies behind the loop at the departure."""
    line = view.departure.detail.get("loop") if view.departure else None
    loop = next((item for item in view.loops() if item.line == line), None)
    return loop is not None and not loop.line <= following <= loop.last


def would_need(view: View) -> Iterator[Said]:
    """What the run would need at its departure, unless that is what would be typed."""
    found = view.departure
    if found is None or found.detail.get("rests_on") != "repair" or found.detail.get("line") not in view.fault.lines:
        return
    how, name, needed = found.detail.get("how"), found.detail.get("variable"), found.detail.get("needed")
    line = found.detail.get("line")
    of = f"{found.detail.get('test')} {line}"
    if not isinstance(needed, str) or _typed(view.line(line if isinstance(line, int) else None)):
        return
    text = ""
    if how == "value" and isinstance(name, str) and is_literal(needed):
        text = say("tutoring.near.value", name=name, needed=code(needed))
    elif how == "return" and is_literal(needed):
        text = say("tutoring.near.returns", needed=code(needed))
    elif how == "branch" and needed.isdecimal():
        text = say("tutoring.near.branch", next=needed)
    elif how == "end":
        text = say("tutoring.near.ends" if needed == "the function ends" else "tutoring.near.goes-on")
    if text:
        yield observed(f"near.needed:{of}", text, found.summary, (found.id,))


def _typed(line: str) -> bool:
    """Whether a line sets something to a plain value, so that the value needed is the change itself."""
    _, equals, value = line.partition("=")
    if line.startswith("return"):
        return is_literal(line.removeprefix("return"))
    return bool(equals) and all(is_literal(part) for part in value.split(","))
