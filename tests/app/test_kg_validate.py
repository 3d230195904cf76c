"""`gradatim kg validate`, on a real pseudo-terminal and without one."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradatim.kg.decisions import Session, decided
from tests.app.conftest import Invoke
from tests.kg.decisions.cases import GRAPH, concept

_PROGRAM = """\
import ctypes, os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))  # makes it the terminal that controls this session: Ctrl-C, hang-up
if os.environ.pop("WITHOUT_RIGHTS", "") and os.geteuid() == 0:
    if ctypes.CDLL(None).prctl(24, 1, 0, 0, 0):  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE: root obeys permissions
        sys.exit(77)
    os.execv(sys.executable, sys.orig_argv)
from gradatim.app.cli import main
main()
"""
_KEYS = "[?] help"


@pytest.fixture
def graph(workspace: Path) -> Path:
    path = workspace / "course.json"
    GRAPH.write(path)
    return path


# -------------------------------------------------------------------------------------- on a terminal


class Terminal:
    """The command on a terminal of its own; what it shows, and keys for it."""

    def __init__(self, *arguments: str, term: str = "xterm-256color", **environment: str) -> None:
        self._own, theirs = pty.openpty()
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, "kg", "validate", *arguments],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            env={**kept, "TERM": term, "COLUMNS": "100", "LANG": "C.UTF-8", **environment},
            start_new_session=True,
        )
        os.close(theirs)
        self.raw = ""
        self._seen = 0

    def shows(self, *texts: str, within: float = 20) -> str:
        """Wait until all of some texts stand on the screen, each after what was waited for before."""
        until = time.monotonic() + within
        while True:
            fresh = self.screen[self._seen :]
            if all(text in fresh for text in texts):
                self._seen += max((fresh.index(text) + len(text) for text in texts), default=0)
                return fresh
            assert time.monotonic() < until, f"{texts} do not show: {fresh!r}"
            if select.select([self._own], [], [], 0.2)[0]:
                try:
                    self.raw += os.read(self._own, 65536).decode("utf-8", "replace")
                except OSError:
                    until = min(until, time.monotonic() + 0.1)
                    time.sleep(0.05)

    @property
    def screen(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.raw).replace("\r\n", "\n")

    def press(self, *keys: str) -> None:
        os.write(self._own, "".join(keys).encode("utf-8", "surrogateescape"))

    def answer(self, key: str, *texts: str) -> str:
        """Press a key, and wait for what it brings and the next question."""
        self.press(key)
        return self.shows(*texts, _KEYS)

    def ends(self) -> tuple[int, str]:
        """Exit code and stdout."""
        output, _ = self.process.communicate(timeout=20)
        return self.process.returncode, output.decode()

    def hang_up(self) -> None:
        os.close(self._own)
        self._own = -1

    def close(self) -> None:
        if self._own >= 0:
            os.close(self._own)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def terminal(graph: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def run(*arguments: str, **options: Any) -> Terminal:
        opened.append(Terminal(*arguments, **options))
        return opened[-1]

    yield run
    for item in opened:
        item.close()


def verdicts(graph: Path) -> list[str]:
    return [getattr(line, "verdict", "undo") for line in decided(graph)]


def test_accept_edit_reject_undo_quit_and_go_on_another_day(terminal: Callable[..., Terminal], graph: Path) -> None:
    first = terminal(str(graph), "--by", "reviewer", "--json")
    first.shows("9 left", "range is needed before loop", "Know a range before a loop.", "intro.md:4", _KEYS)
    assert "loop: A loop is explained here." in first.screen
    assert "not in the graph, confidence 0.40 (threshold 0.40)" in first.screen
    assert re.search(r"Know a \x1b\[1;36mrange", first.raw)  # its names stand out in the sentence
    first.answer("a", "accept: range is needed before loop", "8 left", "excursion")
    assert verdicts(graph) == ["accept"]  # on the disk before the next question is answered
    first.answer("r", "reject: excursion", "7 left", "generator")
    first.press("e")
    first.shows("[n]ew name")
    first.press("n")
    first.shows("new name:")
    first.answer("generator function\n", "edit: generator → generator function", "6 left")
    first.answer("u", "undone: edit: generator", "7 left", "concept generator")
    first.answer("u", "undone: reject: excursion", "8 left", "concept excursion")
    first.answer("r", "reject: excursion", "7 left")
    first.answer("?", "take back your latest decision")
    first.answer("s", "6 left")
    first.press("q")
    code, output = first.ends()
    assert code == 0
    told = json.loads(output)
    assert (told["accept"], told["edit"], told["reject"], told["undo"], told["left"]) == (1, 1, 2, 2, 6)
    assert told["decisions"] == str(graph.with_name("course.decisions.jsonl"))

    second = terminal(str(graph), "--by", "second reviewer")
    screen = second.shows("7 left", "generator", _KEYS)
    assert "excursion" not in screen
    assert "range is needed before loop" not in screen
    second.answer("u", "nothing of yours is left to undo")
    second.press("q")
    second.shows("nothing decided; 7 items left")
    assert second.ends()[0] == 0

    third = terminal(str(graph), "--by", "reviewer")
    third.shows(_KEYS)
    third.answer("u", "undone: reject: excursion", "8 left", "concept excursion")
    third.answer("u", "undone: accept: range is needed before loop", "9 left")
    third.press("\x04")
    assert third.ends()[0] == 0
    assert Session(graph, "reviewer").graph == GRAPH


def test_relations_are_turned_retyped_and_given_other_ends(terminal: Callable[..., Terminal], graph: Path) -> None:
    run = terminal(str(graph), "--by", "reviewer")
    run.shows("range is needed before loop", _KEYS)
    run.press("e")
    run.shows("[t]urn round")
    run.answer("t", "edit: range is needed before loop → loop is needed before range", "concept excursion")
    run.answer("s", "concept generator")
    run.answer("s", "list comprehension is needed before generator")
    run.press("e")
    run.shows("[t]urn round")
    run.press("l")
    run.shows("instead of generator:")
    run.answer("rnage\n", "there is no such concept (did you mean range?)")
    run.press("e")
    run.shows("[t]urn round")
    run.press("l")
    run.shows("instead of generator:")
    run.answer("range\n", "list comprehension is needed before range", "generator is a kind or part of range")
    run.press("e")
    run.shows("[t]urn round")
    run.press("k")
    run.shows("[p]rerequisite")
    run.answer("s", "generator resembles range")
    run.press("q")
    assert run.ends()[0] == 0
    assert verdicts(graph) == ["edit"] * 3


def test_what_is_typed_wrongly_is_said_and_asked_again(terminal: Callable[..., Terminal], graph: Path) -> None:
    run = terminal(str(graph), "--by", "reviewer")
    run.shows("range is needed before loop", _KEYS)
    run.answer("s", "excursion")
    for typed, reason in (
        ("\n", "the name: is empty"),
        ("ex\x1b[Dcursion\n", "control character U+001B"),
        ("\udcff\n", "control character U+DCFF"),
        ("loops\n", "is a name of the concept 'loop'"),
    ):
        run.press("e")
        run.shows("[n]ew name")
        run.press("n")
        run.shows("new name:")
        run.answer(typed, "not so:", reason, "concept excursion")
    run.press("x")
    run.shows("press one of these keys:", _KEYS)
    run.press("rejected")  # pasted, not pressed
    run.shows("press one of these keys:", _KEYS)
    run.press("e")
    run.shows("[m]erge")
    run.press("m")
    run.shows("the concept it is:")
    run.press("\x03")  # thinks better of it
    run.shows("concept excursion", _KEYS)
    assert decided(graph) == []
    run.press("\x03")
    assert run.ends()[0] == 130


def test_a_circle_is_refused_and_its_weakest_relation_asked_next(
    terminal: Callable[..., Terminal], graph: Path
) -> None:
    run = terminal(str(graph), "--by", "reviewer")
    run.shows(_KEYS)
    for _ in range(7):
        run.answer("s")
    assert "generator is needed before list" in run.screen
    run.answer("a", "it closes a circle (list → list comprehension → generator → list)")
    run.press("q")
    assert run.ends()[0] == 0
    assert decided(graph) == []


@pytest.mark.parametrize("end", ["kill", "hang up"])
def test_nothing_is_lost_when_the_terminal_dies(terminal: Callable[..., Terminal], graph: Path, end: str) -> None:
    run = terminal(str(graph), "--by", "reviewer")
    run.shows(_KEYS)
    run.answer("a", "8 left")
    run.answer("r", "7 left")
    if end == "kill":
        run.process.send_signal(signal.SIGKILL)
    else:
        run.hang_up()
    run.ends()
    assert verdicts(graph) == ["accept", "reject"]


def test_two_people_at_once_are_not_asked_the_same_and_hear_of_conflicts(
    terminal: Callable[..., Terminal], graph: Path
) -> None:
    one, other = terminal(str(graph), "--by", "reviewer"), terminal(str(graph), "--by", "second reviewer")
    one.shows("range is needed before loop", _KEYS)
    other.shows("range is needed before loop", _KEYS)
    one.answer("r", "concept excursion")
    other.answer("a", "conflict: reviewer said 'reject: range is needed before loop'", "concept excursion")
    one.answer("s", "concept generator")
    one.press("q")
    other.press("q")
    assert (one.ends()[0], other.ends()[0]) == (0, 0)
    assert verdicts(graph) == ["reject", "accept"]


def test_limit_and_a_plain_terminal(terminal: Callable[..., Terminal], graph: Path) -> None:
    run = terminal(str(graph), "--by", "reviewer", "--limit", "2", term="dumb")
    run.shows("[range] is needed before [loop]", _KEYS)
    assert "\x1b" not in run.raw
    run.answer("a", "8 left")
    run.press("a")
    run.shows("accept 2; 7 items left")
    assert run.ends()[0] == 0


def test_hostile_names_reach_the_terminal_as_escapes(terminal: Callable[..., Terminal], graph: Path) -> None:
    evil = concept("a\x1b]0;owned\x07b", confidence=0.4).model_copy(update={"place": "x\x1b[2J.md:1"})
    GRAPH.model_copy(update={"concepts": (evil,), "edges": (), "doubtful": type(GRAPH.doubtful)()}).write(graph)
    run = terminal(str(graph), "--by", "reviewer")
    run.shows("concept a\\x1b]0;owned\\x07b", _KEYS)
    run.press("a")
    run.shows("nothing is left to decide about")
    assert run.ends()[0] == 0
    assert "\x1b]" not in run.raw
    assert "\x1b[2J" not in run.raw


def test_a_folder_that_cannot_be_written_to_is_said_before_the_first_question(
    terminal: Callable[..., Terminal], graph: Path
) -> None:
    folder = graph.parent
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        run = terminal(str(graph), "--by", "reviewer", WITHOUT_RIGHTS="1")
        code, _ = run.ends()
        if code == 77:
            pytest.skip("root cannot give up its rights here")
        assert code == 3
        run.shows("error:", "cannot be written", "its folder cannot be written to", "copy the graph")
        assert _KEYS not in run.screen
    finally:
        folder.chmod(mode)


# ---------------------------------------------------------------------------------- without a terminal


def test_without_a_terminal_it_says_what_else_can_be_done(invoke: Invoke, graph: Path) -> None:
    result = invoke("kg", "validate", str(graph), "--by", "reviewer")
    assert result.exit_code == 2
    assert "there is no terminal to ask on" in result.stderr
    assert "--list" in result.stderr


def test_list(invoke: Invoke, graph: Path) -> None:
    shown = invoke("kg", "validate", str(graph), "--list", "--limit", "2").stdout.splitlines()
    assert shown[1].split("  ")[-2:] == ["range is needed before loop", "intro.md:4"]
    assert len(shown) == 3
    data = json.loads(invoke("kg", "validate", str(graph), "--list", "--json").stdout)
    assert (data["left"], len(data["doubtful"])) == (9, 9)
    assert data["doubtful"][0] == {
        "kind": "relation",
        "item": {"source": "range", "target": "loop", "type": "prerequisite"},
        "sentence": "Know a range before a loop.",
        "place": "intro.md:4",
        "confidence": 0.395,
        "threshold": 0.4,
        "in_graph": False,
        "says": "range is needed before loop",
    }
    every = json.loads(invoke("kg", "validate", str(graph), "--list", "--all", "--json").stdout)
    assert every["left"] == 16
    GRAPH.model_copy(update={"concepts": (), "edges": (), "doubtful": type(GRAPH.doubtful)()}).write(graph)
    assert invoke("kg", "validate", str(graph), "--list").stdout == "nothing is doubtful\n"


def test_what_is_listed_can_be_handed_back_with_a_verdict(invoke: Invoke, graph: Path) -> None:
    listed = json.loads(invoke("kg", "validate", str(graph), "--list", "--json").stdout)["doubtful"]
    rows = [json.dumps({**row, "verdict": "accept" if row["kind"] == "concept" else "reject"}) for row in listed]
    file = graph.with_name("made.jsonl")
    file.write_text("\n".join(rows))
    result = invoke("kg", "validate", str(graph), "--by", "reviewer", "--decisions", str(file))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("9 decisions added, 0 known already, 0 refused")
    assert invoke("kg", "validate", str(graph), "--list").stdout == "nothing is doubtful\n"
    again = invoke("kg", "validate", str(graph), "--by", "reviewer", "--decisions", str(file), "--json")
    assert json.loads(again.stdout) == {"added": 0, "known": 9, "refused": [], "conflicts": 0}


def test_refused_lines_are_named_and_conflicts_told(invoke: Invoke, graph: Path) -> None:
    file = graph.with_name("made.jsonl")
    one = {"kind": "concept", "item": {"name": "generator"}}
    file.write_text(
        json.dumps({**one, "verdict": "reject", "by": "reviewer"})
        + "\n"
        + json.dumps({**one, "verdict": "accept", "by": "second reviewer"})
        + "\n"
        + json.dumps({"kind": "concept", "item": {"name": "genrator"}, "verdict": "accept"})
        + "\n"
    )
    result = invoke("kg", "validate", str(graph), "--decisions", str(file))
    assert result.exit_code == 1
    assert "made.jsonl:3: " in result.stderr
    assert "did you mean generator" in result.stderr
    assert "second reviewer said 'accept: generator', which holds" in result.stderr
    assert "conflict" in invoke("kg", "validate", str(graph), "--list").stderr


def test_half_a_line_is_told_and_the_rest_counts(invoke: Invoke, graph: Path) -> None:
    Session(graph, "reviewer").make(GRAPH.doubtful.concepts[0], "accept")
    kept = graph.with_name("course.decisions.jsonl")
    kept.write_bytes(kept.read_bytes() + b'{"id": "h')
    result = invoke("kg", "validate", str(graph), "--list")
    assert result.exit_code == 0
    assert "decisions.jsonl:2: half-written" in result.stderr
    assert "excursion" not in result.stdout


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (None, "cannot be read"),
        (b"\xff", "is not UTF-8"),
        (b"[]", "concepts and edges"),
        (b"{}", "concepts"),
        (b'{"concepts": [{"name": "a"}], "edges": [{"source": "a", "target": "b", "type": "similarity"}]}', "'b'"),
    ],
)
def test_what_is_no_graph_file(invoke: Invoke, graph: Path, content: bytes | None, place: str) -> None:
    graph.unlink() if content is None else graph.write_bytes(content)
    result = invoke("kg", "validate", str(graph), "--list", "--json")
    assert result.exit_code == 2
    assert place in json.loads(result.stdout)["error"]["message"]


def test_other_wrong_input(invoke: Invoke, graph: Path) -> None:
    for by in ("", "a\x07b"):
        result = invoke("kg", "validate", str(graph), "--list", "--by", by)
        assert (result.exit_code, "--by" in result.stderr) == (2, True)
    file = graph.with_name("made.jsonl")
    assert invoke("kg", "validate", str(graph), "--list", "--decisions", str(file)).exit_code == 2
    assert invoke("kg", "validate", str(graph), "--decisions", str(file)).exit_code == 2
    file.write_text('{"kind": "concept", "item": {"name": "photosynthesis"}, "verdict": "accept"}\n')
    other = invoke("kg", "validate", str(graph), "--decisions", str(file))
    assert other.exit_code == 2
    assert "give decisions about this graph" in other.stderr
    file.write_text('{"kind": "concept", "item": {"name": "loop"}, "verdict": "edit", "became": {"name": "a\\u001bb"}}')
    wrong = invoke("kg", "validate", str(graph), "--decisions", str(file))
    assert (wrong.exit_code, "control character" in wrong.stderr) == (2, True)
    assert not graph.with_name("course.decisions.jsonl").exists()


def test_no_login_name(invoke: Invoke, graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    result = invoke("kg", "validate", str(graph), "--list")
    assert (result.exit_code, "--by NAME" in result.stderr) == (2, True)
