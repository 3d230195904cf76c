"""`gradatim trace`: listing, showing (terminal, page, JSON), comparing, exporting."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gradatim.app.report.run import render_run, run_text
from gradatim.evals.traces import read_traces, write_traces
from tests.app.conftest import Invoke, objects
from tests.evals.traces.formats_material import HOSTILE, assessment, bare, dialogue, hostile, span

EVERY = (assessment(), dialogue(), bare(), hostile())


@pytest.fixture
def runs(workspace: Path) -> Path:
    """`runs.jsonl` in the working directory."""
    write_traces(workspace / "runs.jsonl", EVERY)
    return workspace / "runs.jsonl"


class Page(HTMLParser):
    """What a browser would make of a page: its elements, attributes and text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.text = ""
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        held = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.targets += [str(held["href"])] if "href" in held else []
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "rect"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += "" if self.open and self.open[-1] == "style" else data


def test_list(runs: Path, invoke: Invoke) -> None:
    result = invoke("trace", "list", "runs.jsonl")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 5
    assert lines[1].split() == [
        "1", assessment().id, "assessment", "total/02", "incorrect", "review", "0.42", "7", "12", "1", "1020", "1",
    ]  # fmt: skip
    assert "\x1b" not in result.stdout
    rows = objects(invoke("trace", "list", "runs.jsonl", "--limit", "2", "--json").stdout)
    assert [row["id"] for row in rows] == [assessment().id, dialogue().id]
    assert rows[0]["tokens"] == 1020


def test_list_checks_the_conventions(runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "list", "runs.jsonl", "--check")
    assert result.exit_code == 1
    assert "departures from the conventions in 4 traces" in result.stderr
    write_traces(workspace / "good.jsonl", EVERY[:3])
    result = invoke("trace", "list", "good.jsonl", "--check", "--json")
    assert result.exit_code == 0
    assert all(row["problems"] == [] for row in objects(result.stdout))


def test_show_in_a_terminal(runs: Path, invoke: Invoke) -> None:
    result = invoke("trace", "show", "runs.jsonl")
    assert result.exit_code == 0
    assert "execute ∥ recall → diagnose → generate → verify ∥ critique → decide" in result.stdout
    assert "✗ Line 1 is wrong." in result.stdout
    assert "took too long" in result.stdout
    assert "900 → 120 tokens" in result.stdout
    assert "found refuted (execution)" in result.stdout
    assert "the first of several runs" in result.stderr
    assert "█" in result.stdout


@pytest.mark.parametrize("name", ["runs.jsonl#2", "runs.jsonl#1bf76519", f"runs.jsonl#{dialogue().id}"])
def test_show_a_run_by_name(name: str, runs: Path, invoke: Invoke) -> None:
    result = invoke("trace", "show", name)
    assert result.exit_code == 0
    assert "assistant: Which numbers does range(1, 3) give?" in result.stdout
    assert result.stderr == ""


def test_show_by_example_and_as_json(runs: Path, invoke: Invoke) -> None:
    data = json.loads(invoke("trace", "show", "runs.jsonl", "--run", "total/02", "--json").stdout)
    assert data["id"] == assessment().id
    assert data["timeline"]["stages"][0] == ["execute", "recall"]
    assert data["sentences"][1]["mark"] == "refuted"
    assert "2 + 2?" in invoke("trace", "show", "runs.jsonl", "--run", "run 7").stdout


def test_a_run_that_is_not_there_or_is_not_one(runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "show", "runs.jsonl#99")
    assert result.exit_code == 2
    assert "has no run '99'" in result.stderr
    assert "gradatim trace list" in result.stderr
    write_traces(workspace / "two.jsonl", [replace(assessment(), id=f"abcd{number}") for number in range(2)])
    result = invoke("trace", "show", "two.jsonl#abcd")
    assert result.exit_code == 2
    assert "several runs are called 'abcd': abcd0, abcd1" in result.stderr
    (workspace / "none.jsonl").write_text("\n", "utf-8")
    assert "holds no traces" in invoke("trace", "show", "none.jsonl", "--from", "jsonl").stderr
    assert invoke("trace", "show", "nowhere.jsonl").exit_code == 2


