"""Which tests stand in a module, and who has to run them."""

from __future__ import annotations

import pytest

from gradatim.tools.suites.names import outline


def test_classes_of_unittest_and_their_bases() -> None:
    found = outline(
        "import unittest\nimport submission\n"
        "class Base(unittest.TestCase):\n    def test_a(self): pass\n    def helper(self): pass\n"
        "class TestB(Base):\n    def test_b(self): pass\n"
        "class Other:\n    def test_c(self): pass\n"
    )
    assert list(found.names) == ["Base.test_a", "TestB.test_a", "TestB.test_b"]
    assert (found.runner, found.imports_submission) == ("unittest", True)
    assert found.names["TestB.test_b"] == 7


@pytest.mark.parametrize(
    ("source", "runner"),
    [
        ("def test_a(): pass", "pytest"),
        ("async def test_a(): pass", "pytest"),
        ("class TestA:\n    def test_a(self): pass", "pytest"),
        ("import pytest\nfrom unittest import TestCase\nclass A(TestCase):\n    def test_a(self): pass", "pytest"),
        ("from unittest import TestCase\nclass A(TestCase):\n    def test_a(self): pass", "unittest"),
    ],
)
def test_runner(source: str, runner: str) -> None:
    found = outline(source)
    assert found.runner == runner
    assert len(found.names) == 1
    assert not found.imports_submission


def test_a_class_that_extends_itself_does_not_go_on_for_ever() -> None:
    assert outline("class TestA(TestA):\n    def test_a(self): pass\n").names == {"TestA.test_a": 2}
