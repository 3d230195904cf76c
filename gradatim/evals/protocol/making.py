"""Making the folder of a study: documents, forms, and the coordinator's file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.protocol.blinding import blinded
from gradatim.evals.protocol.documents import documents, write_documents
from gradatim.evals.protocol.forms import csv_form, html_form
from gradatim.evals.protocol.planning import Design, plan
from gradatim.evals.protocol.study import RATINGS, Study, write_study


@dataclass(frozen=True, slots=True)
class Made:
    """What was made.

    Attributes:
        masked: Names and addresses that were replaced in the works.
        notes: What turned out otherwise than asked for.
    """

    study: Study
    masked: int
    notes: tuple[str, ...]


def make_study(folder: Path, design: Design, data: str, path: Path | None = None) -> Made:
    """Draw a study and write its folder.

    ```
    study.yaml            for the coordinator alone: codes and works
    documents/            handbook, consent, plan (English and Chinese; Markdown and pages that print)
    raters/R1/            form.html and form.csv of each rater
    ratings/              where the files that raters send are put
    ```

    Raises:
        InputError: The folder holds something already, or the design cannot be had of the data.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("is there already", place=str(folder), remedy="name a new or empty folder")
    planned = plan(design, data, path)
    study = planned.study
    works = {code: blinded(example) for code, example in planned.examples.items()}
    masked = sum(work.masked for work in works.values())
    texts = documents(study, masked, planned.notes)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # learners' work: for its owner alone
        write_study(study, folder)
        write_documents(folder / "documents", texts)
        (folder / RATINGS).mkdir()
        for rater in study.raters:
            own = folder / "raters" / rater
            own.mkdir(parents=True)
            (own / "form.html").write_text(html_form(study, rater, works), "utf-8")
            (own / "form.csv").write_text(csv_form(study, rater), "utf-8", newline="")
    except OSError as error:
        remedy = "name a folder that can be written"
        raise InputError(f"cannot be written: {error.strerror}", place=str(folder), remedy=remedy) from error
    return Made(study, masked, planned.notes)
