"""Sparse additions to the logits of a batch: one indexed addition a step, tensors rebuilt when the batch changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Bias:
    """What one request adds to its logits."""

    tokens: NDArray[np.int64]
    """Token ids, each once; shape (terms,)."""
    values: NDArray[np.float32]
    """Logits; shape (terms,)."""

    @classmethod
    def of(cls, biases: Mapping[int, float]) -> Bias | None:
        """From token → bias; `None` where nothing is added."""
        if not biases:
            return None
        return cls(np.fromiter(biases, np.int64, len(biases)), np.fromiter(biases.values(), np.float32, len(biases)))


class SteeredRows:
    """Biases by row of a batch, for servers whose batches are dense: request `i` has row `i` of the logits.

    Args:
        device: Where the logits are (a `torch.device`).
        pin_memory: Whether to copy through pinned memory, so that a copy does not wait for the device.
    """

    def __init__(self, device: Any, *, pin_memory: bool = False) -> None:
        self._torch: Any = import_module("torch")
        self._device = device
        self._pin = pin_memory
        self._biases: dict[int, Bias] = {}
        self._changed = False
        self._where: tuple[Any, Any, Any] | None = None
        """Row, token and bias of each addition."""
        self._flat: tuple[int, Any] | None = None
        """Width of the logits, and the additions' places in them from the first row's begin."""

    def update(
        self,
        removed: Iterable[int] = (),
        added: Iterable[tuple[int, Bias | None]] = (),
        moved: Iterable[tuple[int, int, bool]] = (),
    ) -> None:
        """Follow a change of the batch, in this order.

        Args:
            removed: Rows whose requests ended.
            added: Rows with new requests, which may take the place of others; `None` adds nothing to its logits.
            moved: From row, to row, and whether the two change places (else the first row is empty afterwards).
        """
        for row in removed:
            self._put(row, None)
        for row, bias in added:
            self._put(row, bias)
        for source, target, swap in moved:
            first, second = self._biases.get(source), self._biases.get(target)
            self._put(source, second if swap else None)
            self._put(target, first)

    def _put(self, row: int, bias: Bias | None) -> None:
        if bias is not None:
            self._biases[row] = bias
            self._changed = True
        elif self._biases.pop(row, None) is not None:
            self._changed = True

    def apply(self, logits: Any) -> Any:
        """Add the biases in place; rows without any are not touched.

        Args:
            logits: Tensor of shape (rows, vocabulary), of any floating type; sums are rounded to it once.
        """
        if not self._biases:
            return logits
        if self._changed or self._where is None:
            self._where, self._flat = self._built(), None
            self._changed = False
        rows, tokens, values = self._where
        # Every pair of row and token is there once, so that the order of additions does not matter.
        if logits.dtype == self._torch.float32 and logits.is_contiguous():
            width = int(logits.shape[1])
            if self._flat is None or self._flat[0] != width:
                self._flat = width, rows * width + tokens
            logits.view(-1).scatter_add_(0, self._flat[1], values)
        else:
            sums = logits[rows, tokens].float() + values
            logits.index_put_((rows, tokens), sums.to(logits.dtype))
        return logits

    def _built(self) -> tuple[Any, Any, Any]:
        biases = self._biases.values()
        rows = np.repeat(np.fromiter(self._biases, np.int64, len(biases)), [len(bias.tokens) for bias in biases])
        tokens = np.concatenate([bias.tokens for bias in biases])
        values = np.concatenate([bias.values for bias in biases])
        return self._tensor(rows), self._tensor(tokens), self._tensor(values)

    def _tensor(self, array: NDArray[Any]) -> Any:
        tensor = self._torch.from_numpy(array)
        return (tensor.pin_memory() if self._pin else tensor).to(self._device, non_blocking=True)


_NOTHING = -0.0
"""Unlike 0.0 it leaves every number as it is, -0.0 too."""


class SteeredSlots:
    """Biases by slot of a request, for servers that tell with each step which slot a row of the logits belongs to.

    Each slot has a line of a table; a step gathers the lines of its rows and adds them at once.

    Args:
        slots: Number of requests that can be under way.
        device: Where the logits are (a `torch.device`).
    """

    def __init__(self, slots: int, device: Any) -> None:
        self._torch: Any = import_module("torch")
        self._device = device
        self._steered = np.zeros(slots, dtype=np.bool_)
        self._staged: dict[int, Bias | None] = {}
        self._tokens, self._values = self._table(slots, 16)

    def put(self, slot: int, bias: Bias | None) -> bool:
        """What the request that now has this slot adds; whatever the one before added is forgotten."""
        if bias is not None or self._steered[slot]:
            self._staged[slot] = bias
        self._steered[slot] = bias is not None
        return bias is not None

    def flush(self) -> None:
        """Bring the table on the device up to date."""
        if not self._staged:
            return
        slots, width = self._tokens.shape
        needed = max(len(bias.tokens) if bias is not None else 0 for bias in self._staged.values())
        if needed > width:
            tokens, values = self._table(slots, 1 << (needed - 1).bit_length())
            tokens[:, :width], values[:, :width] = self._tokens, self._values
            self._tokens, self._values = tokens, values
            width = self._tokens.shape[1]
        lines = np.fromiter(self._staged, np.int64, len(self._staged))
        tokens = np.zeros((len(lines), width), np.int64)
        values = np.full((len(lines), width), _NOTHING, np.float32)
        for line, bias in enumerate(self._staged.values()):
            if bias is not None:
                tokens[line, : len(bias.tokens)], values[line, : len(bias.tokens)] = bias.tokens, bias.values
        index = self._tensor(lines)
        self._tokens[index], self._values[index] = self._tensor(tokens), self._tensor(values)
        self._staged = {}

    def apply(self, logits: Any, row_slots: Any, slots: NDArray[Any]) -> Any:
        """Add the biases in place.

        Args:
            logits: Tensor of shape (rows, vocabulary), 32-bit floats.
            row_slots: Tensor of shape (rows,): the slot of each row.
            slots: The slots of this step's requests, on the host.
        """
        if not self._steered[slots].any():
            return logits
        self.flush()
        tokens, values = self._tokens.index_select(0, row_slots), self._values.index_select(0, row_slots)
        logits.scatter_add_(1, tokens, values.to(logits.dtype))
        return logits

    def _table(self, slots: int, width: int) -> tuple[Any, Any]:
        torch = self._torch
        tokens = torch.zeros((slots, width), dtype=torch.int64, device=self._device)
        return tokens, torch.full((slots, width), _NOTHING, dtype=torch.float32, device=self._device)

    def _tensor(self, array: NDArray[Any]) -> Any:
        return self._torch.from_numpy(array).to(self._device)
