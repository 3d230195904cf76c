"""Pictures: the same bytes each time, readable by people and programs, with any text and any amount of data."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from gradatim.memory.pictures import (
    ConceptMap,
    ConceptSeries,
    Format,
    MapConcept,
    Point,
    Prediction,
    calibration_of_predictions,
    concept_map,
    marked,
    mastery_over_time,
    mastery_series,
)
from gradatim.memory.pictures.palette import contrast, luminance, mastery_colour, text_on
from gradatim.memory.tracing import ConceptParameters
from tests.memory.material import event

SVG = "{http://www.w3.org/2000/svg}"
ODD = '变量 🐍 <b>&"x"</b> $a_b$ \\frac العربية'


def events(answers: int, concepts: int) -> list[object]:
    return [event(n, (f"concept {n % concepts}", n % 3 > 0)) for n in range(answers)] + [
        event(9000 + n, kind=kind, at=f"2026-03-01T00:{n:02}:00Z")
        for n, kind in enumerate(["review", "self_assessment", "correction", "interaction"])
    ]


def over_time(answers: int, concepts: int, format: Format = "svg") -> bytes:
    made = events(answers, concepts)
    return mastery_over_time(
        mastery_series(made, ConceptParameters()),  # type: ignore[arg-type]
        marked(made),  # type: ignore[arg-type]
        learner="anna",
        format=format,
    )


def a_map(size: int, format: Format = "svg") -> bytes:
    concepts = tuple(
        MapConcept(f"c{n}", f"concept {n}", None if n % 4 == 3 else n / max(1, size), 0 if n % 4 == 2 else n + 1)
        for n in range(size)
    )
    return concept_map(ConceptMap(concepts, tuple((f"c{n}", f"c{n + 1}") for n in range(size - 1))), format=format)


def calibrated(count: int, format: Format = "svg") -> bytes:
    return calibration_of_predictions([Prediction(n / count, n % 3 > 0) for n in range(count)], format=format)


DRAWN: dict[str, Callable[[Format], bytes]] = {
    "nothing over time": lambda format: mastery_over_time([], format=format),
    "3 answers, 1 concept": lambda format: over_time(3, 1, format),
    "200 answers, 4 concepts": lambda format: over_time(200, 4, format),
    "300 answers, 9 concepts": lambda format: over_time(300, 9, format),
    "3000 answers, 300 concepts": lambda format: over_time(3000, 300, format),
    "empty map": lambda format: a_map(0, format),
    "map of one": lambda format: a_map(1, format),
    "map of 42": lambda format: a_map(42, format),
    "no predictions": lambda format: calibration_of_predictions([], format=format),
    "3 predictions": lambda format: calibrated(3, format),
    "5000 predictions": lambda format: calibrated(5000, format),
}


@pytest.mark.parametrize("name", DRAWN)
def test_svg(name: str) -> None:
    content = DRAWN[name]("svg")
    assert content == DRAWN[name]("svg")
    root = ET.fromstring(content)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert (root.findtext(f"{SVG}title") or "").strip()
    assert (root.findtext(f"{SVG}desc") or "").strip()
    text = content.decode()
    assert not re.search(r"style|<script|date|Matplotlib|href=\"(?!#)", text)
    assert len(content) < 220_000
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    for element in root.iter(f"{SVG}text"):
        # Whatever is placed by itself stands inside the picture.
        if (x := element.get("x")) and (y := element.get("y")):
            assert -1 <= float(x) <= width + 1
            assert -1 <= float(y) <= height + 1


@pytest.mark.parametrize("name", ["3 answers, 1 concept", "map of 42", "5000 predictions"])
def test_png(name: str) -> None:
    content = DRAWN[name]("png")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert content == DRAWN[name]("png")
    assert 5_000 < len(content) < 400_000


def test_any_text_is_shown_letter_for_letter() -> None:
    series = [ConceptSeries("c", ODD, (Point(0, 0.5, 0.2, 0.8, True),))]
    for content in (
        mastery_over_time(series, learner=ODD),
        concept_map(ConceptMap((MapConcept("c", "变量 🐍 <b>&", 0.5, 1),), ())),
        calibration_of_predictions([Prediction(0.5, True)], of=ODD),
    ):
        texts = "".join(element.text or "" for element in ET.fromstring(content).iter(f"{SVG}text"))
        assert "变量" in texts
        assert "🐍" in texts
        assert "▯" not in texts
        assert "<b>&" in texts
    for odd in ("\u202eabc", "a\x0bb", "\udcff", ""):
        ET.fromstring(mastery_over_time([ConceptSeries("c", odd, series[0].points)], learner=odd))
        assert mastery_over_time([ConceptSeries("c", odd, series[0].points)], learner=odd, format="png")


def test_instants_at_the_ends_of_time() -> None:
    ends = tuple(Point(at, 0.5, 0.4, 0.6, True) for at in (-62_135_596_800_000_000, 253_402_300_799_000_000))
    for points in (ends, ends[:1], ends[1:], (ends[0],) * 3):
        ET.fromstring(mastery_over_time([ConceptSeries("c", "c", points)]))


def test_words_tell_what_is_seen() -> None:
    words = ET.fromstring(over_time(3, 1)).findtext(f"{SVG}desc") or ""
    assert "concept 0" in words
    assert "3 answers" in words
    assert "predicted 0.00" in (ET.fromstring(calibrated(3)).findtext(f"{SVG}desc") or "")


def test_colours_read_in_grey_and_under_text() -> None:
    shades = [luminance(mastery_colour(n / 20)) for n in range(21)]
    assert shades == sorted(shades)
    for n in range(101):
        colour = mastery_colour(n / 100)
        assert contrast(colour, text_on(colour)) >= 3.9  # WCAG 2.2 asks for 3 of large or bold text


def test_neither_threads_nor_somebody_s_settings_change_a_picture() -> None:
    import matplotlib

    wanted = over_time(20, 2)
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert over_time(20, 2) == wanted
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(over_time(20, 2))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [wanted] * 4
    assert matplotlib.rcParams["svg.hashsalt"] is None


def test_importing_pictures_imports_no_matplotlib() -> None:
    program = "import sys; import gradatim.memory.pictures; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=True)
