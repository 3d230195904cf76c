"""`gradatim kg validate`: people check a built concept graph, one key an item."""

from __future__ import annotations

import getpass
import os
import select
import sys
import termios
import tty
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.console import emit, out, plural, printable, say, table
from gradatim.app.options import json_option
from gradatim.errors import InputError, ReviewError

if TYPE_CHECKING:
    from gradatim.kg.decisions import Doubt, Session
    from gradatim.kg.decisions.force import Conflict
    from gradatim.kg.decisions.records import ConceptItem, RelationItem, Verdict
    from gradatim.kg.schema import RelationType

_VERDICTS: dict[str, Verdict] = {"a": "accept", "e": "edit", "r": "reject"}
_KEYS = "[a]ccept  [e]dit  [r]eject  [s]kip  [u]ndo  [q]uit  [?] help"
_HELP = """\
a  it is right as it stands          r  it is wrong: it goes, a concept with its relations
e  it is right once it is changed    s  leave it for another session
u  take back your latest decision, as often as you like, those of earlier sessions too
q  stop; every decision is on the disk already"""
_CONCEPT_EDITS = "[n]ew name  [a]lias  [m]erge into another concept  [b]ack"
_RELATION_EDITS = "[t]urn round  [k]ind of relation  [f]irst concept  [l]ast concept  [b]ack"
_TYPES = "[p]rerequisite  [s]imilarity  [h]ierarchical  [b]ack"
_TYPE_KEYS: dict[str, RelationType] = {"p": "prerequisite", "s": "similarity", "h": "hierarchical"}
_END = "\x04"
"""Ctrl-D, and what a terminal that is gone is taken to say."""
_STYLES = {"plain": "", "quiet": "dim", "source": "bold cyan", "target": "bold magenta"}


@click.command()
@click.argument("graph", type=click.Path(path_type=Path), metavar="GRAPH.json")
@click.option("--by", metavar="NAME", help="Who decides; the login name when not given.")
@click.option("--all", "everything", is_flag=True, help="Also items that are far above their threshold.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask about N items, or list them, and stop.")
@click.option("--list", "listing", is_flag=True, help="Print what is doubtful, most informative first; ask nothing.")
@click.option("--decisions", "file", type=click.Path(path_type=Path), metavar="FILE.jsonl", help="Take over decisions made elsewhere; ask nothing.")  # fmt: skip  # noqa: E501
@json_option
@click.pass_context
def validate(
    ctx: click.Context,
    graph: Path,
    by: str | None,
    everything: bool,
    limit: int | None,
    listing: bool,
    file: Path | None,
    as_json: bool,
) -> None:
    """Check the doubtful items of GRAPH.json, as `gradatim kg build` wrote it: accept, edit or reject, one key each.

    Decisions are kept beside it, in GRAPH.decisions.jsonl, and hold for a graph that is built again. Nothing is asked
    twice. Where two people decide differently both decisions are kept, and the later one holds.

    \b
    Exit codes: 0 done; 1 some lines of --decisions cannot be carried out in this graph;
    2 a file, a name or a line is wrong; 3 decisions cannot be kept.
    """
    from gradatim.kg.decisions import Session

    if listing and file is not None:
        raise click.UsageError("give one of --list and --decisions FILE.jsonl")
    session = Session(graph, by if by is not None else _login_name(), everything=everything)
    for text in session.told():
        say(f"note: {printable(text)}")
    for conflict in session.conflicts():
        say(_conflict(conflict))
    if listing:
        _list(session, limit, as_json)
    elif file is not None:
        ctx.exit(_import(session, file, as_json))
    else:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise InputError(
                "there is no terminal to ask on",
                place="gradatim kg validate",
                remedy="see what is doubtful with --list, or give decisions with --decisions FILE.jsonl",
            )
        session.check_writable()
        asked = _Asked(session)
        try:
            asked.run(limit)
        except KeyboardInterrupt:
            asked.sum_up(as_json)
            raise
        asked.sum_up(as_json)


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise InputError("there is no login name", place="--by", remedy="say who decides: --by NAME") from error


