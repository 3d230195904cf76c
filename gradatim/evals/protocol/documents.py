"""The documents of a study, in English and Chinese: handbook for raters, consent sheet, plan for the coordinator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.protocol.power import power_note
from gradatim.evals.protocol.printing import page
from gradatim.evals.protocol.study import Study
from gradatim.evals.protocol.texts import LANGUAGES, Language, filled, packaged, rubric_texts

DISCUSSED = 2
"""Levels by which two raters have to differ for a work to be discussed."""
PAUSE = 25
"""Works after which raters pause."""


def documents(study: Study, masked: int, notes: Sequence[str]) -> dict[str, str]:
    """All documents, by file name.

    Args:
        study: What they are about.
        masked: Names and addresses that were replaced in the works.
        notes: What turned out otherwise than asked for.
    """
    found: dict[str, str] = {}
    for language in LANGUAGES:
        fields = _fields(study, masked, notes, language)
        for name in ("handbook", "consent", "plan"):
            text = filled(packaged(f"{name}.{language}.md"), fields)
            found[f"{name}.{language}.md"] = text
            found[f"{name}.{language}.html"] = page(text, language)
    return found


def rubric_markdown(study: Study, language: Language) -> str:
    """The rubric as headings and tables.

    Raises:
        InputError: The study has a dimension, or a level, that has no anchors.
    """
    texts = rubric_texts(language)
    parts: list[str] = []
    for dimension in study.dimensions:
        text = texts.get(dimension)
        if text is None or set(text["levels"]) != set(study.levels):
            raise InputError(
                f"the rubric has no anchors for {dimension} from {study.low} to {study.high}",
                place="study.yaml",
                remedy=f"use the dimensions {', '.join(texts)} on the scale 1 to 5",
            )
        words = ("Level", "What it looks like") if language == "en" else ("等级", "表现")
        rows = "\n".join(f"| {level} | {text['levels'][level]} |" for level in study.levels)
        parts.append(
            f"### {text['name']}\n\n**{text['question']}**\n\n{text['look']}\n\n"
            f"| {words[0]} | {words[1]} |\n|---|---|\n{rows}\n\n{text['beside']}"
        )
    return "\n\n".join(parts)


def write_documents(folder: Path, texts: Mapping[str, str]) -> None:
    """Write documents into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


def _fields(study: Study, masked: int, notes: Sequence[str], language: Language) -> dict[str, str]:
    count, raters = len(study.codes("main")), len(study.raters)
    shared = len(study.shared("main"))
    english = language == "en"
    if shared == count:
        overlap = "each rated by everybody" if english else "每份由所有人评分"
    else:
        overlap = (
            f"{shared:,} of them rated by several, the others by one rater each"
            if english
            else f"其中 {shared:,} 份由多人评分，其余各由一人评分"
        )
    if english:
        others = f"{raters - 1} other raters" if raters > 2 else "one other rater" if raters == 2 else "nobody else"
    else:
        others = f"另外 {raters - 1} 位评分者"
    return {
        "title": study.title,
        "raters": str(raters),
        "codes": ", ".join(study.raters),
        "other_raters": others,
        "dimension_count": str(len(study.dimensions)),
        "training": f"{len(study.codes('training')):,}",
        "calibration": f"{len(study.codes('calibration')):,}",
        "main": f"{count:,}",
        "overlap": overlap,
        "low": str(study.low),
        "high": str(study.high),
        "gap": str(DISCUSSED),
        "pause": str(PAUSE),
        "masked": f"{masked:,}",
        "rubric": rubric_markdown(study, language),
        "power": power_note(count, shared, raters, language),
        "notes": "\n".join(f"* {note}" for note in notes) or ("* none" if english else "* 无"),
    }
