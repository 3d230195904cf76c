"""`gradatim eval report` and `gradatim eval compare`, as a person or a build server calls them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

from gradatim.evals.results import SCORES
from tests.app.conftest import Invoke
from tests.evals.reports.making import experiment, scored, write_folder


def test_the_report_is_one_page_that_loads_nothing(invoke: Invoke, workspace: Path) -> None:
    experiment(workspace / "results", {"full": 0.85, "base": 0.5}, samples=15)
    result = invoke("eval", "report", "results", "--html", "report.html", "--md", "report.md")
    assert result.exit_code == 0, result.output
    page = (workspace / "report.html").read_text("utf-8")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    words = (workspace / "report.md").read_text("utf-8")
    for title in ("Table 7.", "Table 8.", "Table 9.", "Table 10."):
        assert title in words
        assert title in page


def test_without_a_file_markdown_goes_to_stdout_and_json_where_asked(invoke: Invoke, workspace: Path) -> None:
    experiment(workspace / "results", {"full": 0.85}, samples=5, seeds=1)
    assert invoke("eval", "report", "results").stdout.startswith("# Evaluation: results\n")
    plain = json.loads(invoke("eval", "report", "results", "--json").stdout)
    assert [section["key"] for section in plain["sections"]][:2] == ["setup", "quality"]


def test_bad_input_of_a_report_is_named(invoke: Invoke, workspace: Path) -> None:
    assert invoke("eval", "report", "nowhere").exit_code == 2
    experiment(workspace / "results", {"full": 0.85, "base": 0.5}, samples=5, seeds=1)
    assert invoke("eval", "report", "results", "--baseline", "bas").exit_code == 2
    result = invoke("eval", "report", "results", "--html", "no/such/folder/page.html")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_comparing_ends_with_1_where_something_got_worse(invoke: Invoke, workspace: Path) -> None:
    for name, value in (("old", 0.9), ("new", 0.4)):
        write_folder(workspace / name, [scored(n, "claim_support", value - n / 100) for n in range(20)])
    result = invoke("eval", "compare", "old", "new")
    assert result.exit_code == 1
    assert "claim_support" in result.stdout
    assert "1 worse" in result.stdout
    back = invoke("eval", "compare", "new", "old")
    assert back.exit_code == 0
    assert "1 better" in back.stdout
    same = invoke("eval", "compare", "old", "old", "--all")
    assert same.exit_code == 0
    assert "no difference" in same.stdout


def test_comparing_as_json(invoke: Invoke, workspace: Path) -> None:
    write_folder(workspace / "a", [scored(n, "leak", float(v == "y"), variant=v) for n in range(20) for v in "xy"])
    result = invoke("eval", "compare", "a#x", "a#y", "--key", "leak", "--json")
    assert result.exit_code == 1
    plain = json.loads(result.stdout)
    (item,) = plain["differences"]
    assert (plain["worse"], plain["judged"]) == (True, 1)
    assert (item["verdict"], item["pairs"], item["difference"]) == ("worse", 20, 1.0)
    assert item["p"] == item["p_holm"] == 2 / 2**20


def test_a_comparison_that_cannot_tell_anything_is_no_good_news(invoke: Invoke, workspace: Path) -> None:
    for name, value in (("old", 1.0), ("new", 0.0)):
        write_folder(workspace / name, [scored(n, "claim_support", value) for n in range(5)])
    result = invoke("eval", "compare", "old", "new")
    assert result.exit_code == 2
    assert "too few pairs" in result.stdout
    assert "share 8 examples or more" in result.stderr
    data = invoke("eval", "compare", "old", "new", "--json")
    plain = json.loads(data.stdout)
    assert (data.exit_code, plain["blind"], plain["worse"]) == (2, True, False)
    assert {item["verdict"] for item in plain["differences"]} == {"too few pairs"}
    assert invoke("eval", "compare", "old", "new", "--alpha", "0.2").exit_code == 1


def test_a_comparison_tells_of_judges_and_of_what_is_not_finished(invoke: Invoke, workspace: Path) -> None:
    for name, judge, value in (("old", "a", 1.0), ("new", "b", 0.0)):
        scores = [scored(n, "judged_coherence", value, judge=judge, validity="not validated") for n in range(12)]
        write_folder(workspace / name, scores, finished=None if name == "new" else "2026-11-30")
    result = invoke("eval", "compare", "old", "new")
    assert result.exit_code == 1
    assert "judged differently: old by a: not validated; new by b: not validated" in result.stdout
    assert "note: new: the experiment is not finished." in result.stdout
    assert "note: old: the experiment" not in result.stdout


def test_bad_input_of_a_comparison_is_2(invoke: Invoke, workspace: Path) -> None:
    folder = write_folder(workspace / "a", [scored(n, "leak", 0.0) for n in range(3)])
    assert invoke("eval", "compare", "a", "nowhere").exit_code == 2
    assert invoke("eval", "compare", "a", "a#none").exit_code == 2
    assert invoke("eval", "compare", "a", "a", "--key", "leek").exit_code == 2
    assert invoke("eval", "compare", "a", "a", "--alpha", "1").exit_code == 2
    (folder / SCORES).write_bytes(b"\xff\xfe\n{}\n")
    result = invoke("eval", "compare", "a", "a")
    assert result.exit_code == 2
    assert "scores.jsonl:1" in result.stderr
