"""Numpy's matrix products keep to one thread while items are calibrated."""

from __future__ import annotations

import pytest

from gradatim.memory.irt import threads


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of threads that a library would use; the first entry is what it was told last."""
    told = [4]
    monkeypatch.setattr(threads, "_controls", lambda: (lambda: told[0], lambda value: told.__setitem__(0, value)))
    return told


def test_threads_come_back_when_the_last_one_leaves(count: list[int]) -> None:
    with threads.single_threaded():
        with threads.single_threaded():
            assert count == [1]
        assert count == [1]
    assert count == [4]


def test_threads_come_back_after_an_error(count: list[int]) -> None:
    @threads.single_threaded()
    def fail() -> None:
        assert count == [1]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count == [4]


def test_another_library_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_controls", lambda: None)
    with threads.single_threaded():
        pass
