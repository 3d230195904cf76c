"""One test with one examinee."""

from __future__ import annotations

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.memory.adaptive import (
    CAT,
    EAP,
    MAP,
    ML,
    WLE,
    KnownAbility,
    MaximumItems,
    MinimumError,
    Randomesque,
    RandomItem,
    Strategies,
)
from gradatim.memory.irt import ItemBank


@pytest.fixture
def bank() -> ItemBank:
    rng = np.random.default_rng(1)
    return ItemBank.from_arrays(rng.lognormal(0.0, 0.3, 60), rng.normal(0.0, 1.0, 60))


def take(session: CAT, threshold: float) -> list[str]:
    """Answer correctly what is easier than the threshold; the ids of the items that were asked."""
    asked: list[str] = []
    while (item := session.next_item()) is not None:
        asked.append(item.id)
        session.answer(item.id, item.b < threshold)
    return asked


@pytest.mark.parametrize("estimation", [EAP(), MAP(), ML(), WLE()], ids=lambda each: type(each).__name__)
def test_a_test_finds_where_an_examinee_stands(bank: ItemBank, estimation: object) -> None:
    found = []
    for threshold in (-1.0, 0.0, 1.0):
        session = CAT(bank, Strategies(estimation=estimation))  # type: ignore[arg-type]
        asked = take(session, threshold)
        assert len(asked) == len(set(asked)) == 20
        assert session.done
        assert session.next_item() is None
        assert session.estimate.items == 20
        assert 0.2 < session.estimate.se < 0.7
        found.append(session.estimate.theta)
    # Answers without any chance in them look like a wider scale than the one they come from.
    assert -2.0 < found[0] < -0.7 < -0.3 < found[1] < 0.3 < 0.7 < found[2] < 2.0


def test_the_same_item_is_asked_until_it_is_answered(bank: ItemBank) -> None:
    session = CAT(bank, Strategies(selection=RandomItem()))
    first = session.next_item()
    assert first is not None
    assert all(session.next_item() == first for _ in range(5))
    session.answer(first.id, True)
    assert session.next_item() != first


def test_a_session_goes_on_from_its_answers(bank: ItemBank) -> None:
    whole = CAT(bank)
    asked = take(whole, 0.3)
    half = CAT(bank, answers=whole.answers[:8])
    assert half.answers == whole.answers[:8]
    assert take(half, 0.3) == asked[8:]
    assert half.estimate == whole.estimate


def test_sessions_of_one_seed_are_alike(bank: ItemBank) -> None:
    design = Strategies(selection=Randomesque(5))
    one, same, other = (take(CAT(bank, design, seed=seed), 0.0) for seed in (1, 1, 2))
    assert one == same != other


def test_answers_to_items_not_asked_for_count(bank: ItemBank) -> None:
    session = CAT(bank)
    asked = session.next_item()
    assert asked is not None
    other = next(item.id for item in bank if item.id != asked.id)
    before = session.estimate.theta
    assert session.answer(other, True).theta > before
    with pytest.raises(InputError, match="was answered before"):
        session.answer(other, False)
    with pytest.raises(InputError, match="no such item"):
        session.answer("i999", False)
    assert session.answers == ((other, True),)


def test_what_is_known_already_shapes_the_test(bank: ItemBank) -> None:
    able = CAT(bank, Strategies(initialisation=KnownAbility((1.5,), (0.3,))))
    weak = CAT(bank, Strategies(initialisation=KnownAbility((-1.5,), (0.3,))))
    first = [session.next_item() for session in (able, weak)]
    assert first[0] is not None
    assert first[1] is not None
    assert first[0].b > 0.5 > -0.5 > first[1].b
    stop = Strategies(initialisation=KnownAbility((1.5,), (0.3,)), stopping=MinimumError(0.29))
    assert len(take(CAT(bank, stop), 1.5)) < len(take(CAT(bank, Strategies(stopping=MinimumError(0.29))), 1.5))


def test_a_bank_that_runs_out_ends_the_test() -> None:
    bank = ItemBank.from_arrays([1.0, 1.2, 0.8], [0.0, -1.0, 1.0])
    session = CAT(bank, Strategies(stopping=MaximumItems(10)))
    assert len(take(session, 0.5)) == 3
    assert session.done


def test_a_bank_without_items_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        CAT(ItemBank.from_arrays([], []))