def test_a_name_with_a_number_sign(workspace: Path, invoke: Invoke) -> None:
    write_traces(workspace / "runs#2.jsonl", EVERY)
    assert "Sum" in invoke("trace", "show", "runs#2.jsonl").stdout
    assert "quiz" in invoke("trace", "show", "runs#2.jsonl#3").stdout


def test_nothing_of_a_trace_reaches_the_terminal_unescaped(runs: Path, invoke: Invoke) -> None:
    for arguments in (("show", "runs.jsonl#4"), ("list", "runs.jsonl"), ("diff", "runs.jsonl#1", "runs.jsonl#4")):
        result = invoke("trace", *arguments)
        assert "\x1b" not in result.stdout + result.stderr
        assert "\u202e" not in result.stdout + result.stderr
        assert "alert(" in result.stdout


def test_the_page(runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "show", "runs.jsonl", "--run", "1", "--html", "pages/run.html")
    assert result.exit_code == 0
    assert result.stdout == "pages/run.html\n"
    page = Page((workspace / "pages/run.html").read_text("utf-8"))
    assert page.open == []
    for wanted in (
        "Path and times", "execute", "Line 1 is wrong.", "found refuted", "took too long", "a claim was refuted",
        "Line 3 ends before n.", "range(1, n)", "one of 2", "What is wrong?", "900", "cost 0.0031", "total/02",
    ):  # fmt: skip
        assert wanted in page.text, wanted
    assert {"evidence-1", "evidence-2", "timeline", "statements"} <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)
    assert all(target[1:] in page.ids for target in page.targets)  # links lead somewhere, and nowhere else
    assert not page.elements & {"script", "img", "link", "iframe", "object", "form"}


def test_bars_stand_where_the_time_went() -> None:
    source = render_run(assessment())
    bars = re.findall(r'class="b (\w+)( failed)?" x="([\d.]+)" y="1" width="([\d.]+)"', source)
    assert ("invoke_agent", "", "30.000", "50.000") in bars  # generate: from 300 ms to 800 ms of 1 s
    assert ("execute_tool", " failed", "81.000", "7.000") in bars
    assert len(bars) == 12
    assert all(float(x) + float(width) <= 100.5 for _, _, x, width in bars)


def test_hostile_texts_stay_texts() -> None:
    """What a hostile trace says has no effect: no element and no attribute is there that a tame page lacks."""
    tame = Page(
        render_run(
            replace(assessment(), outputs=dict(assessment().outputs) | {"messages": dialogue().outputs["messages"]})
        )
    )
    source = render_run(hostile())
    page = Page(source)
    assert page.open == []
    assert page.elements <= tame.elements
    assert page.attributes <= tame.attributes
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    assert page.text.count('<script>alert("x")</script>') > 30
    assert "\u202e" not in source
    assert "\x1b" not in source
    assert HOSTILE not in source
    assert "default-src 'none'" in source


def test_pages_and_texts_of_traces_of_other_kinds() -> None:
    untimed = replace(bare(), spans=(replace(span(1, None, "invoke_agent", "a", 0, 0), start=0, end=0),))
    for trace in (bare(), dialogue(), untimed, replace(bare(), inputs={}, outputs={}, attributes={})):
        assert Page(render_run(trace)).open == []
        assert trace.name in run_text(trace)
    assert "times were not recorded" in render_run(untimed)
    assert "2 + 2?" in Page(render_run(bare())).text
    many = replace(bare(), spans=tuple(span(number, 1, "execute_tool", "run", 0, 9) for number in range(2, 400)))
    assert "and 198 more, which are in the file" in render_run(many)
    assert "run ×398" in run_text(many)


