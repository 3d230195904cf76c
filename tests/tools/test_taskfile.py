"""Task files: what is read, and what each mistake is called."""
# ruff: noqa: E501 - one mistake a row

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Task
from gradatim.errors import TaskFileError
from gradatim.tools.taskfile import TASK_FILE_LIMIT, load_task, parse_task, task_schema

REPOSITORY = Path(__file__).parents[2]

GOOD = """\
id: double
title: Double it
statement: Return twice the number.
kind: function
entry_point: double
setup: |
  LIMIT = 3
concepts: [function, return-value]
tests:
  - {call: "double(2)", expect: "4"}
  - {call: "double('a')", raises: TypeError, hidden: true, weight: 2, timeout: 0.5, name: text}
  - check: |
      value = double(LIMIT)
      assert value == 6
reference: |
  def double(n):
      return n + n
"""


def swap(old: str, new: str) -> str:
    """The good file with one part replaced."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_reads_every_field() -> None:
    task = parse_task(GOOD)
    assert isinstance(task, Task)
    assert (task.id, task.title, task.kind, task.entry_point) == ("double", "Double it", "function", "double")
    assert task.setup == "LIMIT = 3\n"
    assert task.concepts == ("function", "return-value")
    assert [test.id for test in task.tests] == ["t1", "t2", "t3"]
    first, second, third = task.tests
    assert (first.call, first.expect, first.hidden, first.weight, first.timeout) == (
        "double(2)",
        "4",
        False,
        1,
        1,
    )
    assert (second.raises, second.hidden, second.weight, second.timeout) == ("TypeError", True, 2, 0.5)
    assert second.label == "text"
    assert third.form == "check"
    assert third.check == "value = double(LIMIT)\nassert value == 6\n"
    assert task.reference == "def double(n):\n    return n + n\n"
    assert not task.reveal_solution


def test_reads_a_program_task() -> None:
    task = parse_task(
        "id: 12\ntitle: Add\nstatement: Print the sum.\nkind: program\n"
        'tests:\n  - {stdin: "3\\n4\\n", stdout: "7\\n"}\n  - {stdout: 0}\n  - {stdin: 010, stdout: yes}\n'
    )
    assert task.id == "12"
    assert [(test.form, test.stdin, test.stdout) for test in task.tests] == [
        ("program", "3\n4\n", "7\n"),
        ("program", "", "0"),
        ("program", "010", "yes"),
    ]


def test_reads_json() -> None:
    data = {
        "id": "a",
        "title": "A",
        "statement": "B",
        "entry_point": "f",
        "tests": [{"call": "f()", "expect": [1]}],
    }
    assert parse_task(json.dumps(data)).tests[0].expect == "[1]"


def test_loads_from_disk_with_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "task.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_task(file) == load_task(str(file)) == parse_task(GOOD)


@pytest.mark.parametrize(
    ("written", "literal"),
    [
        ("5", "5"),
        ('"5"', "5"),
        ("-2.5", "-2.5"),
        ("1e3", "1e3"),
        ("1_000", "1000"),
        ("true", "True"),
        ("False", "False"),
        ("None", "None"),
        ("null", "None"),
        ("~", "None"),
        ("[1, 2, three]", "[1, 2, 'three']"),
        ("[]", "[]"),
        ("{a: 1, b: [true, null]}", "{'a': 1, 'b': [True, None]}"),
        ('"(1, 2)"', "(1, 2)"),
        ('"{1, 2}"', "{1, 2}"),
        ("\"'five'\"", "'five'"),
        ("(1, 2)", None),
        ('"set()"', "set()"),
        ("\"b'x'\"", "b'x'"),
    ],
)
def test_expected_values_become_literals(written: str, literal: str | None) -> None:
    if literal is None:  # brackets and commas without quotes fall apart in a flow mapping
        with pytest.raises(TaskFileError, match="put quotes round"):
            parse_task(swap('expect: "4"', f"expect: {written}"))
        return
    assert parse_task(swap('expect: "4"', f"expect: {written}")).tests[0].expect == literal


def test_own_exception_has_to_be_spoken_of() -> None:
    own = swap("raises: TypeError", "raises: TooMuch")
    with pytest.raises(TaskFileError, match="names no exception: TooMuch"):
        parse_task(own)
    told = own.replace("Return twice the number.", "Return twice the number, or raise TooMuch.")
    assert parse_task(told).tests[1].raises == "TooMuch"


class Broken(NamedTuple):
    """A broken file and what has to be said about it."""

    text: str
    place: str | None
    message: str
    remedy: str


CALL = '{call: "double(2)", expect: "4"}'
BROKEN: dict[str, Broken] = {
    "empty": Broken("", "task.yaml", "is empty", "key: value"),
    "only-comment": Broken("# later\n", "task.yaml", "is empty", "key: value"),
    "list": Broken("- a\n- b\n", "task.yaml:1", "is a list, not a mapping", "write `id:`"),
    "plain-text": Broken("hello there\n", "task.yaml:1", "is text, not a mapping", "write `id:`"),
    "tab": Broken(swap("  - check: |", "\t- check: |"), "task.yaml:12", "not YAML", "spaces, not tabs"),
    "colon": Broken(swap("Double it", "Double: it"), "task.yaml:2", "mapping values", "put quotes round"),
    "open-bracket": Broken(
        swap("[function, return-value]", "[function, return-value"), "task.yaml:9", "not YAML", "quotes"
    ),
    "two-documents": Broken(GOOD + "---\n" + GOOD, "task.yaml:18", "not YAML", "one document"),
    "control-character": Broken(swap("Double it", "Double\x07 it"), "task.yaml:2", "U+0007", "remove it"),
    "surrogate": Broken(swap("Double it", '"a\\ud800"'), "task.yaml:2", "surrogate", "the character itself"),
    "alias": Broken(
        swap("concepts: [function, return-value]", "concepts: &c [loop]") + "extra: *c\n",
        "task.yaml:18",
        "uses a YAML alias",
        "write the value out",
    ),
    "too-deep": Broken("id: " + "[" * 5000 + "]" * 5000, "task.yaml", "nested too deeply", "flatter"),
    "duplicate-key": Broken(
        GOOD + "title: Again\n", "task.yaml:18", "title is given twice, first on line 2", "keep one"
    ),
    "unknown-key": Broken(swap("statement:", "statment:"), None, "unknown key 'statment'", "'statement'?"),
    "synonym": Broken(GOOD + "solution: x\n", "task.yaml:18", "unknown key 'solution'", "'reference'?"),
    "unknown-test-key": Broken(
        swap("hidden: true", "hiden: true"),
        "task.yaml:11",
        "tests[1] has an unknown key 'hiden'",
        "'hidden'?",
    ),
    "list-as-key": Broken(GOOD + "? [a, b]\n: 1\n", "task.yaml:18", "a list as a key", "use a word"),
    "no-id": Broken(swap("id: double\n", ""), "task.yaml:1", "id is missing", "add `id:`"),
    "bad-id": Broken(swap("id: double", "id: a/b"), "task.yaml:1", "id 'a/b' is not usable", "letters, digits"),
    "empty-title": Broken(swap("title: Double it", "title:"), "task.yaml:2", "title is empty", "write its text"),
    "title-list": Broken(swap("Double it", "[a]"), "task.yaml:2", "title is a list, not text", "between quotes"),
    "long-title": Broken(swap("Double it", '"a\\nb"'), "task.yaml:2", "several lines", "statement"),
    "bad-kind": Broken(swap("kind: function", "kind: functoin"), "task.yaml:4", "'functoin'", "'function'?"),
    "no-entry-point": Broken(
        swap("entry_point: double\n", ""), "task.yaml:1", "entry_point is missing", "function or class"
    ),
    "entry-point-call": Broken(
        swap("entry_point: double", "entry_point: double()"), "task.yaml:5", "'double()'", "without brackets"
    ),
    "entry-point-keyword": Broken(
        swap("entry_point: double", "entry_point: class"), "task.yaml:5", "not a Python name", "bare name"
    ),
    "entry-point-in-program": Broken(
        "id: a\ntitle: A\nstatement: B\nkind: program\nentry_point: f\ntests: [{stdout: x}]\n",
        "task.yaml:5",
        "entry_point has no meaning",
        "kind: function",
    ),
    "setup-syntax": Broken(
        swap("  LIMIT = 3\n", "  LIMIT = 3\n  if LIMIT\n"),
        "task.yaml:8",
        "setup does not compile",
        "correct the code",
    ),
    "reference-syntax": Broken(
        swap("      return n + n", "      n +\n      return n"),
        "task.yaml:17",
        "reference does not compile",
        "correct",
    ),
    "reference-return-outside": Broken(
        GOOD + "  return 3\n", "task.yaml:18", "'return' outside function", "correct the code"
    ),
    "reference-folded": Broken(
        swap("reference: |\n", "reference: >\n").replace("      return n + n\n", "  x = 1\n  return x\n"),
        "task.yaml:15",
        "reference does not compile",
        "`reference: |`",
    ),
    "reference-other-name": Broken(
        swap("def double(n)", "def dubble(n)"), "task.yaml:15", "does not define double", "define it"
    ),
    "concepts-text": Broken(
        swap("[function, return-value]", "loop"), "task.yaml:8", "concepts is text, not a list", "[one, two]"
    ),
    "concept-form": Broken(swap("return-value]", "Return Value]"), "task.yaml:8", "'Return Value'", "for-loop"),
    "concept-twice": Broken(swap("return-value]", "function]"), "task.yaml:8", "given twice", "keep it once"),
    "reveal-text": Broken(
        GOOD + "reveal_solution: maybe\n",
        "task.yaml:18",
        "is text, not true or false",
        "reveal_solution: true",
    ),
    "no-tests": Broken(GOOD.replace("tests:", "setup_:"), None, "tests is missing", "at least one test"),
    "tests-empty": Broken(
        "id: a\ntitle: A\nstatement: B\nentry_point: f\ntests: []\n",
        "task.yaml:5",
        "tests is empty",
        "at least one",
    ),
    "tests-mapping": Broken(
        "id: a\ntitle: A\nstatement: B\nentry_point: f\ntests: {call: f()}\n",
        "task.yaml:5",
        "a mapping, not a list",
        "dash",
    ),
    "test-is-text": Broken(swap(CALL, "double(2)"), "task.yaml:10", "tests[0] is text, not a test", "call"),
    "no-form": Broken(swap(CALL, "{name: nothing}"), "task.yaml:10", "tests[0] tests nothing", "`check`"),
    "two-forms": Broken(
        swap(CALL, '{call: "double(2)", check: "assert 1"}'),
        "task.yaml:10",
        "has call and check",
        "two tests",
    ),
    "call-statement": Broken(
        swap('"double(2)"', '"x = double(2)"'),
        "task.yaml:10",
        "tests[0].call is not a Python expression",
        "check",
    ),
    "call-number": Broken(swap('call: "double(2)"', "call: [1]"), "task.yaml:10", "a list, not text", "quotes"),
    "call-unquoted": Broken(
        swap('call: "double(2)"', "call: double(2, 3)"), None, "unknown key '3)'", "put quotes round"
    ),
    "nothing-expected": Broken(
        swap(CALL, '{call: "double(2)"}'), "task.yaml:10", "says nothing to expect", "raises: ValueError"
    ),
    "expect-name": Broken(
        swap('expect: "4"', "expect: four"),
        "task.yaml:10",
        "tests[0].expect is not a Python literal",
        "\"'four'\"",
    ),
    "expect-expression": Broken(
        swap('expect: "4"', 'expect: "2 * 2"'), "task.yaml:10", "expect is not a Python literal", "`check`"
    ),
    "expect-empty": Broken(swap('expect: "4"', "expect:"), "task.yaml:10", "expect is empty", "None"),
    "expect-octal": Broken(swap('expect: "4"', "expect: 010"), "task.yaml:10", "is written 010", "quotes"),
    "expect-time": Broken(swap('expect: "4"', "expect: 1:30"), "task.yaml:10", "is written 1:30", "quotes"),
    "expect-yes": Broken(swap('expect: "4"', "expect: yes"), "task.yaml:10", "is written yes", "quotes"),
    "expect-nan": Broken(swap('expect: "4"', "expect: .nan"), "task.yaml:10", "is written .nan", "quotes"),
    "expect-set": Broken(swap('expect: "4"', "expect: {1, 2}"), "task.yaml:10", "looks like a set", "quotes"),
    "expect-tuple-in-list": Broken(
        swap('expect: "4"', "expect: [(1, 2), 3]"), "task.yaml:10", "not read as Python", "whole value"
    ),
    "expect-and-raises": Broken(
        swap('expect: "4"', 'expect: "4", raises: ValueError'), "task.yaml:10", "beside expect", "keep one"
    ),
    "raises-function": Broken(
        swap("raises: TypeError", "raises: print"),
        "task.yaml:11",
        "not the name of an exception",
        "ValueError",
    ),
    "raises-typo": Broken(
        swap("raises: TypeError", "raises: TypeEror"), "task.yaml:11", "names no exception", "TypeError?"
    ),
    "expect-with-stdout": Broken(
        "id: a\ntitle: A\nstatement: B\nkind: program\ntests:\n  - stdout: x\n    expect: 1\n",
        "task.yaml:7",
        "tests[0].expect does not go with stdin/stdout",
        "`call`",
    ),
    "stdin-without-stdout": Broken(
        "id: a\ntitle: A\nstatement: B\nkind: program\ntests:\n  - stdin: x\n",
        "task.yaml:6",
        "stdout is missing",
        "has to be printed",
    ),
    "call-in-program": Broken(
        "id: a\ntitle: A\nstatement: B\nkind: program\ntests:\n  - {call: f(), expect: 1}\n",
        "task.yaml:6",
        "tests[0].call needs a task of kind: function",
        "`stdin` and `stdout`",
    ),
    "stdin-in-function": Broken(
        swap(CALL, '{stdin: "1", stdout: "2"}'), "task.yaml:10", "needs kind: program", "`call` and `expect`"
    ),
    "check-without-assert": Broken(
        swap("assert value == 6", "value == 6"),
        "task.yaml:12",
        "tests[2].check asserts nothing",
        "assert statement",
    ),
    "check-assert-inside": Broken(
        swap("assert value == 6", "for n in [1]: assert value == 6"),
        "task.yaml:12",
        "the assert on line 2 stands inside another statement",
        "one assert for each case",
    ),
    "check-syntax": Broken(
        swap("assert value == 6", "assert value = 6"),
        "task.yaml:14",
        "tests[2].check does not compile",
        "correct",
    ),
    "weight-zero": Broken(swap("weight: 2", "weight: 0"), "task.yaml:11", "weight is 0, out of range", "above 0"),
    "weight-infinite": Broken(
        swap("weight: 2", "weight: .inf"), "task.yaml:11", "weight is not a plain number", "at most 1000"
    ),
    "timeout-long": Broken(
        swap("timeout: 0.5", "timeout: 61"), "task.yaml:11", "timeout is 61, out of range", "at most 60"
    ),
    "timeout-text": Broken(
        swap("timeout: 0.5", 'timeout: "1"'), "task.yaml:11", "timeout is text, not a number", "at most 60"
    ),
    "hidden-number": Broken(
        swap("hidden: true", "hidden: 1"), "task.yaml:11", "a number, not true or false", "hidden: true"
    ),
    "name-twice": Broken(
        swap(CALL, '{call: "double(2)", expect: 4, name: text}'),
        "task.yaml:11",
        "given on line 10 already",
        "own name",
    ),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_broken_files_are_explained(case: Broken) -> None:
    with pytest.raises(TaskFileError) as caught:
        parse_task(case.text)
    error = caught.value
    assert case.message in error.message
    told = f"{error.remedy} {error.message}"
    assert case.remedy in told
    if case.place is not None:
        assert error.place == case.place, "one problem, told at its place"
    assert str(error).startswith(f"{error.place}: ")


def test_all_problems_are_told_together_in_order() -> None:
    text = swap("id: double", "id: a b").replace('expect: "4"', "expect: four").replace("weight: 2", "weight: -1")
    with pytest.raises(TaskFileError) as caught:
        parse_task(text, "x/loop.yaml")
    lines = str(caught.value).splitlines()
    assert lines[0] == "x/loop.yaml: 3 problems"
    assert [line.split(": ")[0].strip() for line in lines[1:]] == [
        "x/loop.yaml:1",
        "x/loop.yaml:10",
        "x/loop.yaml:11",
    ]


def test_very_many_problems_are_cut_short() -> None:
    tests = "".join("  - {}\n" for _ in range(50))
    with pytest.raises(TaskFileError) as caught:
        parse_task(f"id: a\ntitle: A\nstatement: B\nentry_point: f\ntests:\n{tests}")
    assert str(caught.value).splitlines()[-1].strip() == "and 30 more"


def test_yaml_tags_construct_nothing() -> None:
    with pytest.raises(TaskFileError, match="title is"):
        parse_task(swap("title: Double it", "title: !!python/object/apply:os.getcwd []"))


def test_a_yaml_bomb_is_refused_at_once() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(TaskFileError, match="alias"):
        parse_task("\n".join(rows))


@pytest.mark.parametrize(
    ("make", "place", "message", "remedy"),
    [
        (lambda p: None, "task.yaml", "does not exist", "check the path"),
        (lambda p: p.mkdir(), "task.yaml", "is a folder", "name a file"),
        (lambda p: p.symlink_to("gone"), "task.yaml", "link to nothing", "remove the link"),
        (lambda p: p.write_bytes(b"id: a\ntitle: \xe9t\xe9\n"), "task.yaml:2", "0xe9 at offset 13", "UTF-8"),
        (
            lambda p: p.write_bytes(b"#" * (TASK_FILE_LIMIT + 1)),
            "task.yaml",
            "is larger than 1,000,000",
            "split",
        ),
    ],
    ids=["missing", "folder", "broken-link", "latin-1", "too-large"],
)
def test_unreadable_files_are_explained(tmp_path: Path, make: Any, place: str, message: str, remedy: str) -> None:
    file = tmp_path / "task.yaml"
    make(file)
    with pytest.raises(TaskFileError) as caught:
        load_task(file)
    assert message in caught.value.message
    assert remedy in (caught.value.remedy or "")
    assert caught.value.place == str(tmp_path / place)


def test_devices_and_odd_paths_are_refused() -> None:
    with pytest.raises(TaskFileError, match="not a regular file"):
        load_task("/dev/zero")
    with pytest.raises(TaskFileError, match="cannot be read"):
        load_task("a\0b")


def test_schema_on_disk_is_the_generated_one() -> None:
    written = (REPOSITORY / "docs" / "task.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == task_schema()
    assert written == json.dumps(task_schema(), indent=2, ensure_ascii=False) + "\n"


def test_schema_is_valid_and_agrees_with_the_reader() -> None:
    schema = task_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(yaml.safe_load(GOOD))
    structural = [
        "unknown-key", "unknown-test-key", "no-id", "bad-id", "title-list", "bad-kind", "no-entry-point",
        "entry-point-in-program", "concepts-text", "concept-form", "concept-twice", "reveal-text",
        "tests-empty", "tests-mapping", "test-is-text", "no-form", "two-forms", "nothing-expected",
        "expect-and-raises", "stdin-without-stdout", "call-in-program", "stdin-in-function", "weight-zero",
        "weight-infinite", "timeout-long", "timeout-text", "hidden-number",
    ]  # fmt: skip
    accepted = [name for name in structural if validator.is_valid(yaml.safe_load(BROKEN[name].text))]
    assert accepted == []


@settings(deadline=None)
@given(st.text() | st.text(alphabet="-:[]{}'\"|>&*!? \n#,abt0.~", max_size=60))
def test_any_text_is_a_task_or_explained(text: str) -> None:
    with pytest.raises(TaskFileError) as caught:
        parse_task(text)
    assert caught.value.message


@settings(deadline=None)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 30),
    st.text(max_size=5) | st.sampled_from(["&a ", "*a", "\t", "!!int "]),
)
def test_any_damage_is_survived(at: int, length: int, text: str) -> None:
    damaged = GOOD[:at] + text + GOOD[at + length :]
    try:
        task = parse_task(damaged)
    except TaskFileError:
        return
    assert Task.model_validate(task.plain()) == task


SUITE = """\
id: double
title: Double it
statement: Return twice the number.
entry_point: double
tests:
  - {suite: TestDouble.test_zero, hidden: true, weight: 2, name: nothing}
