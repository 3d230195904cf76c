"""Tests of a module in the way of pytest, without a file: only this module imports pytest."""

from __future__ import annotations

import ast
import io
import sys
import types
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from _pytest.assertion.rewrite import rewrite_asserts

if TYPE_CHECKING:
    from .suite_tests import Finding

_ARGUMENTS = [
    "--rootdir=/", "--noconftest", "--capture=no", "--import-mode=importlib", "-q",
    "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:debugging", "-p", "no:junitxml", "-p", "no:pastebin",
    "-p", "no:stepwise", "-p", "no:logging", "/",
]  # fmt: skip


class PytestRunner:
    """Runs pytest on a source text.

    Args:
        source: The test module.
        filename: What it is called in tracebacks.
    """

    def __init__(self, source: str, filename: str) -> None:
        self._source = source
        self._filename = filename
        self._items: dict[str, list[pytest.Item]] = {}
        self._finding: Finding | None = None
        self._then: Callable[[PytestRunner], None] | None = None
        self._error: BaseException | None = None

    def drive(self, then: Callable[[PytestRunner], None]) -> None:
        """Start pytest, collect, and let `then` run tests.

        Raises:
            BaseException: What the test module raises when it is loaded.
        """
        self._then = then
        standard = sys.stdout, sys.stderr
        said = io.StringIO()
        sys.stdout = sys.stderr = said  # where pytest says what is being done
        self._standard = standard
        try:
            pytest.main(_ARGUMENTS, plugins=[self])
        finally:
            sys.stdout, sys.stderr = standard
        if self._error is not None:
            raise self._error
        if self._then is not None:
            raise ValueError(f"pytest does not run here: {said.getvalue().strip()[-500:]}")

    def names(self) -> Iterable[str]:
        """The tests there are."""
        return self._items

    def run(self, name: str, finding: Finding) -> None:
        """Run one test, with each of its parameters."""
        self._finding = finding
        for item in self._items[name]:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    # ------------------------------------------------------------------ hooks

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        try:
            module = _TextModule.of(session, self._source, self._filename)
            for item in _flat(module):
                self._items.setdefault(_name(item), []).append(item)
        except BaseException as error:  # noqa: BLE001 - whatever the module raises when it is loaded
            self._error = error
        session.items = [item for items in self._items.values() for item in items]
        session.testscollected = len(session.items)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        sys.stdout, sys.stderr = self._standard
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            session.config.pluginmanager.unregister(reporter)
        if self._error is None and self._then is not None:
            self._then(self)
            self._then = None
        return True

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if self._finding is not None:
            _note(self._finding, item, call, report)
        return report


def _note(finding: Finding, item: pytest.Item, call: pytest.CallInfo[Any], report: Any) -> None:
    error = None if call.excinfo is None else call.excinfo.value
    if report.failed:
        if error is None:
            finding.note("failed", message=str(report.longrepr))
            return
        status = "failed" if isinstance(error, AssertionError | pytest.fail.Exception) else "error"
        _, bracket, parameters = item.name.partition("[")
        message = f"{_text(error)} [{parameters}" if bracket else None
        finding.note(status, error, message)
    elif report.skipped and not hasattr(report, "wasxfail"):
        finding.note("skipped", message=_text(error) if error is not None else "")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - asks the student's process
        return ""


class _TextModule(pytest.Module):
    """A module that is no file."""

    text: str

    @classmethod
    def of(cls, session: pytest.Session, text: str, filename: str) -> _TextModule:
        module: Any = cast(Any, cls).from_parent(session, path=Path(filename))
        module.text = text
        return module

    def _getobj(self) -> types.ModuleType:
        tree = ast.parse(self.text)
        rewrite_asserts(tree, self.text.encode(), str(self.path), self.config)
        module = types.ModuleType("tests")
        module.__file__ = str(self.path)
        sys.modules["tests"] = module
        exec(compile(tree, str(self.path), "exec", dont_inherit=True), vars(module))
        return module


def _flat(node: Any) -> Iterator[pytest.Item]:
    for child in node.collect():
        if isinstance(child, pytest.Item):
            yield child
        else:
            yield from _flat(child)


def _name(item: pytest.Item) -> str:
    parts = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    return ".".join([*parts, getattr(item, "originalname", None) or item.name.partition("[")[0]])
