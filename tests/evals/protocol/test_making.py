"""What a school gets: works drawn and blinded, forms, documents."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
from collections import Counter
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.datasets.ratings import read_entries
from gradatim.evals.protocol import Design, make_study, read_study
from gradatim.evals.protocol.blinding import mask
from gradatim.evals.protocol.study import STUDY
from tests.evals.protocol.conftest import Rated, many_programs


def test_every_rater_gets_every_work_in_an_order_of_their_own(rated: Rated) -> None:
    study = rated.study
    orders = {rater: study.assigned(rater, "main") for rater in study.raters}
    assert [len(study.codes(phase)) for phase in ("training", "calibration", "main")] == [6, 14, 200]
    assert len({frozenset(order) for order in orders.values()}) == 1
    assert len(set(orders.values())) == 3
    for codes in study.raters.values():
        phases = [study.works[code].phase for code in codes]
        assert phases == sorted(phases, key=("training", "calibration", "main").index)
    assert len({work.sample for work in study.works.values()}) == 220


def test_the_folder_is_read_back_and_its_key_is_the_owners_alone(rated: Rated) -> None:
    assert read_study(rated.folder) == rated.study
    assert stat.S_IMODE((rated.folder / STUDY).stat().st_mode) == 0o600
    assert stat.S_IMODE(rated.folder.stat().st_mode) == 0o700


def test_raters_see_no_name_no_verdict_and_no_file(rated: Rated) -> None:
    for path in sorted((rated.folder / "raters").rglob("form.*")):
        text = path.read_text("utf-8")
        for hidden in ("correct_0", "wrong_0", "Ann Other", "incorrect", "question-1/"):
            assert hidden not in text, (path, hidden)
    assert "[removed]" in (rated.folder / "raters" / "R1" / "form.html").read_text("utf-8")


def test_programs_cannot_leave_their_place_in_the_page(rated: Rated) -> None:
    page = (rated.folder / "raters" / "R1" / "form.html").read_text("utf-8")
    assert page.count("</script>") == 2
    assert "alert(1)</script>" not in page
    data = re.search(r'<script type="application/json" id="study">(.*?)</script>', page, re.S)
    assert data is not None
    works = json.loads(data[1])["works"]
    assert [work["code"] for work in works] == list(rated.study.raters["R1"])
    assert "</script><script>alert(1)</script>" in works[0]["statement"]
    assert works[0].keys() == {"code", "phase", "title", "statement", "concepts", "program"}


def test_the_page_allows_its_own_script_and_nothing_else(rated: Rated) -> None:
    page = (rated.folder / "raters" / "R2" / "form.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    for name, kind in (("script", "script-src"), ("style", "style-src")):
        source = re.findall(rf"<{name}>(.*?)</{name}>", page, re.S)[-1]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy[1]
    assert not re.findall(r"(?:src|href)=|https?:|\son\w+=", re.sub(r"<script.*?</script>", "", page, flags=re.S))


def test_the_form_for_spreadsheets_is_what_is_read(rated: Rated) -> None:
    entries = list(read_entries(rated.folder / "raters" / "R1" / "form.csv"))
    assert len(entries) == 220 * 5
    assert all(entry.rater == "R1" and getattr(entry, "score", 0) is None for entry in entries)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documents_name_every_anchor_and_leave_no_field_open(rated: Rated, language: str) -> None:
    folder = rated.folder / "documents"
    handbook = (folder / f"handbook.{language}.md").read_text("utf-8")
    assert len(re.findall(r"^\| [1-5] \|", handbook, re.M)) == 25
    for name in ("handbook", "consent", "plan"):
        text = (folder / f"{name}.{language}.md").read_text("utf-8")
        assert not re.findall(r"\{\w+\}", text)
        page = (folder / f"{name}.{language}.html").read_text("utf-8")
        assert f'<html lang="{language}">' in page
        assert "<script" not in page
        assert page.count("<h1>") == 1
    assert "R1, R2, R3" in (folder / f"consent.{language}.md").read_text("utf-8")
    assert "0.85" in (folder / f"plan.{language}.md").read_text("utf-8")


def test_a_seed_draws_the_same_study(programs: Path, tmp_path: Path) -> None:
    design = Design(sample=40, seed=9)
    first, second = (make_study(tmp_path / name, design, "refactory", programs).study for name in "ab")
    assert first == second
    other = make_study(tmp_path / "c", Design(sample=40, seed=10), "refactory", programs).study
    assert set(other.works) != set(first.works)


def test_a_part_of_the_works_goes_to_all_and_the_rest_is_shared_out(programs: Path, tmp_path: Path) -> None:
    study = make_study(tmp_path / "s", Design(sample=90, overlap=1 / 3), "refactory", programs).study
    times = Counter(code for rater in study.raters for code in study.assigned(rater, "main"))
    assert Counter(times.values()) == {3: 30, 1: 60}
    assert {len(study.assigned(rater, "main")) for rater in study.raters} == {50}
    assert len(study.shared("main")) == 30


def test_too_few_programs_are_told(tmp_path: Path) -> None:
    data = many_programs(tmp_path / "few", 40)
    made = make_study(tmp_path / "s", Design(sample=200), "refactory", data)
    assert len(made.study.codes("main")) == 20
    assert made.notes == ("The data set holds 40 programs: the main round has 20 instead of 200.",)
    assert made.notes[0] in (tmp_path / "s" / "documents" / "plan.en.md").read_text("utf-8")
    with pytest.raises(InputError, match="holds 40 programs"):
        make_study(tmp_path / "t", Design(training=30, calibration=10), "refactory", data)
    assert not (tmp_path / "t").exists()


def test_one_rater_is_no_consensus(programs: Path, tmp_path: Path) -> None:
    made = make_study(tmp_path / "s", Design(raters=1, sample=20), "refactory", programs)
    assert "no agreement can be computed" in made.notes[0]
    assert made.study.shared("main") == ()


@pytest.mark.parametrize(
    ("design", "told"),
    [
        (Design(raters=0), "asks for 0 raters"),
        (Design(raters=["Ann Smith"]), "no code for a rater"),
        (Design(raters=["../x"]), "no code for a rater"),
        (Design(raters=["a", "A"]), "same code"),
        (Design(sample=1), "--sample"),
        (Design(overlap=1.5), "--overlap"),
        (Design(training=-1), "--training"),
    ],
)
def test_designs_that_cannot_be(programs: Path, tmp_path: Path, design: Design, told: str) -> None:
    with pytest.raises(InputError) as caught:
        make_study(tmp_path / "s", design, "refactory", programs)
    assert told in str(caught.value)
    assert caught.value.remedy


def test_a_folder_in_use_is_left_alone(programs: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    with pytest.raises(InputError, match="is there already"):
        make_study(tmp_path, Design(), "refactory", programs)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gradatim_study: 1\ntitle: [t\n", "study.yaml:3"),
        ("[]", "is not a study"),
        ("gradatim_study: 1\ntitle: t\ndata: d\nworks: {}\nraters: {R1: [W1]}\n", "not among the works"),
        (None, "holds no study"),
    ],
)
def test_a_damaged_study_is_told(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / STUDY).write_text(text)
    with pytest.raises(InputError, match=STUDY) as caught:
        read_study(tmp_path)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("code", "hidden"),
    [
        ("# Author: Jane Doe\nx = 1\n", "Jane Doe"),
        ('"""\nName: Li Lei\nMore.\n"""\n', "Li Lei"),
        ('__author__ = "Bob Ray"\n', "Bob Ray"),
        ("# 姓名：王小明\n", "王小明"),
        ("x = 1  # ask jane.d@uni.example.edu\n", "jane.d@uni"),
        ("# Student ID: 20231234\n", "20231234"),
    ],
)
def test_names_that_can_be_found_are_taken_out(code: str, hidden: str) -> None:
    text, count = mask(code)
    assert count == 1
    assert hidden not in text
    assert text.count("\n") == code.count("\n")


@pytest.mark.parametrize(
    "code", ["name = input()\n", "name: str = 'x'\n", "student = 3\n", "def name(author): ...\n", "("]
)
def test_statements_stay_as_they_are(code: str) -> None:
    assert mask(code) == (code, 0)
