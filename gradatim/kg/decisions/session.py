"""One person who decides about the items of a graph, one after the other."""

from __future__ import annotations

from pathlib import Path

from gradatim.kg.decisions.applying import Applied, applied
from gradatim.kg.decisions.doubts import Doubt, doubts, item_key
from gradatim.kg.decisions.editing import ClosesCircle, check
from gradatim.kg.decisions.force import Conflict, conflicts, in_force, last_of
from gradatim.kg.decisions.log import Log, append, check_writable, decisions_path, read_log
from gradatim.kg.decisions.names import checked_name
from gradatim.kg.decisions.records import ConceptItem, Decision, ItemKey, Made, RelationItem, Verdict, decide, undo
from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile, read_graph_file


class Session:
    """What is left to decide about a graph, and the decisions kept beside it.

    Several people may decide about the same graph at the same time: what is left is read anew before each question.

    Args:
        path: The graph file.
        by: Who decides.
        everything: Ask also about what is far above its threshold.

    Raises:
        InputError: The graph, its decisions or the name cannot be used.
    """

    def __init__(self, path: Path, by: str, *, everything: bool = False) -> None:
        self.by = checked_name(by, "--by")
        self.built = read_graph_file(path)
        """The graph as its file has it."""
        self.path = decisions_path(path)
        """Where decisions are kept."""
        self._everything = everything
        self._skipped: set[ItemKey] = set()
        self._first: list[ItemKey] = []
        self._log = read_log(self.path)
        self._applied: Applied = applied(self.built, self._log.decisions)

    @property
    def graph(self) -> GraphFile:
        """With the decisions so far applied."""
        return self._applied.graph

    @property
    def log(self) -> Log:
        """The decisions so far."""
        return self._log

    def told(self) -> list[str]:
        """What people should know of the decisions so far: what could not be read or carried out."""
        return [*([self._log.broken] if self._log.broken else []), *(note.text for note in self._applied.notes)]

    def conflicts(self) -> list[Conflict]:
        """Where people decided differently."""
        return conflicts(self._log.decisions)

    def check_writable(self) -> None:
        """Find out whether decisions can be kept.

        Raises:
            StorageError: They cannot.
        """
        check_writable(self.path)

    def refresh(self) -> None:
        """Take in what was decided meanwhile, here or elsewhere."""
        log = read_log(self.path)
        if log != self._log:
            self._log = log
            self._applied = applied(self.built, log.decisions)

    def left(self) -> list[Doubt]:
        """What is to be decided about, in the order in which it is asked; skipped items left out."""
        decided = {key for line in in_force(self._log.decisions) for key in _keys(line)}
        found = doubts(self.graph, everything=self._everything)
        if self._first:
            listed = {doubt.key for doubt in found}
            every = {doubt.key: doubt for doubt in doubts(self.graph, everything=True)}
            found += [every[key] for key in self._first if key in every and key not in listed]
            place = {key: number for number, key in reversed(list(enumerate(self._first)))}
            found.sort(key=lambda doubt: place.get(doubt.key, len(place)))
        return [doubt for doubt in found if doubt.key not in self._skipped and doubt.key not in decided]

    def make(
        self, item: FileConcept | FileEdge, verdict: Verdict, became: ConceptItem | RelationItem | None = None
    ) -> Made:
        """Make and keep a decision.

        Raises:
            ClosesCircle: Relations would run in a circle; those nobody decided about are asked next.
            InputError: It cannot be made.
            StorageError: It cannot be kept.
        """
        self.refresh()
        decision = decide(item, verdict, self.by, became)
        try:
            check(self.graph, decision, self._log.decisions)
        except ClosesCircle as error:
            self._first = [*map(item_key, error.undecided[:1]), item_key(item), *self._first]
            raise
        self._keep(decision)
        return decision

    def skip(self, doubt: Doubt) -> None:
        """Leave an item for another session."""
        self._skipped.add(doubt.key)

    def undo(self) -> Made | None:
        """Take back one's latest decision, of whatever session, and ask about its item next.

        Returns:
            The decision; `None` when there is none left.
        """
        self.refresh()
        decision = last_of(self._log.decisions, self.by)
        if decision is not None:
            self._first.insert(0, decision.item.key)
            self._skipped.discard(decision.item.key)
            self._keep(undo(decision, self.by))
        return decision

    def _keep(self, decision: Decision) -> None:
        append(self.path, [decision])
        self.refresh()


def _keys(decision: Made) -> tuple[ItemKey, ...]:
    """The items that a decision is about."""
    if decision.became is None or isinstance(decision.became, ConceptItem):
        return (decision.item.key,)
    return decision.item.key, decision.became.key