def _conflict(conflict: Conflict) -> str:
    from gradatim.kg.decisions import told

    first, then = conflict.earlier, conflict.later
    text = f"conflict: {first.by} said {told(first)!r}, later {then.by} said {told(then)!r}, which holds"
    return printable(text)


def _say_fresh(session: Session, before: list[Conflict]) -> int:
    """Tell of conflicts that were not there before; how many there are."""
    fresh = [conflict for conflict in session.conflicts() if conflict not in before]
    for conflict in fresh:
        say(_conflict(conflict))
    return len(fresh)


# ------------------------------------------------------------------------------------------ without a terminal


def _list(session: Session, limit: int | None, as_json: bool) -> None:
    from gradatim.kg.decisions import wording

    left = session.left()
    shown = left[:limit]
    if as_json:
        emit({"doubtful": [_row(doubt) for doubt in shown], "left": len(left)})
    elif not shown:
        out("nothing is doubtful")
    else:
        rows = [
            (
                "-" if doubt.item.confidence is None else f"{doubt.item.confidence:.2f}",
                f"{doubt.threshold:.2f}",
                "yes" if doubt.in_graph else "no",
                wording(doubt.item),
                doubt.item.place or "",
            )
            for doubt in shown
        ]
        out(table(rows, header=("confidence", "threshold", "in graph", "item", "place")))


def _row(doubt: Doubt) -> dict[str, Any]:
    """An item as a line of a file of decisions would have it, without what is yet to be decided."""
    from gradatim.kg.decisions import decide, wording

    keys = {"kind", "item", "sentence", "place", "confidence"}
    known = decide(doubt.item, "accept", "nobody").model_dump(mode="json", exclude_none=True, include=keys)
    return {**known, "threshold": doubt.threshold, "in_graph": doubt.in_graph, "says": wording(doubt.item)}


def _import(session: Session, file: Path, as_json: bool) -> int:
    from gradatim.kg.decisions import import_decisions

    before = session.conflicts()
    imported = import_decisions(session, file)
    for place, reason in imported.refused:
        say(f"refused: {printable(f'{place}: {reason}')}")
    fresh = _say_fresh(session, before)
    if as_json:
        refused = [{"place": place, "reason": reason} for place, reason in imported.refused]
        emit({"added": len(imported.added), "known": imported.known, "refused": refused, "conflicts": fresh})
    else:
        out(
            f"{plural(len(imported.added), 'decision')} added, {imported.known:,} known already, "
            f"{len(imported.refused):,} refused; kept in {printable(str(session.path))}"
        )
    return 1 if imported.refused else 0


# ---------------------------------------------------------------------------------------------- on a terminal


