"""Names are replaced at the boundary, and what is written about a learner is registered there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gradatim.app.whose import Whose, pseudonymous
from gradatim.domain import Submission
from gradatim.errors import InputError
from gradatim.graphs.batch.items import Item
from gradatim.memory.rights.artefacts import Artefacts
from gradatim.memory.rights.pseudonyms import is_pseudonym
from gradatim.settings import Settings


class Two:
    """A source of two items, one of them nobody's."""

    inputs: Sequence[str] = ("work",)
    tasks: dict[str, str] = {"task": "digest"}  # noqa: RUF012

    def items(self) -> Iterator[Item]:
        yield Item(0, "work/ada/ada-1.py", learner_id="ada")
        yield Item(1, "work/adapter.py")


def submission() -> Submission:
    return Submission.of("task", "x = 1", "work/ada.py", None)


def test_without_pseudonyms_nothing_changes(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    source = Two()
    assert pseudonymous(source, settings) is source  # type: ignore[arg-type]
    whose = Whose.of(settings, "ada")
    assert (whose.own(submission()).learner_id, whose.own(submission()).filename) == ("ada", "work/ada.py")
    assert Whose.of(settings, None).own(submission()).learner_id is None
    with pytest.raises(InputError):
        Whose.of(settings, " ")


def test_pseudonyms_stand_in_ids_and_names(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, pseudonyms=True)
    source = pseudonymous(Two(), settings)  # type: ignore[arg-type]
    one, other = source.items()
    assert one.learner_id is not None
    assert is_pseudonym(one.learner_id)
    assert one.name == f"work/{one.learner_id}/{one.learner_id}-1.py"
    assert other == Item(1, "work/adapter.py")
    assert (source.inputs, source.tasks) == (Two.inputs, Two.tasks)
    own = Whose.of(settings, "ada").own(submission())
    assert (own.learner_id, own.filename) == (one.learner_id, f"work/{one.learner_id}.py")
    assert Whose.of(settings, one.learner_id).id == one.learner_id


def test_only_what_is_about_somebody_is_registered(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    report, rows = tmp_path / "report.html", tmp_path / "rows.jsonl"
    report.write_text("x")
    nobody = Whose.of(settings, None)
    nobody.note_report(settings, report)
    nobody.note_rows(settings, rows)
    assert not settings.data_dir.exists()
    ada = Whose.of(settings, "ada")
    ada.note_report(settings, report)
    ada.note_rows(settings, rows)
    assert {item.kind for item in Artefacts.of(settings).of_learner("ada")} == {"report", "results"}
