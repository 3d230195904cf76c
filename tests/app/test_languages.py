"""The commands speak the language that is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradatim.languages import available, speaking
from gradatim.languages.language import FOLDERS, use_folders
from gradatim.languages.meaning import meaning_of
from tests.app.conftest import Invoke, objects


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search for changes: it would only take time."""
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0")


def test_a_diagnosis_in_chinese(invoke: Invoke, files: Path) -> None:
    result = invoke("diagnose", "task.yaml", "wrong.py", "--language", "zh")
    assert result.exit_code == 1, result.stderr
    assert result.stdout.startswith("不正确  wrong.py")
    assert "第 3 行" in result.stdout
    english = invoke("diagnose", "task.yaml", "wrong.py")
    assert english.stdout.startswith("incorrect  wrong.py")
    assert english.stdout.isascii()


def test_an_assessment_and_its_report_in_chinese(invoke: Invoke, files: Path) -> None:
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--language", "zh", "--html", "r.html")
    assert result.exit_code == 0, result.stderr
    assert "哪里不对" in result.stdout
    assert "未经核实" not in result.stdout.split("已核实")[0]
    page = Path("r.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in page
    assert "评分标准" in page
    assert "What is wrong" not in page


def test_evidence_is_stored_as_it_was_observed(invoke: Invoke, files: Path) -> None:
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--language", "zh", "--json")
    (row,) = objects(result.stdout)
    evidence = {item["id"]: item["summary"] for item in row["assessment"]["diagnosis"]["evidence"]}
    assert all(text.isascii() for key, text in evidence.items() if key.startswith(("test", "line", "static")))
    said = row["assessment"]["feedback"]["error_identification"][0]["text"]
    assert not said.isascii()


def test_a_learners_choice(invoke: Invoke, files: Path) -> None:
    assert "none chosen" in invoke("learner", "language", "anna").stdout
    assert invoke("learner", "language", "anna", "zh").stdout == "zh  中文\n"
    told = invoke("learner", "language", "anna", "--json")
    assert json.loads(told.stdout) == {"learner_id": "anna", "language": "zh"}
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "anna")
    assert "哪里不对" in result.stdout, "the report speaks the language of the feedback"
    result = invoke("assess", "task.yaml", "wrong.py", "--model", "none", "--learner", "anna", "--language", "en")
    assert "What is wrong" in result.stdout
    assert invoke("learner", "language", "anna", "xx").exit_code == 2


@pytest.mark.parametrize("command", [("assess", "task.yaml", "wrong.py"), ("diagnose", "task.yaml", "wrong.py")])
def test_a_language_that_is_not_there(command: tuple[str, ...], invoke: Invoke, files: Path) -> None:
    result = invoke(*command, "--language", "xx")
    assert result.exit_code == 2
    assert "choose from: en, zh" in result.stderr


def test_the_languages_there_are(invoke: Invoke, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "qq"
    own.mkdir()
    (own / "language.yaml").write_text("name: Quonk\nenglish: Quonk\nfalls_back: true\n")
    monkeypatch.setenv(FOLDERS, str(tmp_path))
    listed = invoke("languages")
    assert listed.exit_code == 0
    assert "中文" in listed.stdout
    assert "Quonk" in listed.stdout
    assert invoke("languages", "zh").exit_code == 0
    lacking = invoke("languages", "qq")
    assert lacking.exit_code == 1
    assert "missing: realiser." in lacking.stdout or "missing: assessment." in lacking.stdout
    assert "what is missing is said in English" in lacking.stdout
    (row,) = json.loads(invoke("languages", "qq", "--json").stdout)["languages"]
    assert row["missing"]
    assert not row["complete"]
    assert invoke("languages", "xx").exit_code == 2


def test_folders_of_languages_stand_in_the_settings(
    invoke: Invoke, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`gradatim.toml` names them as the environment does, which comes first."""
    monkeypatch.delenv(FOLDERS, raising=False)
    own = tmp_path / "more" / "qq"
    own.mkdir(parents=True)
    (own / "language.yaml").write_text("name: Quonk\nenglish: Quonk\nfalls_back: true\n")
    (own / "cli.yaml").write_text("verdict: {incorrect: quonk}\n")
    (own / "claims.yaml").write_text(
        'line: " ?row {n}"\nclauses:\n  - ["quonk<line>", "The problem is in line {line}."]\n'
    )
    Path("gradatim.toml").write_text('languages = ["more"]\nlanguage = "qq"\n')
    try:
        assert "Quonk" in invoke("languages").stdout
        assert invoke("diagnose", "task.yaml", "wrong.py").stdout.startswith("quonk")
        with speaking("qq"):
            meaning = meaning_of("quonk row 4")
        assert meaning is not None
        assert meaning.whole == "The problem is in line 4."
        monkeypatch.setenv(FOLDERS, str(tmp_path / "nowhere"))
        refused = invoke("languages")
        assert refused.exit_code == 2
        assert "setting languages" in refused.stderr
    finally:
        monkeypatch.delenv(FOLDERS)
        use_folders(())
    assert "qq" not in available()