class _Asked:
    """Questions to one person, until there are none left or they have had enough."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: Counter[str] = Counter()

    def run(self, limit: int | None) -> None:
        """Ask about `limit` items at most."""
        session = self._session
        say(f"{printable(session.by)} decides about {printable(session.built.name)}; ? explains the keys")
        asked = 0
        while limit is None or asked < limit:
            session.refresh()
            left, before = session.left(), session.conflicts()
            if not left:
                say("\nnothing is left to decide about")
                return
            pressed = _press(_KEYS, "aersuq?", lambda: _show(session, left))  # noqa: B023 called at once
            if pressed in ("q", _END):
                return
            try:
                asked += self._answer(pressed, left[0])
            except (InputError, ReviewError) as error:
                say(f"not so: {printable(str(error))}", colour="yellow")
            _say_fresh(session, before)

    def sum_up(self, as_json: bool) -> None:
        """Say what was done and what is left."""
        session, made = self._session, self._made
        left = len(session.left())
        if as_json:
            counts = {name: made[name] for name in ("accept", "edit", "reject", "skip", "undo")}
            emit({**counts, "left": left, "decisions": str(session.path), "conflicts": len(session.conflicts())})
            return
        told = ", ".join(f"{name} {count:,}" for name, count in made.items()) or "nothing decided"
        say(f"\n{told}; {plural(left, 'item')} left; decisions are kept in {printable(str(session.path))}")

    def _answer(self, pressed: str, doubt: Doubt) -> bool:
        """Do what a key says; whether the item is done with."""
        from gradatim.kg.decisions import told

        session = self._session
        if pressed == "?":
            say(_HELP)
        elif pressed == "u":
            undone = session.undo()
            say(f"undone: {printable(told(undone))}" if undone else "nothing of yours is left to undo")
            if undone is not None:
                self._made["undo"] += 1
                if undone.item.key not in [doubt.key for doubt in session.left()]:
                    say("the graph was built with it, or somebody else decided: it is not asked about now")
        elif pressed == "s":
            session.skip(doubt)
            self._made["skip"] += 1
            return True
        else:
            became = _edited(session, doubt) if pressed == "e" else None
            if pressed != "e" or became is not None:
                decision = session.make(doubt.item, _VERDICTS[pressed], became)
                self._made[decision.verdict] += 1
                say(printable(told(decision)))
                return True
        return False


def _edited(session: Session, doubt: Doubt) -> ConceptItem | RelationItem | None:
    """What a person makes of an item; `None` when they think better of it."""
    from gradatim.kg.decisions import editing
    from gradatim.kg.graphfile import FileConcept

    graph, item = session.graph, doubt.item
    if isinstance(item, FileConcept):
        pressed = _press(_CONCEPT_EDITS, "namb")
        edit = {"n": editing.renamed, "a": editing.also_called, "m": editing.merged}.get(pressed)
        typed = _typed({"n": "new name", "a": "alias", "m": "the concept it is"}[pressed]) if edit else None
        return edit(graph, item, typed) if edit is not None and typed is not None else None
    pressed = _press(_RELATION_EDITS, "tkflb")
    if pressed == "t":
        return editing.turned(item)
    if pressed == "k":
        kind = _TYPE_KEYS.get(_press(_TYPES, "pshb"))
        return editing.retyped(item, kind) if kind is not None else None
    if pressed in ("f", "l"):
        end = "source" if pressed == "f" else "target"
        typed = _typed(f"instead of {getattr(item, end)}")
        return editing.with_end(graph, item, end, typed) if typed is not None else None
    return None


def _show(session: Session, left: list[Doubt]) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from gradatim.kg.decisions.cards import card, standing_line

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    plain = console.is_dumb_terminal or console.no_color
    say()
    say(f"{len(left):,} left; {standing_line(left[0])}")
    for line in card(left[0], session.graph):
        text = Text()
        for piece, mark in line:
            named = plain and mark in ("source", "target")
            text.append(f"[{printable(piece)}]" if named else printable(piece), _STYLES[mark])
        console.print(Padding(text, (0, 0, 0, 2), expand=False))


def _press(question: str, keys: str, before: Callable[[], None] | None = None) -> str:
    """One of some keys. What was typed before the question could be seen answers nothing."""
    terminal = sys.stdin.fileno()
    kept = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSAFLUSH)
    try:
        if before is not None:
            before()
        while True:
            click.echo(f"{question}  ", nl=False, err=True)
            data = _read(terminal, 1)
            while data and select.select([terminal], [], [], 0.02)[0]:
                more = _read(terminal, 64)
                data = data + more if more else b""
            pressed = data.decode("utf-8", "replace").lower() or _END
            say(printable(pressed) if pressed in keys else "")
            if pressed == _END or (len(pressed) == 1 and pressed in keys):
                return pressed
            say("press one of these keys:")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, kept)


def _typed(question: str) -> str | None:
    """A line as typed, whatever it holds; `None` when there is none to come."""
    click.echo(f"{printable(question)}: ", nl=False, err=True)
    data = b""
    try:
        while not data.endswith(b"\n") and (more := _read(sys.stdin.fileno(), 4096)):
            data += more
    except KeyboardInterrupt:
        say()
        return None
    return data.decode("utf-8", "surrogateescape").rstrip("\r\n") if data else None


def _read(terminal: int, count: int) -> bytes:
    try:
        return os.read(terminal, count)
    except OSError:  # the terminal is gone
        return b""