def test_diff_of_two_runs(runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "diff", "runs.jsonl#1", "runs.jsonl#1")
    assert result.exit_code == 0
    assert "the runs do not differ" in result.stdout
    other = replace(assessment(), id="b" * 32, spans=assessment().spans[:-1])
    write_traces(workspace / "other.jsonl", [other])
    result = invoke("trace", "diff", "runs.jsonl#1", "other.jsonl")
    assert result.exit_code == 1
    assert "path\n  after critique\n    A  decide\n" in result.stdout
    data = json.loads(invoke("trace", "diff", "runs.jsonl#1", "other.jsonl", "--json").stdout)
    assert data["same"] is False
    assert {item["aspect"] for item in data["differences"]} == {"path", "scores", "times"}


def test_diff_of_two_files(workspace: Path, invoke: Invoke) -> None:
    """Runs of the same example and seed are compared, in whatever order they stand."""
    first = [replace(assessment(), id=f"a{n}", attributes={"sample": f"s{n}", "seed": 1}) for n in range(4)]
    second = [replace(item, id=f"b{n}") for n, item in enumerate(first)]
    second[2] = replace(second[2], spans=second[2].spans[:-1])
    write_traces(workspace / "a.jsonl", first)
    write_traces(workspace / "b.jsonl", reversed(second))
    result = invoke("trace", "diff", "a.jsonl", "b.jsonl")
    assert result.exit_code == 1
    assert "s2, seed 1  path 1, scores 1" in result.stdout
    assert "3 of 4 pairs of runs do not differ" in result.stdout
    assert invoke("trace", "diff", "a.jsonl", "a.jsonl").exit_code == 0
    write_traces(workspace / "b.jsonl", second[:3])
    result = invoke("trace", "diff", "a.jsonl", "b.jsonl", "--json")
    assert result.exit_code == 1
    data = json.loads(result.stdout)
    assert data["only_first"] == ["s3, seed 1"]
    assert [run["same"] for run in data["runs"]] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "target", "title"),
    [
        ("otlp", "out.json", "OTLP JSON"),
        ("inspect", "out.eval", "inspect_ai EvalLog"),
        ("agentevals", "out.jsonl", "agentevals GraphTrajectory"),
        ("openai", "out.jsonl.gz", "OpenAI messages"),
        ("jsonl", "deep/out.jsonl", "gradatim JSON Lines"),
    ],
)
def test_export(name: str, target: str, title: str, runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "export", "runs.jsonl", "--to", name, "-o", target)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{target}: 4 traces, {title}\n"
    back = invoke("trace", "export", target, "--to", "jsonl", "-o", "back.jsonl", "--json")
    assert json.loads(back.stdout) == {"file": "back.jsonl", "from": name, "to": "jsonl", "traces": 4}
    assert [trace.id for trace in read_traces(workspace / "back.jsonl")] == [trace.id for trace in EVERY]
    if name in ("otlp", "inspect", "jsonl"):
        assert (workspace / "back.jsonl").read_bytes() == runs.read_bytes()


def test_export_of_some_runs(runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "export", "runs.jsonl", "--to", "jsonl", "-o", "some.jsonl", "--run", "3", "--run", "1")
    assert result.exit_code == 0
    assert list(read_traces(workspace / "some.jsonl")) == [bare(), assessment()]


def test_export_that_cannot_be(runs: Path, workspace: Path, invoke: Invoke) -> None:
    result = invoke("trace", "export", "runs.jsonl", "--to", "inspect", "-o", "out.jsonl")
    assert result.exit_code == 2
    assert "end it in .json or .eval" in result.stderr
    result = invoke("trace", "export", "runs.jsonl", "--to", "otlp", "-o", "runs.jsonl/x.json")
    assert result.exit_code == 3
    result = invoke("trace", "export", "runs.jsonl", "--from", "otlp", "--to", "jsonl", "-o", "x.jsonl")
    assert result.exit_code == 2
    assert "runs.jsonl:1" in result.stderr
    (workspace / "kept.jsonl").write_text("kept", "utf-8")
    runs.write_bytes(runs.read_bytes() + b"{broken\n")
    result = invoke("trace", "export", "runs.jsonl", "--to", "jsonl", "-o", "kept.jsonl")
    assert result.exit_code == 2
    assert "runs.jsonl:5" in result.stderr
    assert (workspace / "kept.jsonl").read_text("utf-8") == "kept"
