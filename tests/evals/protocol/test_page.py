"""The rating page in a real browser: what a rater chooses is what the file says, and what is read back."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from gradatim.evals.datasets.ratings import Rating, read_entries
from gradatim.evals.protocol import collect
from tests.evals.protocol.conftest import Rated

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
RATER = """
(async () => {
  const form = window.gradatimForm;
  const choose = (name, level) => document.querySelector(`input[name="${name}"][value="${level}"]`).click();
  choose("correctness", 4); choose("code_quality", 2); choose("explanation_clarity", "NA");
  const area = document.querySelector("textarea");
  area.value = '=1+1, "quoted"\\nand more'; area.dispatchEvent(new Event("input"));
  document.getElementById("next").click();
  choose("correctness", 5); choose("code_quality", 5); choose("problem_solving_approach", 5);
  choose("explanation_clarity", 5); choose("conceptual_understanding", 5);
  const first = form.csv();
  form.take(first.replace(/,5,5,5,5,5,/, ",1,1,1,1,1,"));
  const second = form.csv();
  form.take("a,b\\n1,2\\n");
  const refused = document.getElementById("note").textContent;
  document.getElementById("language").click();
  const result = { first, second, refused, after: form.csv(), heading: document.querySelector("legend").textContent,
    progress: document.getElementById("progress").textContent,
    scripts: document.querySelectorAll("pre script").length };
  const box = document.createElement("div");
  box.id = "result"; box.textContent = JSON.stringify(result);
  document.body.replaceChildren(box);
})();
"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium to open the page with")
def test_a_rater_fills_the_page(small: Rated, tmp_path: Path) -> None:
    page = (small.folder / "raters" / "A" / "form.html").read_text("utf-8")
    script = re.findall(r"<script>(.*?)</script>", page, re.S)[-1]
    driven = script + RATER
    for old, new in ((script, driven), (_digest(script), _digest(driven))):
        assert old in page
        page = page.replace(old, new)
    (tmp_path / "page.html").write_text(page, "utf-8")
    assert BROWSER is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--lang=en", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [BROWSER, *options, "--dump-dom", f"file://{tmp_path / 'page.html'}"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    told = re.search(r'<div id="result">(.*?)</div>', done.stdout, re.S)
    assert told is not None, done.stdout[-2000:]
    result = json.loads(unescape(told[1]))
    assert result["scripts"] == 0
    assert "not a file of this form" in result["refused"] or "不是" in result["refused"]
    assert result["heading"] in ("Correctness", "正确性")
    assert "35" in result["progress"]
    assert result["second"] == result["after"]

    path = small.folder / "ratings" / "A.csv"
    path.write_text(result["first"], "utf-8", newline="")
    first, second = small.study.raters["A"][:2]
    found = collect(small.study, small.folder)
    assert not found.problems
    own = {key[1:]: level for key, level in found.scores.items() if key[0] == "A"}
    assert own == {
        (first, "correctness"): 4.0,
        (first, "code_quality"): 2.0,
        **{(second, name): 5.0 for name in small.study.dimensions},
    }
    assert found.declined == {("A", first, "explanation_clarity")}
    path.write_text(result["second"], "utf-8", newline="")
    reread = [item for item in read_entries(path) if isinstance(item, Rating) and item.item == second]
    assert [item.score for item in reread] == [1.0] * 5
    assert "'=1+1" in result["first"]
    assert "''=1+1" not in result["second"]


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
