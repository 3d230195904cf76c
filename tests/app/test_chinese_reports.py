"""Reports in Chinese hold no words of English but code, names, ids and what Python or the task itself says."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gradatim.domain import Assessment
from tests.app.conftest import Invoke, objects

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = ("fibonacci/05", "column-sums/04", "shopping-cart/05")
"""Of each kind one: with several reasons for a line, several changes, tests of a test file."""
NODES = "intake execute recall diagnose retrieve generate verify critique decide deliver record"
OURS = frozenset(
    f"gradatim realiser bubblewrap landlock submission repair static trace compiler HTML Python {NODES}".split()
)
_NAMES = frozenset((*keyword.kwlist, *dir(builtins), *dir(list), *dir(str), *dir(dict), "NoneType"))
_CODE = re.compile(
    r"`[^`]*`|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|https?://\S+|\[[a-z]+:[^\]\s]*\]|[\w.]+\([^()\n]*\)|\w+(?:[-_:./@=]\w+)+"
)
_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]{2,}(?![A-Za-z0-9_])")


class Prose(HTMLParser):
    """The texts of a page, outside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "meta", "link", "path", "rect", "circle", "line", "use", "col"):
            self._open.append("code" if tag in ("code", "pre", "style", "script") else tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and "code" not in self._open:
            self.texts.append(" ".join(data.split()))


def foreign(assessment: Assessment) -> list[str]:
    """What is said in a report in the words of Python, the task or a course."""
    facts = [outcome.exception for outcome in assessment.execution.outcomes] + [assessment.execution.load_error]
    found = [fact.message for fact in facts if fact is not None]
    for item in assessment.diagnosis.evidence:
        if item.kind == "passage":
            found += [" ".join(part.split()) for part in (item.summary, *item.summary.split("`"))]
    found.append(" ".join(assessment.task.statement.split()))
    return sorted((text for text in found if len(text) > 2), key=len, reverse=True)


def english(text: str, known: frozenset[str], quoted: Sequence[str] = ()) -> list[str]:
    """Words that are neither known nor code, where what is quoted is left out."""
    for part in quoted:
        text = text.replace(part, "")
    return [word for word in _WORD.findall(_CODE.sub(" ", text)) if word not in known | _NAMES | OURS]


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_english_is_left(program: str, invoke: Invoke, tmp_path: Path) -> None:
    task, _, number = program.partition("/")
    files = (str(EXAMPLES / "tasks" / f"{task}.yaml"), str(EXAMPLES / "submissions" / task / f"{number}.py"))
    options = ("--model", "none", "--language", "zh", "--full", "--html", "r.html", "--json")
    result = invoke("assess", *files, *options)
    assert result.exit_code == 0, result.stderr
    (row,) = objects(result.stdout)
    assessment = Assessment.model_validate(row["assessment"])
    known = frozenset(re.findall(r"\w+", f"{assessment.submission.code} {assessment.task.model_dump()}"))
    page = Prose()
    page.feed((tmp_path / "r.html").read_text("utf-8"))
    assert len(page.texts) > 100
    quoted = (files[1], *foreign(assessment))
    assert [text for text in page.texts if english(text, known, quoted)] == []
    told = invoke("diagnose", *files, "--language", "zh").stdout
    assert [line for line in told.splitlines() if english(line, known, quoted)] == []


def test_the_scan_finds_what_is_left() -> None:
    mixed = "Runs in 4 of 4 failing and 2 of 2 passing tests traced; a change here，就能让所有测试通过。"
    assert len(english(mixed, frozenset())) > 5
    assert (
        english(
            "第 2 行的 `return n` 属于函数 fibonacci，抛出 TypeError：bad luck。",
            frozenset(["fibonacci"]),
            ["bad luck"],
        )
        == []
    )
