"""Students' programs: what is taken in, and what each refusal says."""

from __future__ import annotations

import io
import json
import os
from encodings.aliases import aliases
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import SubmissionError
from gradatim.settings import Settings
from gradatim.tools.submissions import HandedIn, decode_program, read_submissions

ENCODINGS = st.sampled_from(sorted(set(aliases.values())))
SMALL = Settings(submission_limit=2048)


def read(*paths: str | Path, stdin: bytes | None = None) -> list[HandedIn | SubmissionError]:
    source = None if stdin is None else io.BytesIO(stdin)
    return list(read_submissions(paths, SMALL, source))


def good(items: list[HandedIn | SubmissionError]) -> list[HandedIn]:
    errors = [item for item in items if isinstance(item, SubmissionError)]
    assert errors == []
    return [item for item in items if isinstance(item, HandedIn)]


def only_error(items: list[HandedIn | SubmissionError]) -> SubmissionError:
    assert len(items) == 1
    assert isinstance(items[0], SubmissionError)
    return items[0]


def test_reads_a_file_and_makes_a_submission_of_it(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("print(1)\n")
    [program] = good(read(file))
    assert program == HandedIn(str(file), "print(1)\n")
    submission = program.submission("add", "ada")
    assert (submission.task_id, submission.learner_id, submission.filename) == ("add", "ada", str(file))
    assert submission.id == program.submission("add", "ada").id != program.submission("add").id


def test_an_empty_program_is_a_program(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"")
    assert good(read(tmp_path / "a.py"))[0].code == ""


def test_any_ending_will_do_when_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "answer.txt").write_text("x = 1")
    assert good(read(tmp_path / "answer.txt"))[0].code == "x = 1"


def test_reads_standard_input_once() -> None:
    first, second = read("-", "-", stdin=b"x = 1\r\n")
    assert first == HandedIn("<stdin>", "x = 1\n")
    assert isinstance(second, SubmissionError)
    assert "was read already" in str(second)
    assert "is not connected" in str(only_error(read("-")))


def test_reads_a_folder_in_sorted_order(tmp_path: Path) -> None:
    for name in [
        "b.py",
        "a/z.py",
        "a/b/c.py",
        "B.PY",
        ".hidden.py",
        ".git/x.py",
        "__pycache__/y.py",
        "notes.txt",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dir.py").mkdir()
    names = [Path(program.name).relative_to(tmp_path).as_posix() for program in good(read(tmp_path))]
    assert names == ["B.PY", "a/b/c.py", "a/z.py", "b.py"]


def test_errors_stand_in_their_place_and_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1")
    (tmp_path / "b.py").write_bytes(b"\0")
    (tmp_path / "c.py").symlink_to("gone")
    (tmp_path / "d.py").write_text("d = 1")
    os.mkfifo(tmp_path / "e.py")
    items = read("missing.py", tmp_path, tmp_path / "a.py")
    assert [isinstance(item, HandedIn) for item in items] == [False, True, False, False, True, False, True]


def test_reads_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "programs.jsonl"
    rows = [
        {"file": "a.py", "code": "a = 1\r\n"},
        {"submission": "s-2", "code": "", "learner": "ada", "grade": 3},
        {"code": "c = 'é'"},
    ]
    file.write_text("\ufeff" + "\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert good(read(file)) == [
        HandedIn("a.py", "a = 1\n"),
        HandedIn("s-2", "", "ada"),
        HandedIn(f"{file}:5", "c = 'é'"),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"), "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n€ = 1".encode("cp1252"), None),
        (b"a = 1\rb = 2\r\nc = 3", "a = 1\nb = 2\nc = 3"),
    ],
    ids=["utf-8", "mark", "latin-1", "second-line", "line-ends"],
)
def test_encodings_are_respected(data: bytes, code: str | None) -> None:
    text = decode_program(data, "a.py")
    assert text == (code or "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n€ = 1")


class Refused(NamedTuple):
    """Bytes that are no program, and what has to be said about them."""

    data: bytes
    line: int | None
    message: str
    remedy: str


