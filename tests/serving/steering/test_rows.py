"""Sparse additions to a batch's logits, against dense arithmetic done another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.serving.steering.rows import Bias, SteeredRows, SteeredSlots

pytestmark = pytest.mark.torch

VOCABULARY = 50
ROWS = 6

biases = st.none() | st.dictionaries(
    st.integers(0, VOCABULARY - 1), st.floats(-40, 40).filter(bool), min_size=1, max_size=30
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def dense(bias: dict[int, float] | None) -> np.ndarray[Any, Any]:
    line = np.zeros(VOCABULARY, np.float32)
    for token, value in (bias or {}).items():
        line[token] = value
    return line


def softmax(logits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


class TestRows:
    def test_the_distribution_is_the_formulas(self, torch: Any) -> None:
        chance = np.random.default_rng(4)
        logits = chance.normal(0, 5, (ROWS, VOCABULARY)).astype(np.float32)
        profile, curriculum = chance.uniform(-1, 1, (2, ROWS, VOCABULARY))
        lambdas = chance.uniform(0, 5, (2, ROWS, 1))
        temperature = 0.6
        expected = softmax((logits + lambdas[0] * profile + lambdas[1] * curriculum) / temperature)
        rows = SteeredRows(torch.device("cpu"))
        added = lambdas[0] * profile + lambdas[1] * curriculum
        rows.update(added=[(row, Bias.of(dict(enumerate(added[row].tolist())))) for row in range(ROWS)])
        steered = rows.apply(torch.from_numpy(logits.copy())) / temperature
        assert np.abs(steered.softmax(-1).numpy() - expected).max() < 1e-6

    @quick
    @given(st.data())
    def test_every_sequence_of_changes_leaves_each_request_its_own_biases(
        self, torch: Any, data: st.DataObject
    ) -> None:
        rows = SteeredRows(torch.device("cpu"))
        naive: dict[int, dict[int, float] | None] = {}
        logits = np.random.default_rng(0).normal(0, 3, (ROWS, VOCABULARY)).astype(np.float32)
        for _ in range(data.draw(st.integers(1, 6))):
            removed = data.draw(st.lists(st.sampled_from(sorted(naive)), unique=True)) if naive else []
            added = data.draw(st.lists(st.tuples(st.integers(0, ROWS - 1), biases), max_size=3))
            moved = data.draw(
                st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1), st.booleans()), max_size=3)
            )
            moved = [move for move in moved if move[0] != move[1]]
            for row in removed:
                naive.pop(row)
            naive.update(added)
            for source, target, swap in moved:
                first, second = naive.pop(source, None), naive.pop(target, None)
                naive[target] = first
                if swap:
                    naive[source] = second
            rows.update(removed, [(row, Bias.of(bias or {})) for row, bias in added], moved)
            for _step in range(2):  # the second without a change
                steered = rows.apply(torch.from_numpy(logits.copy())).numpy()
                for row in range(ROWS):
                    assert (steered[row] == logits[row] + dense(naive.get(row))).all()

    @pytest.mark.parametrize("kind", ["float32", "bfloat16", "float16"])
    def test_other_floating_types_are_rounded_once(self, torch: Any, kind: str) -> None:
        dtype = getattr(torch, kind)
        logits = torch.randn(2, VOCABULARY, generator=torch.Generator().manual_seed(1)).mul(7).to(dtype)
        rows = SteeredRows(torch.device("cpu"))
        added = dict(enumerate(np.random.default_rng(2).normal(0, 3, VOCABULARY).tolist()))
        rows.update(added=[(1, Bias.of(added))])
        expected = logits.clone()
        expected[1] = (logits[1].double() + torch.from_numpy(dense(added)).double()).to(dtype)
        assert torch.equal(rows.apply(logits.clone()), expected)

    def test_logits_that_lie_apart_or_change_their_width(self, torch: Any) -> None:
        rows = SteeredRows(torch.device("cpu"))
        rows.update(added=[(0, Bias.of({3: 1.0})), (1, Bias.of({VOCABULARY - 1: 2.0}))])
        for padded in (VOCABULARY, VOCABULARY + 14, VOCABULARY):
            logits = torch.zeros(2, padded)
            part = logits[:, :VOCABULARY]
            expected = np.stack([dense({3: 1.0}), dense({VOCABULARY - 1: 2.0})])
            assert np.array_equal(rows.apply(part).numpy(), expected)
            assert np.array_equal(rows.apply(logits)[:, :VOCABULARY].numpy(), 2 * expected)

    def test_what_a_grammar_has_ruled_out_stays_ruled_out(self, torch: Any) -> None:
        logits = torch.full((1, VOCABULARY), float("-inf"))
        logits[0, 5] = 1.0
        rows = SteeredRows(torch.device("cpu"))
        rows.update(added=[(0, Bias.of({3: 20.0, 5: -20.0}))])
        probabilities = rows.apply(logits).softmax(-1)
        assert probabilities[0, 5] == 1.0
        assert probabilities[0, 3] == 0.0

    def test_rows_without_steering_stay_bit_for_bit(self, torch: Any) -> None:
        strange = torch.tensor([0.0, -0.0, float("inf"), float("-inf"), float("nan"), 1e-45] * 2).reshape(2, 6)
        rows = SteeredRows(torch.device("cpu"))
        assert rows.apply(strange) is strange
        rows.update(added=[(0, Bias.of({1: 1.0}))])
        steered = rows.apply(strange.clone())
        assert torch.equal(steered[1].view(torch.int32), strange[1].view(torch.int32))
        assert torch.equal(steered[0, 2:].view(torch.int32), strange[0, 2:].view(torch.int32))


class TestSlots:
    @quick
    @given(st.data())
    def test_each_row_gets_what_its_slots_request_adds(self, torch: Any, data: st.DataObject) -> None:
        slots = SteeredSlots(ROWS, torch.device("cpu"))
        naive: dict[int, dict[int, float] | None] = {}
        for _ in range(data.draw(st.integers(1, 6))):
            for slot in data.draw(st.lists(st.integers(0, ROWS - 1), unique=True, min_size=1)):
                naive[slot] = data.draw(biases)
                assert slots.put(slot, Bias.of(naive[slot] or {})) == (naive[slot] is not None)
            if data.draw(st.booleans()):
                slots.flush()
            here = data.draw(st.permutations(sorted(naive)))
            # with speculative decoding a request has several rows
            mapping = [slot for slot in here for _ in range(data.draw(st.integers(1, 2)))]
            logits = np.random.default_rng(1).normal(0, 3, (len(mapping), VOCABULARY)).astype(np.float32)
            steered = slots.apply(
                torch.from_numpy(logits.copy()), torch.tensor(mapping, dtype=torch.int32), np.array(here)
            )
            expected = logits + np.stack([dense(naive[slot]) for slot in mapping])
            assert (steered.numpy() == expected).all()

    def test_rows_without_steering_stay_bit_for_bit(self, torch: Any) -> None:
        strange = torch.tensor([-0.0, 0.0, float("inf"), float("-inf"), float("nan"), 1e-45] * 2).reshape(2, 6)
        slots = SteeredSlots(4, torch.device("cpu"))
        mapping, here = torch.tensor([2, 0]), np.array([2, 0])
        assert slots.apply(strange, mapping, here) is strange
        slots.put(2, Bias.of({1: 1.0}))
        steered = slots.apply(strange.clone(), mapping, here)
        assert steered[0, 1] == 1.0
        assert torch.equal(steered[1].view(torch.int32), strange[1].view(torch.int32))
        assert torch.equal(steered[0, [0, 2, 3, 4, 5]].view(torch.int32), strange[0, [0, 2, 3, 4, 5]].view(torch.int32))

    def test_a_slot_forgets_the_request_before(self, torch: Any) -> None:
        slots = SteeredSlots(2, torch.device("cpu"))
        slots.put(0, Bias.of({1: 5.0}))
        slots.put(1, Bias.of({2: 5.0}))
        slots.flush()
        assert not slots.put(0, None)
        steered = slots.apply(torch.zeros(2, 4), torch.tensor([0, 1]), np.array([0, 1]))
        assert steered.tolist() == [[0, 0, 0, 0], [0, 0, 5, 0]]
