"""Everything that programs say of other programs can be said in Chinese, and read back as the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradatim.tools.analysis
from gradatim.languages import rendered, sentences, speaking
from gradatim.languages.phrases import section
from gradatim.languages.rendering import SENTENCES, recognised, translated
from gradatim.languages.templates import PLACEHOLDER, filled

ANALYSIS = Path(gradatim.tools.analysis.__file__).parent
FOLDERS = ("detectors", "patterns", "explanations", "faults")
PUT_TOGETHER = {  # (file, start): told beside another piece of a sentence, and covered as a whole elsewhere
    ("append_versus_extend.py", "{"),
    ("division_kind_confusion.py", "{"),
    ("string_number_confusion.py", "{"),
    ("sentences.py", "print is"),
    ("sentences.py", "{piece}"),
    ("telling.py", "{"),
    ("types.py", "`{name}()` takes"),
    ("values.py", "Line {raised.line} is the program's own"),
}


def said_by_programs() -> Iterator[tuple[str, str]]:
    """File and each sentence, with something in its places, that detectors and explanations can say."""
    for path in sorted(ANALYSIS.rglob("*.py")):
        if path.relative_to(ANALYSIS).parts[0] not in FOLDERS:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passed = {
            id(part)
            for node in ast.walk(tree)
            if isinstance(node, ast.JoinedStr | ast.Expr)
            for part in ast.walk(node)
            if part is not node and (isinstance(node, ast.JoinedStr) or isinstance(part, ast.Constant))
        }
        for node in ast.walk(tree):
            if id(node) in passed or not isinstance(node, ast.JoinedStr | ast.Constant):
                continue
            text = sample(node)
            if not text.endswith(".") or " " not in text or re.search(r"\\[wdS(]|\(\?", text):
                continue
            if any(path.name == name and unparsed(node).startswith(start) for name, start in PUT_TOGETHER):
                continue
            whole = text if not text[0].islower() else f"Line 3: `x` {text}"
            yield from ((f"{path.name}:{node.lineno}", part) for part in sentences(whole))


def unparsed(node: ast.JoinedStr | ast.Constant) -> str:
    return ast.unparse(node).removeprefix("f")[1:].lstrip()


def sample(node: ast.JoinedStr | ast.Constant) -> str:
    """The sentence with plausible values."""
    if isinstance(node, ast.Constant):
        return node.value.strip() if isinstance(node.value, str) else ""
    text = ""
    for at, part in enumerate(node.values):
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        after = node.values[at + 1] if at + 1 < len(node.values) else None
        tail = str(after.value) if isinstance(after, ast.Constant) else ""
        text += value(ast.unparse(part), text, tail)
    # where a text goes on from another one, the other one has its own sentence
    return re.sub(r"^x (?=[A-Z`])", "", text.strip())


def value(expression: str, before: str, after: str) -> str:
    if "name_tests" in expression:
        return "tests t1 and t2"
    if "where(" in expression or "{at}" in expression:
        return "Line 3"
    if before.endswith("`") and after.startswith("`"):
        return "x"
    if re.search(r"\blines? $|column $", before, re.IGNORECASE):
        return "3"
    return "ValueError" if "fact.type" in expression else "x"


def test_what_programs_say_is_known() -> None:
    found = list(said_by_programs())
    assert len(found) > 600
    assert [f"{place}: {text}" for place, text in found if translated(text, "en", "zh") is None] == []


@pytest.mark.parametrize("group", SENTENCES)
def test_there_and_back_again(group: str) -> None:
    """What a sentence is in Chinese means in English what it was."""
    code, name = group.split(".")
    for key, text in section("en", code)[name].items():
        values = {
            match[1] + match[2]: VALUES.get(match[1], f"v{number}")
            for number, match in enumerate(PLACEHOLDER.finditer(text), 1)
        }
        english = filled(text, values)
        chinese = translated(english, "en", "zh")
        assert chinese is not None, key
        back = translated(chinese, "zh", "en")
        assert back == english or translated(str(back), "en", "zh") == chinese, key


VALUES = {
    "line": "7", "n": "3", "tests": "tests t1 and t2", "where": "Line 7", "round": "", "type": "list", "what": "first",
    "error": "KeyError", "test": "t4", "place": "the comparison in line 7", "seconds": "1", "concept": "v",
    "change": "in line 7 `a` instead of `b`", "number": "3", "code": "a + b",
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="ab'\"{}\\,. :；，。第行", min_size=1, max_size=12).filter(lambda text: text.strip() == text),
    st.integers(1, 999),
)
def test_values_are_taken_over_as_they_are(text: str, line: int) -> None:
    shown = repr(text)
    english = f"Test t{line} `f({shown})`: expected {shown}, got {line}."
    with speaking("zh"):
        if "`" not in shown and len(sentences(english)) == 1:
            assert rendered(english) == f"测试 t{line} `f({shown})`：应为 {shown}，实际得到 {line}。"


def test_english_is_told_as_it_stands() -> None:
    text = "Line 4: `x = 1`  sets x.\n\nSomething else."
    assert rendered(text) is text


def test_what_is_not_known_stays() -> None:
    with speaking("zh"):
        assert rendered("Nobody ever said this. The result is wrong in test t2.") == (
            "Nobody ever said this. 测试 t2 的结果不对。"
        )
        assert not recognised("Nobody ever said this.")
        assert recognised("The result is wrong in test t2.")
        assert rendered("x" * 5_000) == "x" * 5_000


def test_telling_twice_changes_nothing() -> None:
    with speaking("zh"):
        once = rendered("Line 4: `x` counts the characters of a text. It runs in test t2 and 3 others.")
        assert once == "第 4 行的 `x` 数的是字符串的字符数。测试 t2（及另外 3 个）会运行到它。"
        assert rendered(once) == once
