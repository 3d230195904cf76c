from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.memory.formative import load_policy


def test_the_packaged_policy() -> None:
    policy = load_policy()
    assert 0 < policy.threshold.low < policy.threshold.high
    assert policy.signals["mastery"].weight > 0
    assert policy.version == load_policy().version


def test_a_file_says_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("threshold:\n  high: 2\nsignals:\n  engagement: {weight: 0.5}\n  mastery: {weight: 0}\n", "utf-8")
    policy, packaged = load_policy(path), load_policy()
    assert policy.threshold.high == 2
    assert policy.threshold.low == packaged.threshold.low
    assert policy.signals["engagement"].weight == 0.5
    assert policy.signals["mastery"].weight == 0
    assert policy.signals["persistence"] == packaged.signals["persistence"]
    assert policy.version != packaged.version


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("# nothing\n", "utf-8")
    assert load_policy(path) == load_policy()


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        (b"threshold: {high: 0.2}\n", 1, "must be below"),
        (b"half_life_hours: .nan\n", 1, "finite"),
        (b"half_life_hours: .inf\n", 1, ""),
        (b"\n\nhalf_life_hours: -1\n", 3, "greater than 0"),
        (b"events: 2.5\n", 1, "integer"),
        (b"events: yes\n", 1, "integer"),
        (b"events: '3'\n", 1, "integer"),
        (b"colour: red\n", 1, "no such key"),
        (b"budget:\n  per_day: 1\n  per_month: 3\n", 3, "no such key"),
        (b"signals:\n  moods: {weight: 1}\n", 2, "no signal 'moods'"),
        (b"signals:\n  mastery:\n    weight: [1]\n", 3, "a list"),
        (b"signals: {mastery: {weight: 1}, mastery: {weight: 2}}\n", 1, "twice"),
        (b"signals:\n  mastery: 3\n", 2, ""),
        (b"- 1\n", 1, "a list"),
        (b"just words\n", 1, "no keys"),
        (b"a: [1\n", 2, "not YAML"),
        (b"\xff\xfe\x00", None, "UTF-8"),
        (b"x" * 200_000, None, "more than"),
        (b"a: " * 2_000, None, ""),
        (b"{" * 600, None, ""),
        (b"? [1, 2]\n: 3\n", 1, "no word"),
        (b"half_life_hours: 2026-13-45\n", 1, ""),
        (b"events: !!python/object:os.system x\n", 1, "no plain value"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: bytes, line: int | None, told: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_policy(path)
    place = caught.value.place or ""
    assert place.startswith(str(path))
    if line is not None:
        assert place == f"{path}:{line}"
    assert told in caught.value.message
    assert caught.value.remedy


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_policy(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        load_policy(tmp_path)


def test_all_weights_zero_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    names = load_policy().signals
    path.write_text("signals:\n" + "".join(f"  {name}: {{weight: 0}}\n" for name in names), "utf-8")
    with pytest.raises(InputError, match="no signal has a weight"):
        load_policy(path)
