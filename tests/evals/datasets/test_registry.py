"""Data sets by name, their options, and samples of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gradatim.errors import InputError
from gradatim.evals.datasets import DATA_SETS, Example, load
from gradatim.evals.datasets.registry import distinct
from gradatim.evals.datasets.sampling import sampled, shares


def test_every_data_set_has_a_loader_and_says_what_it_needs() -> None:
    for name, item in DATA_SETS.items():
        assert item.name == name
        assert callable(item.loader())
        assert item.needs
        assert "path" not in item.options()


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("exampels", {}, "did you mean 'examples'?"),
        ("refactory", {"question": 1}, "did you mean 'questions'?"),
        ("refactory", {}, "needs a path"),
        ("examples", {"sample": 0}, "sample is 0"),
        ("examples", {"sample": True}, "sample is True"),
        ("examples", {"sample": "60"}, "sample is '60'"),
    ],
)
def test_wrong_names_and_options(name: str, options: dict[str, object], told: str) -> None:
    with pytest.raises(InputError, match="data set") as caught:
        load(name, **options)  # type: ignore[arg-type]
    assert told in str(caught.value)


def test_no_two_examples_have_one_id() -> None:
    def loader(path: Path | None) -> Iterator[Example]:
        yield from (Example("a", {}), Example("b", {}), Example("a", {}))

    with pytest.raises(InputError, match="'a' comes twice"):
        list(distinct(loader(None), "made"))


def test_a_sample_keeps_the_shares_of_verdicts_and_reaches_every_task() -> None:
    whole = list(load("examples"))
    part = list(load("examples", sample=60, seed=1))
    assert len(part) == 60
    for verdict, count in Counter(example.reference["verdict"] for example in whole).items():
        drawn = sum(example.reference["verdict"] == verdict for example in part)
        assert abs(drawn - 60 * count / len(whole)) < 1
    assert len({example.inputs["task"]["id"] for example in part}) == 16
    assert [example.id for example in part] == [item.id for item in whole if item in part]


def test_a_sample_is_the_same_for_the_same_seed_alone() -> None:
    whole = [Example(f"{at}.py", {}, {"verdict": "correct" if at % 3 else "incorrect"}) for at in range(137)]

    def drawn(size: int, seed: int) -> list[str]:
        return [example.id for example in sampled(lambda: whole, size, seed)]

    assert drawn(20, 5) == drawn(20, 5) != drawn(20, 6)
    assert drawn(10_000, 5) == [example.id for example in whole]


def test_one_example_more_changes_little_of_a_sample() -> None:
    def data(count: int) -> list[Example]:
        return [Example(str(at), {}, {"verdict": "correct" if at % 3 else "incorrect"}) for at in range(count)]

    before = {example.id for example in sampled(lambda: data(300), 60)}
    after = {example.id for example in sampled(lambda: data(301), 60)}
    assert len(before & after) >= 58


@given(some.lists(some.integers(1, 50), min_size=1, max_size=8), some.integers(0, 200))
def test_shares_add_up_and_are_fair(counts: list[int], size: int) -> None:
    given_out = shares(counts, size)
    total = sum(counts)
    assert sum(given_out) == min(size, total)
    for count, part in zip(counts, given_out, strict=True):
        assert 0 <= part <= count
        if size < total:
            assert abs(part - count * size / total) < 1
