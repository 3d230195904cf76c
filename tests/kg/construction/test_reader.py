from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradatim.kg.construction.reader import HEADS, CourseReader, default_reader
from gradatim.serving.pieces import MiniLMPieces, Pieces

WIDTH = 2 * HEADS
LAYERS = 3


class Fixed(MiniLMPieces):
    """A lower half that gives the same states for every text."""

    def __init__(self, states: Any) -> None:
        super().__init__()
        self.states = states

    def pieces(self, text: str) -> Pieces:
        return Pieces(tuple((at, at + 1) for at in range(len(self.states))), self.states)


def drawn_weights(seed: int) -> dict[str, Any]:
    """Weights as they stand in a file: 8-bit matrices with a scale for each output."""
    drawn = np.random.default_rng(seed)
    sizes = {"qkv": (WIDTH, 3 * WIDTH), "out": (WIDTH, WIDTH), "up": (WIDTH, 2 * WIDTH), "down": (2 * WIDTH, WIDTH)}
    weights: dict[str, Any] = {}
    for layer in range(LAYERS):
        for name, size in sizes.items():
            weights[f"{layer}.{name}"] = drawn.integers(-127, 128, size).astype(np.int8)
            weights[f"{layer}.{name}.scale"] = drawn.uniform(0.001, 0.004, size[1]).astype(np.float32)
            weights[f"{layer}.{name}_bias"] = drawn.normal(0, 0.3, size[1]).astype(np.float32)
        for name in ("norm", "final_norm"):
            weights[f"{layer}.{name}"] = drawn.normal(1, 0.2, WIDTH).astype(np.float32)
            weights[f"{layer}.{name}_bias"] = drawn.normal(0, 0.2, WIDTH).astype(np.float32)
    return weights


# The layers of BERT, written out number by number.

Vector = list[float]


def times(x: Vector, weights: dict[str, Any], name: str) -> Vector:
    matrix, scale, bias = weights[name], weights[f"{name}.scale"], weights[f"{name}_bias"]
    return [
        sum(x[row] * int(matrix[row, column]) for row in range(len(x))) * float(scale[column]) + float(bias[column])
        for column in range(matrix.shape[1])
    ]


def normal(x: Vector, weights: dict[str, Any], name: str) -> Vector:
    mean = sum(x) / len(x)
    spread = math.sqrt(sum((value - mean) ** 2 for value in x) / len(x) + 1e-12)
    return [
        (value - mean) / spread * float(scale) + float(shift)
        for value, scale, shift in zip(x, weights[name], weights[f"{name}_bias"], strict=True)
    ]


def plain_layer(states: list[Vector], weights: dict[str, Any], layer: int) -> list[Vector]:
    own = {name.partition(".")[2]: values for name, values in weights.items() if name.startswith(f"{layer}.")}
    mixed = [times(x, own, "qkv") for x in states]
    size = WIDTH // HEADS
    result: list[Vector] = []
    for at, x in enumerate(states):
        attended: Vector = []
        for head in range(HEADS):
            place = slice(head * size, (head + 1) * size)
            query = mixed[at][:WIDTH][place]
            keys = [other[WIDTH : 2 * WIDTH][place] for other in mixed]
            values = [other[2 * WIDTH :][place] for other in mixed]
            odds = [math.exp(sum(q * k for q, k in zip(query, key, strict=True)) / math.sqrt(size)) for key in keys]
            attended += [
                sum(odd * value[part] for odd, value in zip(odds, values, strict=True)) / sum(odds)
                for part in range(size)
            ]
        between = normal([a + b for a, b in zip(times(attended, own, "out"), x, strict=True)], own, "norm")
        hidden = [0.5 * h * (1 + math.erf(h / math.sqrt(2))) for h in times(between, own, "up")]
        result.append(
            normal([a + b for a, b in zip(times(hidden, own, "down"), between, strict=True)], own, "final_norm")
        )
    return result


@pytest.mark.parametrize(("seed", "length"), [(1, 1), (2, 4), (3, 7)])
def test_three_layers_are_those_of_bert(seed: int, length: int, tmp_path: Path) -> None:
    weights = drawn_weights(seed)
    np.savez(tmp_path / "reader.npz", **weights)
    states = np.random.default_rng(seed).normal(size=(length, WIDTH)).astype(np.float32)
    expected: list[Vector] = states.tolist()
    for layer in range(LAYERS):
        expected = plain_layer(expected, weights, layer)
    found = CourseReader(tmp_path / "reader.npz", Fixed(states)).pieces("any text")
    assert found.states == pytest.approx(np.array(expected), abs=2e-4)
    assert found.offsets == tuple((at, at + 1) for at in range(length))


def test_the_name_changes_with_the_weights(tmp_path: Path) -> None:
    readers: list[CourseReader] = []
    for seed in (1, 2, 1):
        path = tmp_path / f"{len(readers)}.npz"
        np.savez(path, **drawn_weights(seed))
        readers.append(CourseReader(path))
    assert readers[0].name == readers[2].name != readers[1].name
    assert readers[0].name.startswith(MiniLMPieces().name)


def test_the_packaged_reader_reads_words_in_their_context() -> None:
    reader = default_reader()
    read = reader.pieces("A list of lists.")
    assert read.states.shape == (len(read.offsets), 384)
    assert np.isfinite(read.states).all()
    again = reader.pieces("A list of lists.")
    assert (again.states == read.states).all()
    # The same word is another vector elsewhere.
    other = reader.pieces("We list the guests.")
    place, there = read.offsets.index((2, 6)), other.offsets.index((3, 7))
    assert np.abs(read.states[place] - other.states[there]).max() > 0.1