test_source: |
  import unittest
  import submission
  class TestDouble(unittest.TestCase):
      def test_two(self): self.assertEqual(submission.double(2), 4)
      def test_zero(self): self.assertEqual(submission.double(0), 0)
"""


def test_reads_a_test_file_from_the_task() -> None:
    task = parse_task(SUITE)
    assert [(case.id, case.suite, case.hidden, case.weight) for case in task.tests] == [
        ("t1", "TestDouble.test_zero", True, 2),
        ("t2", "TestDouble.test_two", False, 1),
    ]
    assert [(case.form, case.label) for case in task.tests] == [("suite", "nothing"), ("suite", "TestDouble.test_two")]
    assert task.test_file is not None
    assert task.test_file.startswith("import unittest\n")
    alone = SUITE.replace(SUITE[SUITE.index("tests:") : SUITE.index("test_source")], "")
    assert [case.suite for case in parse_task(alone).tests] == ["TestDouble.test_two", "TestDouble.test_zero"]
    for text in (SUITE, alone):
        jsonschema.Draft202012Validator(task_schema()).validate(yaml.safe_load(text))


def test_reads_a_test_file_beside_the_task_file(tmp_path: Path) -> None:
    head, _, source = SUITE.partition("test_source: |\n")
    path = tmp_path / "task.yaml"
    path.write_text(head + "test_file: tests_double.py\n")
    (tmp_path / "tests_double.py").write_text("\n".join(line[2:] for line in source.splitlines()))
    assert [case.suite for case in load_task(path).tests] == ["TestDouble.test_zero", "TestDouble.test_two"]
    (tmp_path / "tests_double.py").write_text("def f(:\n")
    with pytest.raises(TaskFileError, match=r"task.yaml:7: test_file names tests_double.py, which does not compile"):
        load_task(path)
    for name, message in (("none.py", "cannot be read"), ("../x.py", "is not usable"), ("x.txt", "is not usable")):
        path.write_text(head + f"test_file: {name}\n")
        with pytest.raises(TaskFileError, match=message):
            load_task(path)
    with pytest.raises(TaskFileError, match="needs a task file to lie beside"):
        parse_task(head + "test_file: tests_double.py\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("import submission", "import random", r"task.yaml:7: test_source never uses the program"),
        ("    def test_two(self): ", "    def test_two(self) ", r"task.yaml:11: test_source does not compile"),
        ("def test_", "def check_", r"test_source holds no tests"),
        ("{suite: TestDouble.test_zero", "{suite: TestDouble.test_zer", r"tests\[0\].suite names no test.*did you mean TestDouble.test_zero"),
        ("  - {suite", "  - {suite: TestDouble.test_zero}\n  - {suite", r"was named on line 6 already"),
        ("test_source: |", "test_file: x.py\ntest_source: |", r"test_source stands beside test_file"),
        ("{suite: TestDouble.test_zero", "{suite: TestDouble.test_zero, expect: 3", r"expect does not go with suite"),
    ],
)  # fmt: skip
def test_mistakes_in_test_files(old: str, new: str, message: str) -> None:
    with pytest.raises(TaskFileError, match=message):
        parse_task(SUITE.replace(old, new))


def test_a_suite_test_needs_a_test_file() -> None:
    with pytest.raises(TaskFileError, match=r"task.yaml:10: tests\[0\].suite needs a test file"):
        parse_task(swap('{call: "double(2)", expect: "4"}', "{suite: test_two}"))


def test_reads_input_expressions() -> None:
    inputs = "inputs:\n  - f'double({random.randint(0, 9)})'\n  - \"random.choice(['double(1)', 'double(2)'])\"\n"
    task = parse_task(GOOD + inputs)
    assert task.inputs == ("f'double({random.randint(0, 9)})'", "random.choice(['double(1)', 'double(2)'])")
    jsonschema.Draft202012Validator(task_schema()).validate(yaml.safe_load(GOOD + inputs))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("inputs:\n  - double(1)\n  - double(\n", r"task.yaml:20: inputs\[1\] is not a Python expression"),
        ("inputs: double(1)\n", r"task.yaml:18: inputs is .*not a list"),
        ("inputs: [3]\n", r"inputs\[0\] gives no text"),
        ("inputs: [[a]]\n", r"inputs\[0\] is .*not text"),
    ],
)
def test_mistakes_in_input_expressions(inputs: str, message: str) -> None:
    with pytest.raises(TaskFileError, match=message):
        parse_task(GOOD + inputs)


def test_input_expressions_need_a_reference() -> None:
    with pytest.raises(TaskFileError, match="inputs needs a reference"):
        parse_task(GOOD[: GOOD.index("reference")] + "inputs: [double(1)]\n")
