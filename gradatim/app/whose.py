"""Whose work is assessed: the id or the pseudonym that stands for a learner, and what is written about them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gradatim.domain import Submission
from gradatim.graphs.batch.items import Item
from gradatim.graphs.batch.sources import Source
from gradatim.memory import checked_id
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.rights.pseudonyms import Pseudonyms, open_pseudonyms
from gradatim.settings import Settings


@dataclass(frozen=True, slots=True)
class Whose:
    """The learner that a person named, or nobody.

    Attributes:
        given: As the person named them.
        id: As everything behind the command line knows them.
    """

    given: str | None
    id: str | None
    pseudonyms: Pseudonyms | None = None

    @classmethod
    def of(cls, settings: Settings, given: str | None) -> Whose:
        """The learner of this name.

        Raises:
            InputError: It cannot name a learner.
        """
        if given is None:
            return cls(None, None)
        pseudonyms = open_pseudonyms(settings)
        return cls(given, checked_id(given) if pseudonyms is None else pseudonyms.of(given), pseudonyms)

    def own(self, submission: Submission) -> Submission:
        """The submission as the learner's; the name of its file does not give away who it is."""
        filename = submission.filename
        if self.pseudonyms is not None and self.given is not None:
            filename = self.pseudonyms.within(filename, self.given)
        return submission.model_copy(update={"learner_id": self.id, "filename": filename})

    def note_report(self, settings: Settings, path: Path) -> None:
        """Register a report, so that it can be forgotten."""
        if self.id is not None:
            Artefacts.of(settings).whole(path, "report", (self.id,))

    def note_rows(self, settings: Settings, path: Path) -> None:
        """Register a file of results, so that its rows can be forgotten."""
        if self.id is not None:
            Artefacts.of(settings).rows(path, "results")


def pseudonymous(source: Source, settings: Settings) -> Source:
    """The source, with pseudonyms for learners where the settings ask for them."""
    pseudonyms = open_pseudonyms(settings)
    return source if pseudonyms is None else _Pseudonymous(source, pseudonyms)


@dataclass(frozen=True, slots=True)
class _Pseudonymous:
    """A source whose items name learners by pseudonyms, in their file names too."""

    source: Source
    pseudonyms: Pseudonyms

    @property
    def inputs(self) -> Sequence[str]:
        return self.source.inputs

    @property
    def tasks(self) -> dict[str, str]:
        return self.source.tasks

    def items(self) -> Generator[Item]:
        for item in self.source.items():
            learner = item.learner_id
            if learner is None:
                yield item
            else:
                name = self.pseudonyms.within(item.name, learner)
                yield replace(item, learner_id=self.pseudonyms.of(learner), name=name)