REFUSED: dict[str, Refused] = {
    "not-utf-8": Refused(b"a = 1\nb = '\xe9'\n", 2, "is not UTF-8 text: byte 0xe9 at offset 11", "coding: latin-1"),
    "not-utf-8-late": Refused(b"a = 1\n" * 9 + b"# \xff", 10, "byte 0xff at offset 56", "save the program as UTF-8"),
    "not-ascii-as-declared": Refused(
        b"# coding: ascii\nx = '\xc3\xa9'\n",
        2,
        "is not ASCII text: byte 0xc3 at offset 21",
        "declare its encoding",
    ),
    "unknown-encoding": Refused(b"# coding: klingon\n", None, "unknown encoding: klingon", "as UTF-8"),
    "mark-against-declaration": Refused(b"\xef\xbb\xbf# coding: latin-1\n", None, "encoding problem", "as UTF-8"),
    "not-a-text-encoding": Refused(b"# coding: rot13\nx\n", None, "not a text encoding", "as UTF-8"),
    "slow-encoding": Refused(b"# coding: punycode\nx\n", None, "declares the encoding punycode", "as UTF-8"),
    "utf-16": Refused("x = 1\n".encode("utf-16"), None, "is UTF-16", "as UTF-8"),
    "nul": Refused(b"x = 1\ny = '\0'\n", 2, "holds a NUL byte", "the program's text"),
    "compiled": Refused(b"\xa7\r\r\n\0\0\0\0", 1, "byte 0xa7 at offset 0", "as UTF-8"),
    "too-large": Refused(b"#" * 2049, None, "has 2,049 bytes, more than the 2,048 allowed", "submission_limit"),
    "far-too-large": Refused(b"#" * 9_000_000, None, "has 9,000,000 bytes, more than", "submission_limit"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused_programs_are_explained(tmp_path: Path, case: Refused) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(case.data)
    error = only_error(read(file))
    assert case.message in error.message
    assert case.remedy in (error.remedy or "")
    assert error.place == (f"{file}:{case.line}" if case.line else str(file))


def test_standard_input_is_limited_too() -> None:
    error = only_error(read("-", stdin=b"#" * 9000))
    assert "goes on, more than the 2,048 allowed" in error.message
    assert error.place == "<stdin>"


def test_no_more_is_read_than_the_limit() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            buffer[:] = b"#" * len(buffer)
            return len(buffer)

    [error] = read_submissions(["-"], SMALL, io.BufferedReader(Endless()))
    assert isinstance(error, SubmissionError)


def test_paths_that_are_no_programs(tmp_path: Path) -> None:
    (tmp_path / "link.py").symlink_to("gone")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    for path, message, remedy in [
        (tmp_path / "gone.py", "does not exist", "check the path"),
        (tmp_path / "link.py", "is a link to nothing", "remove the link"),
        (tmp_path / "empty", "holds no Python file", "*.py"),
        (tmp_path / "pipe.py", "is not a regular file", "stdin as -"),
        (Path("/dev/zero"), "is not a regular file", "stdin as -"),
    ]:
        error = only_error(read(path))
        assert message in error.message
        assert remedy in (error.remedy or "")
        assert error.place == str(path)
    assert "cannot be read" in only_error(read("a\0b")).message
    assert "no program was given" in only_error(read()).message


def test_files_that_cannot_be_read_are_explained() -> None:
    error = only_error(read("/proc/self/mem"))  # a regular file whose first byte nobody may read
    assert "cannot be read: Input/output error" in error.message
    assert "its rights" in (error.remedy or "")


@pytest.mark.parametrize(
    ("line", "message", "remedy"),
    [
        ('{"file": "a.py", "code": ', "is not JSON: Expecting value in column 26", "on one line"),
        ("[1, 2]", "is not a JSON object", "on one line"),
        ('{"file": "a.py"}', "has no code", '"code"'),
        ('{"file": "a.py", "code": 3}', "code is int, not text", '"code"'),
        ('{"file": ["a"], "code": ""}', "file is not a name", '"file"'),
        ('{"file": "  ", "code": ""}', "file is not a name", '"file"'),
        ('{"file": "a", "code": "", "learner": 3}', "learner is not a name", "on one line"),
        ('{"file": "\\ud800", "code": ""}', "file is not a name", '"file"'),
        ('{"file": "a", "code": "\\ud800"}', "half a surrogate pair", "UTF-8"),
        ('{"file": "a", "code": "\\u0000"}', "holds a NUL byte", "text"),
        (
            '{"file": "a", "code": "' + "#" * 2049 + '"}',
            "has 2,049 bytes, more than the 2,048",
            "submission_limit",
        ),
        ('{"file": "a", "code": "' + "#" * 200_000 + '"}', "more than the 2,048", "submission_limit"),
        ("[" * 20_000, "is JSON that cannot be read", "on one line"),
        ("\udce9", "is not UTF-8: byte 0xe9 in column 1", "UTF-8"),
    ],
    ids=range(14),
)
def test_broken_json_lines_are_explained_and_skipped(tmp_path: Path, line: str, message: str, remedy: str) -> None:
    file = tmp_path / "p.jsonl"
    before, after = '{"file": "1", "code": ""}', '{"file": "3", "code": ""}'
    file.write_text(f"{before}\n{line}\n{after}\n", encoding="utf-8", errors="surrogateescape")
    first, error, last = read(file)
    assert isinstance(first, HandedIn)
    assert isinstance(error, SubmissionError)
    assert isinstance(last, HandedIn)
    assert message in error.message
    assert remedy in (error.remedy or "")
    assert error.place == f"{file}:2"
    assert (first.name, last.name) == ("1", "3")


def test_json_lines_without_programs(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text("\n\n")
    assert "holds no programs" in only_error(read(file)).message


@settings(deadline=None)
@given(
    st.binary(max_size=80)
    | st.builds(lambda name, rest: f"# coding: {name}\n".encode() + rest, ENCODINGS, st.binary(max_size=40))
)
def test_any_bytes_are_a_program_or_explained(data: bytes) -> None:
    try:
        text = decode_program(data, "a.py")
    except SubmissionError:
        return
    assert "\r" not in text
    assert "\0" not in text
    text.encode("utf-8")
