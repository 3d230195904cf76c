"""Environments of other people's libraries: made once, and no peer where they cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.app.bench import peers
from gradatim.app.bench.peers import peer_python
from gradatim.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache")


def made(command: list[str]) -> None:
    """As `python -m venv` leaves it."""
    if "venv" in command:
        python = Path(command[-1]) / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.touch()


def test_it_is_made_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    said: list[str] = []
    monkeypatch.setattr(peers, "_do", lambda command: (commands.append(command), made(command)))
    first = peer_python(settings, ["a==1", "b==2"], "peer", said.append)
    assert first is not None
    assert first.exists()
    assert first.is_relative_to(settings.cache_dir)
    assert commands[1][-2:] == ["a==1", "b==2"]
    assert peer_python(settings, ["a==1", "b==2"], "peer", said.append) == first
    assert len(commands) == 2
    assert peer_python(settings, ["a==2"], "peer", said.append) != first
    assert "installing a==1, b==2" in said[0]


def test_an_installation_that_was_interrupted_is_made_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "_do", made)
    python = peer_python(settings, ["a==1"], "peer", lambda _: None)
    assert python is not None
    (python.parent.parent / ".complete").unlink()
    python.unlink()
    python.parent.rmdir()
    assert peer_python(settings, ["a==1"], "peer", lambda _: None) == python


def test_without_it_there_is_a_reason(settings: Settings) -> None:
    said: list[str] = []
    wrong = ["--index-url", "file:///nowhere", "no-such-library==0"]
    assert peer_python(settings, wrong, "peer", said.append) is None
    assert "peer cannot be had here: " in said[-1]
    assert not any((settings.cache_dir / "peers").iterdir())
